//! One reading of the log for all views that are at the same place: an event is read once, and decoded once.
use super::Seen;
use crate::log::{self, Log, Position, Records};
use futures::future::{BoxFuture, Shared};
use futures::{FutureExt, StreamExt, stream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many events the first of those who read together may be ahead of the last, so that no more are in memory,
/// give or take a chunk.
const AHEAD: usize = 16_384;
/// As how many a smaller chunk counts: chunks let go of each other one within the other.
const CHUNK_MIN: usize = 64;

/// A chunk of the log, in memory for as long as somebody has it before them.
pub(super) struct Chunk {
    /// What is in it.
    pub(super) events: Vec<Seen>,
    rest: Rest,
    _room: OwnedSemaphorePermit,
}

/// What comes next. It is read once, when the first of those who have a clone of it asks for it.
#[derive(Clone)]
pub(super) struct Rest(Shared<BoxFuture<'static, Option<Result<Arc<Chunk>, log::Error>>>>);

impl Rest {
    fn of(records: Records) -> Self {
        Self::read(records, Arc::new(Semaphore::new(AHEAD)))
    }

    fn read(mut records: Records, room: Arc<Semaphore>) -> Self {
        let chunk = async move {
            let records_read = match records.next().await? {
                Ok(it) => it,
                Err(err) => return Some(Err(err)),
            };
            let taken = u32::try_from(records_read.len().clamp(CHUNK_MIN, AHEAD)).unwrap_or(u32::MAX);
            let _room = room.clone().acquire_many_owned(taken).await.ok()?;
            let events = records_read.into_iter().map(Seen::new).collect();
            Some(Ok(Arc::new(Chunk { events, rest: Self::read(records, room), _room })))
        };
        Self(chunk.boxed().shared())
    }
}

/// A place of the log, and what comes after it.
type At = (Option<Position>, Rest);

/// Where all views read the log.
#[derive(Clone)]
pub(super) struct Feed {
    pub(super) log: Arc<dyn Log>,
    /// Where the follower is that is ahead of all others. Whoever comes to the same place goes on with it.
    front: Arc<Mutex<Option<At>>>,
}

impl Feed {
    pub(super) fn new(log: Arc<dyn Log>) -> Self {
        Self { log, front: Arc::default() }
    }

    /// All events up to the head, read once for all who have a clone of this.
    pub(super) fn all(&self) -> Rest {
        let log = self.log.clone();
        Rest::of(stream::once(async move { log.read_all(None) }).flatten().boxed())
    }

    /// Every event after `after` up to the head; then ends.
    pub(super) fn read_all(&self, after: Option<Position>) -> Reader {
        Reader::of(Rest::of(self.log.read_all(after)))
    }

    /// Every event after `after`; never ends by itself.
    pub(super) fn follow(&self, after: Option<Position>) -> Reader {
        let rest = Rest::of(self.log.follow(after));
        Reader { rest, follows: Some((self.clone(), after)) }
    }

    fn front(&self) -> MutexGuard<'_, Option<At>> {
        self.front.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somewhere in the log.
pub(super) struct Reader {
    rest: Rest,
    /// Along with whom, and where it is; `None` for who reads to the end only.
    follows: Option<(Feed, Option<Position>)>,
}

impl Reader {
    /// What is left of `rest`.
    pub(super) fn of(rest: Rest) -> Self {
        Self { rest, follows: None }
    }

    /// The next chunk; `None` at the end, and after an error. Whoever asks has let go of the chunk before: others may
    /// wait for that.
    pub(super) async fn next(&mut self) -> Option<Result<Arc<Chunk>, log::Error>> {
        self.join();
        let next = self.rest.0.clone().await;
        let chunk = next.as_ref().and_then(|it| it.as_ref().ok());
        if let Some(chunk) = chunk {
            self.rest = chunk.rest.clone();
        }
        if let Some((feed, at)) = &mut self.follows {
            match chunk.and_then(|it| it.events.last()) {
                Some(last) => *at = Some(last.record.position),
                // Nothing comes here any more; who comes next begins anew.
                None => drop(feed.front().take_if(|front| front.0 == *at)),
            }
        }
        next
    }

    /// Goes on with whoever is ahead of all others, if they are here.
    fn join(&mut self) {
        let Some((feed, at)) = &self.follows else { return };
        let mut front = feed.front();
        match &*front {
            Some((furthest, rest)) if furthest == at => self.rest = rest.clone(),
            Some((furthest, _)) if furthest > at => {}
            Some(_) | None => *front = Some((*at, self.rest.clone())),
        }
    }
}
