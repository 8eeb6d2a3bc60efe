//! What can be asked of a task.
use crate::domain::Timestamp;
use crate::domain::charter::RoleName;
use crate::domain::citation::StreamName;
use crate::domain::id::TaskId;
use crate::domain::text::{Name, PersonId, Prose, Slug};

/// A request; it may be refused.
#[derive(Debug, Clone, PartialEq, Eq, strum::VariantNames)]
pub enum Command {
    /// Put work up for somebody to do.
    OpenTask {
        /// Under which id.
        task: TaskId,
        /// Of which kind.
        kind: Slug,
        /// What it is called.
        title: Name,
        /// What it is about.
        subject: StreamName,
        /// Who may do it.
        role: RoleName,
        /// When it should be done.
        due_at: Option<Timestamp>,
        /// How often it may be tried, from one.
        attempts_max: u32,
        /// How long to wait after a failure, in milliseconds; doubled with each further attempt.
        backoff_ms: u64,
        /// Who has to see to it when it is not done by `due_at`; without one, it is never late.
        escalate_to: Option<RoleName>,
    },
    /// Take it for a while. Claiming one's own live claim again changes nothing; claiming after a lease that
    /// ended, whoever had it, records that it did.
    ClaimTask {
        /// Who takes it.
        worker: PersonId,
        /// For how long, in milliseconds.
        lease_ms: u64,
    },
    /// Take it for longer.
    ExtendLease {
        /// Who has it.
        worker: PersonId,
        /// For how long from now, in milliseconds.
        lease_ms: u64,
    },
    /// Say that it is done.
    CompleteTask {
        /// Who has it.
        worker: PersonId,
        /// What came of it.
        outcome: Prose,
    },
    /// Say that it did not work.
    FailTask {
        /// Who has it.
        worker: PersonId,
        /// Why.
        reason: Prose,
    },
    /// Record that time is up. A lease that ended counts as an attempt, as a failure does: a worker that dies of
    /// a task must not be handed it for ever, and a task with one attempt is never started twice unseen. Nothing
    /// is decided before `until`, or when the lease is not this one any more.
    ExpireLease {
        /// Who has it.
        worker: PersonId,
        /// Until when, as far as who asks knows.
        until: Timestamp,
    },
    /// Let it be tried again after the last attempt came to nothing.
    ResolveIncident {
        /// What was done about it.
        resolution: Prose,
    },
    /// Hand it to another role. Who holds it keeps it while the lease lasts, and may extend and complete it; the
    /// next to claim it is of the other role.
    EscalateTask {
        /// To which.
        to: RoleName,
        /// Why.
        reason: Prose,
    },
    /// Hand it to the role of `escalate_to`, once, at or after `due_at`. Nothing is decided before, or when it is
    /// over, was escalated there, or goes to nobody.
    EscalateOverdue,
    /// Call it off.
    CancelTask {
        /// Why.
        reason: Prose,
    },
}

impl Command {
    /// Who takes the task, or says how it went. Time is up whoever says so, so that a lease that ended has nobody here.
    pub fn worker(&self) -> Option<&PersonId> {
        match self {
            Command::ClaimTask { worker, .. }
            | Command::ExtendLease { worker, .. }
            | Command::CompleteTask { worker, .. }
            | Command::FailTask { worker, .. } => Some(worker),
            Command::OpenTask { .. }
            | Command::ExpireLease { .. }
            | Command::ResolveIncident { .. }
            | Command::EscalateTask { .. }
            | Command::EscalateOverdue
            | Command::CancelTask { .. } => None,
        }
    }
}
