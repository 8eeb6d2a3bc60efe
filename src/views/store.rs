//! The file of one version of one view: its tables and how far it got, committed together.
use super::{View, ViewError, integer};
use crate::log::{Position, Record};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

/// Says that a SQLite file is a view of ours: "pacv".
const APPLICATION_ID: i32 = 0x7061_6376;

const CHECKPOINT: &str = "CREATE TABLE checkpoint (
    one INTEGER PRIMARY KEY CHECK (one = 1), view TEXT NOT NULL, schema TEXT NOT NULL,
    position INTEGER, event BLOB
)";

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    /// Beside the one in use: nobody reads it and a crash throws it away, so nothing is flushed and nothing
    /// goes through a second file.
    Building,
    /// In use: readers must not wait, and a loss of power must leave it whole. It may leave it a few commits
    /// back, since the log has them; that is what synchronous=NORMAL gives in WAL mode.
    Live,
}

/// The last event that a file takes into account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Checkpoint {
    pub(super) position: Position,
    /// Says whether the log is still the same one.
    pub(super) event: Uuid,
}

impl Checkpoint {
    pub(super) fn at(record: &Record) -> Self {
        Self { position: record.position, event: record.id }
    }
}

/// An open file.
pub(super) struct Store {
    pub(super) connection: Connection,
}

/// Where the file of `view` is in `dir`.
pub(super) fn path(dir: &Path, view: &str) -> PathBuf {
    dir.join(format!("{view}.db"))
}

impl Store {
    /// A new file at `path` with the tables of `view`; whatever was there is gone.
    pub(super) fn create(path: &Path, view: &dyn View) -> Result<Self, ViewError> {
        remove(path)?;
        let connection = Connection::open(path)?;
        pragmas(&connection, Writing::Building)?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        connection.execute_batch("BEGIN")?;
        connection.execute_batch(CHECKPOINT)?;
        connection.execute_batch(view.schema())?;
        let begin = "INSERT INTO checkpoint (one, view, schema) VALUES (1, ?1, ?2)";
        connection.execute(begin, params![view.name(), shape(view)])?;
        connection.execute_batch("COMMIT")?;
        Ok(Self { connection })
    }

    /// The file at `path`, when it is one of `view`; otherwise what is wrong with it.
    pub(super) fn open(path: &Path, view: &dyn View) -> Result<Self, ViewError> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let id: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        if id != APPLICATION_ID {
            return Err(ViewError::Store("the file is not a view".into()));
        }
        let made = "SELECT view, schema FROM checkpoint";
        let (name, schema): (String, String) =
            connection.query_row(made, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if name != view.name() || schema != shape(view) {
            return Err(ViewError::Store("the file has another shape".into()));
        }
        pragmas(&connection, Writing::Live)?;
        Ok(Self { connection })
    }

    /// How far it got; `None` before the first event.
    pub(super) fn checkpoint(&self) -> Result<Option<Checkpoint>, ViewError> {
        checkpoint(&self.connection)
    }

    pub(super) fn begin(&self) -> Result<(), ViewError> {
        Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Undoes what was written since `begin`, unless it was committed.
    pub(super) fn roll_back(&self) -> Result<(), ViewError> {
        match self.connection.is_autocommit() {
            true => Ok(()),
            false => Ok(self.connection.execute_batch("ROLLBACK")?),
        }
    }

    /// Commits what was written since `begin` together with its last event.
    pub(super) fn commit(&self, last: Checkpoint) -> Result<(), ViewError> {
        let mut update = self.connection.prepare_cached("UPDATE checkpoint SET position = ?1, event = ?2")?;
        update.execute(params![integer(last.position), last.event.as_bytes()])?;
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// Closes a finished file so that it survives a loss of power and can be moved.
    pub(super) fn finish(self, path: &Path, view: &dyn View) -> Result<(), ViewError> {
        // Sorting for an index may need more than fits into memory.
        self.connection.pragma_update(None, "temp_store", "FILE")?;
        self.connection.execute_batch(view.indexes())?;
        self.connection.execute_batch("PRAGMA optimize")?;
        self.connection.close().map_err(|(_, err)| ViewError::from(err))?;
        let file = File::open(path).and_then(|it| it.sync_all());
        file.map_err(|err| ViewError::Store(format!("{}: {err}", path.display())))
    }
}

/// All of a view's SQL: a file made by other SQL is another view's.
fn shape(view: &dyn View) -> String {
    [view.schema(), view.indexes()].concat()
}

/// How far the file behind `connection` got.
pub(super) fn checkpoint(connection: &Connection) -> Result<Option<Checkpoint>, ViewError> {
    let mut query = connection.prepare_cached("SELECT position, event FROM checkpoint WHERE position > 0")?;
    let found: Option<(i64, Vec<u8>)> =
        query.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((position, event)) = found else { return Ok(None) };
    let event = Uuid::from_slice(&event).map_err(|err| ViewError::Store(err.to_string()))?;
    Ok(Some(Checkpoint { position: Position(position.unsigned_abs()), event }))
}

/// The file at `path`, to be read only.
pub(super) fn read_only(path: &Path) -> Result<Connection, ViewError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    keep_plans(&connection)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Moves a finished file to where it is read.
pub(super) fn swap(from: &Path, to: &Path) -> Result<(), ViewError> {
    remove(to)?;
    std::fs::rename(from, to).map_err(|err| ViewError::Store(format!("{}: {err}", to.display())))
}

fn remove(path: &Path) -> Result<(), ViewError> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(&name) {
            Err(err) if err.kind() != std::io::ErrorKind::NotFound => {
                return Err(ViewError::Store(format!("{}: {err}", path.display())));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// One plan per statement, whatever is bound to it. Else SQLite plans anew with each new parameter of a statement
/// that a partial index or statistics might serve, which costs more than to run it.
fn keep_plans(connection: &Connection) -> Result<(), ViewError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn pragmas(connection: &Connection, writing: Writing) -> Result<(), ViewError> {
    let (journal, synchronous) = match writing {
        Writing::Building => ("MEMORY", "OFF"),
        Writing::Live => ("WAL", "NORMAL"),
    };
    keep_plans(connection)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", journal)?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}
