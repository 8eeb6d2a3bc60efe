//! A command of any kind, executed for whatever asks by itself.
use crate::codec::CodecError;
use crate::domain::citation::StreamName;
use crate::domain::{Decider, Rejection};
use crate::domain::{consultation, priority, project, recommendation, task};
use crate::engine::{CommandMeta, Engine, ExecuteError, Outcome};
use crate::log::{self, Position};
use crate::views::ViewError;
use uuid::Uuid;

/// A command of any kind that something asks for by itself, and whose stream it is asked of.
#[derive(Debug, Clone)]
pub enum AnyCommand {
    /// Of a consultation.
    Consultation(Uuid, consultation::Command),
    /// Of a recommendation.
    Recommendation(Uuid, recommendation::Command),
    /// Of a list of priorities.
    Priority(Uuid, priority::Command),
    /// Of a project.
    Project(Uuid, project::Command),
    /// Of a task.
    Task(Uuid, task::Command),
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Something was recorded, now or when it was asked before; its last event is here.
    Recorded(Position),
    /// There was nothing to decide.
    Nothing,
    /// The rules said no, which is final for this asking.
    Refused {
        /// The reason for programs.
        reason: &'static str,
        /// In words.
        because: String,
    },
}

/// Why asking did not work now. It can be repeated.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Trouble {
    /// The log.
    #[error(transparent)]
    Log(#[from] log::Error),
    /// A view.
    #[error(transparent)]
    View(#[from] ViewError),
    /// An event that this release cannot read.
    #[error(transparent)]
    Unreadable(#[from] CodecError),
    /// The place that is remembered cannot be written down.
    #[error("the checkpoint cannot be kept: {0}")]
    Checkpoint(String),
}

impl Trouble {
    /// Whether it passes by itself.
    pub fn is_passing(&self) -> bool {
        match self {
            Trouble::Log(log::Error::Unavailable(_) | log::Error::Conflict { .. }) | Trouble::View(_) => true,
            Trouble::Log(log::Error::Corrupt(_) | log::Error::Unacceptable(_))
            | Trouble::Unreadable(_)
            | Trouble::Checkpoint(_) => false,
        }
    }
}

impl AnyCommand {
    /// The stream that it is asked of.
    pub fn stream(&self) -> StreamName {
        match self {
            AnyCommand::Consultation(id, _) => StreamName::new(consultation::Consultation::KIND, *id),
            AnyCommand::Recommendation(id, _) => StreamName::new(recommendation::Recommendation::KIND, *id),
            AnyCommand::Priority(id, _) => StreamName::new(priority::PriorityList::KIND, *id),
            AnyCommand::Project(id, _) => StreamName::new(project::Project::KIND, *id),
            AnyCommand::Task(id, _) => StreamName::new(task::Task::KIND, *id),
        }
    }

    /// Asks.
    pub(super) async fn ask(self, engine: &Engine, meta: CommandMeta) -> Result<Asked, Trouble> {
        match self {
            AnyCommand::Consultation(id, it) => {
                answer(engine.execute::<consultation::Consultation>(id, it, meta).await)
            }
            AnyCommand::Recommendation(id, it) => {
                answer(engine.execute::<recommendation::Recommendation>(id, it, meta).await)
            }
            AnyCommand::Priority(id, it) => {
                answer(engine.execute::<priority::PriorityList>(id, it, meta).await)
            }
            AnyCommand::Project(id, it) => answer(engine.execute::<project::Project>(id, it, meta).await),
            AnyCommand::Task(id, it) => answer(engine.execute::<task::Task>(id, it, meta).await),
        }
    }
}

fn answer<R: Rejection>(result: Result<Outcome, ExecuteError<R>>) -> Result<Asked, Trouble> {
    match result {
        Ok(outcome) => Ok(outcome.position.map_or(Asked::Nothing, Asked::Recorded)),
        Err(ExecuteError::Rejected(no)) => {
            Ok(Asked::Refused { reason: no.reason(), because: no.to_string() })
        }
        Err(ExecuteError::Refused(no)) => {
            Ok(Asked::Refused { reason: (&no).into(), because: no.to_string() })
        }
        Err(ExecuteError::Log(err)) => Err(err.into()),
    }
}
