//! The log that needs nothing but a folder: one SQLite file, one thread that writes, group commit.
//!
//! The folder must be on a local disk: network filesystems lie about locks and flushes, and are refused
//! where the operating system names them. One process at a time opens it. Whatever is wrong with the file
//! is said, and never repaired: a damaged one is read as far as that goes, and takes nothing.
use super::{
    Appended, Error, Expected, Log, NewRecord, Payload, Place, Position, Promises, Record, Records,
    acceptable, counted_event_at, fits,
};
use append::{Append, Memory};
use async_trait::async_trait;
use check::{Checked, check};
use failure::Doing;
use jiff::Timestamp;
pub use lock::Lock as FolderLock;
use pool::Pool;
use reader::{Cursor, Reader};
use redact::Redact;
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::unconstrained;
use writer::{Request, Writer};

pub use salvage::{Salvage, Salvaged};

mod append;
mod check;
mod failure;
mod lock;
mod pool;
mod reader;
mod redact;
mod salvage;
mod schema;
mod writer;

/// How many appends wait for the writer before those who append wait to be let in.
const WAITING_MAX: usize = 4096;

/// An open log. Dropping it finishes what was asked of it and waits for that; [`EmbeddedLog::close`] does
/// the same and says how it went.
pub struct EmbeddedLog {
    requests: Option<mpsc::Sender<Request>>,
    writer: Option<JoinHandle<()>>,
    pool: Arc<Pool>,
    head: watch::Receiver<u64>,
    damage: Option<Arc<str>>,
}

/// Limits that tests reach sooner.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// How many pages the file may have before it counts as a full disk.
    pub pages_max: Option<u32>,
}

impl EmbeddedLog {
    /// Opens the log in `dir`, or begins one where there is none. `now` is the clock that says when events
    /// are recorded.
    ///
    /// A damaged one is opened too where anything of it can be read: see [`Log::damage`].
    ///
    /// [`Error::Unavailable`]: another process has it open, or the disk is not ours or refuses.
    /// [`Error::Corrupt`]: what is there is no log, one of which nothing can be read, or one of a newer release; it is
    /// left as it is.
    pub fn open(dir: &Path, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Result<Self, Error> {
        Self::open_within(dir, Limits::default(), now)
    }

    /// The same within `limits`.
    #[doc(hidden)]
    pub fn open_within(
        dir: &Path,
        limits: Limits,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        schema::refuse_old_sqlite(rusqlite::version_number())?;
        let lock = FolderLock::take(dir)?;
        let path = dir.join("log.db");
        if !path.exists() {
            schema::create(&path)?;
        }
        schema::refuse_foreign(&path)?;
        let Checked { connect, connection: first, tail, damage } = check(&path)?;
        let connection = match &damage {
            None => schema::connect_to_write(&path)?,
            Some(how) => {
                tracing::error!(%how, "the log is read as far as that goes, and nothing is written to it");
                connect(&path)?
            }
        };
        if let (None, Some(pages)) = (&damage, limits.pages_max) {
            connection.pragma_update(None, "max_page_count", pages).doing("limiting the file")?;
        }
        let (head_sender, head) = watch::channel(tail.position.unsigned_abs());
        let (memory, now) = (Memory::new(tail), Box::new(now));
        let writer =
            Writer { connection, damage: damage.clone(), memory, now, head: head_sender, _lock: lock };
        let pool = Arc::new(Pool::new(path, connect, Reader::new(first)));
        let (requests, queue) = mpsc::channel(WAITING_MAX);
        let thread = thread::Builder::new().name("log-writer".into());
        let writer = thread.spawn(move || writer.run(queue)).doing("starting the log's writer")?;
        Ok(Self { requests: Some(requests), writer: Some(writer), pool, head, damage })
    }

    /// Finishes what was asked before, moves it all into the main file and lets go of the folder. Whatever
    /// is asked later is [`Error::Unavailable`]; followers end.
    pub async fn close(&self) -> Result<(), Error> {
        self.pool.close();
        self.ask(Request::Close).await
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, Error>>) -> Request,
    ) -> Result<T, Error> {
        let closed = || Error::Unavailable("the log is closed".into());
        let (answer, answered) = oneshot::channel();
        let requests = self.requests.as_ref().ok_or_else(closed)?;
        // Unconstrained, because a budget that runs out before the first poll has queued it loses its turn.
        unconstrained(requests.send(request(answer))).await.map_err(|_| closed())?;
        answered.await.map_err(|_| Error::Unavailable("the log's writer is gone".into()))?
    }

    fn head_now(&self) -> u64 {
        *self.head.borrow()
    }
}

impl Drop for EmbeddedLog {
    fn drop(&mut self) {
        self.pool.close();
        drop(self.requests.take());
        if self.writer.take().is_some_and(|it| it.join().is_err()) {
            tracing::error!(
                "the log's writer ended in a panic; the next start recovers what it acknowledged"
            );
        }
    }
}

#[async_trait]
impl Log for EmbeddedLog {
    async fn append(
        &self,
        stream: &str,
        expected: Expected,
        records: Vec<NewRecord>,
    ) -> Result<Appended, Error> {
        acceptable(&records)?;
        let append = Append { stream: stream.into(), expected, records };
        self.ask(|answer| Request::Append(append, answer)).await
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.pool.records(Cursor::Stream(stream.into(), from), self.head_now())
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        self.pool.records(Cursor::All(after.map_or(0, |it| it.0)), self.head_now())
    }

    fn follow(&self, after: Option<Position>) -> Records {
        self.pool.follow(after, self.head.clone())
    }

    async fn redact(&self, place: &Place, payload: Payload) -> Result<(), Error> {
        fits(&payload)?;
        let wipe = Redact { place: place.clone(), payload };
        self.ask(|answer| Request::Redact(wipe, answer)).await
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        Ok(Some(self.head_now()).filter(|it| *it > 0).map(Position))
    }

    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        counted_event_at(self, position).await
    }

    fn promises(&self) -> Promises {
        Promises::ALONE
    }

    fn damage(&self) -> Option<Arc<str>> {
        self.damage.clone()
    }

    fn salvage(&self, until: u64) -> Result<Option<Salvage>, Error> {
        Salvage::of(self.pool.path(), until).map(Some)
    }

    async fn close(&self) -> Result<(), Error> {
        EmbeddedLog::close(self).await
    }
}
