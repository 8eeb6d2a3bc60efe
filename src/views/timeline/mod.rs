//! Who did what when: where each event is found, by stream, actor, type and time. What it says is in the log.
use super::{Seen, View, ViewError, integer};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;

mod query;
mod sentence;

pub use query::{Axis, Entry, Filter, Order, TimelinePage, Which, streams_with, timeline};
pub use sentence::sentence;

/// The name of the timeline and its version.
pub const NAME: &str = "timeline-1";

/// How many names are kept at hand.
const AT_HAND: usize = 200_000;

const SCHEMA: &str = "
CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE event (
    position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL, what INTEGER NOT NULL,
    actor INTEGER NOT NULL, recorded INTEGER NOT NULL, effective INTEGER NOT NULL
);
";

/// The view.
#[derive(Default)]
pub(super) struct Timeline {
    /// Streams, actors and `{kind}/{type}` by their number in the file.
    names: HashMap<String, i64>,
}

impl View for Timeline {
    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> &'static str {
        SCHEMA
    }

    fn indexes(&self) -> &'static str {
        "CREATE INDEX event_stream ON event (stream);
         CREATE INDEX event_actor ON event (actor);
         CREATE INDEX event_what ON event (what);
         CREATE INDEX event_recorded ON event (recorded);
         CREATE INDEX event_effective ON event (effective);"
    }

    fn apply(&mut self, tx: &Connection, event: &Seen) -> Result<(), ViewError> {
        let (record, meta) = (&event.record, event.meta()?);
        let kind = record.stream.split_once('-').map_or("", |(kind, _)| kind);
        let stream = self.number(tx, &record.stream)?;
        let what = self.number(tx, &what(kind, &record.kind))?;
        let actor = self.number(tx, meta.actor.as_str())?;
        let mut insert = tx.prepare_cached("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        insert.execute(params![
            integer(record.position),
            stream,
            i64::try_from(record.revision).unwrap_or(i64::MAX),
            what,
            actor,
            record.recorded_at.as_microsecond(),
            meta.effective_at.as_microsecond(),
        ])?;
        Ok(())
    }

    fn forget(&mut self) {
        self.names.clear();
    }
}

impl Timeline {
    fn number(&mut self, tx: &Connection, name: &str) -> Result<i64, ViewError> {
        if let Some(known) = self.names.get(name) {
            return Ok(*known);
        }
        let number = match number_of(tx, name)? {
            Some(number) => number,
            None => {
                tx.prepare_cached("INSERT INTO name (text) VALUES (?1)")?.execute([name])?;
                tx.last_insert_rowid()
            }
        };
        if self.names.len() >= AT_HAND {
            self.names.clear();
        }
        self.names.insert(name.to_owned(), number);
        Ok(number)
    }
}

/// How the type of an event is named: types of different kinds of stream may be called the same.
fn what(kind: &str, name: &str) -> String {
    format!("{kind}/{name}")
}

/// The number of a name; `None` when no event has it.
fn number_of(tx: &Connection, name: &str) -> Result<Option<i64>, ViewError> {
    let mut query = tx.prepare_cached("SELECT id FROM name WHERE text = ?1")?;
    Ok(query.query_row([name], |row| row.get(0)).optional()?)
}
