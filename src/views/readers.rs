//! Connections that read one view's file, lent to one question at a time.
use super::{ViewError, store};
use crate::log::Position;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How many idle connections are kept.
const IDLE_MAX: usize = 8;

pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::default() }
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Lets go of the idle connections: another file takes the place of theirs.
    pub(super) fn clear(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Asks within one snapshot. `ask` also gets the last event that the snapshot takes into account.
    pub(super) fn ask<T>(
        &self,
        ask: impl FnOnce(&Connection, Option<Position>) -> Result<T, ViewError>,
    ) -> Result<T, ViewError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => store::read_only(&self.path)?,
        };
        connection.execute_batch("BEGIN")?;
        let answer = store::checkpoint(&connection)
            .and_then(|checkpoint| ask(&connection, checkpoint.map(|it| it.position)));
        connection.execute_batch("COMMIT")?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push(connection);
        }
        answer
    }
}
