//! Reading on connections of their own, which never wait for the writer nor make it wait.
use super::failure::Doing;
use super::schema::integer;
use crate::log::{Error, Position, Record};
use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Rows, params};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// How many events one chunk has at the most.
const CHUNK: usize = LIMIT as usize;
const LIMIT: u32 = 1000;
/// How many bytes of events a chunk stops at.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;
/// How many names a connection remembers; then all are forgotten and read again.
const NAMES_MAX: usize = 65_536;

const BY_POSITION: &str = "SELECT position, stream, revision, kind, recorded_at, event_id, data, meta \
     FROM events WHERE position > ?1 AND position <= ?2 ORDER BY position LIMIT ?3";
const BY_REVISION: &str = "SELECT position, stream, revision, kind, recorded_at, event_id, data, meta \
     FROM events WHERE stream = (SELECT id FROM streams WHERE name = ?4) AND revision >= ?1 \
     AND position <= ?2 ORDER BY revision LIMIT ?3";

/// What to read next.
#[derive(Debug, Clone)]
pub(super) enum Cursor {
    /// The events of a stream from this revision on.
    Stream(Arc<str>, u64),
    /// All events after this position.
    All(u64),
}

impl Cursor {
    /// The revision or position that comes next.
    fn next(&self) -> u64 {
        match self {
            Cursor::Stream(_, from) => *from,
            Cursor::All(after) => after.saturating_add(1),
        }
    }

    /// What was found where `next` was to be, unless it is another, or none though the log is known to go on.
    fn without_gap(
        &self,
        found: Option<Record>,
        next: u64,
        head: u64,
        full: bool,
    ) -> Result<Option<Record>, Error> {
        let gap = match (self, &found) {
            (Cursor::All(_), Some(it)) => it.position.0 != next,
            (Cursor::All(_), None) => next <= head && !full,
            (Cursor::Stream(..), Some(it)) => it.revision != next,
            (Cursor::Stream(..), None) => false,
        };
        match self {
            _ if !gap => Ok(found),
            Cursor::All(_) => Err(Error::Corrupt(format!("there is no event at position {next}"))),
            Cursor::Stream(name, _) => Err(Error::Corrupt(format!("{name} has no revision {next}"))),
        }
    }

    /// What follows `last`.
    fn after(self, last: &Record) -> Self {
        match self {
            Cursor::Stream(name, _) => Cursor::Stream(name, last.revision + 1),
            Cursor::All(_) => Cursor::All(last.position.0),
        }
    }
}

/// Some of what was asked for.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) records: Vec<Record>,
    /// Where the rest is; `None` when there is none.
    pub(super) rest: Option<Cursor>,
}

/// One connection, and the names it has come across.
pub(super) struct Reader {
    connection: Connection,
    names: Names,
}

impl Reader {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, names: Names::default() }
    }

    /// The next chunk at `cursor`, of events up to the position `head`.
    pub(super) fn read(&mut self, cursor: Cursor, head: u64) -> Result<Chunk, Error> {
        let Self { connection, names } = self;
        names.only = match &cursor {
            Cursor::Stream(name, _) => Some(name.clone()),
            Cursor::All(_) => None,
        };
        let sql = match &cursor {
            Cursor::Stream(..) => BY_REVISION,
            Cursor::All(_) => BY_POSITION,
        };
        let mut query = connection.prepare_cached(sql).doing("reading events")?;
        let rows = match &cursor {
            Cursor::Stream(name, from) => query.query(params![integer(*from), integer(head), LIMIT, &**name]),
            Cursor::All(after) => query.query(params![integer(*after), integer(head), LIMIT]),
        };
        let (records, full) = collect(rows.doing("reading events")?, names, connection, &cursor, head)?;
        let rest = records.last().filter(|_| full).map(|last| cursor.after(last));
        Ok(Chunk { records, rest })
    }
}

/// The records, and whether there may be more. Neither positions nor revisions have gaps: an event that is gone is
/// damage, though SQLite steps over it.
fn collect(
    mut rows: Rows<'_>,
    names: &mut Names,
    from: &Connection,
    cursor: &Cursor,
    head: u64,
) -> Result<(Vec<Record>, bool), Error> {
    let (mut records, mut bytes, mut next) = (Vec::new(), 0, cursor.next());
    loop {
        let row = rows.next().doing("reading events");
        let read = row.and_then(|row| row.map(|it| record(it, names, from)).transpose());
        let record = match read.and_then(|it| cursor.without_gap(it, next, head, records.len() == CHUNK)) {
            Ok(Some(record)) => record,
            Ok(None) => break,
            // What comes before the damage is given first; whoever asks for more then learns of it.
            Err(Error::Corrupt(_)) if !records.is_empty() => return Ok((records, true)),
            Err(err) => return Err(err),
        };
        next = next.saturating_add(1);
        bytes += record.data.len() + record.meta.len();
        records.push(record);
        if bytes >= CHUNK_BYTES {
            return Ok((records, true));
        }
    }
    let full = records.len() == CHUNK;
    Ok((records, full))
}

/// One row of an event.
pub(super) fn record(row: &Row<'_>, names: &mut Names, from: &Connection) -> Result<Record, Error> {
    let number =
        |column: usize| row.get_ref(column).and_then(|it| Ok(it.as_i64()?)).doing("reading an event");
    let position = number(0)?;
    let stream = match &names.only {
        Some(name) => name.clone(),
        None => names.streams.get(number(1)?, from, "SELECT name FROM streams WHERE id = ?1")?,
    };
    let kind = names.kinds.get(number(3)?, from, "SELECT name FROM kinds WHERE id = ?1")?;
    let bad = |what: &str| Error::Corrupt(format!("event {position} has no {what}"));
    Ok(Record {
        position: Position(position.unsigned_abs()),
        stream,
        revision: number(2)?.unsigned_abs(),
        id: blob(row, 5).and_then(|it| Uuid::from_slice(it).ok()).ok_or_else(|| bad("id"))?,
        kind,
        data: blob(row, 6).map(Bytes::copy_from_slice).ok_or_else(|| bad("data"))?,
        meta: blob(row, 7).map(Bytes::copy_from_slice).ok_or_else(|| bad("metadata"))?,
        recorded_at: Timestamp::from_microsecond(number(4)?).map_err(|_| bad("time"))?,
    })
}

fn blob<'a>(row: &'a Row<'_>, column: usize) -> Option<&'a [u8]> {
    match row.get_ref(column) {
        Ok(ValueRef::Blob(it)) => Some(it),
        _ => None,
    }
}

/// Names by number, shared among all events that have them.
#[derive(Default)]
pub(super) struct Names {
    /// The stream that everything is of, where that is known.
    only: Option<Arc<str>>,
    streams: Interned,
    kinds: Interned,
}

#[derive(Default)]
struct Interned(HashMap<i64, Arc<str>>);

impl Interned {
    fn get(&mut self, id: i64, from: &Connection, sql: &str) -> Result<Arc<str>, Error> {
        if let Some(known) = self.0.get(&id) {
            return Ok(known.clone());
        }
        let found = from.prepare_cached(sql).and_then(|mut it| it.query_row([id], |row| row.get(0)));
        let name: Arc<str> = found.doing("reading a name")?;
        if self.0.len() >= NAMES_MAX {
            self.0.clear();
        }
        self.0.insert(id, name.clone());
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::embedded::schema;
    use crate::log::{EmbeddedLog, Expected, Log, NewRecord};
    use rusqlite::StatementStatus;

    #[tokio::test]
    async fn streams_are_read_by_one_plan() {
        let dir = tempfile::tempdir().unwrap();
        let log = EmbeddedLog::open(dir.path(), || Timestamp::UNIX_EPOCH).unwrap();
        for n in 0..3_u128 {
            let none = || Bytes::from_static(b"{}");
            let (id, kind) = (Uuid::from_u128(n), "It".into());
            let new = NewRecord { id, kind, data: none(), meta: none(), recorded_at: None };
            log.append(&format!("thing-{n}"), Expected::NoStream, vec![new]).await.unwrap();
        }
        let mut reader = Reader::new(schema::connect_to_read(&dir.path().join("log.db")).unwrap());
        for n in 0..3 {
            let name = format!("thing-{n}");
            let found = reader.read(Cursor::Stream(name.as_str().into(), 0), 3).unwrap().records;
            assert_eq!(found.iter().map(|it| &*it.stream).collect::<Vec<_>>(), [name]);
        }
        let query = reader.connection.prepare_cached(BY_REVISION).unwrap();
        assert_eq!(query.get_status(StatementStatus::RePrepare), 0);
    }
}
