//! What a caller is told about what was recorded, once it is as safe as the caller wants it.
use super::convert::{Manner, Wait};
use super::proto as pb;
use super::status;
use crate::audit::{Notary, Sealed, Under, Unproven};
use crate::domain::Timestamp;
use crate::engine::{Outcome, OutcomeEvent};
use crate::log::Position;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tonic::Status;

/// How long a call may take where nobody says otherwise.
const CALL_MAX: Duration = Duration::from_secs(30);

/// Answers, given once what is waited for holds.
#[derive(Clone)]
pub(super) struct Answers {
    notary: Option<Notary>,
    /// How long is waited: less than a call may take, because a call that is cut off says nothing.
    longest: Duration,
}

impl Answers {
    /// Answers that can wait for `notary`.
    pub(super) fn new(notary: Option<Notary>) -> Self {
        Self { notary, longest: CALL_MAX }.within(CALL_MAX)
    }

    /// The same where a call may take so long.
    pub(super) fn within(self, call_max: Duration) -> Self {
        Self { longest: call_max * 9 / 10, ..self }
    }

    /// What could never be waited for is refused before anything is recorded.
    pub(super) fn can(&self, wait: Wait) -> Result<(), Status> {
        match (wait, &self.notary) {
            (Wait::Durable, _) => Ok(()),
            (Wait::Until(under), Some(notary)) => notary.can(under).map_err(|err| status::unproven(&err)),
            (Wait::Until(_), None) => Err(status::unproven(&Unproven::NoNotary)),
        }
    }

    /// The answer to a command, once what was asked for holds.
    pub(super) async fn recorded(
        &self,
        outcome: Outcome,
        manner: Manner,
        wait: Wait,
    ) -> Result<pb::Recorded, Status> {
        let sealed_size = self.wait(wait, &outcome).await?;
        Ok(pb::Recorded { sealed_size, ..recorded(outcome, manner) })
    }

    /// Waits for what was asked for; how many events the checkpoint then holds.
    async fn wait(&self, wait: Wait, outcome: &Outcome) -> Result<Option<u64>, Status> {
        let (Wait::Until(under), Some(notary), Some(_)) = (wait, &self.notary, outcome.position) else {
            return Ok(None);
        };
        match self.sealed(notary, under, outcome.position).await {
            Ok(sealed) => Ok(Some(sealed.head.size)),
            Err(err) => Err(status::recorded_only(outcome, &err)),
        }
    }

    /// What `notary` signed for the event at `position`, waited for as long as a caller can be told.
    pub(super) async fn sealed(
        &self,
        notary: &Notary,
        under: Under,
        position: Option<Position>,
    ) -> Result<Arc<Sealed>, Unproven> {
        let waited = timeout(self.longest, notary.wait(under, position)).await;
        waited.unwrap_or_else(|_| Err(self.late(notary, under)))
    }

    /// Why nothing was signed in time.
    fn late(&self, notary: &Notary, under: Under) -> Unproven {
        let seconds = self.longest.as_secs_f32();
        match under {
            Under::Signature => Unproven::NotSealed { seconds },
            Under::Quorum => {
                let why = notary.unwitnessed().unwrap_or_else(|| "they have not answered yet".into());
                Unproven::NotWitnessed { seconds, why }
            }
        }
    }
}

fn recorded(outcome: Outcome, manner: Manner) -> pb::Recorded {
    let unchanged = outcome.events.is_empty();
    pb::Recorded {
        id: outcome.stream.id().to_string(),
        stream: outcome.stream.into(),
        revision: outcome.revision,
        position: outcome.position.map(|it| it.0),
        events: outcome.events.iter().map(event).collect(),
        recorded_at: outcome.recorded_at.map(moment),
        validated_only: manner == Manner::Validate && !outcome.replayed,
        replayed: outcome.replayed,
        unchanged,
        sealed_size: None,
    }
}

/// An event that was only foreseen has no id yet.
fn event(it: &OutcomeEvent) -> pb::RecordedEvent {
    let event_id = if it.id.is_nil() { String::new() } else { it.id.to_string() };
    pb::RecordedEvent { event_id, r#type: it.kind.to_string(), revision: it.revision }
}

fn moment(it: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: it.as_second(), nanos: it.subsec_nanosecond() }
}
