//! Wiping: other bytes in the place of an event's, so that nothing of the old ones is left in the files.
use super::failure::Doing;
use super::schema::integer;
use crate::log::{Error, Payload, Place, nowhere};
use rusqlite::{Connection, params};

/// What is asked to be put in the place of what.
#[derive(Debug)]
pub(super) struct Redact {
    pub(super) place: Place,
    pub(super) payload: Payload,
}

impl Redact {
    /// Puts it there within the transaction under way. With `secure_delete` on, SQLite zeroes what it frees.
    pub(super) fn write(&self, connection: &Connection) -> Result<(), Error> {
        let Place { stream, revision, id } = &self.place;
        let (data, meta): (&[u8], &[u8]) = (&self.payload.data, &self.payload.meta);
        let sql = "UPDATE events SET data = ?1, meta = ?2 WHERE event_id = ?3 AND revision = ?4 \
                   AND stream = (SELECT id FROM streams WHERE name = ?5)";
        let row = params![data, meta, id.as_bytes(), integer(*revision), &**stream];
        match connection.execute(sql, row).doing("redacting an event")? {
            0 => Err(nowhere(&self.place)),
            _ => Ok(()),
        }
    }
}

/// Moves all of the journal into the main file and cuts it to nothing: it still has the old pages. Whether that
/// could be done; not while somebody reads at an earlier moment for long.
pub(super) fn empty_journal(connection: &Connection) -> Result<bool, Error> {
    let busy: i64 = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |it| it.get(0))
        .doing("emptying the journal")?;
    Ok(busy == 0)
}
