//! One reading of the log for all views that are built at the same time: an event is read once, and decoded once.
use super::Seen;
use crate::log::{Error, Log, Records};
use futures::future::{BoxFuture, Shared};
use futures::{FutureExt, StreamExt, stream};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many events the first of those who share a reading may be ahead of the last, so that no more are in memory,
/// give or take a chunk.
const AHEAD: usize = 16_384;
/// As how many a smaller chunk counts: the last to let go of a chunk lets go of those behind it, one within the other.
const CHUNK_MIN: usize = 64;
/// Of how many bytes an event counts as more than one.
const EVENT_BYTES: usize = 4096;

/// A chunk of the log, in memory for as long as somebody has it before them.
pub(super) struct Chunk {
    /// What is in it.
    pub(super) events: Vec<Seen>,
    rest: Reading,
    _room: OwnedSemaphorePermit,
}

type Next = Option<Result<Arc<Chunk>, Error>>;

/// Somewhere in the log. Clones go on from there on their own, but what comes next is read once, when the first of
/// them asks for it.
#[derive(Clone)]
pub(super) struct Reading(Shared<BoxFuture<'static, Next>>);

impl Reading {
    /// All events up to the head.
    pub(super) fn of_all(log: Arc<dyn Log>) -> Self {
        Self::of(stream::once(async move { log.read_all(None) }).flatten().boxed())
    }

    pub(super) fn of(records: Records) -> Self {
        Self::from_here(records, Arc::new(Semaphore::new(AHEAD)))
    }

    fn from_here(mut records: Records, room: Arc<Semaphore>) -> Self {
        let next = async move {
            let read = match records.next().await? {
                Ok(read) => read,
                Err(err) => return Some(Err(err)),
            };
            let bytes: usize = read.iter().map(|it| it.data.len() + it.meta.len()).sum();
            let taken = read.len().max(bytes / EVENT_BYTES).clamp(CHUNK_MIN, AHEAD);
            let taken = u32::try_from(taken).unwrap_or(u32::MAX);
            let _room = room.clone().acquire_many_owned(taken).await.ok()?;
            let events = read.into_iter().map(Seen::new).collect();
            Some(Ok(Arc::new(Chunk { events, rest: Self::from_here(records, room), _room })))
        };
        Self(next.boxed().shared())
    }

    /// The next chunk; `None` at the end. Whoever asks has let go of the chunk before: others may wait for that.
    pub(super) async fn next(&mut self) -> Next {
        let next = self.0.clone().await;
        if let Some(Ok(chunk)) = &next {
            *self = chunk.rest.clone();
        }
        next
    }
}
