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
        /// How long to wait after a failure, in milliseconds; doubled with each further one.
        backoff_ms: u64,
    },
    /// Take it for a while. Claiming one's own live claim again changes nothing.
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
    /// Let it be tried again after the last attempt failed.
    ResolveIncident {
        /// What was done about it.
        resolution: Prose,
    },
    /// Hand it to another role.
    EscalateTask {
        /// To which.
        to: RoleName,
        /// Why.
        reason: Prose,
    },
    /// Call it off.
    CancelTask {
        /// Why.
        reason: Prose,
    },
}
