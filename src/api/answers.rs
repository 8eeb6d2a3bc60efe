//! What a caller is told about what was recorded, once it is as safe as the caller wants it.
use super::convert::{Manner, Wait};
use super::proto as pb;
use super::status;
use crate::audit::{Notary, Unproven};
use crate::domain::Timestamp;
use crate::engine::{Outcome, OutcomeEvent};
use tonic::Status;

/// Answers, given once what is waited for holds.
#[derive(Clone)]
pub(super) struct Answers {
    notary: Option<Notary>,
}

impl Answers {
    /// Answers that can wait for `notary`.
    pub(super) fn new(notary: Option<Notary>) -> Self {
        Self { notary }
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
        match notary.wait(under, outcome.position).await {
            Ok(sealed) => Ok(Some(sealed.head.size)),
            Err(err) => Err(status::unproven(&err)),
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
