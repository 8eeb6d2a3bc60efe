//! Connections that read one view's file, lent to one question at a time.
use super::{ViewError, store};
use crate::log::Position;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many idle connections are kept.
const IDLE_MAX: usize = 8;

pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Idle>,
}

/// Connections to the file that is there now.
#[derive(Default)]
struct Idle {
    connections: Vec<Connection>,
    /// How many files took the place of one before.
    swaps: u64,
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
        let mut idle = self.idle();
        idle.connections.clear();
        idle.swaps += 1;
    }

    /// Asks within one snapshot. `ask` also gets the last event that the snapshot takes into account.
    pub(super) fn ask<T>(
        &self,
        ask: impl FnOnce(&Connection, Option<Position>) -> Result<T, ViewError>,
    ) -> Result<T, ViewError> {
        let (idle, swaps) = {
            let mut idle = self.idle();
            (idle.connections.pop(), idle.swaps)
        };
        let connection = match idle {
            Some(connection) => connection,
            None => store::read_only(&self.path)?,
        };
        connection.execute_batch("BEGIN")?;
        let answer = store::checkpoint(&connection)
            .and_then(|checkpoint| ask(&connection, checkpoint.map(|it| it.position)));
        connection.execute_batch("COMMIT")?;
        let mut idle = self.idle();
        // A connection to a file that is gone would answer from it for ever.
        if idle.swaps == swaps && idle.connections.len() < IDLE_MAX {
            idle.connections.push(connection);
        }
        answer
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
