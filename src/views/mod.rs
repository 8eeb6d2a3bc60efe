//! Deletable read models: what the record adds up to, kept in files of their own so that it can be asked.
//!
//! Architecture invariants: a view's rows are a function of the log alone, whatever the batches they were
//! written in; rows and checkpoint are committed together; no view knows another.
use crate::codec::{self, AnyEvent, CodecError, Meta};
use crate::domain::Timestamp;
use crate::log::{self, Position, Record};
use rusqlite::{Connection, ErrorCode};
use std::sync::OnceLock;

mod ask;
pub mod deadlines;
mod open;
mod page;
mod progress;
mod projector;
mod readers;
mod reading;
mod rebuild;
pub mod register;
mod store;
pub mod timeline;
pub mod trace;
pub mod worklist;

pub use ask::{Answered, Ask, Horizon};
pub use open::Views;
pub use page::{BadPage, PAGE_DEFAULT, PAGE_MAX, Token};
pub use progress::{State, Status};
pub use rebuild::{Difference, Rebuilt, compare, fingerprint, rebuild, rebuild_all};

/// The one list of views.
pub fn all() -> Vec<Box<dyn View>> {
    vec![
        Box::<register::Register>::default(),
        Box::new(trace::Traces),
        Box::<timeline::Timeline>::default(),
        Box::new(worklist::Worklist),
        Box::new(deadlines::Deadlines),
    ]
}

/// A read model: how it looks, and what each event changes in it.
pub trait View: Send + 'static {
    /// Names the view and its version, such as `register-1`, and its file. Change it to force a rebuild.
    fn name(&self) -> &'static str;

    /// Its tables, as SQL that is run once in an empty file. `checkpoint` is taken.
    fn schema(&self) -> &'static str;

    /// The indexes that only questions need, as SQL: made once the rows that exist are there, which is much
    /// faster than with each row.
    fn indexes(&self) -> &'static str {
        ""
    }

    /// Takes one event into account. Called once for every event, in the order of the log.
    fn apply(&mut self, tx: &Connection, event: &Seen) -> Result<(), ViewError>;

    /// Writes what it held back; called before each commit.
    fn settle(&mut self, tx: &Connection) -> Result<(), ViewError> {
        let _ = tx;
        Ok(())
    }

    /// Drops whatever it remembers besides its rows: rows were rolled back.
    fn forget(&mut self) {}
}

/// An event as views see it: a part is read once, by the first of them that asks for it.
#[derive(Debug)]
pub struct Seen {
    /// The record as it is stored.
    pub record: Record,
    event: OnceLock<Result<AnyEvent, CodecError>>,
    meta: OnceLock<Result<Meta, CodecError>>,
}

impl Seen {
    /// What `record` says, unread so far.
    pub fn new(record: Record) -> Self {
        Self { record, event: OnceLock::new(), meta: OnceLock::new() }
    }

    /// What happened. [`ViewError::Unreadable`] when this release does not know it.
    pub fn event(&self) -> Result<&AnyEvent, ViewError> {
        let read = self.event.get_or_init(|| codec::decode_any(&self.record));
        read.as_ref().map_err(|err| err.clone().into())
    }

    /// Who asked, when, because of what.
    pub fn meta(&self) -> Result<&Meta, ViewError> {
        let read = self.meta.get_or_init(|| codec::decode_meta(&self.record));
        read.as_ref().map_err(|err| err.clone().into())
    }
}

/// As of when a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AsOf {
    /// As it is now.
    #[default]
    Now,
    /// As it was when this was the last event in the log.
    Position(Position),
    /// What was on record at this moment.
    RecordedAt(Timestamp),
    /// What was in effect at this moment, by what is on record now.
    EffectiveAt(Timestamp),
}

/// Why a view cannot go on, or cannot answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ViewError {
    /// The file refuses or is damaged.
    #[error("{0}")]
    Store(String),
    /// The file is not what it should be; it can be built again.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// An event cannot be read.
    #[error(transparent)]
    Unreadable(#[from] CodecError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] log::Error),
    /// The rows contradict the event: the log or this release is wrong.
    #[error("{0}")]
    Contradiction(String),
    /// What was to be waited for is not there yet.
    #[error("the view {view} is at {} and {wanted} is asked for", shown(.found))]
    Behind {
        /// Which view.
        view: String,
        /// Where it is; `None` before the first event.
        found: Option<Position>,
        /// Where it should be.
        wanted: Position,
    },
    /// The view is being built and has no rows to show yet.
    #[error("the view {view} is being built: it is at {}", shown(.found))]
    Building {
        /// Which view.
        view: String,
        /// How far it got.
        found: Option<Position>,
    },
    /// The view has stopped at an event.
    #[error("the view {view} stopped: {error}")]
    Stopped {
        /// Which view.
        view: String,
        /// What stopped it.
        error: String,
    },
    /// There is no such view.
    #[error("there is no view {0}")]
    NoSuchView(String),
}

impl From<rusqlite::Error> for ViewError {
    fn from(err: rusqlite::Error) -> Self {
        match err.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => ViewError::Damaged(err.to_string()),
            _ => ViewError::Store(err.to_string()),
        }
    }
}

fn shown(position: &Option<Position>) -> String {
    position.map_or("the beginning".into(), |it| it.to_string())
}

/// As SQLite keeps it. Positions beyond what it can count are not reached in practice, and are the last.
pub(crate) fn integer(position: Position) -> i64 {
    i64::try_from(position.0).unwrap_or(i64::MAX)
}
