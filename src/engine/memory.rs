//! What the engine remembers of streams: folded state, bounded, and always rebuildable from the log.
use super::outcome::{CommandMeta, Effective, OutcomeEvent, Refusal};
use crate::domain::Decider;
use crate::domain::Timestamp;
use crate::domain::citation::StreamName;
use crate::log::Expected;
use quick_cache::sync::Cache;
use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Folded state by stream. What is dropped is folded again when it is needed.
pub(super) struct Memory {
    streams: Cache<StreamName, Arc<dyn Any + Send + Sync>>,
}

impl Memory {
    pub(super) fn new(streams_max: usize) -> Self {
        Self { streams: Cache::new(streams_max.max(1)) }
    }

    /// Forgets `stream`: something in it reads otherwise now.
    pub(super) fn forget(&self, stream: &StreamName) {
        self.streams.remove(stream);
    }

    /// What is remembered of `stream`, or an empty memory that is behind.
    pub(super) fn of<D: Decider>(&self, stream: &StreamName) -> Arc<Remembered<D>> {
        let known = self.streams.get(stream).and_then(|it| it.downcast::<Remembered<D>>().ok());
        known.unwrap_or_else(|| {
            let new = Arc::new(Remembered::<D>::new());
            let kept = self.streams.get_or_insert_with(stream, || Ok::<_, ()>(new.clone() as _));
            kept.ok().and_then(|it| it.downcast().ok()).unwrap_or(new)
        })
    }
}

/// One stream.
pub(super) struct Remembered<D: Decider> {
    /// Commands on one stream take turns, so that they do not conflict with each other.
    pub(super) turn: tokio::sync::Mutex<()>,
    past: Mutex<Past<D>>,
    /// Whether it was never read, so that the log may have more.
    unread: AtomicBool,
    /// The revision from which on something was sent to the log and no answer was folded in: it may be there, or
    /// arrive later, even when whoever sent it was dropped. [`NOTHING_SENT`] otherwise.
    sent: AtomicU64,
}

const NOTHING_SENT: u64 = u64::MAX;

impl<D: Decider> Remembered<D> {
    fn new() -> Self {
        let past = Mutex::new(Past::new());
        let (unread, sent) = (AtomicBool::new(true), AtomicU64::new(NOTHING_SENT));
        Self { turn: tokio::sync::Mutex::new(()), past, unread, sent }
    }

    /// The fold so far. Held for moments only, never while waiting.
    pub(super) fn past(&self) -> MutexGuard<'_, Past<D>> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the log may have more.
    pub(super) fn is_behind(&self) -> bool {
        self.unread.load(Ordering::Acquire) || self.sent.load(Ordering::Acquire) != NOTHING_SENT
    }

    /// Something is about to be sent to the log, to be there from revision `from` on. Gives back what
    /// [`Remembered::sent_nothing`] needs.
    pub(super) fn sends(&self, from: u64) -> u64 {
        self.sent.swap(from, Ordering::AcqRel)
    }

    /// What was sent last will never be in the log; what was sent before it may.
    pub(super) fn sent_nothing(&self, before: u64) {
        self.sent.store(before, Ordering::Release);
    }

    /// The log was read to its end, or what was sent is folded in. What was sent is settled once its place is
    /// taken: a log that has nothing there yet may still get it.
    pub(super) fn is_read(&self) {
        let next = self.past().expected().next_revision();
        let settle = |sent| (sent < next).then_some(NOTHING_SENT);
        // No update means that there is nothing to settle.
        let _ = self.sent.fetch_update(Ordering::AcqRel, Ordering::Acquire, settle);
        self.unread.store(false, Ordering::Release);
    }
}

/// The events that a command caused.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) first: u64,
    pub(super) events: usize,
}

/// A stream's past, folded.
pub(super) struct Past<D: Decider> {
    pub(super) state: D,
    pub(super) revision: Option<u64>,
    /// Which commands were recorded: for ever, since this is folded from the log.
    pub(super) commands: HashMap<Uuid, Span>,
    /// The events that others may rest on.
    pub(super) citable: BTreeMap<u64, (Uuid, D::Event)>,
    effective_at: Option<Timestamp>,
    historical: bool,
}

impl<D: Decider> Past<D> {
    fn new() -> Self {
        Self {
            state: D::default(),
            revision: None,
            commands: HashMap::new(),
            citable: BTreeMap::new(),
            effective_at: None,
            historical: false,
        }
    }

    /// What the next append must expect.
    pub(super) fn expected(&self) -> Expected {
        self.revision.map_or(Expected::NoStream, Expected::Revision)
    }

    /// Folds one event in; an event that is in already changes nothing.
    pub(super) fn take(
        &mut self,
        event: D::Event,
        caused: &OutcomeEvent,
        command_id: Uuid,
        at: Timestamp,
        historical: bool,
    ) {
        if caused.revision != self.expected().next_revision() {
            return;
        }
        if self.revision.is_none() {
            self.historical = historical;
        }
        self.state.evolve(&event, at);
        self.revision = Some(caused.revision);
        self.effective_at = Some(at);
        let span = self.commands.entry(command_id).or_insert(Span { first: caused.revision, events: 0 });
        span.events += 1;
        if self.state.attest(&event, at).is_some() {
            self.citable.insert(caused.revision, (caused.id, event));
        }
    }

    /// Whether the stream is where the caller believes it to be.
    pub(super) fn is_at(&self, expected: Option<u64>) -> Result<(), Refusal> {
        match expected {
            Some(expected) if self.revision != Some(expected) => {
                Err(Refusal::WrongRevision { expected, found: self.revision })
            }
            _ => Ok(()),
        }
    }

    /// When a command takes effect: by the clock, or, on a historical stream, by the recorder's word.
    pub(super) fn effective(&self, meta: &CommandMeta, now: Timestamp) -> Result<Timestamp, Refusal> {
        let at = match meta.effective {
            // A clock that jumped back must not turn the order of events around.
            Effective::Now => {
                return Ok([self.effective_at, meta.not_before]
                    .into_iter()
                    .flatten()
                    .fold(now, Timestamp::max));
            }
            Effective::At(at) => at,
        };
        if self.revision.is_some() && !self.historical {
            return Err(Refusal::LiveStream);
        }
        if meta.source.is_none() {
            return Err(Refusal::SourceMissing);
        }
        if at > now {
            return Err(Refusal::InTheFuture { at, now });
        }
        match self.effective_at {
            Some(last) if at < last => Err(Refusal::BeforeTheLast { at, last }),
            _ => Ok(at),
        }
    }
}
