//! What can happen to a task. These names and shapes are the storage format.
use crate::domain::charter::RoleName;
use crate::domain::citation::{Citation, StreamName};
use crate::domain::id::TaskId;
use crate::domain::text::{Name, PersonId, Prose, Slug};
use crate::domain::{Edge, Rests, Timestamp};
use serde::{Deserialize, Serialize};

/// A fact; it cannot be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
pub enum Event {
    /// There is work to do.
    TaskOpened {
        /// Which it is.
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
        /// How often it may be tried.
        attempts_max: u32,
        /// How long to wait after the first failure, in milliseconds.
        backoff_ms: u64,
        /// Who has to see to it when it is not done by then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        escalate_to: Option<RoleName>,
    },
    /// Somebody has it.
    TaskClaimed {
        /// Who.
        worker: PersonId,
        /// Until when.
        until: Timestamp,
    },
    /// Somebody has it for longer.
    LeaseExtended {
        /// Who.
        worker: PersonId,
        /// Until when.
        until: Timestamp,
    },
    /// It is done.
    TaskCompleted {
        /// Who did it.
        worker: PersonId,
        /// What came of it.
        outcome: Prose,
    },
    /// It did not work.
    TaskFailed {
        /// Who tried.
        worker: PersonId,
        /// Which attempt, from one.
        attempt: u32,
        /// Why.
        reason: Prose,
        /// When it may be tried again; absent after the last attempt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_at: Option<Timestamp>,
    },
    /// Time was up before whoever had it said how it went.
    LeaseExpired {
        /// Who had it.
        worker: PersonId,
        /// Until when.
        until: Timestamp,
        /// Which attempt it was, from one.
        attempt: u32,
    },
    /// No attempt is left: a person must look.
    IncidentRaised {
        /// How often it was tried.
        attempts: u32,
    },
    /// A person looked, and it may be tried anew.
    IncidentResolved {
        /// What was done about it.
        resolution: Prose,
    },
    /// Another role has to see to it.
    TaskEscalated {
        /// Which.
        to: RoleName,
        /// Why.
        reason: Prose,
    },
    /// It was called off.
    TaskCancelled {
        /// Why.
        reason: Prose,
    },
}

impl Rests for Event {
    fn rests_on(&self) -> Vec<(Edge, &Citation)> {
        Vec::new()
    }
}
