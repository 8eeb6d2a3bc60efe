//! Tasks as reactions open and cancel them.
use super::{AnyCommand, Found, Request};
use crate::domain::Timestamp;
use crate::domain::charter::RoleName;
use crate::domain::citation::StreamName;
use crate::domain::id::TaskId;
use crate::domain::task::Command;
use crate::domain::text::{Name, Prose, Slug};

/// How often a person may take a task and not finish it before somebody has to look.
const ATTEMPTS_MAX: u32 = 5;
/// How long a task rests after a failure, in milliseconds.
const BACKOFF_MS: u64 = 60_000;

/// What there is to do.
pub(super) struct Work<'a> {
    /// Of which kind.
    pub(super) kind: &'a str,
    /// What it is called.
    pub(super) title: String,
    /// What it is about.
    pub(super) subject: &'a StreamName,
    /// Who does it.
    pub(super) role: &'a RoleName,
    /// By when.
    pub(super) due_at: Option<Timestamp>,
    /// Who gets it when it is late.
    pub(super) escalate_to: Option<&'a RoleName>,
}

/// Put it up. A kind or title that is no word asks for nothing, and there is none: laws and this program have words.
pub(super) fn open(task: TaskId, work: Work<'_>) -> Option<Request> {
    let Work { kind, title, subject, role, due_at, escalate_to } = work;
    let command = Command::OpenTask {
        task,
        kind: Slug::try_from(kind.to_owned()).ok()?,
        title: Name::try_from(title).ok()?,
        subject: subject.clone(),
        role: role.clone(),
        due_at,
        attempts_max: ATTEMPTS_MAX,
        backoff_ms: BACKOFF_MS,
        escalate_to: escalate_to.cloned(),
    };
    Some(Request::Ask(AnyCommand::Task(task.0, command)))
}

/// Call it off, if it is there and not done.
pub(super) fn cancel(task: TaskId, because: &str) -> Option<AnyCommand> {
    let reason = Prose::try_from(because.to_owned()).ok()?;
    Some(AnyCommand::Task(task.0, Command::CancelTask { reason }))
}

/// The same, where what was found is a task.
pub(super) fn cancel_found(found: &Found, because: &str) -> Option<AnyCommand> {
    let Found::Task(task) = found else { return None };
    cancel(*task, because)
}
