//! Whether a log's file is whole, as far as can be told when it is opened, and how far a damaged one can be read.
use super::failure::Doing;
use super::schema::{self, integer};
use crate::log::Error;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Below this size the whole file is checked at every start.
const SMALL_BYTES: u64 = 16 * 1024 * 1024;
/// How many streams that lost their events are named.
const STREAMS_SHOWN: i64 = 5;
/// No event takes less room in the file, whose positions have no gaps.
pub(super) const EVENT_BYTES_MIN: u64 = 32;

/// How a connection to a file is made.
pub(super) type Connect = fn(&Path) -> Result<Connection, Error>;

/// A log's file that can be read.
pub(super) struct Checked {
    pub(super) connect: Connect,
    pub(super) connection: Connection,
    pub(super) tail: Tail,
    /// What is wrong with it, so that nothing may be written to it.
    pub(super) damage: Option<Arc<str>>,
}

/// Where the log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tail {
    /// The position of the last event; 0 when there is none.
    pub(super) position: i64,
    /// When it was recorded.
    pub(super) recorded_at: Option<Timestamp>,
}

/// Looks for damage as far as can be told at once, whatever the file's size; a small one is checked whole. What is
/// found later is [`Error::Corrupt`] where it is read, and so is a file of which nothing can be read.
pub(super) fn check(path: &Path) -> Result<Checked, Error> {
    let how = match schema::cut(path)? {
        Some(cut) => cut,
        None => {
            let connection = schema::connect_to_read(path)?;
            match sound(&connection, path) {
                Ok(tail) => {
                    return Ok(Checked { connect: schema::connect_to_read, connection, tail, damage: None });
                }
                Err(Error::Corrupt(how)) => how,
                Err(other) => return Err(other),
            }
        }
    };
    let connection = schema::connect_to_salvage(path)?;
    let lost = |err| {
        let name = path.display();
        Error::Corrupt(format!(
            "{name} is damaged ({how}), and none of it can be read ({err}): restore it from a backup"
        ))
    };
    let position = reachable(&connection, path).map_err(lost)?;
    let tail = Tail { position, recorded_at: None };
    let damage = Some(format!("{} is damaged: {how}", path.display()).into());
    Ok(Checked { connect: schema::connect_to_salvage, connection, tail, damage })
}

/// Where a file ends that nothing is wrong with; [`Error::Corrupt`] says what is.
fn sound(connection: &Connection, path: &Path) -> Result<Tail, Error> {
    let what = format!("checking {}", path.display());
    let small = fs::metadata(path).doing(&what)?.len() <= SMALL_BYTES;
    if small {
        let found: String = connection.query_row("PRAGMA quick_check(1)", [], |it| it.get(0)).doing(&what)?;
        if found != "ok" {
            return Err(Error::Corrupt(found));
        }
    }
    if !schema::has_our_tables(connection).doing(&what)? {
        return Err(Error::Corrupt("its tables are not those of a log".into()));
    }
    let tail = tail(connection).doing(&what)?.map_err(Error::Corrupt)?;
    match small.then(|| lacking(connection)).transpose().doing(&what)?.flatten() {
        Some(how) => Err(Error::Corrupt(how)),
        None => Ok(tail),
    }
}

/// The last event, found over every index; or which of them contradict each other.
fn tail(connection: &Connection) -> rusqlite::Result<Result<Tail, String>> {
    let newest = "SELECT position, stream, kind, revision, event_id, recorded_at FROM events \
                  ORDER BY position DESC LIMIT 1";
    let newest = connection
        .query_row(newest, [], |it| {
            let event: (i64, i64, i64, i64, Vec<u8>, i64) =
                (it.get(0)?, it.get(1)?, it.get(2)?, it.get(3)?, it.get(4)?, it.get(5)?);
            Ok(event)
        })
        .optional()?;
    let streams: Option<i64> = connection.query_row("SELECT max(id) FROM streams", [], |it| it.get(0))?;
    let Some((position, stream, kind, revision, event_id, recorded_at)) = newest else {
        return Ok(match without_events(connection, 0)? {
            None => Ok(Tail::default()),
            Some(which) => Err(format!("it has no events, and {which}")),
        });
    };
    let one = |sql: &str, of: &dyn rusqlite::ToSql| -> rusqlite::Result<Option<i64>> {
        connection.query_row(sql, params![of], |it| it.get(0)).optional()
    };
    if one("SELECT position FROM events WHERE event_id = ?1", &event_id)? != Some(position) {
        return Ok(Err("the last event is not in the index of ids".into()));
    }
    let last = "SELECT revision FROM events WHERE stream = ?1 ORDER BY revision DESC LIMIT 1";
    if one(last, &stream)? != Some(revision) {
        return Ok(Err("the last event is not in the index of streams".into()));
    }
    let begun = one("SELECT stream FROM events WHERE ?1 ORDER BY stream DESC LIMIT 1", &1)?;
    if begun < streams
        && let Some(which) = without_events(connection, begun.unwrap_or(0))?
    {
        let name = name(connection, stream)?;
        return Ok(Err(format!(
            "its last event is at position {position}, revision {revision} of {name}, and {which}"
        )));
    }
    if begun > streams {
        return Ok(Err(format!(
            "up to its last event, at position {position}, some are of streams without a name"
        )));
    }
    if one("SELECT id FROM kinds WHERE id = ?1", &kind)? != Some(kind) {
        return Ok(Err("the last event is of an unknown kind".into()));
    }
    match Timestamp::from_microsecond(recorded_at) {
        Ok(at) => Ok(Ok(Tail { position, recorded_at: Some(at) })),
        Err(_) => Ok(Err("the last event was recorded at no time".into())),
    }
}

/// What is missing before the last event: neither positions nor revisions have gaps.
fn lacking(connection: &Connection) -> rusqlite::Result<Option<String>> {
    if let Some(which) = without_events(connection, 0)? {
        return Ok(Some(which));
    }
    let gap = "SELECT n FROM (SELECT position, row_number() OVER (ORDER BY position) AS n FROM events) \
               WHERE position <> n LIMIT 1";
    let gap: Option<i64> = connection.query_row(gap, [], |it| it.get(0)).optional()?;
    if let Some(position) = gap {
        return Ok(Some(format!("there is no event at position {position}, and there are later ones")));
    }
    let uneven = "SELECT stream, count(*), max(revision) FROM events GROUP BY stream \
                  HAVING count(*) <> max(revision) + 1 OR min(revision) <> 0 LIMIT 1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let uneven: Option<(i64, i64, i64)> = connection.query_row(uneven, [], read).optional()?;
    let Some((stream, count, last)) = uneven else { return Ok(None) };
    let name = name(connection, stream)?;
    Ok(Some(format!("{name} has {count} events, and its last revision is {last}, counted from 0")))
}

fn name(connection: &Connection, stream: i64) -> rusqlite::Result<String> {
    let name = connection.query_row("SELECT name FROM streams WHERE id = ?1", [stream], |it| it.get(0));
    Ok(name.optional()?.unwrap_or_else(|| "a stream without a name".into()))
}

/// Which of the streams after `last` have lost their events. A stream is never there without its first.
fn without_events(connection: &Connection, last: i64) -> rusqlite::Result<Option<String>> {
    let lost = "FROM streams WHERE id > ?1 AND NOT EXISTS (SELECT 1 FROM events WHERE stream = streams.id)";
    let mut found = connection.prepare(&format!("SELECT name {lost} ORDER BY id LIMIT ?2"))?;
    let found = found.query_map(params![last, STREAMS_SHOWN], |it| it.get(0))?;
    let names: Vec<String> = found.collect::<rusqlite::Result<_>>()?;
    if names.is_empty() {
        return Ok(None);
    }
    let count: i64 = connection.query_row(&format!("SELECT count(*) {lost}"), [last], |it| it.get(0))?;
    let more = match count - integer(names.len() as u64) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Ok(Some(format!("all events are lost of {}{more}", names.join(", "))))
}

/// The last position of a damaged file that is to be had: its last, or, where that cannot be found, the last before what
/// cannot be read.
fn reachable(connection: &Connection, path: &Path) -> rusqlite::Result<i64> {
    // A damaged file may say that it ends at a place that no file of its size has.
    let most = integer(fs::metadata(path).map_or(0, |it| it.len()) / EVENT_BYTES_MIN);
    let newest =
        connection.query_row("SELECT max(position) FROM events", [], |it| it.get::<_, Option<i64>>(0));
    if let Some(newest) = newest.ok().map(Option::unwrap_or_default).filter(|it| (0..=most).contains(it)) {
        return Ok(newest);
    }
    let mut positions = connection.prepare("SELECT position FROM events ORDER BY position")?;
    let (mut rows, mut last) = (positions.query([])?, None);
    loop {
        match rows.next().and_then(|row| row.map(|it| it.get(0)).transpose()) {
            Ok(Some(position)) if last < Some(position) && position <= most => last = Some(position),
            Ok(_) => return Ok(last.unwrap_or(0)),
            Err(err) => return last.ok_or(err),
        }
    }
}
