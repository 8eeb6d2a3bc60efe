//! The one loop that turns a command into events: read, fold, cite, decide, append; again on conflict; once
//! per command id, for ever.
//!
//! Architecture invariant: the log is the deduplication table. A command that was recorded is answered from
//! the events it caused, whatever has happened since, and nothing else remembers it.
use crate::clock::Clock;
use crate::codec;
use crate::domain::Decider;
use crate::domain::Given;
use crate::domain::Timestamp;
use crate::domain::citation::StreamName;
use crate::domain::decision::Origin;
use crate::log::{Error, Expected, Log, NewRecord, Payload, Record, Writers};
use bytes::Bytes;
use futures::TryStreamExt;
use std::sync::Arc;
use uuid::Uuid;

mod cite;
mod memory;
mod outcome;
mod redact;
mod sealed;

pub use outcome::{CommandMeta, Effective, ExecuteError, Outcome, OutcomeEvent, Refusal};
pub use sealed::Unsealed;

use memory::{Memory, Past, Remembered};
use sealed::Signer;

/// How often a command is decided anew because somebody else appended first.
const ATTEMPTS_MAX: u32 = 16;

/// Executes commands against the log. Cheap to clone; clones share their memory.
#[derive(Clone)]
pub struct Engine {
    log: Arc<dyn Log>,
    clock: Clock,
    memory: Arc<Memory>,
    /// What the log is called in what partners sign; `None` where they cannot.
    origin: Option<Origin>,
    writers: Writers,
}

/// Whether what was decided is recorded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Record,
    Validate,
}

/// What a command comes to.
struct Decided<E> {
    events: Vec<E>,
    /// When it takes effect.
    at: Timestamp,
    /// Where the stream was when this was decided, and must still be.
    on: Expected,
}

impl Engine {
    /// An engine over `log` that remembers the folded state of up to `streams_max` streams.
    pub fn new(log: Arc<dyn Log>, clock: Clock, streams_max: usize) -> Self {
        let writers = log.promises().writers;
        Self { log, clock, memory: Arc::new(Memory::new(streams_max)), origin: None, writers }
    }

    /// The same, over a log that is called `origin` in what partners sign.
    pub fn called(self, origin: Option<Origin>) -> Self {
        Self { origin, ..self }
    }

    /// The log it appends to.
    pub fn log(&self) -> &Arc<dyn Log> {
        &self.log
    }

    /// The clock that live streams go by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Executes `command` on the stream of `id` once, however often it is sent: `meta.command_id` makes it
    /// idempotent. Durable once it returns. May be dropped at any point; the command is then recorded or not,
    /// and sending it again tells.
    pub async fn execute<D: Decider>(
        &self,
        id: Uuid,
        command: D::Command,
        meta: CommandMeta,
    ) -> Result<Outcome, ExecuteError<D::Rejection>> {
        self.run::<D>(id, command, meta, Mode::Record).await
    }

    /// What [`Engine::execute`] would answer now. Records nothing.
    pub async fn validate<D: Decider>(
        &self,
        id: Uuid,
        command: D::Command,
        meta: CommandMeta,
    ) -> Result<Outcome, ExecuteError<D::Rejection>> {
        self.run::<D>(id, command, meta, Mode::Validate).await
    }

    /// The state of a stream, and its last revision, as it is now.
    pub async fn load<D: Decider, T>(&self, id: Uuid, read: impl FnOnce(&D) -> T) -> Result<T, Error> {
        let stream = StreamName::new(D::KIND, id);
        let remembered = self.memory.of::<D>(&stream);
        if self.may_be_behind(&remembered) {
            self.catch_up(&stream, &remembered).await?;
        }
        Ok(read(&remembered.past().state))
    }

    async fn run<D: Decider>(
        &self,
        id: Uuid,
        command: D::Command,
        meta: CommandMeta,
        mode: Mode,
    ) -> Result<Outcome, ExecuteError<D::Rejection>> {
        let stream = StreamName::new(D::KIND, id);
        let signer = Signer::of(self, &meta);
        // No key is revoked between the look at it and the append.
        let _keys = match &signer {
            Some(signer) => Some(signer.partner.turn.lock().await),
            None => None,
        };
        if let Some(signer) = &signer {
            signer.check(self, &meta, &stream).await??;
        }
        let remembered = self.memory.of::<D>(&stream);
        let _turn = remembered.turn.lock().await;
        if remembered.is_behind() {
            self.catch_up(&stream, &remembered).await?;
        }
        for _ in 0..ATTEMPTS_MAX {
            let before = remembered.past().commands.get(&meta.command_id).copied();
            if let Some(span) = before {
                if let Some(signer) = &signer {
                    signer.is_the_one(self, &stream, span.first).await??;
                }
                return Ok(self.caused(&stream, span, None).await?);
            }
            let decided = match self.decide(&remembered, &command, &meta, signer.as_ref()).await {
                Ok(Some(decided)) => decided,
                // The stream went on meanwhile.
                Ok(None) => continue,
                // The memory may be behind where several processes write: refuse only what is up to date.
                Err(_) if self.catch_up(&stream, &remembered).await? => continue,
                Err(refused) => return Err(refused),
            };
            if decided.events.is_empty() || mode == Mode::Validate {
                // Nor is it said that something holds already, or would happen, on an old picture.
                if self.writers == Writers::Many && self.catch_up(&stream, &remembered).await? {
                    continue;
                }
                return Ok(Outcome::unrecorded(stream, &decided.events, &remembered.past())?);
            }
            match self.append(&stream, &remembered, &decided, &meta).await {
                Ok(outcome) => return Ok(outcome),
                Err(Error::Conflict { .. }) => {
                    self.catch_up(&stream, &remembered).await?;
                }
                // Another process may have recorded this very command at a revision that is not remembered here.
                Err(Error::Unacceptable(_)) if self.catch_up(&stream, &remembered).await? => continue,
                Err(Error::Unacceptable(why)) => return Err(Refusal::Unacceptable(why).into()),
                Err(err) => return Err(err.into()),
            }
        }
        let found = remembered.past().revision;
        let expected = remembered.past().expected();
        Err(Error::Conflict { stream: stream.as_str().into(), expected, found }.into())
    }

    /// Looks up what the command cites and lets the rules judge it; `None` when the stream went on meanwhile, so
    /// that neither the revision nor the time that were looked at hold any more.
    async fn decide<D: Decider>(
        &self,
        remembered: &Remembered<D>,
        command: &D::Command,
        meta: &CommandMeta,
        signer: Option<&Signer>,
    ) -> Result<Option<Decided<D::Event>>, ExecuteError<D::Rejection>> {
        let (on, at, late, references) = {
            let past = remembered.past();
            past.is_at(meta.expected_revision)?;
            // What the rules say is worth more to a caller than that it comes too late to be recorded.
            let (at, late) = match past.effective(meta, self.clock.now()) {
                Ok(at) => (at, None),
                Err(Refusal::BeforeTheLast { at, last }) => (last, Some(Refusal::BeforeTheLast { at, last })),
                Err(refusal) => return Err(refusal.into()),
            };
            (past.expected(), at, late, past.state.cites(command))
        };
        signer.map_or(Ok(()), |it| it.counts(at))?;
        let facts = self.facts(&references, at).await?;
        let vouched = meta.vouched();
        let given = Given { at, by: meta.by.clone(), on_behalf_of: meta.on_behalf_of, vouched, facts };
        let events = {
            let past = remembered.past();
            if past.expected() != on {
                return Ok(None);
            }
            past.state.decide(command.clone(), &given).map_err(ExecuteError::Rejected)?
        };
        match late {
            Some(refusal) if !events.is_empty() => Err(refusal.into()),
            _ => Ok(Some(Decided { events, at, on })),
        }
    }

    async fn append<D: Decider>(
        &self,
        stream: &StreamName,
        remembered: &Remembered<D>,
        decided: &Decided<D::Event>,
        meta: &CommandMeta,
    ) -> Result<Outcome, Error> {
        let Decided { events, at, on } = decided;
        let stored = serde_json::to_vec(&meta.stored(*at)).map_err(unacceptable)?;
        let records = (0..).zip(events).map(|(n, event)| self.new_record(meta.command_id, n, event, &stored));
        let records: Vec<NewRecord> = records.collect::<Result<_, _>>()?;
        let caused: Vec<OutcomeEvent> = (on.next_revision()..)
            .zip(&records)
            .map(|(revision, it)| OutcomeEvent { id: it.id, kind: it.kind.clone(), revision })
            .collect();
        let sent: Vec<Bytes> = records.iter().map(|it| it.meta.clone()).collect();
        // An earlier call of this very command may have been dropped, or answered elsewhere, and be there by now:
        // the log then answers as it did then, and what it has is not what was decided here.
        let perhaps_there = self.may_be_behind(remembered);
        // Until the answer is folded in, whoever comes next must read it back: this call may be dropped.
        let before = remembered.sends(on.next_revision());
        let appended = match self.log.append(stream.as_str(), *on, records).await {
            Err(Error::Unacceptable(why)) => {
                remembered.sent_nothing(before);
                return Err(Error::Unacceptable(why));
            }
            answer => answer?,
        };
        if perhaps_there {
            return self.read_back(stream, remembered, meta.command_id, &sent).await;
        }
        let historical = meta.effective != Effective::Now;
        let mut past = remembered.past();
        for (event, it) in events.iter().zip(&caused) {
            past.take(event.clone(), it, meta.command_id, *at, historical);
        }
        drop(past);
        remembered.is_read();
        Ok(Outcome::recorded(stream.clone(), appended, caused))
    }

    fn new_record<E: serde::Serialize>(
        &self,
        command_id: Uuid,
        n: u64,
        event: &E,
        meta: &[u8],
    ) -> Result<NewRecord, Error> {
        let (kind, data) = codec::encode(event).map_err(unacceptable)?;
        let Payload { data, meta } = codec::bound(&data, meta, || self.clock.salt()).map_err(unacceptable)?;
        Ok(NewRecord { id: event_id(command_id, n), kind, data, meta, recorded_at: None })
    }

    /// Whether a stream may have gone on since it was folded.
    fn may_be_behind<D: Decider>(&self, remembered: &Remembered<D>) -> bool {
        self.writers == Writers::Many || remembered.is_behind()
    }

    /// What the log has of a command that it says it took. It is another call's when its metadata, which says
    /// when it took effect, is not what this one sent.
    async fn read_back<D: Decider>(
        &self,
        stream: &StreamName,
        remembered: &Remembered<D>,
        command_id: Uuid,
        sent: &[Bytes],
    ) -> Result<Outcome, Error> {
        self.catch_up(stream, remembered).await?;
        let span = remembered.past().commands.get(&command_id).copied();
        let span = span.ok_or_else(|| Error::Corrupt(format!("{stream}: what was appended is not there")))?;
        self.caused(stream, span, Some(sent)).await
    }

    /// Folds in what the log has beyond the memory; whether there was anything.
    async fn catch_up<D: Decider>(
        &self,
        stream: &StreamName,
        remembered: &Remembered<D>,
    ) -> Result<bool, Error> {
        let mut found = false;
        let from = remembered.past().expected().next_revision();
        let mut chunks = self.log.read_stream(stream.as_str(), from);
        while let Some(chunk) = chunks.try_next().await? {
            for record in &chunk {
                found = true;
                take_record(&mut remembered.past(), record)?;
            }
        }
        remembered.is_read();
        Ok(found)
    }

    /// The answer that a command got when it was recorded; `sent` is the metadata of the call that asks, when it
    /// may have been the one.
    async fn caused(
        &self,
        stream: &StreamName,
        span: memory::Span,
        sent: Option<&[Bytes]>,
    ) -> Result<Outcome, Error> {
        let mut caused = Vec::new();
        let mut chunks = self.log.read_stream(stream.as_str(), span.first);
        while caused.len() < span.events
            && let Some(chunk) = chunks.try_next().await?
        {
            caused.extend(chunk.into_iter().take(span.events - caused.len()));
        }
        let replayed = sent.is_none_or(|sent| !caused.iter().map(|it| &it.meta).eq(sent));
        Outcome::found(stream.clone(), &caused, replayed)
    }
}

/// The id of the `n`th event of a command: the same command always causes the same ids.
pub fn event_id(command_id: Uuid, n: u64) -> Uuid {
    Uuid::new_v5(&command_id, &n.to_be_bytes())
}

fn unacceptable(err: impl std::fmt::Display) -> Error {
    Error::Unacceptable(err.to_string())
}

fn take_record<D: Decider>(past: &mut Past<D>, record: &Record) -> Result<(), Error> {
    let event: D::Event = codec::decode(record).map_err(unreadable)?;
    let meta = codec::decode_meta(record).map_err(unreadable)?;
    let caused = OutcomeEvent { id: record.id, kind: record.kind.clone(), revision: record.revision };
    past.take(event, &caused, meta.command_id, meta.effective_at, meta.historical);
    Ok(())
}

/// An event of a newer release is no damage: a server of that release, or this one once it is replaced, knows it.
fn unreadable(err: codec::CodecError) -> Error {
    match err {
        codec::CodecError::UnknownType { .. } => Error::Unavailable(err.to_string()),
        codec::CodecError::Malformed { .. } | codec::CodecError::Unwritable(_) => {
            Error::Corrupt(err.to_string())
        }
    }
}
