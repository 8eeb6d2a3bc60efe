//! The log that outgrows one machine: KurrentDB (EventStoreDB), reached over its own protocol.
//!
//! Any number of processes append to it and follow it. Ids are unique within the place that they are appended to, not
//! in the whole log: see [`Log::promises`]. Each event's time is its writer's, kept in its metadata (`envelope`), so
//! it grows with the position where one process writes, and as well as the clocks agree where several do: how well they
//! must, `clocks` sees to. What is no part of the record is in streams beside it (`aside`).
use super::{
    Appended, Board, CLOCK_OFF_MAX_US, Error, Expected, Ids, Log, NewRecord, Payload, Place, Position,
    Promises, Record, Records, Writers, acceptable,
};
use aside::Aside;
use async_trait::async_trait;
use clocks::Clocks;
use jiff::Timestamp;
use link::Link;
use reader::Reader;
use settings::Target;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, unconstrained};
use writer::{Append, Writer};

mod aside;
mod client;
mod clocks;
mod envelope;
mod link;
mod nodelay;
mod reader;
mod settings;
mod writer;

pub(crate) use client::QUIET;
pub use settings::Settings;

/// The oldest server that is supported: year and month.
const OLDEST: (usize, usize) = (23, 10);
/// How many appends wait for the writer before those who append wait to be let in.
const WAITING_MAX: usize = 4096;
/// On how many threads a client runs, and the log besides.
const THREADS: usize = 2;

/// How long things may take.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// One answer of the server's, in milliseconds.
    pub call_ms: u64,
    /// An append or a read in all, with everything that is tried, in milliseconds.
    pub patience_ms: u64,
    /// How often to ask for what is new: while there is, and at the least.
    pub poll_ms: (Duration, Duration),
    /// How far the clock may be from the server's; it is not compared where none is set.
    pub clock_off_max: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        let poll_ms = (Duration::from_millis(5), Duration::from_millis(100));
        let clock_off_max = Some(Duration::from_micros(CLOCK_OFF_MAX_US));
        Self { call_ms: 5_000, patience_ms: 20_000, poll_ms, clock_off_max }
    }
}

impl Limits {
    fn call(&self) -> Duration {
        Duration::from_millis(self.call_ms)
    }

    /// A page of events, of which each is an answer.
    fn page(&self) -> Duration {
        4 * self.call()
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(self.patience_ms)
    }
}

/// What says when events are recorded.
type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// An open log. Dropping it lets go of what is under way; [`Log::close`] waits for it.
pub struct KurrentLog {
    requests: Mutex<Option<mpsc::Sender<Append>>>,
    writing: tokio::sync::Mutex<Option<JoinHandle<()>>>,
    reader: Reader,
    clocks: Clocks,
    board: Arc<Aside>,
    closed: watch::Sender<bool>,
    _threads: Threads,
}

impl KurrentLog {
    /// Connects to the log. `now` is the clock that says when events are recorded.
    ///
    /// [`Error::Unacceptable`]: what is said in `settings` cannot be meant, or the server is no KurrentDB that is
    /// supported. [`Error::Unavailable`]: it cannot be reached, or does not let us in. [`Error::Corrupt`]: there are
    /// events of somebody else in it.
    pub async fn open(
        settings: &Settings,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        Self::open_within(settings, Limits::default(), now).await
    }

    /// The same within `limits`.
    #[doc(hidden)]
    pub async fn open_within(
        settings: &Settings,
        limits: Limits,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let target = Target::of(settings)?;
        let threads = Threads::start()?;
        let handle = threads.handle().clone();
        let link = Link::connect(target, &handle, limits).await?;
        let (closed, closing) = watch::channel(false);
        let reader = Reader::new(link.clone(), closing);
        reader.is_ours_from_the_first().await?;
        reader.head().await?;
        let (requests, queue) = mpsc::channel(WAITING_MAX);
        let now: Now = Arc::new(now);
        let clocks = Clocks::new(link.clone(), now.clone());
        let board = Arc::new(Aside::new(link.clone(), aside::CHECKPOINTS));
        let writer = Writer::new(link, reader.clone(), Box::new(move || now()));
        let writing = handle.spawn(writer.run(queue));
        handle.spawn(reader.clone().watch());
        Ok(Self {
            requests: Mutex::new(Some(requests)),
            writing: tokio::sync::Mutex::new(Some(writing)),
            reader,
            clocks,
            board,
            closed,
            _threads: threads,
        })
    }

    fn requests(&self) -> Option<mpsc::Sender<Append>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A runtime that may be dropped where others run: what is under way there is given up.
struct Threads(Option<Runtime>, Handle);

impl Threads {
    fn start() -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("kurrent")
            .enable_all()
            .build()
            .map_err(|err| Error::Unavailable(format!("starting the log's threads: {err}")))?;
        let handle = runtime.handle().clone();
        Ok(Self(Some(runtime), handle))
    }

    fn handle(&self) -> &Handle {
        &self.1
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for KurrentLog {
    fn drop(&mut self) {
        self.closed.send_replace(true);
    }
}

#[async_trait]
impl Log for KurrentLog {
    async fn append(
        &self,
        stream: &str,
        expected: Expected,
        records: Vec<NewRecord>,
    ) -> Result<Appended, Error> {
        acceptable(&records)?;
        if stream.is_empty() || stream.starts_with('$') {
            return Err(Error::Unacceptable(format!(
                "{stream:?} is no name for a stream: the server keeps it"
            )));
        }
        if let Expected::Revision(it) = expected
            && i64::try_from(it).is_err()
        {
            let found = self.reader.last_revision(&stream.into()).await?;
            return Err(Error::Conflict { stream: stream.into(), expected, found });
        }
        let closed = || Error::Unavailable("the log is closed".into());
        let requests = self.requests().ok_or_else(closed)?;
        // An import keeps the times that it finds. Unconstrained, because a budget that runs out before the first poll
        // has queued it loses its turn.
        if records.iter().any(|it| it.recorded_at.is_none()) {
            unconstrained(self.clocks.agree()).await?;
        }
        let (answer, answered) = oneshot::channel();
        let append = Append { stream: stream.into(), expected, records, answer };
        unconstrained(requests.send(append)).await.map_err(|_| closed())?;
        drop(requests);
        answered.await.map_err(|_| Error::Unavailable("the log was closed before it was answered".into()))?
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.reader.read_stream(stream, from)
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        self.reader.read_all(after)
    }

    fn follow(&self, after: Option<Position>) -> Records {
        self.reader.follow(after)
    }

    /// KurrentDB has no call that changes one event: that is for whoever runs it.
    async fn redact(&self, place: &Place, _: Payload) -> Result<(), Error> {
        let Place { stream, revision, .. } = place;
        Err(Error::Unacceptable(format!(
            "KurrentDB cannot wipe a part of one event: an operator has to redact {stream}@{revision} in its files, or to \
             export the log, redact it where it is embedded, and begin anew"
        )))
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        Ok(self.reader.head().await?.map(Position))
    }

    async fn head_known(&self) -> Result<Option<Position>, Error> {
        Ok(Some(self.reader.seen().position).filter(|it| *it > 0).map(Position))
    }

    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        self.reader.event_at(position).await
    }

    fn promises(&self) -> Promises {
        Promises { ids: Ids::UniqueWhereAppended, writers: Writers::Many, wipes: false }
    }

    fn board(&self) -> Option<Arc<dyn Board>> {
        Some(self.board.clone())
    }

    async fn close(&self) -> Result<(), Error> {
        drop(self.requests.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(writing) = self.writing.lock().await.take() {
            writing.await.map_err(|err| Error::Unavailable(format!("the log's writer gave up: {err}")))?;
        }
        self.closed.send_replace(true);
        Ok(())
    }
}
