//! What is in a log's file, event by event, whether or not it can be opened as a log: for those who examine it.
//!
//! Nothing is written, nothing is locked: a server may have the folder open meanwhile.
use super::check::EVENT_BYTES_MIN;
use super::failure::Doing;
use super::reader::{Names, record};
use super::schema::{self, integer};
use crate::log::{Error, Record};
use rusqlite::{Connection, OptionalExtension, params};
use std::fs;
use std::path::{Path, PathBuf};

/// How many events are read at a time.
const CHUNK: u32 = 1000;

const AFTER: &str = "SELECT position, stream, revision, kind, recorded_at, event_id, data, meta \
     FROM events WHERE position > ?1 ORDER BY position LIMIT ?2";
const AT: &str = "SELECT position, stream, revision, kind, recorded_at, event_id, data, meta \
     FROM events WHERE position = ?1";

/// What is at a place of a log's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Salvaged {
    /// An event.
    Event(Record),
    /// Something that cannot be read as an event.
    Unreadable {
        /// Its position.
        position: u64,
        /// Why.
        why: String,
    },
}

/// Reads a log's file from the first position on.
pub struct Salvage {
    path: PathBuf,
    connection: Connection,
    names: Names,
    /// The last position that was looked at.
    last: u64,
    /// Up to which position events are looked for one by one where reading on fails.
    until: u64,
    /// Whether the file could last be read on from event to event.
    sound: bool,
}

impl Salvage {
    /// Looks into the log in `dir`; where it is damaged, for events up to the position `until` at least.
    ///
    /// [`Error::Corrupt`]: there is no log's file, or one of which nothing can be read.
    pub fn open(dir: &Path, until: u64) -> Result<Self, Error> {
        Self::of(&dir.join("log.db"), until)
    }

    pub(super) fn of(path: &Path, until: u64) -> Result<Self, Error> {
        let path = path.to_owned();
        if !path.exists() {
            return Err(Error::Corrupt(format!("there is no {}", path.display())));
        }
        let connection = schema::connect_to_salvage(&path)?;
        let last =
            connection.query_row("SELECT max(position) FROM events", [], |it| it.get::<_, Option<i64>>(0));
        // A damaged file may say that it ends at a place that would take years to reach.
        let bytes = fs::metadata(&path).doing("reading the log's size")?.len();
        let last = last.ok().flatten().map_or(0, i64::unsigned_abs).min(bytes / EVENT_BYTES_MIN);
        Ok(Self { path, connection, names: Names::default(), last: 0, until: until.max(last), sound: true })
    }

    /// What is wrong with the file besides its events: an index that lies, tables that are not a log's.
    pub fn faults(&self) -> Vec<String> {
        let foreign = schema::refuse_foreign(&self.path).and_then(|()| schema::cut(&self.path));
        let foreign = foreign.unwrap_or_else(|err| Some(err.to_string()));
        let tables = match schema::is_ours(&self.connection) {
            Ok(true) => None,
            Ok(false) => Some("its tables are not those of a log".to_owned()),
            Err(err) => Some(err.to_string()),
        };
        foreign.into_iter().chain(tables).chain(self.unsound()).collect()
    }

    /// What SQLite itself finds wrong.
    fn unsound(&self) -> Vec<String> {
        let check = || {
            let mut check = self.connection.prepare("PRAGMA integrity_check(20)")?;
            let found = check.query_map([], |it| it.get::<_, String>(0))?;
            found.collect::<rusqlite::Result<Vec<_>>>()
        };
        match check() {
            Ok(found) => found.into_iter().filter(|it| it != "ok").collect(),
            Err(err) => vec![err.to_string()],
        }
    }

    /// The next of what is there; empty at the end.
    pub fn read(&mut self) -> Vec<Salvaged> {
        if self.sound {
            match self.onward() {
                Ok(found) => return found,
                Err(_) => self.sound = false,
            }
        }
        self.groping()
    }

    /// Reads on from event to event. What was read before an error is kept, the rest is for [`Self::groping`].
    fn onward(&mut self) -> Result<Vec<Salvaged>, Error> {
        let Self { connection, names, last, .. } = self;
        let mut query = connection.prepare_cached(AFTER).doing("reading events")?;
        let mut rows = query.query(params![integer(*last), CHUNK]).doing("reading events")?;
        let mut found = Vec::new();
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(found),
                Err(_) if !found.is_empty() => return Ok(found),
                Err(err) => return Err(err).doing("reading events"),
            };
            let position = row.get::<_, i64>(0).doing("reading an event")?.unsigned_abs();
            // Positions have no gaps and go up: where they do not, damage leads astray, and each place is looked at.
            if position != *last + 1 {
                return match found.is_empty() {
                    true => Err(Error::Corrupt("events are not in their order".into())),
                    false => Ok(found),
                };
            }
            *last = position;
            found.push(match record(row, names, connection) {
                Ok(it) => Salvaged::Event(it),
                Err(err) => Salvaged::Unreadable { position, why: err.to_string() },
            });
        }
    }

    /// Looks at one position after the other; goes on as before once that works again.
    fn groping(&mut self) -> Vec<Salvaged> {
        let mut found = Vec::new();
        while self.last < self.until && found.len() < CHUNK as usize {
            self.last += 1;
            let position = self.last;
            match self.at(position) {
                Ok(Some(it)) => {
                    found.push(Salvaged::Event(it));
                    self.sound = true;
                    return found;
                }
                Ok(None) => {}
                Err(err) => found.push(Salvaged::Unreadable { position, why: err.to_string() }),
            }
        }
        found
    }

    fn at(&mut self, position: u64) -> Result<Option<Record>, Error> {
        let Self { connection, names, .. } = self;
        let mut query = connection.prepare_cached(AT).doing("reading an event")?;
        let found = query.query_row([integer(position)], |row| Ok(record(row, names, connection))).optional();
        found.doing("reading an event")?.transpose()
    }
}
