//! The append-only record of everything that happened. Knows bytes and order, nothing of the domain.
use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use futures::stream::BoxStream;
use jiff::Timestamp;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

pub mod conformance;
mod embedded;
#[cfg(feature = "kurrent")]
mod kurrent;
mod memory;
mod payload;
#[doc(hidden)]
pub use embedded::Limits;
pub use embedded::{EmbeddedLog, FolderLock, Salvage, Salvaged};
#[cfg(feature = "kurrent")]
pub use kurrent::{KurrentLog, Limits as KurrentLimits, Settings as KurrentSettings};
pub use memory::MemoryLog;
pub use payload::{Payload, Place, marked, payload_sha256, wiped, with_member};

/// What filters of telemetry begin with, so that what a log is made of does not speak for itself.
#[cfg(feature = "kurrent")]
pub(crate) use kurrent::QUIET;
#[cfg(not(feature = "kurrent"))]
pub(crate) const QUIET: &str = "";

/// A place in the whole log. Strictly increasing; never assume it is dense, or that there is one which the log did
/// not give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the writer believes about the stream it appends to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// It has no events.
    NoStream,
    /// Its last event has this revision, counted from zero.
    Revision(u64),
}

impl Expected {
    /// The revision that the first appended event would get.
    pub fn next_revision(&self) -> u64 {
        match self {
            Expected::NoStream => 0,
            Expected::Revision(last) => last.saturating_add(1),
        }
    }
}

/// An event not yet in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// Unique for ever.
    pub id: Uuid,
    /// What happened: the name of the event's variant.
    pub kind: Arc<str>,
    /// What happened, in detail: JSON, kept byte by byte.
    pub data: Bytes,
    /// Who asked, when, because of what: JSON, kept byte by byte.
    pub meta: Bytes,
    /// When it was first recorded. `None` lets the log say when, later than all before; an import keeps what it says.
    pub recorded_at: Option<Timestamp>,
}

/// An event in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where in the whole log.
    pub position: Position,
    /// Of which stream.
    pub stream: Arc<str>,
    /// Where in that stream, from zero, without gaps.
    pub revision: u64,
    /// Unique for ever.
    pub id: Uuid,
    /// What happened: the name of the event's variant.
    pub kind: Arc<str>,
    /// What happened, in detail.
    pub data: Bytes,
    /// Who asked, when, because of what.
    pub meta: Bytes,
    /// When it was recorded, to the microsecond; strictly increasing with the position where one process writes
    /// what is new. An import keeps the times that it finds.
    pub recorded_at: Timestamp,
}

/// Where an append ended up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The position of the last of the appended events.
    pub position: Position,
    /// The revision of the last of the appended events.
    pub revision: u64,
    /// When they were recorded: the time of the last.
    pub recorded_at: Timestamp,
}

/// What can go wrong between us and the log: a caller can only try again, stop, or wait.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Someone else appended first. Nothing was written: read again, decide again.
    #[error("stream {stream} is not at {expected:?}: its last revision is {found:?}")]
    Conflict {
        /// Which stream.
        stream: Arc<str>,
        /// What the writer believed.
        expected: Expected,
        /// The last revision; `None` when it has no events.
        found: Option<u64>,
    },
    /// What was asked for can never be appended: too large, empty, or an id that another event has.
    #[error("cannot be appended: {0}")]
    Unacceptable(String),
    /// The log holds something it should not, or is not ours. Stop; do not repair.
    #[error("the log is corrupt: {0}")]
    Corrupt(String),
    /// The log cannot be written or read now. Whether an append happened is unknown until it is read back.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
}

/// Records in order, in the chunks that the backend reads them in (never an empty one), until an error or
/// the end.
pub type Records = BoxStream<'static, Result<Vec<Record>, Error>>;

/// The most that one event's data and metadata may measure together, in bytes.
pub const EVENT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// How far an event's id is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// In the whole log.
    UniqueInTheLog,
    /// Where it is appended: an append that overlaps with what is there is refused, unless it is the same. An id that
    /// another stream has, or the same one further back, is not noticed.
    UniqueWhereAppended,
}

/// How many processes append to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writers {
    /// This one alone: what it remembers of a stream is how it is.
    One,
    /// Others as well, at any moment.
    Many,
}

/// What a backend promises besides the contract that all keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promises {
    /// How far ids are unique.
    pub ids: Ids,
    /// Who else writes.
    pub writers: Writers,
    /// Whether a payload can be wiped: see [`Log::redact`].
    pub wipes: bool,
}

impl Promises {
    /// Of a log that one process has to itself.
    pub const ALONE: Self = Self { ids: Ids::UniqueInTheLog, writers: Writers::One, wipes: true };

    /// Whether it promises no less than `asked`.
    fn cover(self, asked: Promises) -> bool {
        let ids = self.ids == asked.ids || self.ids == Ids::UniqueInTheLog;
        ids && (self.wipes || !asked.wipes)
    }
}

/// How far a writer's clock may be from that of a log which several write to, in microseconds: 2.5 s.
pub const CLOCK_OFF_MAX_US: u64 = 2_500_000;

/// What those who share a log see alike beside the record: a line of notes. It is in no order with events.
#[async_trait]
pub trait Board: Send + Sync + 'static {
    /// The newest note and its number, from zero; `None` when there is none.
    async fn newest(&self) -> Result<Option<(u64, Bytes)>, Error>;

    /// Adds a note after the one that the writer believes to be the newest. Durable once it returns; the same in the
    /// same place again changes nothing. [`Error::Conflict`] when another is the newest, [`Error::Unacceptable`] when
    /// asking again will not help.
    async fn post(&self, after: Expected, note: Bytes) -> Result<(), Error>;
}

/// The contract every backend keeps; [`conformance`] is its definition.
#[async_trait]
pub trait Log: Send + Sync + 'static {
    /// Appends all of `records`, at least one, to one stream, or none. Durable once it returns.
    ///
    /// Appending again what is there, same ids in the same order from the same revision, changes nothing
    /// and answers as the first time; so an append whose answer was lost can be repeated. An id that is
    /// there otherwise is [`Error::Unacceptable`], as far as the backend notices: see [`Log::promises`].
    ///
    /// Appends take effect in the order in which their futures are first polled, where one task polls them.
    async fn append(
        &self,
        stream: &str,
        expected: Expected,
        records: Vec<NewRecord>,
    ) -> Result<Appended, Error>;

    /// The events of one stream from revision `from` on, oldest first, as they are now; then ends. A stream
    /// never written is empty, not an error.
    fn read_stream(&self, stream: &str, from: u64) -> Records;

    /// Every event after `after`, oldest first, up to a head between this call and the first answer; then ends.
    fn read_all(&self, after: Option<Position>) -> Records;

    /// Every event after `after`, oldest first; at the end, waits for more. Never ends by itself.
    fn follow(&self, after: Option<Position>) -> Records;

    /// Puts `payload` in the place of what the event at `place` holds, for good: once it returns, the old bytes
    /// are in none of the log's files. Id, type, times and position stay, and followers are not told. The same
    /// again changes nothing. [`Error::Unacceptable`] when no event is there under that id, or when this kind
    /// of log can wipe nothing. For redactions alone: the log does not ask whether one was approved.
    async fn redact(&self, place: &Place, payload: Payload) -> Result<(), Error>;

    /// The position of the last event; `None` when there is none.
    async fn head(&self) -> Result<Option<Position>, Error>;

    /// What [`Log::head`] would say, as far as this process knows without asking anyone.
    async fn head_known(&self) -> Result<Option<Position>, Error> {
        self.head().await
    }

    /// The event at `position`, which is one that the log gave; `None` when there is none.
    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error>;

    /// What it promises besides.
    fn promises(&self) -> Promises;

    /// What those who share it see beside the record; `None` where one process has it to itself.
    fn board(&self) -> Option<Arc<dyn Board>> {
        None
    }

    /// What is wrong with it, when that was found as it was opened: it is read as far as that goes, and whatever
    /// would change it is [`Error::Corrupt`].
    fn damage(&self) -> Option<Arc<str>> {
        None
    }

    /// Reads it past damage, up to the position `until` at least; `None` where a log knows no way around it.
    fn salvage(&self, until: u64) -> Result<Option<Salvage>, Error> {
        let _ = until;
        Ok(None)
    }

    /// Finishes what was asked before and lets go of what it holds. Whatever is asked later is
    /// [`Error::Unavailable`]; followers end. A log that holds nothing has nothing to do.
    async fn close(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// The event at `position`, where positions can be counted.
async fn counted_event_at(log: &dyn Log, position: Position) -> Result<Option<Record>, Error> {
    let before = position.0.checked_sub(1).map(Position);
    let found = log.read_all(before).try_next().await?;
    Ok(found.and_then(|it| it.into_iter().next()).filter(|it| it.position == position))
}

/// Refuses what no log could ever append.
fn acceptable(records: &[NewRecord]) -> Result<(), Error> {
    if records.is_empty() {
        return Err(Error::Unacceptable("an append needs at least one event".into()));
    }
    if let Some(large) = records.iter().find(|it| it.data.len() + it.meta.len() > EVENT_BYTES_MAX) {
        return Err(Error::Unacceptable(format!("event {} is over {EVENT_BYTES_MAX} bytes", large.id)));
    }
    if let [_] = records {
        return Ok(());
    }
    let mut ids = HashSet::new();
    match records.iter().find(|it| !ids.insert(it.id)) {
        Some(twice) => Err(Error::Unacceptable(format!("two of its events have the id {}", twice.id))),
        None => Ok(()),
    }
}

/// Refuses what no event could ever hold.
fn fits(payload: &Payload) -> Result<(), Error> {
    match payload.data.len() + payload.meta.len() > EVENT_BYTES_MAX {
        true => Err(Error::Unacceptable(format!("the payload is over {EVENT_BYTES_MAX} bytes"))),
        false => Ok(()),
    }
}

/// That the event to be redacted is not there.
fn nowhere(place: &Place) -> Error {
    let Place { stream, revision, id } = place;
    Error::Unacceptable(format!("there is no event {id} at {stream}@{revision}"))
}

/// When each of `records` will have been recorded: as asked, or now, or the next microsecond where that is not later
/// than everything before. `last` is when the event before them was.
fn recorded_after(
    last: Option<Timestamp>,
    records: &[NewRecord],
    now: &dyn Fn() -> Timestamp,
) -> Result<Vec<Timestamp>, Error> {
    let mut last = last.map(Timestamp::as_microsecond);
    let next = |it: &NewRecord| {
        let at = match it.recorded_at {
            Some(asked) => asked.as_microsecond(),
            None => {
                let now = now().as_microsecond();
                last.map_or(now, |last| now.max(last.saturating_add(1)))
            }
        };
        last = Some(last.map_or(at, |last| last.max(at)));
        Timestamp::from_microsecond(at).map_err(|_| {
            Error::Unacceptable(format!("event {} would be recorded after the end of time", it.id))
        })
    };
    records.iter().map(next).collect()
}
