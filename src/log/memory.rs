//! The log for tests: right, and gone when dropped.
use super::{Appended, EVENT_BYTES_MAX, Error, Expected, Log, NewRecord, Position, Record, Records};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use jiff::{Timestamp, ToSpan};
use std::sync::Arc;
use tokio::sync::watch;

/// How many records one chunk has at the most.
const CHUNK: usize = 512;

/// Everything in one vector.
#[derive(Clone)]
pub struct MemoryLog {
    records: Arc<watch::Sender<Vec<Record>>>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl MemoryLog {
    /// An empty log that reads the time from `now`.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { records: Arc::new(watch::Sender::new(Vec::new())), now: Arc::new(now) }
    }

    fn read(&self, keep: impl Fn(&Record) -> bool) -> Records {
        let found: Vec<Record> = self.records.borrow().iter().filter(|it| keep(it)).cloned().collect();
        let chunks: Vec<_> = found.chunks(CHUNK).map(|it| Ok(it.to_vec())).collect();
        stream::iter(chunks).boxed()
    }
}

/// Where an append goes, or where it went before.
enum Place {
    New(u64),
    Before(Appended),
}

fn place(records: &[Record], stream: &str, expected: Expected, new: &[NewRecord]) -> Result<Place, Error> {
    if new.is_empty() {
        return Err(Error::Unacceptable("an append needs at least one event".into()));
    }
    if let Some(large) = new.iter().find(|it| it.data.len() + it.meta.len() > EVENT_BYTES_MAX) {
        return Err(Error::Unacceptable(format!("event {} is over {EVENT_BYTES_MAX} bytes", large.id)));
    }
    let next = expected.next_revision();
    let known: Vec<&Record> =
        new.iter().filter_map(|it| records.iter().find(|old| old.id == it.id)).collect();
    if !known.is_empty() {
        let again = known.len() == new.len()
            && known.iter().zip(next..).all(|(it, at)| *it.stream == *stream && it.revision == at);
        return match known.last() {
            Some(last) if again => Ok(Place::Before(Appended {
                position: last.position,
                revision: last.revision,
                recorded_at: last.recorded_at,
            })),
            _ => Err(Error::Unacceptable(format!("another event has the id of one of {} events", new.len()))),
        };
    }
    let found = records.iter().rev().find(|it| *it.stream == *stream).map(|it| it.revision);
    if found.map_or(0, |it| it + 1) == next {
        Ok(Place::New(next))
    } else {
        Err(Error::Conflict { stream: stream.into(), expected, found })
    }
}

#[async_trait]
impl Log for MemoryLog {
    async fn append(&self, stream: &str, expected: Expected, new: Vec<NewRecord>) -> Result<Appended, Error> {
        let mut result = Err(Error::Unavailable("nothing was decided".into()));
        self.records.send_if_modified(|records| {
            let next = match place(records, stream, expected, &new) {
                Ok(Place::New(next)) => next,
                Ok(Place::Before(appended)) => {
                    result = Ok(appended);
                    return false;
                }
                Err(err) => {
                    result = Err(err);
                    return false;
                }
            };
            let name: Arc<str> = stream.into();
            for (revision, it) in (next..).zip(new) {
                let last = records.last().map(|it| it.recorded_at);
                let now = it.recorded_at.unwrap_or_else(|| (self.now)());
                let recorded_at =
                    last.map_or(now, |last| now.max(last.saturating_add(1.microsecond()).unwrap_or(last)));
                let position = Position(records.len() as u64 + 1);
                let NewRecord { id, kind, data, meta, .. } = it;
                records.push(Record {
                    position,
                    stream: name.clone(),
                    revision,
                    id,
                    kind,
                    data,
                    meta,
                    recorded_at,
                });
                result = Ok(Appended { position, revision, recorded_at });
            }
            true
        });
        result
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.read(|it| *it.stream == *stream && it.revision >= from)
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        self.read(|it| Some(it.position) > after)
    }

    fn follow(&self, after: Option<Position>) -> Records {
        let next = after.map_or(0, |it| usize::try_from(it.0).unwrap_or(usize::MAX));
        stream::unfold((self.records.subscribe(), next), |(mut records, next)| async move {
            let chunk: Vec<Record> = {
                let found = records.wait_for(|it| it.len() > next).await.ok()?;
                found.iter().skip(next).take(CHUNK).cloned().collect()
            };
            let next = next + chunk.len();
            Some((Ok(chunk), (records, next)))
        })
        .boxed()
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        Ok(self.records.borrow().last().map(|it| it.position))
    }
}
