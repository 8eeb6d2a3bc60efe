//! The rules of work under a lease: one holder at a time, and nothing from somebody whose time is up.
use super::state::{Order, Standing};
use super::{Command, Event, Task};
use crate::domain::charter::RoleName;
use crate::domain::citation::Reference;
use crate::domain::text::{PersonId, Prose};
use crate::domain::{Category, Given, Timestamp};
use jiff::SignedDuration;

/// The shortest lease, in milliseconds: one second.
pub const LEASE_MS_MIN: u64 = 1_000;
/// The longest lease, in milliseconds: 30 days.
pub const LEASE_MS_MAX: u64 = 30 * 24 * 60 * 60 * 1_000;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rejection {
    /// A task is opened once.
    #[error("this task is there already: open another one under an id of its own")]
    AlreadyOpened,
    /// Never opened.
    #[error("there is no such task: open it first, or check its id")]
    NotOpened,
    /// A task that may never be tried.
    #[error("a task must allow at least one attempt")]
    NoAttempts,
    /// It was done.
    #[error(
        "this task is completed, and nothing more happens to it: open another one if there is more to do"
    )]
    AlreadyCompleted,
    /// It was called off.
    #[error("this task was cancelled, and nothing more happens to it: open another one if it is needed")]
    AlreadyCancelled,
    /// Too short to work in, or too long to wait for.
    #[error(
        "a lease must be from {LEASE_MS_MIN} to {LEASE_MS_MAX} milliseconds, a second to 30 days, not {lease_ms}"
    )]
    LeaseOutOfBounds {
        /// What came, in milliseconds.
        lease_ms: u64,
    },
    /// Somebody else has it.
    #[error("{holder} has it until {until}: claim it then, unless it is done")]
    HeldByAnother {
        /// Who.
        holder: PersonId,
        /// Until when.
        until: Timestamp,
    },
    /// It failed, and rests.
    #[error("it failed and may not be tried before {retry_at}")]
    TooEarly {
        /// From when on it may.
        retry_at: Timestamp,
    },
    /// No attempt is left.
    #[error("all attempts failed: resolve the incident first")]
    IncidentOpen,
    /// No attempt is left, and the timer has not said so yet.
    #[error(
        "the lease ended at {until} and with it the last attempt: resolve the incident as soon as it is raised"
    )]
    AttemptsUsedUp {
        /// When the lease ended.
        until: Timestamp,
    },
    /// There is nothing to resolve.
    #[error("this task has no incident to resolve")]
    NoIncident,
    /// Only a holder can say how it went.
    #[error("nobody has this task: claim it first")]
    NotClaimed,
    /// In somebody else's name.
    #[error("{by} asks for {worker}: each worker asks in their own name")]
    NotTheWorker {
        /// In whose name.
        worker: PersonId,
        /// Who asked.
        by: PersonId,
    },
    /// Another one's task.
    #[error(
        "{holder} has this task, not {worker}: let {holder} say how it went, or claim it when their lease has ended"
    )]
    NotTheHolder {
        /// Who has or had it.
        holder: PersonId,
        /// Who asked.
        worker: PersonId,
    },
    /// The holder's time was up.
    #[error("the lease ended at {until}: claim the task again, unless somebody else has it by now")]
    LeaseExpired {
        /// When.
        until: Timestamp,
    },
    /// An extension that takes time away.
    #[error("the lease lasts until {until} already, longer than asked for: an extension only lengthens it")]
    LeaseWouldShrink {
        /// Until when it lasts.
        until: Timestamp,
    },
}

impl crate::domain::Rejection for Rejection {
    fn reason(&self) -> &'static str {
        self.into()
    }
    fn category(&self) -> Category {
        match self {
            Rejection::AlreadyOpened => Category::AlreadyExists,
            Rejection::NotOpened => Category::NotFound,
            Rejection::NoAttempts | Rejection::LeaseOutOfBounds { .. } => Category::Invalid,
            Rejection::NotTheWorker { .. } | Rejection::NotTheHolder { .. } => Category::Forbidden,
            Rejection::AlreadyCompleted
            | Rejection::AlreadyCancelled
            | Rejection::HeldByAnother { .. }
            | Rejection::TooEarly { .. }
            | Rejection::IncidentOpen
            | Rejection::AttemptsUsedUp { .. }
            | Rejection::NoIncident
            | Rejection::NotClaimed
            | Rejection::LeaseExpired { .. }
            | Rejection::LeaseWouldShrink { .. } => Category::Precondition,
        }
    }
}

type Answer = Result<Vec<Event>, Rejection>;

pub(super) fn cites(_task: &Task, _command: &Command) -> Vec<Reference> {
    Vec::new()
}

pub(super) fn decide(task: &Task, command: Command, given: &Given) -> Answer {
    own(&command, &given.by)?;
    match command {
        Command::OpenTask {
            task: id,
            kind,
            title,
            subject,
            role,
            due_at,
            attempts_max,
            backoff_ms,
            escalate_to,
        } => {
            openable(task, attempts_max)?;
            let task = id;
            Ok(vec![Event::TaskOpened {
                task,
                kind,
                title,
                subject,
                role,
                due_at,
                attempts_max,
                backoff_ms,
                escalate_to,
            }])
        }
        Command::ClaimTask { worker, lease_ms } => claim(task, worker, lease_ms, given.at),
        Command::ExtendLease { worker, lease_ms } => extend(task, worker, lease_ms, given.at),
        Command::CompleteTask { worker, outcome } => {
            held(task, &worker, given.at)?;
            Ok(vec![Event::TaskCompleted { worker, outcome }])
        }
        Command::FailTask { worker, reason } => fail(task, worker, reason, given.at),
        Command::ExpireLease { worker, until } => expire(task, &worker, until, given.at),
        Command::ResolveIncident { resolution } => {
            live(task)?;
            let resolved = Event::IncidentResolved { resolution };
            if task.standing == Standing::Incident { Ok(vec![resolved]) } else { Err(Rejection::NoIncident) }
        }
        Command::EscalateTask { to, reason } => escalate(task, to, reason),
        Command::EscalateOverdue => escalate_overdue(task, given.at),
        Command::CancelTask { reason } => match task.standing {
            Standing::Cancelled => Ok(Vec::new()),
            _ => live(task).map(|_| vec![Event::TaskCancelled { reason }]),
        },
    }
}

/// Nobody takes a task, or says how it went, in another one's name.
fn own(command: &Command, by: &PersonId) -> Result<(), Rejection> {
    match command.worker() {
        Some(worker) if worker != by => {
            Err(Rejection::NotTheWorker { worker: worker.clone(), by: by.clone() })
        }
        _ => Ok(()),
    }
}

fn openable(task: &Task, attempts_max: u32) -> Result<(), Rejection> {
    match (&task.order, attempts_max) {
        (Some(_), _) => Err(Rejection::AlreadyOpened),
        (None, 0) => Err(Rejection::NoAttempts),
        (None, _) => Ok(()),
    }
}

/// What is to be done, while it is still to be done.
fn live(task: &Task) -> Result<&Order, Rejection> {
    let order = task.order.as_ref().ok_or(Rejection::NotOpened)?;
    match &task.standing {
        Standing::Completed => Err(Rejection::AlreadyCompleted),
        Standing::Cancelled => Err(Rejection::AlreadyCancelled),
        Standing::Open
        | Standing::Resting { .. }
        | Standing::Held { .. }
        | Standing::Lapsed { .. }
        | Standing::Incident => Ok(order),
    }
}

fn claim(task: &Task, worker: PersonId, lease_ms: u64, at: Timestamp) -> Answer {
    let order = live(task)?;
    let end = lease_end(at, lease_ms)?;
    let mut events = Vec::new();
    match &task.standing {
        Standing::Held { worker: holder, until } if at < *until => {
            if *holder == worker {
                return Ok(Vec::new());
            }
            return Err(Rejection::HeldByAnother { holder: holder.clone(), until: *until });
        }
        Standing::Held { worker: holder, until } => {
            events = lapse(task, order, holder, *until);
            if events.len() > 1 {
                return Err(Rejection::AttemptsUsedUp { until: *until });
            }
        }
        Standing::Resting { retry_at } if at < *retry_at => {
            return Err(Rejection::TooEarly { retry_at: *retry_at });
        }
        Standing::Incident => return Err(Rejection::IncidentOpen),
        Standing::Completed => return Err(Rejection::AlreadyCompleted),
        Standing::Cancelled => return Err(Rejection::AlreadyCancelled),
        Standing::Open | Standing::Resting { .. } | Standing::Lapsed { .. } => {}
    }
    events.push(Event::TaskClaimed { worker, until: end });
    Ok(events)
}

fn extend(task: &Task, worker: PersonId, lease_ms: u64, at: Timestamp) -> Answer {
    let (_, until) = held(task, &worker, at)?;
    let longer = lease_end(at, lease_ms)?;
    match longer.cmp(&until) {
        std::cmp::Ordering::Less => Err(Rejection::LeaseWouldShrink { until }),
        std::cmp::Ordering::Equal => Ok(Vec::new()),
        std::cmp::Ordering::Greater => Ok(vec![Event::LeaseExtended { worker, until: longer }]),
    }
}

/// The order and the end of the lease, when `worker` has the task at `at`. At the instant at which a lease
/// ends, it has ended: somebody else may have claimed the task at that very instant.
fn held<'a>(task: &'a Task, worker: &PersonId, at: Timestamp) -> Result<(&'a Order, Timestamp), Rejection> {
    let order = live(task)?;
    match &task.standing {
        Standing::Held { worker: holder, .. } if holder != worker => {
            Err(Rejection::NotTheHolder { holder: holder.clone(), worker: worker.clone() })
        }
        Standing::Held { until, .. } if *until <= at => Err(Rejection::LeaseExpired { until: *until }),
        Standing::Held { until, .. } => Ok((order, *until)),
        Standing::Lapsed { worker: before, until } if before == worker => {
            Err(Rejection::LeaseExpired { until: *until })
        }
        Standing::Incident => Err(Rejection::IncidentOpen),
        Standing::Open
        | Standing::Resting { .. }
        | Standing::Lapsed { .. }
        | Standing::Completed
        | Standing::Cancelled => Err(Rejection::NotClaimed),
    }
}

fn fail(task: &Task, worker: PersonId, reason: Prose, at: Timestamp) -> Answer {
    let (order, _) = held(task, &worker, at)?;
    let attempt = this_attempt(task);
    if attempt >= order.attempts_max {
        let failed = Event::TaskFailed { worker, attempt, reason, retry_at: None };
        return Ok(vec![failed, Event::IncidentRaised { attempts: attempt }]);
    }
    let doubled = 1_u64.checked_shl(task.failures).unwrap_or(u64::MAX);
    let retry_at = Some(later(at, order.backoff_ms.saturating_mul(doubled)));
    Ok(vec![Event::TaskFailed { worker, attempt, reason, retry_at }])
}

fn expire(task: &Task, worker: &PersonId, until: Timestamp, at: Timestamp) -> Answer {
    let order = task.order.as_ref().ok_or(Rejection::NotOpened)?;
    match &task.standing {
        Standing::Held { worker: holder, until: end } if holder == worker && *end == until && until <= at => {
            Ok(lapse(task, order, holder, until))
        }
        Standing::Open
        | Standing::Resting { .. }
        | Standing::Held { .. }
        | Standing::Lapsed { .. }
        | Standing::Incident
        | Standing::Completed
        | Standing::Cancelled => Ok(Vec::new()),
    }
}

/// The lease ended, and with it an attempt; the last one leaves an incident. The lease was the wait: what is left
/// can be tried at once.
fn lapse(task: &Task, order: &Order, holder: &PersonId, until: Timestamp) -> Vec<Event> {
    let attempt = this_attempt(task);
    let lapsed = Event::LeaseExpired { worker: holder.clone(), until, attempt };
    let raised = (attempt >= order.attempts_max).then_some(Event::IncidentRaised { attempts: attempt });
    std::iter::once(lapsed).chain(raised).collect()
}

fn this_attempt(task: &Task) -> u32 {
    task.failures.saturating_add(1)
}

fn escalate(task: &Task, to: RoleName, reason: Prose) -> Answer {
    if live(task)?.role == to { Ok(Vec::new()) } else { Ok(vec![Event::TaskEscalated { to, reason }]) }
}

fn escalate_overdue(task: &Task, at: Timestamp) -> Answer {
    let order = task.order.as_ref().ok_or(Rejection::NotOpened)?;
    let (Some(due_at), Some(to), Ok(_)) = (order.due_at, &order.escalate_to, live(task)) else {
        return Ok(Vec::new());
    };
    if at < due_at || order.role == *to {
        return Ok(Vec::new());
    }
    let reason = Prose::with_moment("not done by", due_at);
    Ok(vec![Event::TaskEscalated { to: to.clone(), reason }])
}

fn lease_end(at: Timestamp, lease_ms: u64) -> Result<Timestamp, Rejection> {
    match lease_ms {
        LEASE_MS_MIN..=LEASE_MS_MAX => Ok(later(at, lease_ms)),
        _ => Err(Rejection::LeaseOutOfBounds { lease_ms }),
    }
}

/// The end of time at the latest.
fn later(at: Timestamp, ms: u64) -> Timestamp {
    let wait = SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}
