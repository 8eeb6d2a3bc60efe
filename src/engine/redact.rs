//! Redactions: what the log holds now is looked at before the rules decide, and wiped once they have agreed.
use super::{CommandMeta, Engine, ExecuteError, Outcome};
use crate::codec;
use crate::domain::citation::{Citation, Reference, StreamName};
use crate::domain::id::RedactionId;
use crate::domain::redaction::{self, Command, Found, Pending, Redaction};
use crate::domain::text::Digest;
use crate::log::{Error, Place, Record};
use futures::TryStreamExt;
use uuid::Uuid;

type Answer<T> = Result<T, ExecuteError<redaction::Rejection>>;

impl Engine {
    /// Asks that texts be wiped from an event. Refused when the event has no such texts.
    pub async fn request_redaction(&self, command: Command, meta: CommandMeta) -> Answer<Outcome> {
        let Command::RequestRedaction { event, fields, .. } = &command else {
            return Err(Error::Unacceptable("this asks for no redaction".into()).into());
        };
        if !self.log.promises().wipes {
            return Err(Error::Unacceptable("this kind of log cannot wipe a text".into()).into());
        }
        let id = redaction::redaction_id(event);
        if let Some(record) = self.event_at(event).await? {
            codec::redacted(&record, fields).map_err(ExecuteError::Rejected)?;
        }
        self.execute::<Redaction>(id.0, command, meta).await
    }

    /// Approves what somebody else asked for, and wipes the texts. Where that fails after the approval is on record,
    /// the same call again, or [`Engine::carry_out`], finishes it.
    pub async fn approve_redaction(&self, id: RedactionId, meta: CommandMeta) -> Answer<Outcome> {
        let pending = self.load::<Redaction, _>(id.0, |it| it.pending().cloned()).await?;
        let found = match pending {
            Some(Pending { event, fields, approved: None, .. }) => {
                let record = self.event_of(&event).await?;
                codec::redacted(&record, &fields).map_err(ExecuteError::Rejected)?.found
            }
            Some(_) | None => Found::default(),
        };
        let outcome = self.execute::<Redaction>(id.0, Command::ApproveRedaction { found }, meta).await?;
        self.carry_out(id).await?;
        Ok(outcome)
    }

    /// Wipes what was approved and is not wiped yet; nothing when there is no such thing.
    pub async fn carry_out(&self, id: RedactionId) -> Result<(), Error> {
        let pending = self.load::<Redaction, _>(id.0, |it| it.pending().cloned()).await?;
        let Some(Pending { request, event, fields, approved: Some((approver, found)), .. }) = pending else {
            return Ok(());
        };
        let record = self.event_of(&event).await?;
        if !is_wiped(&record, &found) {
            let left = codec::redacted(&record, &fields).ok().filter(|it| it.found == found);
            let changed =
                || Error::Corrupt(format!("{} is not what was approved to be wiped", event.reference()));
            let (stream, revision) = (record.stream.clone(), record.revision);
            self.log
                .redact(&Place { stream, revision, id: record.id }, left.ok_or_else(changed)?.payload)
                .await?;
        }
        self.memory.forget(&event.stream);
        let concluded = CommandMeta::now(Uuid::new_v5(&id.0, &request.to_be_bytes()), approver);
        match self.execute::<Redaction>(id.0, Command::ConcludeRedaction, concluded).await {
            Ok(_) => Ok(()),
            Err(ExecuteError::Log(err)) => Err(err),
            Err(err) => Err(Error::Unacceptable(err.to_string())),
        }
    }

    async fn event_of(&self, event: &Citation) -> Result<Record, Error> {
        let gone = || Error::Corrupt(format!("{} is not in the log", event.reference()));
        self.event_at(&event.reference()).await?.ok_or_else(gone)
    }

    pub(super) async fn event_at(&self, event: &Reference) -> Result<Option<Record>, Error> {
        let Reference { stream, revision, .. }: &Reference = event;
        let stream: &StreamName = stream;
        let mut chunks = self.log.read_stream(stream.as_str(), *revision);
        Ok(chunks.try_next().await?.and_then(|it| it.into_iter().next()))
    }
}

/// Whether both payloads are what was to be left of them.
fn is_wiped(record: &Record, found: &Found) -> bool {
    let is_left = |wiped: &Option<redaction::Wiped>, stored: &[u8]| {
        wiped.as_ref().is_none_or(|it| it.remaining == Digest::of(stored))
    };
    is_left(&found.data, &record.data) && is_left(&found.meta, &record.meta)
}
