//! One project after another comes under the edition, each exactly as it was planned for the state it is in.
use super::plan::Planned;
use super::{Course, Migrations};
use crate::api::proto as pb;
use crate::api::status;
use crate::domain::Rejection;
use crate::domain::project::Project;
use crate::domain::text::Prose;
use crate::engine::{CommandMeta, ExecuteError, Outcome, Refusal};
use crate::views::register::project::Project as Entry;
use tonic::Status;
use uuid::Uuid;

/// How often a project is planned anew because it moved on meanwhile.
const ATTEMPTS_MAX: u32 = 8;

/// A migration under way.
pub(super) struct Move {
    pub(super) migrations: Migrations,
    pub(super) course: Course,
    pub(super) reason: Prose,
    /// Its id: the ids of its commands derive from it and the project's.
    pub(super) id: Uuid,
}

impl Move {
    /// Moves one project, or says why not.
    pub(super) async fn one(&self, entry: &Entry) -> Result<pb::MigrateResponse, Status> {
        let mut attempt = 1;
        loop {
            let planned = self.migrations.planned_because(&self.course, entry, &self.reason).await?;
            let Planned { mut shown, command: Some(command), revision } = planned else {
                return Ok(pb::MigrateResponse { project: Some(planned.shown), ..Default::default() });
            };
            let command_id = Uuid::new_v5(&self.id, entry.id.as_bytes());
            let meta = CommandMeta {
                expected_revision: revision,
                correlation_id: Some(self.id),
                ..CommandMeta::now(command_id, self.course.by.clone())
            };
            match self.migrations.engine.execute::<Project>(entry.id, command, meta).await {
                Ok(outcome) => {
                    let amended = amended(&outcome);
                    return Ok(pb::MigrateResponse { project: Some(shown), amended, ..Default::default() });
                }
                Err(ExecuteError::Refused(Refusal::WrongRevision { .. })) if attempt < ATTEMPTS_MAX => {
                    attempt += 1;
                }
                Err(ExecuteError::Rejected(no)) => {
                    shown.possible = false;
                    (shown.reason, shown.because) = (no.reason().to_owned(), no.to_string());
                    return Ok(pb::MigrateResponse { project: Some(shown), ..Default::default() });
                }
                Err(err) => return Err(status::unexecuted(err)),
            }
        }
    }
}

/// The event that was recorded now; an answer from before is none.
fn amended(outcome: &Outcome) -> Option<pb::EventReference> {
    let first = outcome.events.first().filter(|_| !outcome.replayed)?;
    let event_id = first.id.to_string();
    Some(pb::EventReference { stream: outcome.stream.to_string(), revision: first.revision, event_id })
}
