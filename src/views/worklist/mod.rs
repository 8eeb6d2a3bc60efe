//! The worklist: who has to do what by when. A row per task, as it is now.
//!
//! Architecture invariant: rows know nothing of the hour. A lease that ended, a wait that is over and a task that is
//! late are judged when they are asked for; a row only says at which instant it turns by itself.
use super::{Seen, View, ViewError};
use crate::codec::AnyEvent;
use crate::domain::Timestamp;
use crate::domain::task::Event;
use rusqlite::{Connection, ToSql, params};
use uuid::Uuid;

mod free;
mod query;
mod row;

pub use free::{Found, Wanted, find};
pub use query::{Filter, Page, Which, get, list};
pub use row::{Status, Task};

/// The name of the worklist and its version.
pub const NAME: &str = "worklist-1";

/// How much is kept of why an attempt came to nothing, in characters.
const FAILURE_MAX: usize = 200;

const SCHEMA: &str = "
CREATE TABLE task (
    n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, title TEXT NOT NULL,
    standing INTEGER NOT NULL,
    due INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    worker TEXT,
    turns INTEGER,
    frees INTEGER NOT NULL,
    attempts INTEGER NOT NULL, attempts_max INTEGER NOT NULL,
    opened_for TEXT NOT NULL, escalate_to TEXT, failure TEXT,
    stream_revision INTEGER NOT NULL
);
";

/// The number of the row stands behind the last column of each, so that pages go on within one due date.
const INDEXES: &str = "
CREATE INDEX task_role ON task (role, standing, due);
CREATE INDEX task_kind ON task (kind, standing, due);
CREATE INDEX task_worker ON task (worker, standing, due);
CREATE INDEX task_subject ON task (subject, standing, due);
CREATE INDEX task_due ON task (standing, due);
CREATE INDEX task_role_turns ON task (role, turns) WHERE turns IS NOT NULL;
CREATE INDEX task_kind_turns ON task (kind, turns) WHERE turns IS NOT NULL;
CREATE INDEX task_due_turns ON task (turns) WHERE turns IS NOT NULL;
";

/// When a task is due that is due at no time: last.
const NEVER: i64 = i64::MAX;

/// How a task stands by its events alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Open = 0,
    Held = 1,
    Resting = 2,
    Incident = 3,
    Completed = 4,
    Cancelled = 5,
}

/// The view.
#[derive(Default)]
pub(super) struct Worklist;

impl View for Worklist {
    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> &'static str {
        SCHEMA
    }

    fn indexes(&self) -> &'static str {
        INDEXES
    }

    fn apply(&mut self, tx: &Connection, seen: &Seen) -> Result<(), ViewError> {
        let id = seen.record.stream.strip_prefix("task-").and_then(|it| Uuid::try_parse(it).ok());
        let Some(id) = id else { return Ok(()) };
        let AnyEvent::Task(event) = seen.event()? else { return Ok(()) };
        Rows { tx, id, seen }.take(event)
    }
}

/// One event's task.
struct Rows<'a> {
    tx: &'a Connection,
    id: Uuid,
    seen: &'a Seen,
}

impl Rows<'_> {
    fn take(&self, event: &Event) -> Result<(), ViewError> {
        match event {
            Event::TaskOpened { .. } => self.open(event),
            Event::TaskClaimed { worker, until } | Event::LeaseExtended { worker, until } => self.set(
                "standing = 1, worker = ?3, turns = ?4, frees = attempts + 1 < attempts_max",
                &[&worker.as_str(), &micros(*until)],
            ),
            Event::TaskCompleted { worker, .. } => {
                self.set("standing = 4, worker = ?3, turns = NULL, frees = 0", &[&worker.as_str()])
            }
            Event::TaskFailed { attempt, reason, retry_at, .. } => {
                let (standing, turns) = match retry_at {
                    Some(at) => (Standing::Resting, Some(micros(*at))),
                    None => (Standing::Incident, None),
                };
                self.tried(standing, turns, *attempt, reason.as_str())
            }
            Event::LeaseExpired { worker, until, attempt } => {
                let why = format!("{worker} had it until {until} and was not done");
                self.tried(Standing::Open, None, *attempt, &why)
            }
            Event::IncidentRaised { .. } => self.set("standing = 3", &[]),
            Event::IncidentResolved { .. } => self.set("standing = 0, attempts = 0", &[]),
            Event::TaskEscalated { to, .. } => self.set("role = ?3", &[&to.as_str()]),
            Event::TaskCancelled { .. } => {
                self.set("standing = 5, worker = NULL, turns = NULL, frees = 0", &[])
            }
        }
    }

    fn open(&self, event: &Event) -> Result<(), ViewError> {
        let Event::TaskOpened { kind, title, subject, role, due_at, attempts_max, escalate_to, .. } = event
        else {
            return Ok(());
        };
        let mut insert = self.tx.prepare_cached(
            "INSERT INTO task (id, role, kind, subject, title, standing, due, opened, frees, attempts,
                               attempts_max, opened_for, escalate_to, stream_revision)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, 0, 0, ?8, ?2, ?9, 0)",
        )?;
        insert.execute(params![
            self.id.as_bytes(),
            role.as_str(),
            kind.as_str(),
            subject.as_str(),
            title.as_str(),
            due_at.map_or(NEVER, micros),
            micros(self.seen.meta()?.effective_at),
            attempts_max,
            escalate_to.as_ref().map(|it| it.as_str()),
        ])?;
        Ok(())
    }

    /// An attempt came to nothing.
    fn tried(
        &self,
        standing: Standing,
        turns: Option<i64>,
        attempt: u32,
        why: &str,
    ) -> Result<(), ViewError> {
        let why: String = why.chars().take(FAILURE_MAX).collect();
        let columns =
            "standing = ?3, worker = NULL, turns = ?4, frees = ?4 NOT NULL, attempts = ?5, failure = ?6";
        self.set(columns, &[&(standing as i64), &turns, &attempt, &why])
    }

    /// Sets columns to values, which count from `?3`.
    fn set(&self, columns: &'static str, values: &[&dyn ToSql]) -> Result<(), ViewError> {
        let revision = i64::try_from(self.seen.record.revision).unwrap_or(i64::MAX);
        let update = format!("UPDATE task SET {columns}, stream_revision = ?2 WHERE id = ?1");
        let values = [&[self.id.as_bytes() as &dyn ToSql, &revision], values].concat();
        match self.tx.prepare_cached(&update)?.execute(&*values)? {
            1 => Ok(()),
            _ => Err(ViewError::Contradiction(format!("{} was never opened", self.seen.record.stream))),
        }
    }
}

/// A moment in microseconds, the next one where it is finer: what turns at a moment has not turned before.
fn micros(at: Timestamp) -> i64 {
    let finer = at.subsec_nanosecond().rem_euclid(1_000) > 0;
    at.as_microsecond().saturating_add(i64::from(finer))
}
