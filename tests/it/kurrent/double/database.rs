//! What a server has stored, and by which rules it stores more.
use super::locked;
use bytes::Bytes;
use pactline::clock::Clock;
use pactline::clock::fresh_id;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;
use uuid::Uuid;

/// A stream whose events are out of sight says so with this as the first revision in sight.
const OUT_OF_SIGHT: u64 = i64::MAX as u64;
/// Every so many events the server writes one of its own.
const STATISTICS_EVERY: u64 = 50;

/// An event to be stored.
#[derive(Debug, Clone)]
pub struct Proposed {
    /// Its id.
    pub id: Uuid,
    /// Its type.
    pub kind: String,
    /// How its data is to be read.
    pub content_type: String,
    /// Its data.
    pub data: Bytes,
    /// What the caller says about it.
    pub meta: Bytes,
}

/// An event that is stored.
#[derive(Debug)]
pub struct Stored {
    /// Of which stream.
    pub stream: String,
    /// Where in it.
    pub revision: u64,
    /// Where in the whole database; commit and prepare position are the same for events of one write.
    pub position: u64,
    /// In ticks of 100 ns since 1970.
    pub created: u64,
    /// What was proposed.
    pub event: Proposed,
}

/// What a writer believes about a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Nothing.
    Any,
    /// There is one.
    Exists,
    /// It ends with this revision; -1 where there is none.
    At(i64),
}

/// Why nothing was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The stream's last revision is another: -1 where there is none.
    WrongVersion(i64),
}

/// Where the last event of a write is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// In its stream.
    pub revision: u64,
    /// In the whole database.
    pub position: u64,
}

/// What a read of a stream finds.
pub enum Found {
    /// No such stream, or none in sight.
    NoStream,
    /// These events, and the stream's last revision.
    Events(Vec<Arc<Stored>>, u64),
}

/// Everything, in one place.
pub struct Database {
    inner: Mutex<Inner>,
    /// The position of the last event.
    head: watch::Sender<u64>,
}

#[derive(Default)]
struct Inner {
    all: BTreeMap<u64, Arc<Stored>>,
    streams: HashMap<String, Stream>,
    next: u64,
    written: u64,
    created: u64,
}

#[derive(Default)]
struct Stream {
    events: Vec<Arc<Stored>>,
    /// The first revision in sight.
    first: u64,
}

impl Default for Database {
    fn default() -> Self {
        let database = Self { inner: Mutex::default(), head: watch::Sender::new(0) };
        locked(&database.inner).own("$scavenges");
        database
    }
}

impl Database {
    /// Stores `events`, or answers as the first time when they are there, by the server's rules: see `CheckCommit`
    /// in its `IndexWriter`.
    pub fn append(&self, stream: &str, want: Want, events: Vec<Proposed>) -> Result<Written, Refused> {
        let mut inner = locked(&self.inner);
        let written = inner.append(stream, want, events)?;
        let head = inner.all.keys().next_back().copied().unwrap_or_default();
        self.head.send_if_modified(|it| std::mem::replace(it, head) != head);
        Ok(written)
    }

    /// Events of `stream` from revision `from` on, at most `count`.
    pub fn stream_forwards(&self, stream: &str, from: u64, count: u64) -> Found {
        let inner = locked(&self.inner);
        let Some((stream, last)) = inner.in_sight(stream) else { return Found::NoStream };
        let from = from.max(stream.first);
        let events = stream.events.iter().skip(usize::try_from(from).unwrap_or(usize::MAX));
        Found::Events(events.take(usize::try_from(count).unwrap_or(usize::MAX)).cloned().collect(), last)
    }

    /// Events of `stream` from revision `from` backwards, at most `count`.
    pub fn stream_backwards(&self, stream: &str, from: u64, count: u64) -> Found {
        let inner = locked(&self.inner);
        let Some((stream, last)) = inner.in_sight(stream) else { return Found::NoStream };
        let events = stream.events.iter().rev().skip_while(|it| it.revision > from);
        let events = events.take_while(|it| it.revision >= stream.first);
        Found::Events(events.take(usize::try_from(count).unwrap_or(usize::MAX)).cloned().collect(), last)
    }

    /// Whether a record begins at this position, or would be the next.
    pub fn is_a_position(&self, position: u64) -> bool {
        let inner = locked(&self.inner);
        position == u64::MAX || position == inner.next || inner.all.contains_key(&position)
    }

    /// All events from position `from` on, at most `count`: where one is at `from`, it is the first.
    pub fn all_forwards(&self, from: u64, count: u64) -> Vec<Arc<Stored>> {
        let inner = locked(&self.inner);
        let events = inner.all.range(from..).map(|(_, it)| it.clone());
        events.take(usize::try_from(count).unwrap_or(usize::MAX)).collect()
    }

    /// All events before position `before`, from the last on backwards, at most `count`.
    pub fn all_backwards(&self, before: u64, count: u64) -> Vec<Arc<Stored>> {
        let inner = locked(&self.inner);
        let events = inner.all.range((Bound::Unbounded, Bound::Excluded(before))).rev();
        events.map(|(_, it)| it.clone()).take(usize::try_from(count).unwrap_or(usize::MAX)).collect()
    }

    /// Tells of every change of the last position.
    pub fn head(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    /// Takes a stream out of sight, as a client's delete does. An append to it goes on where it ended.
    pub fn delete(&self, stream: &str) {
        self.truncate(stream, OUT_OF_SIGHT);
    }

    /// Takes the events of a stream before revision `first` out of sight, as `$maxAge`, `$maxCount` and `$tb` do.
    pub fn truncate(&self, stream: &str, first: u64) {
        let mut inner = locked(&self.inner);
        if let Some(stream) = inner.streams.get_mut(stream) {
            stream.first = first;
        }
    }

    /// Begins anew: what was stored is gone.
    pub fn forget(&self) {
        let mut inner = locked(&self.inner);
        *inner = Inner::default();
        inner.own("$scavenges");
    }

    /// Everything that clients wrote, oldest first.
    pub fn written(&self) -> Vec<Arc<Stored>> {
        self.all_forwards(0, u64::MAX).into_iter().filter(|it| !it.stream.starts_with('$')).collect()
    }
}

impl Inner {
    fn in_sight(&self, stream: &str) -> Option<(&Stream, u64)> {
        let stream = self.streams.get(stream).filter(|it| it.first != OUT_OF_SIGHT)?;
        Some((stream, stream.events.last()?.revision))
    }

    fn append(&mut self, stream: &str, want: Want, events: Vec<Proposed>) -> Result<Written, Refused> {
        let known = self.streams.get(stream);
        let current = known.map_or(-1, |it| it.events.len() as i64 - 1);
        let deleted = known.is_some_and(|it| it.first == OUT_OF_SIGHT);
        match want {
            Want::Any => {}
            Want::Exists if deleted || current < 0 => return Err(Refused::WrongVersion(current)),
            Want::Exists => {}
            Want::At(expected) if expected < current => {
                let there = |it: &Proposed, at: i64| {
                    let stored = known.and_then(|it| it.events.get(usize::try_from(at).ok()?));
                    stored.is_some_and(|stored| stored.event.id == it.id)
                };
                let first = (expected + 1..).zip(&events).position(|(at, it)| !there(it, at));
                match first {
                    None if !events.is_empty() => return Ok(self.before(stream, expected, events.len())),
                    // A deleted stream may be begun again by one who believes that there is none.
                    Some(0) if expected == -1 && deleted => {}
                    _ => return Err(Refused::WrongVersion(current)),
                }
            }
            Want::At(expected) if expected > current => return Err(Refused::WrongVersion(current)),
            Want::At(_) => {}
        }
        if deleted {
            self.streams.entry(stream.to_owned()).or_default().first = (current + 1).unsigned_abs();
        }
        Ok(self.push(stream, events))
    }

    /// What the same append was answered before.
    fn before(&self, stream: &str, expected: i64, count: usize) -> Written {
        let last = (expected + count as i64) as usize;
        let stored = &self.streams[stream].events[last];
        Written { revision: stored.revision, position: stored.position }
    }

    fn push(&mut self, stream: &str, events: Vec<Proposed>) -> Written {
        let ticks = Clock::system().now().as_nanosecond() / 100;
        self.created = self.created.max(ticks as u64);
        let mut written = Written { revision: 0, position: 0 };
        for event in events {
            let place = self.streams.entry(stream.to_owned()).or_default();
            let (revision, position) = (place.events.len() as u64, self.next);
            // A record is as long as what it holds, and a position is where it begins.
            self.next += 80 + (stream.len() + event.kind.len() + event.data.len() + event.meta.len()) as u64;
            let created = self.created;
            let stored = Arc::new(Stored { stream: stream.to_owned(), revision, position, created, event });
            place.events.push(stored.clone());
            self.all.insert(position, stored);
            written = Written { revision, position };
        }
        self.written += 1;
        if self.written.is_multiple_of(STATISTICS_EVERY) && !stream.starts_with('$') {
            self.own("$stats-127.0.0.1:2113");
        }
        written
    }

    /// Writes an event of the server's own.
    fn own(&mut self, stream: &str) {
        let kind = "$statsCollected".to_owned();
        let (data, meta) = (Bytes::from_static(b"{}"), Bytes::new());
        let content_type = "application/json".to_owned();
        self.push(stream, vec![Proposed { id: fresh_id(), kind, content_type, data, meta }]);
    }
}
