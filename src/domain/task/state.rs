//! Just enough memory of a task's past to decide its future.
use super::Event;
use crate::domain::Timestamp;
use crate::domain::charter::RoleName;
use crate::domain::citation::StreamName;
use crate::domain::fact::{Fact, TaskFact};
use crate::domain::id::TaskId;
use crate::domain::text::{PersonId, Slug};

/// A task as its events left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {
    pub(super) order: Option<Order>,
    pub(super) standing: Standing,
    /// How many attempts failed or ran out of time since it was opened or its last incident was resolved.
    pub(super) failures: u32,
}

/// A lease, ended or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease<'a> {
    /// Who has the task.
    pub worker: &'a PersonId,
    /// Until when.
    pub until: Timestamp,
    /// How many attempts came to nothing before.
    pub attempts: u32,
}

impl Task {
    /// The lease under which somebody has it, unless it is on record as ended.
    pub fn lease(&self) -> Option<Lease<'_>> {
        match &self.standing {
            Standing::Held { worker, until } => {
                Some(Lease { worker, until: *until, attempts: self.failures })
            }
            Standing::Open
            | Standing::Resting { .. }
            | Standing::Lapsed { .. }
            | Standing::Incident
            | Standing::Completed
            | Standing::Cancelled => None,
        }
    }
}

/// What is to be done, and how often it may be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) task: TaskId,
    pub(super) kind: Slug,
    pub(super) subject: StreamName,
    pub(super) role: RoleName,
    /// The role that it was opened for.
    pub(super) opened_for: RoleName,
    pub(super) attempts_max: u32,
    pub(super) backoff_ms: u64,
    pub(super) due_at: Option<Timestamp>,
    /// Who has to see to it when it is late; nobody once that has happened.
    pub(super) escalate_to: Option<RoleName>,
}

/// How a task stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Standing {
    /// Anybody in the role may claim it.
    #[default]
    Open,
    /// It failed, and may be tried again from then on.
    Resting { retry_at: Timestamp },
    /// Somebody has it, or had it until then.
    Held { worker: PersonId, until: Timestamp },
    /// Anybody may claim it; the one who had it until then was too late.
    Lapsed { worker: PersonId, until: Timestamp },
    /// No attempt is left.
    Incident,
    /// It is done.
    Completed,
    /// It was called off.
    Cancelled,
}

pub(super) fn evolve(task: &mut Task, event: &Event, at: Timestamp) {
    match event {
        Event::TaskOpened { .. } => task.order = order(event),
        Event::TaskClaimed { worker, until } | Event::LeaseExtended { worker, until } => {
            task.standing = Standing::Held { worker: worker.clone(), until: *until };
        }
        Event::TaskCompleted { .. } => task.standing = Standing::Completed,
        Event::TaskFailed { attempt, retry_at, .. } => {
            task.failures = *attempt;
            task.standing = retry_at.map_or(Standing::Incident, |retry_at| Standing::Resting { retry_at });
        }
        Event::LeaseExpired { worker, until, attempt } => {
            task.failures = *attempt;
            task.standing = Standing::Lapsed { worker: worker.clone(), until: *until };
        }
        Event::IncidentRaised { .. } => task.standing = Standing::Incident,
        Event::IncidentResolved { .. } => {
            task.failures = 0;
            task.standing = Standing::Open;
        }
        Event::TaskEscalated { to, .. } => {
            if let Some(order) = &mut task.order {
                order.role = to.clone();
                let late = order.due_at.is_some_and(|it| it <= at);
                order.escalate_to.take_if(|it| late && it == to);
            }
        }
        Event::TaskCancelled { .. } => task.standing = Standing::Cancelled,
    }
}

fn order(event: &Event) -> Option<Order> {
    let Event::TaskOpened {
        task, kind, subject, role, attempts_max, backoff_ms, due_at, escalate_to, ..
    } = event
    else {
        return None;
    };
    let (kind, subject, role) = (kind.clone(), subject.clone(), role.clone());
    let (attempts_max, backoff_ms) = (*attempts_max, *backoff_ms);
    let (due_at, escalate_to) = (*due_at, escalate_to.clone());
    let (task, opened_for) = (*task, role.clone());
    Some(Order { task, kind, subject, role, opened_for, attempts_max, backoff_ms, due_at, escalate_to })
}

/// Only a completion can be relied on.
pub(super) fn attest(task: &Task, event: &Event, _at: Timestamp) -> Option<Fact> {
    let Event::TaskCompleted { worker, .. } = event else {
        return None;
    };
    let Order { task, kind, subject, opened_for: role, .. } = task.order.clone()?;
    Some(TaskFact { task, kind, subject, role, worker: worker.clone() }.into())
}
