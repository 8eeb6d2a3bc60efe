//! What SQLite's errors mean to those who use the log: stop for good, or wait for an operator.
use crate::log::Error;
use rusqlite::ffi::{ErrorCode, SQLITE_IOERR_CORRUPTFS, SQLITE_IOERR_SHORT_READ};

/// Adds what we were doing to an error.
pub(super) trait Doing<T> {
    /// `what` completes "while ...".
    fn doing(self, what: &str) -> Result<T, Error>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, what: &str) -> Result<T, Error> {
        self.map_err(|err| {
            let text = format!("{err} while {what}");
            if damage(&err) { Error::Corrupt(text) } else { Error::Unavailable(text) }
        })
    }
}

impl<T> Doing<T> for std::io::Result<T> {
    fn doing(self, what: &str) -> Result<T, Error> {
        self.map_err(|err| Error::Unavailable(format!("{err} while {what}")))
    }
}

/// Whether the file holds something it should not. A broken constraint is damage too: the writer checks
/// before it inserts, so only an index that lies can break one.
fn damage(err: &rusqlite::Error) -> bool {
    match err {
        rusqlite::Error::SqliteFailure(failure, _) => {
            matches!(
                failure.code,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::ConstraintViolation
            ) || [SQLITE_IOERR_SHORT_READ, SQLITE_IOERR_CORRUPTFS].contains(&failure.extended_code)
        }
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::QueryReturnedNoRows
        | rusqlite::Error::SqlInputError { .. }
        | rusqlite::Error::Utf8Error(..) => true,
        _ => false,
    }
}
