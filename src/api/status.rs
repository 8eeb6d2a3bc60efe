//! What callers are told when something goes wrong: the one place where errors become gRPC statuses.
//!
//! Every status carries an `ErrorInfo` whose reason programs can branch on, and, where it helps, the fields at
//! fault (`BadRequest`), what would have to be so first (`PreconditionFailure`) or how long to wait. Details travel in a header, and clients take no more than about 8 KiB of those:
//! what is longer is cut, and says so.
use super::convert::Violations;
use crate::audit::Unproven;
use crate::domain::text::PersonId;
use crate::domain::{Category, Rejection};
use crate::engine::{ExecuteError, Outcome, Refusal, Unsealed};
use crate::log;
use crate::people::PeopleError;
use std::collections::HashMap;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// The domain of every `ErrorInfo`.
pub const DOMAIN: &str = "pactline";

/// The longest message, in bytes before its encoding.
const MESSAGE_MAX: usize = 1_000;
/// How many bytes it takes at most to say that there are more.
const MORE_MAX: usize = 20;
/// The most that the fields at fault may measure together, in bytes before their encoding.
const FIELDS_MAX: usize = 3_000;

/// A request that can never be right: which fields are at fault, and why.
pub fn malformed(violations: &Violations) -> Status {
    let mut details = reasoned("MALFORMED_REQUEST", []);
    let mut length = 0;
    for (n, it) in violations.0.iter().enumerate() {
        length += it.field.len() + it.reason.len();
        if n > 0 && length > FIELDS_MAX {
            let left = violations.0.len() - n;
            let all = if it.field == "toml" { ": CheckCharter lists them all" } else { "" };
            details.add_bad_request_violation("", format!("{left} more are not listed{all}"));
            break;
        }
        details.add_bad_request_violation(&it.field, shortened(&it.reason, FIELDS_MAX));
    }
    let words = violations.0.iter().map(|it| format!("{}: {}", it.field, it.reason)).collect::<Vec<_>>();
    answer(Code::InvalidArgument, &summed("", &words), details)
}

/// A caller who does not say who they are.
pub fn unauthenticated(reason: &'static str, message: &str) -> Status {
    answer(Code::Unauthenticated, message, reasoned(reason, []))
}

/// A command that came to nothing.
pub fn unexecuted<R: Rejection>(err: ExecuteError<R>) -> Status {
    match err {
        ExecuteError::Rejected(rejection) => rejected(&rejection),
        ExecuteError::Refused(refusal) => refused(&refusal),
        ExecuteError::Log(err) => broken(&err),
    }
}

/// The rules said no.
pub fn rejected<R: Rejection>(rejection: &R) -> Status {
    let code = match rejection.category() {
        Category::NotFound => Code::NotFound,
        Category::AlreadyExists => Code::AlreadyExists,
        Category::Forbidden => Code::PermissionDenied,
        Category::Invalid => Code::InvalidArgument,
        Category::Precondition => Code::FailedPrecondition,
    };
    let mut details = reasoned(rejection.reason(), []);
    let unmet = rejection.unmet();
    let mut length = 0;
    for (n, it) in unmet.iter().enumerate() {
        length += it.kind.len() + it.subject.len() + it.description.len();
        if n > 0 && length > FIELDS_MAX {
            let left = unmet.len() - n;
            let left = format!("{left} more are not listed: ExplainGate lists them all");
            details.add_precondition_failure_violation("", "", left);
            break;
        }
        let (subject, description) =
            (shortened(&it.subject, FIELDS_MAX), shortened(&it.description, FIELDS_MAX));
        details.add_precondition_failure_violation(it.kind, subject, description);
    }
    let words = rejection.to_string();
    let because: Vec<String> = unmet.into_iter().map(|it| it.description).collect();
    match because.first().and_then(|first| words.split_once(first.as_str())) {
        Some((head, _)) => answer(code, &summed(head, &because), details),
        None => answer(code, &words, details),
    }
}

/// The engine did not put the command to the rules.
pub fn refused(refusal: &Refusal) -> Status {
    let reason: &'static str = refusal.into();
    let message = refusal.to_string();
    match refusal {
        Refusal::WrongRevision { expected, found } => {
            let found = found.map_or(String::new(), |it| it.to_string());
            let figures = [("expected_revision", expected.to_string()), ("found_revision", found)];
            answer(Code::Aborted, &message, reasoned(reason, figures))
        }
        Refusal::LiveStream | Refusal::BeforeTheLast { .. } => {
            answer(Code::FailedPrecondition, &message, reasoned(reason, []))
        }
        Refusal::Unsealed(why) => {
            let code = match why {
                Unsealed::NoOrigin | Unsealed::Expired { .. } => Code::FailedPrecondition,
                Unsealed::AnotherOrigin { .. }
                | Unsealed::AnotherStream { .. }
                | Unsealed::AnotherCommand
                | Unsealed::RequestIdTaken
                | Unsealed::Key(_) => Code::PermissionDenied,
            };
            answer(code, &message, reasoned(why.reason(), []))
        }
        Refusal::SourceMissing => at_fault(reason, "context.source", &message),
        Refusal::InTheFuture { .. } => at_fault(reason, "context.effective_at", &message),
        Refusal::Unacceptable(_) => answer(Code::InvalidArgument, &message, reasoned(reason, [])),
    }
}

/// The log failed, or others kept appending first.
pub fn broken(err: &log::Error) -> Status {
    let message = err.to_string();
    match err {
        log::Error::Conflict { .. } => {
            let mut details = reasoned("CONFLICT", []);
            details.set_retry_info(Some(Duration::from_millis(50)));
            answer(Code::Aborted, "others kept changing the stream: send it again", details)
        }
        log::Error::Unacceptable(_) => answer(Code::InvalidArgument, &message, reasoned("UNACCEPTABLE", [])),
        log::Error::Corrupt(_) => {
            tracing::error!(error = %err, "the log cannot be trusted");
            answer(Code::DataLoss, &message, reasoned("LOG_CORRUPT", []))
        }
        log::Error::Unavailable(_) => {
            tracing::warn!(error = %err, "the log cannot be reached");
            let mut details = reasoned("LOG_UNAVAILABLE", []);
            details.set_retry_info(Some(Duration::from_secs(1)));
            let advice = format!("{message}; send it again with the same request_id");
            answer(Code::Unavailable, &advice, details)
        }
    }
}

/// The file with the names of people cannot be used.
pub fn unkept(err: &PeopleError) -> Status {
    tracing::error!(error = %err, "the names of people cannot be kept");
    answer(Code::Unavailable, &err.to_string(), reasoned("PEOPLE_UNAVAILABLE", []))
}

/// Nobody knows what a person is called.
pub fn nobody(id: &PersonId) -> Status {
    let message = format!("there is no name for {id}: it was never recorded, or it was erased");
    answer(Code::NotFound, &message, reasoned("NO_SUCH_PERSON", []))
}

/// There is no proof, or none was made in time.
pub fn unproven(err: &Unproven) -> Status {
    let reason: &'static str = err.into();
    answer(unproven_code(err), &err.to_string(), reasoned(reason, []))
}

/// What was asked is recorded, and what was to be waited for did not come.
pub fn recorded_only(outcome: &Outcome, err: &Unproven) -> Status {
    let reason: &'static str = err.into();
    let position = outcome.position.map_or(0, |it| it.0);
    let at = format!("{}@{}", outcome.stream, outcome.revision.unwrap_or_default());
    let message = format!(
        "it is on record, as {at} at position {position}, and need not be sent again; what was waited for did not \
         come: {err}"
    );
    let figures = [("position", position.to_string()), ("recorded", at)];
    answer(unproven_code(err), &message, reasoned(reason, figures))
}

fn unproven_code(err: &Unproven) -> Code {
    match err {
        Unproven::NoNotary | Unproven::NoKey(_) | Unproven::NoWitnesses | Unproven::TraceTooLarge(_) => {
            Code::FailedPrecondition
        }
        Unproven::RecordDiffers(_) | Unproven::TreeUnreadable(_) => Code::DataLoss,
        Unproven::NotaryStopped(_) => Code::Unavailable,
        Unproven::NotSealed { .. } | Unproven::NotWitnessed { .. } => Code::DeadlineExceeded,
    }
}

fn at_fault(reason: &str, field: &str, message: &str) -> Status {
    let mut details = reasoned(reason, []);
    details.add_bad_request_violation(field, message);
    answer(Code::InvalidArgument, message, details)
}

fn reasoned<const N: usize>(reason: &str, figures: [(&str, String); N]) -> ErrorDetails {
    let figures: HashMap<String, String> =
        figures.into_iter().map(|(name, figure)| (name.to_owned(), figure)).collect();
    ErrorDetails::with_error_info(reason, DOMAIN, figures)
}

fn answer(code: Code, message: &str, details: ErrorDetails) -> Status {
    Status::with_error_details(code, shortened(message, MESSAGE_MAX), details)
}

/// As many of `words` after `head` as a message has room for, and how many more there are.
fn summed(head: &str, words: &[String]) -> String {
    let mut message = head.to_owned();
    for (n, it) in words.iter().enumerate() {
        let separator = if n == 0 { "" } else { "; " };
        let left = words.len() - n;
        let more = if left > 1 { MORE_MAX } else { 0 };
        if n > 0 && message.len() + separator.len() + it.len() + more > MESSAGE_MAX {
            return format!("{message}; and {left} more");
        }
        message.push_str(separator);
        message.push_str(it);
    }
    message
}

/// `text` within `max` bytes, and marked where it was cut.
fn shortened(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let whole = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= max).last().unwrap_or(0);
    format!("{}...", text.get(..whole).unwrap_or_default())
}
