//! What views are shown of a log: all of it up to a place that moves on only when it is told to. How far they are
//! behind is then a matter of the seed and not of the machine.
use async_trait::async_trait;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use pactline::log::{
    Appended, Error, Expected, Log, MemoryLog, NewRecord, Payload, Place, Position, Promises, Record, Records,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// A log that ends, for those who read it, at a place before its end.
pub struct Shown {
    log: MemoryLog,
    until: watch::Sender<u64>,
    followers: Arc<Followers>,
}

/// Who follows it, and after which place each of them waits for more.
#[derive(Default)]
struct Followers {
    waiting: Mutex<(u64, BTreeMap<u64, u64>)>,
    moved: Condvar,
}

/// One of them.
struct Follower {
    name: u64,
    all: Arc<Followers>,
}

impl Follower {
    fn new(all: Arc<Followers>) -> Self {
        let mut waiting = all.waiting.lock().unwrap();
        waiting.0 += 1;
        let name = waiting.0;
        drop(waiting);
        Self { name, all }
    }

    fn waits_after(&self, position: u64) {
        self.all.waiting.lock().unwrap().1.insert(self.name, position);
        self.all.moved.notify_all();
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.all.waiting.lock().unwrap().1.remove(&self.name);
    }
}

impl Shown {
    pub fn new(log: MemoryLog, until: u64) -> Self {
        Self { log, until: watch::Sender::new(until), followers: Arc::default() }
    }

    pub fn until(&self) -> u64 {
        *self.until.borrow()
    }

    /// Shows more, and waits until `views` of them have taken it in and told those who waited for that: each of them
    /// asks for more only then.
    pub fn show(&self, until: u64, views: usize) {
        self.until.send_replace(until);
        let waiting = self.followers.waiting.lock().unwrap();
        let not_yet =
            |(_, at): &mut (u64, BTreeMap<u64, u64>)| at.len() != views || at.values().any(|it| *it != until);
        let long = Duration::from_secs(120);
        let (waiting, late) = self.followers.moved.wait_timeout_while(waiting, long, not_yet).unwrap();
        assert!(!late.timed_out(), "a view does not follow to {until}: {:?}", waiting.1);
    }

    async fn between(log: MemoryLog, after: u64, until: u64) -> Result<Vec<Record>, Error> {
        let mut records = log.read_all(Some(Position(after))).try_concat().await?;
        records.retain(|it| it.position.0 <= until);
        Ok(records)
    }
}

#[async_trait]
impl Log for Shown {
    async fn append(&self, to: &str, _: Expected, _: Vec<NewRecord>) -> Result<Appended, Error> {
        Err(Error::Unacceptable(format!("{to}: what is made from the log writes nothing to it")))
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.log.read_stream(stream, from)
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        let read = Self::between(self.log.clone(), after.map_or(0, |it| it.0), self.until());
        let some = |read: &Result<Vec<Record>, Error>| {
            std::future::ready(read.as_ref().is_ok_and(|it| !it.is_empty()))
        };
        read.into_stream().filter(some).boxed()
    }

    fn follow(&self, after: Option<Position>) -> Records {
        let (log, until) = (self.log.clone(), self.until.subscribe());
        let follower = Follower::new(self.followers.clone());
        let begin = (log, until, follower, after.map_or(0, |it| it.0));
        stream::unfold(begin, |(log, mut until, follower, at)| async move {
            follower.waits_after(at);
            let end = *until.wait_for(|it| *it > at).await.ok()?;
            let records = Self::between(log.clone(), at, end).await;
            Some((records, (log, until, follower, end)))
        })
        .boxed()
    }

    async fn redact(&self, place: &Place, _: Payload) -> Result<(), Error> {
        Err(Error::Unacceptable(format!("{place:?}: what is made from the log takes nothing out of it")))
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        Ok(Some(Position(self.until())).filter(|it| it.0 > 0))
    }

    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        self.log.event_at(position).await
    }

    fn promises(&self) -> Promises {
        self.log.promises()
    }
}
