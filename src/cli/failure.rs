//! What went wrong, for people or for machines: one line, what to do about it, and an exit code.
use super::out;
use crate::exchange::Failed;
use crate::log;
use serde_json::json;
use std::io;
use std::process::ExitCode;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// Why the program ends with another code than 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// The answer is no.
    No = 1,
    /// What was asked is malformed.
    Usage = 2,
    /// The rules refused it.
    Rejected = 3,
    /// It cannot be done now.
    Unavailable = 4,
    /// The record is damaged.
    Corrupt = 5,
    /// It is not what was signed.
    Tampered = 6,
    /// It cannot be proven.
    Incomplete = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// What went wrong.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    message: String,
    hint: Option<String>,
    reason: Option<String>,
    fields: Vec<(String, String)>,
    /// Whoever read the output stopped reading: nothing to tell.
    silent: bool,
}

impl Failure {
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { exit, message, hint: None, reason: None, fields: Vec::new(), silent: false }
    }

    pub(super) fn no(message: impl Into<String>) -> Self {
        Self::new(Exit::No, message)
    }

    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(super) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Exit::Unavailable, message)
    }

    pub(super) fn tampered(message: impl Into<String>) -> Self {
        Self::new(Exit::Tampered, message)
    }

    pub(super) fn incomplete(message: impl Into<String>) -> Self {
        Self::new(Exit::Incomplete, message)
    }

    /// The same, where the server found out by itself that the record is not what was signed.
    pub(super) fn or_tampered(self) -> Self {
        match self.reason.as_deref() {
            Some("RECORD_DIFFERS") => Self { exit: Exit::Tampered, ..self },
            Some(_) | None => self,
        }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// What the failure is about, such as a file, in front of its message.
    pub(super) fn about(self, what: impl std::fmt::Display) -> Self {
        Self { message: format!("{what}: {}", self.message), ..self }
    }

    /// Why, for programs.
    pub(super) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Whether the answer was that there is no such thing.
    pub(super) fn is_no(&self) -> bool {
        self.exit == Exit::No
    }

    /// Writes it to standard error; the code to end with.
    pub(super) fn tell(&self, json: bool) -> ExitCode {
        if self.silent {
            return ExitCode::SUCCESS;
        }
        if json {
            anstream::eprintln!("{}", self.json());
            return self.exit.into();
        }
        let red = anstyle::AnsiColor::Red.on_default().bold();
        let reason = self.reason.as_ref().map(|it| format!(" [{it}]")).unwrap_or_default();
        let (message, fields) = self.told();
        anstream::eprintln!("{red}error:{red:#} {message}{reason}");
        for (field, fault) in fields {
            anstream::eprintln!("  {field}: {fault}");
        }
        if let Some(hint) = &self.hint {
            out::hint(hint);
        }
        self.exit.into()
    }

    /// What is said, each thing once: the message of a request that cannot be right sums up its fields.
    fn told(&self) -> (&str, &[(String, String)]) {
        match (self.reason.as_deref(), &self.fields[..]) {
            (_, [(_, fault)]) if self.message.contains(fault) => (&self.message, &[]),
            (Some("MALFORMED_REQUEST"), fields) if fields.len() > 1 => ("this can never be right", fields),
            (_, fields) => (&self.message, fields),
        }
    }

    fn json(&self) -> serde_json::Value {
        let field = |(field, fault): &(String, String)| json!({"field": field, "description": fault});
        let fields: Vec<_> = self.fields.iter().map(field).collect();
        let mut error = json!({"message": self.message, "exit_code": self.exit as u8});
        let optional = [("hint", &self.hint), ("reason", &self.reason)];
        for (name, value) in optional {
            if let (Some(value), Some(error)) = (value, error.as_object_mut()) {
                error.insert(name.into(), json!(value));
            }
        }
        if let (false, Some(error)) = (fields.is_empty(), error.as_object_mut()) {
            error.insert("fields".into(), json!(fields));
        }
        json!({ "error": error })
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let exit = match status.code() {
            Code::NotFound => Exit::No,
            Code::InvalidArgument | Code::OutOfRange => Exit::Usage,
            Code::FailedPrecondition | Code::AlreadyExists | Code::Aborted | Code::PermissionDenied => {
                Exit::Rejected
            }
            Code::DataLoss => Exit::Corrupt,
            Code::Ok
            | Code::Cancelled
            | Code::Unknown
            | Code::DeadlineExceeded
            | Code::ResourceExhausted
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::Unauthenticated => Exit::Unavailable,
        };
        let mut failure = Self::new(exit, status.message());
        failure.reason = status.get_details_error_info().map(|it| it.reason);
        if let Some(bad) = status.get_details_bad_request() {
            failure.fields = bad.field_violations.into_iter().map(|it| (it.field, it.description)).collect();
        }
        if let Some(unmet) = status.get_details_precondition_failure() {
            failure.fields.extend(unmet.violations.into_iter().map(|it| (it.subject, it.description)));
        }
        if status.code() == Code::Unimplemented {
            failure.hint = Some("the server is of another release than this program".into());
        }
        failure
    }
}

impl From<log::Error> for Failure {
    fn from(err: log::Error) -> Self {
        let exit = match &err {
            log::Error::Conflict { .. } | log::Error::Unacceptable(_) => Exit::Rejected,
            log::Error::Corrupt(_) => Exit::Corrupt,
            log::Error::Unavailable(_) => Exit::Unavailable,
        };
        let failure = Self::new(exit, err.to_string());
        match exit {
            Exit::Unavailable => failure.hint("if a server has it open, ask that: --server URL"),
            Exit::Corrupt => failure.hint(
                "nothing was changed; restore the folder from a copy or an export; pactline audit verify names what \
                 is not as it was signed",
            ),
            Exit::No | Exit::Usage | Exit::Rejected | Exit::Tampered | Exit::Incomplete => failure,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(err: io::Error) -> Self {
        let silent = err.kind() == io::ErrorKind::BrokenPipe;
        let exit = match err.kind() {
            io::ErrorKind::NotFound => Exit::Usage,
            _ => Exit::Unavailable,
        };
        Self { silent, ..Self::new(exit, err.to_string()) }
    }
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        let message = failed.to_string();
        match failed {
            Failed::Call { status, .. } => Self { message, ..Self::from(*status) },
            Failed::Answer { .. } => Self::unavailable(message),
            Failed::File { .. } | Failed::Format { .. } => Self::usage(message),
        }
    }
}
