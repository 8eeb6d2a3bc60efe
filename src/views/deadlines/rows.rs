//! Sets, moves and removes the deadlines of one stream.
use super::What;
use crate::codec::Meta;
use crate::domain::Timestamp;
use crate::log::Record;
use crate::views::ViewError;
use rusqlite::{Connection, OptionalExtension, params};

/// What an event may change: the rows of its own stream.
pub(super) struct Rows<'a> {
    pub(super) tx: &'a Connection,
    pub(super) record: &'a Record,
    pub(super) meta: &'a Meta,
}

impl Rows<'_> {
    /// `what` falls due at `due_at`, and not when it did before. A deadline that rests goes on resting.
    pub(super) fn put(&self, due_at: Timestamp, thing: &str, what: &What) -> Result<(), ViewError> {
        if self.meta.historical {
            return self.drop(what.kind(), thing);
        }
        let words = serde_json::to_string(what).map_err(|err| ViewError::Contradiction(err.to_string()))?;
        let mut put = self.tx.prepare_cached(
            "INSERT INTO deadlines (stream, kind, thing, due, origin, what, resting)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)
             ON CONFLICT DO UPDATE SET due = excluded.due, origin = excluded.origin, what = excluded.what",
        )?;
        let (stream, origin) = (&*self.record.stream, self.record.id.as_bytes());
        put.execute(params![stream, what.kind(), thing, not_before(due_at), origin, words])?;
        Ok(())
    }

    /// The same where there is a deadline; else there is none any more.
    pub(super) fn put_or_drop(&self, due_at: Option<Timestamp>, what: &What) -> Result<(), ViewError> {
        due_at.map_or_else(|| self.drop(what.kind(), ""), |due_at| self.put(due_at, "", what))
    }

    /// It does not fall due any more.
    pub(super) fn drop(&self, kind: &str, thing: &str) -> Result<(), ViewError> {
        let sql = "DELETE FROM deadlines WHERE stream = ?1 AND kind = ?2 AND thing = ?3";
        self.tx.prepare_cached(sql)?.execute(params![&*self.record.stream, kind, thing])?;
        Ok(())
    }

    /// It waits, or waits no longer, for something besides the time.
    pub(super) fn rest(&self, kind: &str, resting: bool) -> Result<(), ViewError> {
        let sql = "UPDATE deadlines SET resting = ?3 WHERE stream = ?1 AND kind = ?2";
        self.tx.prepare_cached(sql)?.execute(params![&*self.record.stream, kind, resting])?;
        Ok(())
    }

    /// When it falls due and what it is, where it does.
    pub(super) fn pending(&self, kind: &str) -> Result<Option<(i64, What)>, ViewError> {
        let sql = "SELECT due, what FROM deadlines WHERE stream = ?1 AND kind = ?2 AND thing = ''";
        let mut select = self.tx.prepare_cached(sql)?;
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?));
        let found = select.query_row(params![&*self.record.stream, kind], row).optional()?;
        found.map(|(due, words): (i64, String)| Ok((due, read(&words)?))).transpose()
    }
}

/// What a row says.
pub(super) fn read(words: &str) -> Result<What, ViewError> {
    serde_json::from_str(words).map_err(|err| ViewError::Damaged(err.to_string()))
}

/// In microseconds, and not before `at`: what is finer is rounded up.
pub(super) fn not_before(at: Timestamp) -> i64 {
    let micros = at.as_microsecond();
    if Timestamp::from_microsecond(micros).is_ok_and(|it| it < at) {
        micros.saturating_add(1)
    } else {
        micros
    }
}
