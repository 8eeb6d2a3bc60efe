//! The file's format: how a log is created, recognized, and refused. Never repaired.
use super::failure::Doing;
use crate::log::Error;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// "pact": says that a SQLite file is a log of ours.
const APPLICATION_ID: u32 = 0x7061_6374;
/// The version of the format; raised when a release could not read what another wrote.
const FORMAT: u64 = 1;
/// 3.51.3, the first release in which a checkpoint and a commit at the same time cannot lose the commit.
const SQLITE_MIN: i32 = 3_051_003;
/// How much of the file readers map; what is beyond is read call by call.
const MAPPED_BYTES: i64 = 4 * 1024 * 1024 * 1024;
/// How much of it each reader keeps, in KiB; less than zero, as SQLite wants it.
const CACHED_KIB: i64 = -8192;
const BUSY_MAX: Duration = Duration::from_secs(5);

/// Names are stored once, so that an event's row is little more than its data. Strict, so that damage shows
/// as damage.
const TABLES: &[(&str, &str)] = &[
    (
        "events",
        "CREATE TABLE events (\
         position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL, \
         kind INTEGER NOT NULL, recorded_at INTEGER NOT NULL, event_id BLOB NOT NULL UNIQUE, \
         data BLOB NOT NULL, meta BLOB NOT NULL, UNIQUE (stream, revision)) STRICT",
    ),
    ("kinds", "CREATE TABLE kinds (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT"),
    ("streams", "CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT"),
];

/// Refuses a SQLite that is known to lose data under load.
pub(super) fn refuse_old_sqlite(version: i32) -> Result<(), Error> {
    if version >= SQLITE_MIN {
        return Ok(());
    }
    Err(Error::Unavailable(format!(
        "SQLite {version} is too old: {SQLITE_MIN} or later is needed, build with the bundled one"
    )))
}

/// Makes an empty log at `path` out of nothing, or nothing at all: it is complete before it gets its name.
pub(super) fn create(path: &Path) -> Result<(), Error> {
    let what = format!("creating {}", path.display());
    if path.with_extension("db-wal").exists() {
        return Err(Error::Corrupt(format!(
            "{0} is missing, and {0}-wal is there: put {0} back from where it went, or both into the archive",
            path.display()
        )));
    }
    let draft = path.with_extension("draft");
    match fs::remove_file(&draft) {
        Err(err) if err.kind() != std::io::ErrorKind::NotFound => return Err(err).doing(&what),
        _ => {}
    }
    fill(&draft).doing(&what)?;
    File::open(&draft).and_then(|it| it.sync_all()).doing(&what)?;
    fs::rename(&draft, path).doing(&what)?;
    match path.parent() {
        Some(dir) => File::open(dir).and_then(|it| it.sync_all()).doing(&what),
        None => Ok(()),
    }
}

fn fill(draft: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open(draft)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.execute_batch(&format!("PRAGMA user_version = {FORMAT}"))?;
    TABLES.iter().try_for_each(|(_, table)| connection.execute_batch(table))?;
    connection.close().map_err(|(_, err)| err)
}

/// Refuses a file that is not a log of ours, by its first bytes, before SQLite touches it.
pub(super) fn refuse_foreign(path: &Path) -> Result<(), Error> {
    let name = path.display();
    let mut head = [0; 100];
    match File::open(path).and_then(|mut it| it.read_exact(&mut head)) {
        Err(err) if err.kind() == std::io::ErrorKind::UnexpectedEof => {
            return Err(Error::Corrupt(format!("{name} is too short to be a log: restore it from a backup")));
        }
        read => read.doing(&format!("reading {name}"))?,
    }
    if !head.starts_with(b"SQLite format 3\0") || number(&head, 68..72) != u64::from(APPLICATION_ID) {
        return Err(Error::Corrupt(format!("{name} is not a pactline log: choose another folder")));
    }
    match number(&head, 60..64) {
        FORMAT => Ok(()),
        newer if newer > FORMAT => Err(Error::Corrupt(format!(
            "{name} has format {newer}, and this release knows formats up to {FORMAT}: use the newer release"
        ))),
        other => Err(Error::Corrupt(format!("{name} has format {other}, which never was one"))),
    }
}

/// By how much a file is shorter than it says. One with a journal beside it may be, until that is read back.
pub(super) fn cut(path: &Path) -> Result<Option<String>, Error> {
    let what = format!("reading {}", path.display());
    let mut head = [0; 100];
    File::open(path).and_then(|mut it| it.read_exact(&mut head)).doing(&what)?;
    let journal = fs::metadata(path.with_extension("db-wal")).map_or(0, |it| it.len());
    // A page of 64 KiB is written as 1, because its size does not fit.
    let page = match number(&head, 16..18) {
        1 => 65_536,
        size => size,
    };
    let found = fs::metadata(path).doing(&what)?.len();
    let said = page * number(&head, 28..32);
    let whole = journal > 0 || found >= said;
    Ok((!whole).then(|| format!("it is cut short: {found} of {said} bytes are there")))
}

/// The number at `place` in a header, most significant byte first.
fn number(head: &[u8], place: std::ops::Range<usize>) -> u64 {
    head.get(place).unwrap_or_default().iter().fold(0, |n, byte| n << 8 | u64::from(*byte))
}

/// A connection that can change nothing.
pub(super) fn connect_to_read(path: &Path) -> Result<Connection, Error> {
    // Mapped pages are shared by all readers and cost no call each; SQLite maps them for reading only.
    read_only(path, &[("cache_size", CACHED_KIB), ("mmap_size", MAPPED_BYTES)])
}

/// The same to a damaged file, of which it reads what it can. What is mapped counts as memory in use, and beyond the
/// end of a cut file is none.
pub(super) fn connect_to_salvage(path: &Path) -> Result<Connection, Error> {
    // SQLite reads no file that is shorter than it says, unless it is told that somebody mends it.
    read_only(path, &[("writable_schema", 1), ("cache_size", CACHED_KIB), ("mmap_size", 0)])
}

fn read_only(path: &Path, settings: &[(&str, i64)]) -> Result<Connection, Error> {
    let what = format!("opening {}", path.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).doing(&what)?;
    connection.busy_timeout(BUSY_MAX).doing(&what)?;
    // One plan per statement. Else SQLite plans anew for each stream, which takes as long as to read it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).doing(&what)?;
    settings.iter().try_for_each(|(name, value)| connection.pragma_update(None, name, value)).doing(&what)?;
    Ok(connection)
}

/// The one connection that writes.
pub(super) fn connect_to_write(path: &Path) -> Result<Connection, Error> {
    let what = format!("opening {}", path.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).doing(&what)?;
    connection.busy_timeout(BUSY_MAX).doing(&what)?;
    // Zeroes whatever a page no longer holds, also when rows move: a redaction must leave no copy behind.
    let secure = ("secure_delete", 1);
    let settings = [("synchronous", 2), ("wal_autocheckpoint", 16384), ("cache_size", -65536), secure];
    settings.iter().try_for_each(|(name, value)| connection.pragma_update(None, name, value)).doing(&what)?;
    connection.set_prepared_statement_cache_capacity(32);
    let mode: String = connection.pragma_query_value(None, "journal_mode", |it| it.get(0)).doing(&what)?;
    if mode == "wal" {
        return Ok(connection);
    }
    Err(Error::Corrupt(format!("{} is in journal mode {mode}, not wal", path.display())))
}

/// SQLite's integers are signed; no position or revision is ever so large.
pub(super) fn integer(it: u64) -> i64 {
    i64::try_from(it).unwrap_or(i64::MAX)
}

/// Whether all that the file says of its tables and indexes is what [`create`] makes it say.
pub(super) fn is_ours(connection: &Connection) -> rusqlite::Result<bool> {
    let fresh = Connection::open_in_memory()?;
    TABLES.iter().try_for_each(|(_, table)| fresh.execute_batch(table))?;
    Ok(said(&fresh)? == said(connection)?)
}

type Said = (String, String, String, Option<String>);

fn said(connection: &Connection) -> rusqlite::Result<Vec<Said>> {
    let mut said = connection.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name")?;
    let said = said.query_map([], |it| Ok((it.get(0)?, it.get(1)?, it.get(2)?, it.get(3)?)))?;
    said.collect()
}

/// Whether the tables are those that [`create`] makes, and no others.
pub(super) fn has_our_tables(connection: &Connection) -> rusqlite::Result<bool> {
    let mut tables =
        connection.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")?;
    let tables = tables.query_map([], |it| Ok((it.get(0)?, it.get(1)?)))?;
    let tables: Vec<(String, String)> = tables.collect::<rusqlite::Result<_>>()?;
    Ok(tables.iter().map(|(name, sql)| (name.as_str(), sql.as_str())).eq(TABLES.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_that_loses_commits_is_refused() {
        assert!(refuse_old_sqlite(3_051_002).is_err());
        assert!(refuse_old_sqlite(3_051_003).is_ok());
        assert!(refuse_old_sqlite(rusqlite::version_number()).is_ok());
    }
}
