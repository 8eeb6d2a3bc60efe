//! One append inside the writer's transaction: is it there already, does it fit, then its rows.
use super::check::Tail;
use super::failure::Doing;
use super::schema::integer;
use crate::log::{Appended, Error, Expected, NewRecord, Position, recorded_after};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;
use std::sync::Arc;

/// How many streams' last revisions are remembered; then all are forgotten and found again.
const STREAMS_MAX: usize = 65_536;
/// The same for the names of kinds, of which a schema has a few hundred.
const KINDS_MAX: usize = 4_096;

/// What is asked to be appended.
#[derive(Debug)]
pub(super) struct Append {
    pub(super) stream: Arc<str>,
    pub(super) expected: Expected,
    pub(super) records: Vec<NewRecord>,
}

#[derive(Debug, Clone, Copy)]
struct Stream {
    id: i64,
    last: u64,
}

/// What the writer remembers about the file between appends. Of no use once a transaction failed.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) tail: Tail,
    streams: HashMap<Arc<str>, Stream>,
    kinds: HashMap<Arc<str>, i64>,
}

impl Memory {
    pub(super) fn new(tail: Tail) -> Self {
        Self { tail, ..Self::default() }
    }

    /// Inserts all of it, or refuses it and has inserted nothing; any error but `Conflict` and
    /// `Unacceptable` spoils the transaction.
    pub(super) fn append(
        &mut self,
        connection: &Connection,
        append: &Append,
        now: &dyn Fn() -> Timestamp,
    ) -> Result<Appended, Error> {
        if let Some(before) = before(connection, append)? {
            return Ok(before);
        }
        let stream = self.stream(connection, &append.stream)?;
        let found = stream.map(|it| it.last);
        let next = append.expected.next_revision();
        if found.map_or(0, |it| it + 1) != next {
            return Err(Error::Conflict { stream: append.stream.clone(), expected: append.expected, found });
        }
        let times = recorded_after(self.tail.recorded_at, &append.records, now)?;
        let id = match stream {
            Some(it) => it.id,
            None => insert_name(connection, "INSERT INTO streams (name) VALUES (?1)", &append.stream)?,
        };
        self.insert(connection, id, next, append, &times)
    }

    fn insert(
        &mut self,
        connection: &Connection,
        stream: i64,
        next: u64,
        append: &Append,
        times: &[Timestamp],
    ) -> Result<Appended, Error> {
        let mut tail = self.tail;
        let mut at = Appended { position: Position(0), revision: next, recorded_at: Timestamp::UNIX_EPOCH };
        let sql = "INSERT INTO events (position, stream, revision, kind, recorded_at, event_id, data, meta) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let mut insert = connection.prepare_cached(sql).doing("appending an event")?;
        for ((it, time), revision) in append.records.iter().zip(times).zip(next..) {
            tail = Tail { position: tail.position + 1, recorded_at: tail.recorded_at.max(Some(*time)) };
            at = Appended { position: Position(tail.position.unsigned_abs()), revision, recorded_at: *time };
            let kind = self.kind(connection, &it.kind)?;
            let (data, meta): (&[u8], &[u8]) = (&it.data, &it.meta);
            let row = params![
                tail.position,
                stream,
                integer(revision),
                kind,
                time.as_microsecond(),
                it.id.as_bytes(),
                data,
                meta
            ];
            insert.execute(row).doing("appending an event")?;
        }
        self.tail = tail;
        self.remember(&append.stream, Stream { id: stream, last: at.revision });
        Ok(at)
    }

    fn stream(&mut self, connection: &Connection, name: &Arc<str>) -> Result<Option<Stream>, Error> {
        if let Some(known) = self.streams.get(name) {
            return Ok(Some(*known));
        }
        let sql = "SELECT id, (SELECT max(revision) FROM events WHERE stream = streams.id) \
                   FROM streams WHERE name = ?1";
        let mut find = connection.prepare_cached(sql).doing("looking up a stream")?;
        let found = find.query_row([&**name], |it| {
            Ok(Stream { id: it.get(0)?, last: it.get::<_, i64>(1)?.unsigned_abs() })
        });
        let found = found.optional().doing("looking up a stream")?;
        if let Some(found) = found {
            self.remember(name, found);
        }
        Ok(found)
    }

    fn remember(&mut self, name: &Arc<str>, stream: Stream) {
        if let Some(known) = self.streams.get_mut(name) {
            *known = stream;
            return;
        }
        if self.streams.len() >= STREAMS_MAX {
            self.streams.clear();
        }
        self.streams.insert(name.clone(), stream);
    }

    fn kind(&mut self, connection: &Connection, name: &Arc<str>) -> Result<i64, Error> {
        if let Some(known) = self.kinds.get(name) {
            return Ok(*known);
        }
        let mut find =
            connection.prepare_cached("SELECT id FROM kinds WHERE name = ?1").doing("finding a kind")?;
        let found = find.query_row([&**name], |it| it.get(0)).optional().doing("finding a kind")?;
        let id = match found {
            Some(id) => id,
            None => insert_name(connection, "INSERT INTO kinds (name) VALUES (?1)", name)?,
        };
        if self.kinds.len() >= KINDS_MAX {
            self.kinds.clear();
        }
        self.kinds.insert(name.clone(), id);
        Ok(id)
    }
}

fn insert_name(connection: &Connection, sql: &str, name: &str) -> Result<i64, Error> {
    connection.prepare_cached(sql).and_then(|mut it| it.insert([name])).doing("adding a name")
}

/// The answer of the first time, when all of it is there already in the place asked for.
fn before(connection: &Connection, append: &Append) -> Result<Option<Appended>, Error> {
    let sql = "SELECT position, revision, recorded_at, \
               (SELECT name FROM streams WHERE id = stream) = ?2 FROM events WHERE event_id = ?1";
    let mut find = connection.prepare_cached(sql).doing("looking up an event id")?;
    let (mut known, mut last) = (0, None);
    let next = append.expected.next_revision();
    for (it, n) in append.records.iter().zip(0..) {
        let revision = next.saturating_add(n);
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let found = find.query_row(params![it.id.as_bytes(), &*append.stream], row).optional();
        let found: Option<(i64, i64, i64, bool)> = found.doing("looking up an event id")?;
        let Some((position, found, recorded_at, here)) = found else { continue };
        if !here || found != integer(revision) {
            return Err(Error::Unacceptable(format!("another event has the id {}", it.id)));
        }
        let recorded_at = Timestamp::from_microsecond(recorded_at)
            .map_err(|_| Error::Corrupt(format!("event {} was recorded at no time", it.id)))?;
        known += 1;
        last = Some(Appended { position: Position(position.unsigned_abs()), revision, recorded_at });
    }
    match last {
        Some(_) if known < append.records.len() => Err(Error::Unacceptable(format!(
            "{known} of its {} events were appended before, with others",
            append.records.len()
        ))),
        last => Ok(last),
    }
}
