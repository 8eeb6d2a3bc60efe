//! A task as the worklist shows it, and how it stands at an instant.
use super::{NEVER, Standing, micros};
use crate::domain::Timestamp;
use crate::domain::task::Lease;
use rusqlite::Row;
use uuid::Uuid;

/// How a task stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// Anybody in the role may claim it: new, free again after a lease that ended, or after a wait that is over.
    Open,
    /// Somebody has it.
    Claimed,
    /// An attempt failed, and the wait is not over.
    Resting,
    /// No attempt is left: a person must look.
    Incident,
    /// It is done.
    Completed,
    /// It was called off.
    Cancelled,
}

/// A task, judged at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: Uuid,
    /// Who may do it, now.
    pub role: String,
    /// Of which kind.
    pub kind: String,
    /// What it is about: a stream.
    pub subject: String,
    /// What it is called.
    pub title: String,
    /// How it stands.
    pub status: Status,
    /// Who has it, or did it.
    pub worker: Option<String>,
    /// Until when the worker has it; only of what is claimed.
    pub leased_until: Option<Timestamp>,
    /// From when on it may be tried again; only of what rests.
    pub retry_at: Option<Timestamp>,
    /// When it should be done.
    pub due_at: Option<Timestamp>,
    /// Whether it should be done by now and is not.
    pub overdue: bool,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// How many attempts failed or ran out of time since it was opened or its last incident was resolved.
    pub attempts: u32,
    /// How often it may be tried.
    pub attempts_max: u32,
    /// For which role it was opened.
    pub opened_for: String,
    /// Who has to see to it when it is late.
    pub escalate_to: Option<String>,
    /// Why the last attempt came to nothing, cut to 200 characters.
    pub failure: Option<String>,
    /// The revision of its stream.
    pub revision: u64,
    /// Its place in the order of due dates.
    pub(super) due: i64,
    /// Its place among those due at the same time.
    pub(super) n: i64,
}

/// What [`Task::read`] reads, in its order.
pub(super) const COLUMNS: &str =
    "n, id, role, kind, subject, title, standing, due, opened, worker, turns, frees,
    attempts, attempts_max, opened_for, escalate_to, failure, stream_revision";

impl Task {
    /// The row of [`COLUMNS`], judged at `at`.
    pub(super) fn read(row: &Row<'_>, at: Timestamp) -> rusqlite::Result<Self> {
        let (due, turns): (i64, Option<i64>) = (row.get(7)?, row.get(10)?);
        let status = status(row.get(6)?, turns, row.get(11)?, micros(at));
        let held = matches!(status, Status::Claimed | Status::Completed);
        let worker: Option<String> = row.get(9)?;
        let turns = turns.map(moment);
        let live = !matches!(status, Status::Completed | Status::Cancelled);
        Ok(Self {
            n: row.get(0)?,
            id: Uuid::from_bytes(row.get(1)?),
            role: row.get(2)?,
            kind: row.get(3)?,
            subject: row.get(4)?,
            title: row.get(5)?,
            status,
            worker: worker.filter(|_| held),
            leased_until: turns.filter(|_| status == Status::Claimed),
            retry_at: turns.filter(|_| status == Status::Resting),
            due_at: (due != NEVER).then(|| moment(due)),
            overdue: live && due <= micros(at),
            opened_at: moment(row.get(8)?),
            attempts: row.get(12)?,
            attempts_max: row.get(13)?,
            opened_for: row.get(14)?,
            escalate_to: row.get(15)?,
            failure: row.get(16)?,
            revision: row.get::<_, i64>(17)?.unsigned_abs(),
            due,
        })
    }
}

impl Task {
    /// The same under a lease that began at `revision` of its stream.
    pub fn claimed(self, lease: Lease<'_>, revision: u64) -> Self {
        let Lease { worker, until, attempts } = lease;
        let (worker, leased_until) = (Some(worker.to_string()), Some(until));
        Self { status: Status::Claimed, worker, leased_until, retry_at: None, attempts, revision, ..self }
    }
}

/// How what stands so in the row stands at `at`. A lease that ended after the last attempt is an incident, also
/// before it is on record as one.
fn status(standing: i64, turns: Option<i64>, frees: bool, at: i64) -> Status {
    let turned = turns.is_some_and(|it| it <= at);
    match standing {
        it if it == Standing::Completed as i64 => Status::Completed,
        it if it == Standing::Cancelled as i64 => Status::Cancelled,
        it if it == Standing::Incident as i64 => Status::Incident,
        _ if turned && !frees => Status::Incident,
        it if it == Standing::Held as i64 && !turned => Status::Claimed,
        it if it == Standing::Resting as i64 && !turned => Status::Resting,
        _ => Status::Open,
    }
}

pub(super) fn moment(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
}
