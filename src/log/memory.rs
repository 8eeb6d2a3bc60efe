//! The log for tests: right, and gone when dropped.
use super::{
    Appended, Error, Expected, Log, NewRecord, Payload, Place, Position, Promises, Record, Records,
    acceptable, counted_event_at, fits, nowhere, recorded_after,
};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use tokio::sync::watch;
use uuid::Uuid;

/// How many records one chunk has at the most.
const CHUNK: usize = 512;

/// Everything in one vector.
#[derive(Clone)]
pub struct MemoryLog {
    held: Arc<RwLock<Held>>,
    /// How many records there are, which is also the last one's position.
    head: Arc<watch::Sender<usize>>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

#[derive(Default)]
struct Held {
    records: Vec<Record>,
    /// Where in `records` an event is.
    by_id: HashMap<Uuid, usize>,
    /// Where in `records` the events of a stream are, by revision.
    by_stream: HashMap<Arc<str>, Vec<usize>>,
}

impl MemoryLog {
    /// An empty log that reads the time from `now`.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { held: Arc::default(), head: Arc::new(watch::Sender::new(0)), now: Arc::new(now) }
    }

    fn chunk(&self, from: usize, until: usize) -> Vec<Record> {
        let held = read(&self.held);
        held.records.iter().take(until).skip(from).take(CHUNK).cloned().collect()
    }
}

/// A lock is poisoned by a test that failed; others may still look.
fn read(held: &RwLock<Held>) -> std::sync::RwLockReadGuard<'_, Held> {
    held.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Held {
    fn append(
        &mut self,
        stream: &str,
        expected: Expected,
        new: Vec<NewRecord>,
        now: &dyn Fn() -> Timestamp,
    ) -> Result<Appended, Error> {
        acceptable(&new)?;
        if let Some(before) = self.before(stream, expected, &new)? {
            return Ok(before);
        }
        let next = expected.next_revision();
        let revisions = self.by_stream.get(stream).map_or(0, |it| it.len() as u64);
        if revisions != next {
            return Err(Error::Conflict { stream: stream.into(), expected, found: revisions.checked_sub(1) });
        }
        let last = self.records.last().map(|it| it.recorded_at);
        let times = recorded_after(last, &new, now)?;
        Ok(self.push(stream.into(), next, new, times))
    }

    /// The answer of the first time, when all of it is there already in the place asked for.
    fn before(&self, stream: &str, expected: Expected, new: &[NewRecord]) -> Result<Option<Appended>, Error> {
        let find = |it: &NewRecord| self.by_id.get(&it.id).and_then(|at| self.records.get(*at));
        let known: Vec<&Record> = new.iter().filter_map(find).collect();
        let Some(last) = known.last() else { return Ok(None) };
        let next = expected.next_revision();
        let here = |(it, n): (&&Record, u64)| *it.stream == *stream && it.revision == next.saturating_add(n);
        if known.len() == new.len() && known.iter().zip(0..).all(here) {
            return Ok(Some(Appended {
                position: last.position,
                revision: last.revision,
                recorded_at: last.recorded_at,
            }));
        }
        Err(Error::Unacceptable(format!("another event has the id of one of its {} events", new.len())))
    }

    fn push(&mut self, stream: Arc<str>, next: u64, new: Vec<NewRecord>, times: Vec<Timestamp>) -> Appended {
        let mut at = Appended { position: Position(0), revision: next, recorded_at: Timestamp::UNIX_EPOCH };
        let places = self.by_stream.entry(stream.clone()).or_default();
        for ((it, recorded_at), revision) in new.into_iter().zip(times).zip(next..) {
            let position = Position(self.records.len() as u64 + 1);
            at = Appended { position, revision, recorded_at };
            places.push(self.records.len());
            self.by_id.insert(it.id, self.records.len());
            let NewRecord { id, kind, data, meta, .. } = it;
            let stream = stream.clone();
            self.records.push(Record { position, stream, revision, id, kind, data, meta, recorded_at });
        }
        at
    }
}

fn index(after: Option<Position>) -> usize {
    after.map_or(0, |it| usize::try_from(it.0).unwrap_or(usize::MAX))
}

#[async_trait]
impl Log for MemoryLog {
    async fn append(
        &self,
        stream: &str,
        expected: Expected,
        records: Vec<NewRecord>,
    ) -> Result<Appended, Error> {
        let mut held = self.held.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let appended = held.append(stream, expected, records, &*self.now)?;
        self.head.send_replace(held.records.len());
        Ok(appended)
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        let held = read(&self.held);
        let places = held.by_stream.get(stream).map_or(&[][..], |it| it);
        let places = places.get(usize::try_from(from).unwrap_or(usize::MAX)..).unwrap_or_default();
        let found = |chunk: &[usize]| chunk.iter().filter_map(|at| held.records.get(*at).cloned()).collect();
        let chunks: Vec<Result<Vec<Record>, Error>> = places.chunks(CHUNK).map(|it| Ok(found(it))).collect();
        stream::iter(chunks).boxed()
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        let (log, until) = (self.clone(), *self.head.borrow());
        stream::unfold(index(after), move |from| {
            let chunk = log.chunk(from, until);
            std::future::ready((!chunk.is_empty()).then(|| {
                let next = from + chunk.len();
                (Ok(chunk), next)
            }))
        })
        .boxed()
    }

    fn follow(&self, after: Option<Position>) -> Records {
        let live = (self.clone(), self.head.subscribe(), index(after));
        stream::unfold(live, |(log, mut head, from)| async move {
            let until = *head.wait_for(|it| *it > from).await.ok()?;
            let chunk = log.chunk(from, until);
            let next = from + chunk.len();
            Some((Ok(chunk), (log, head, next)))
        })
        .boxed()
    }

    async fn redact(&self, place: &Place, payload: Payload) -> Result<(), Error> {
        fits(&payload)?;
        let mut held = self.held.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let at = held.by_id.get(&place.id).copied();
        let record = at.and_then(|at| held.records.get_mut(at));
        let here = |it: &&mut Record| it.stream == place.stream && it.revision == place.revision;
        let record = record.filter(here).ok_or_else(|| nowhere(place))?;
        (record.data, record.meta) = (payload.data, payload.meta);
        Ok(())
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        Ok(read(&self.held).records.last().map(|it| it.position))
    }

    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        counted_event_at(self, position).await
    }

    fn promises(&self) -> Promises {
        Promises::ALONE
    }
}
