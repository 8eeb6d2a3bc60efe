//! What goes into the engine with a command, and what comes out.
use super::memory::Past;
use super::sealed::Unsealed;
use crate::codec::{self, Meta};
use crate::domain::Decider;
use crate::domain::Timestamp;
use crate::domain::citation::StreamName;
use crate::domain::decision::Sealed;
use crate::domain::id::PartnerId;
use crate::domain::text::{PersonId, Source};
use crate::log::{Appended, Error, Position, Record};
use std::sync::Arc;
use uuid::Uuid;

/// When a command takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effective {
    /// When it is decided, by the server's clock.
    Now,
    /// In the past, as a document says. Only on streams that began so.
    At(Timestamp),
}

/// Who asks, why, and under which id.
#[derive(Debug, Clone)]
pub struct CommandMeta {
    /// Makes the command idempotent: the same id is recorded once, for ever.
    pub command_id: Uuid,
    /// Who asks.
    pub by: PersonId,
    /// For which partner.
    pub on_behalf_of: Option<PartnerId>,
    /// When it takes effect.
    pub effective: Effective,
    /// What takes effect now does so no earlier than this, whatever the clock says: what it follows from may have
    /// happened by a clock that is ahead.
    pub not_before: Option<Timestamp>,
    /// The document it is taken from; needed where it takes effect in the past.
    pub source: Option<Source>,
    /// The last revision that the caller knows of; refused when the stream has gone on.
    pub expected_revision: Option<u64>,
    /// What the caller files it under.
    pub correlation_id: Option<Uuid>,
    /// The event that caused it.
    pub causation_id: Option<Uuid>,
    /// The envelope that a partner signed it in.
    pub sealed: Option<Arc<Sealed>>,
}

impl CommandMeta {
    /// A command by `by` that takes effect now.
    pub fn now(command_id: Uuid, by: PersonId) -> Self {
        Self {
            command_id,
            by,
            on_behalf_of: None,
            effective: Effective::Now,
            not_before: None,
            source: None,
            expected_revision: None,
            correlation_id: None,
            causation_id: None,
            sealed: None,
        }
    }

    pub(super) fn stored(&self, at: Timestamp) -> Meta {
        Meta {
            command_id: self.command_id,
            effective_at: at,
            historical: self.effective != Effective::Now,
            actor: self.by.clone(),
            on_behalf_of: self.on_behalf_of,
            source: self.source.clone(),
            correlation_id: self.correlation_id,
            causation_id: self.causation_id,
            envelope: self.sealed.as_ref().map(|it| it.text().to_owned()),
        }
    }
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The stream.
    pub stream: StreamName,
    /// The stream's last revision after it; `None` when the stream is still empty.
    pub revision: Option<u64>,
    /// The position of its last event; `None` when nothing was recorded.
    pub position: Option<Position>,
    /// When it was recorded; `None` when nothing was.
    pub recorded_at: Option<Timestamp>,
    /// What it caused. When validating: what it would cause, at the revisions it would have now.
    pub events: Vec<OutcomeEvent>,
    /// Whether this is the answer to an earlier command of the same id.
    pub replayed: bool,
}

/// One event that a command caused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeEvent {
    /// Its id.
    pub id: Uuid,
    /// Its type.
    pub kind: Arc<str>,
    /// Its revision.
    pub revision: u64,
}

impl Outcome {
    pub(super) fn recorded(stream: StreamName, appended: Appended, events: Vec<OutcomeEvent>) -> Self {
        Self {
            stream,
            revision: Some(appended.revision),
            position: Some(appended.position),
            recorded_at: Some(appended.recorded_at),
            events,
            replayed: false,
        }
    }

    /// What was found in the log.
    pub(super) fn found(stream: StreamName, records: &[Record], replayed: bool) -> Result<Self, Error> {
        let gone = || Error::Corrupt(format!("{stream}: events of a recorded command are missing"));
        let last = records.last().ok_or_else(gone)?;
        let event = |it: &Record| OutcomeEvent { id: it.id, kind: it.kind.clone(), revision: it.revision };
        Ok(Self {
            revision: Some(last.revision),
            position: Some(last.position),
            recorded_at: Some(last.recorded_at),
            events: records.iter().map(event).collect(),
            replayed,
            stream,
        })
    }

    /// Nothing was recorded: because it already holds, or because it was only asked what would happen.
    pub(super) fn unrecorded<D: Decider>(
        stream: StreamName,
        events: &[D::Event],
        past: &Past<D>,
    ) -> Result<Self, Error> {
        let would = |(revision, event): (u64, &D::Event)| {
            let (kind, _) = codec::encode(event).map_err(|err| Error::Unacceptable(err.to_string()))?;
            Ok(OutcomeEvent { id: Uuid::nil(), kind, revision })
        };
        let events =
            (past.expected().next_revision()..).zip(events).map(would).collect::<Result<_, Error>>()?;
        let revision = past.revision;
        Ok(Self { stream, revision, position: None, recorded_at: None, events, replayed: false })
    }
}

/// Why the engine does not put a command to the rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Refusal {
    /// The caller's picture of the stream is old.
    #[error("the stream is not at revision {expected}: its last revision is {}; read it again", shown(.found))]
    WrongRevision {
        /// What the caller believes.
        expected: u64,
        /// Where it is.
        found: Option<u64>,
    },
    /// A live stream goes by the clock.
    #[error("this stream is live: nothing in it can be backdated; leave effective_at empty")]
    LiveStream,
    /// The past needs a witness.
    #[error("what took effect in the past needs its source document: give source")]
    SourceMissing,
    /// It has not happened yet.
    #[error("effective_at {at} is after now ({now})")]
    InTheFuture {
        /// What was said.
        at: Timestamp,
        /// What the clock says.
        now: Timestamp,
    },
    /// The stream has gone on already.
    #[error("effective_at {at} is before the stream's last event, which took effect at {last}")]
    BeforeTheLast {
        /// What was said.
        at: Timestamp,
        /// What the stream says.
        last: Timestamp,
    },
    /// What a partner signed does not count.
    #[error(transparent)]
    Unsealed(#[from] Unsealed),
    /// The log would never take it.
    #[error("it cannot be recorded: {0}; a request id belongs to one command on one stream")]
    Unacceptable(String),
}

fn shown(revision: &Option<u64>) -> String {
    revision.map_or("none (it is empty)".into(), |it| it.to_string())
}

/// Why a command came to nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ExecuteError<R: std::error::Error + 'static> {
    /// The rules said no.
    #[error(transparent)]
    Rejected(R),
    /// The engine did not put it to the rules.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something broke, or others kept winning the race.
    #[error(transparent)]
    Log(#[from] Error),
}
