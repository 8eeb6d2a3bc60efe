//! A few readers, lent to blocking threads, and what they read as streams.
use super::check::Connect;
use super::reader::{Chunk, Cursor, Reader};
use crate::log::{Error, Position, Record, Records};
use futures::{StreamExt, stream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

/// How many reads are under way at the same time.
const READERS: usize = 8;

pub(super) struct Pool {
    path: PathBuf,
    connect: Connect,
    idle: Mutex<Vec<Reader>>,
    free: Arc<Semaphore>,
}

impl Pool {
    pub(super) fn new(path: PathBuf, connect: Connect, first: Reader) -> Self {
        Self { path, connect, idle: Mutex::new(vec![first]), free: Arc::new(Semaphore::new(READERS)) }
    }

    /// The file that is read.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Lets go of the connections. Whoever reads on gets [`Error::Unavailable`].
    pub(super) fn close(&self) {
        self.free.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn read(self: Arc<Self>, cursor: Cursor, head: u64) -> Result<Chunk, Error> {
        let closed = |_| Error::Unavailable("the log is closed".into());
        let turn = self.free.clone().acquire_owned().await.map_err(closed)?;
        let reading = spawn_blocking(move || {
            let chunk = self.lend(|reader| reader.read(cursor, head));
            drop(turn);
            chunk
        });
        reading.await.unwrap_or_else(given_up)
    }

    /// A reader that failed is not used again: its connection may be in any state.
    fn lend<T>(&self, read: impl FnOnce(&mut Reader) -> Result<T, Error>) -> Result<T, Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => Reader::new((self.connect)(&self.path)?),
        };
        let found = read(&mut reader)?;
        if !self.free.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        }
        Ok(found)
    }

    /// What is at `cursor`, up to the position `head`; then ends.
    pub(super) fn records(self: &Arc<Self>, cursor: Cursor, head: u64) -> Records {
        let reading = Reading { pool: self.clone(), head, next: Next::At(cursor) };
        stream::unfold(reading, |mut reading| async {
            let chunk = reading.chunk().await?;
            Some((chunk, reading))
        })
        .boxed()
    }

    /// What comes after `after`, as long as the writer that moves `head` lives.
    pub(super) fn follow(self: &Arc<Self>, after: Option<Position>, head: watch::Receiver<u64>) -> Records {
        let live = (self.clone(), head, after.map_or(0, |it| it.0));
        let all = stream::unfold(live, |(pool, mut head, after)| async move {
            let until = *head.wait_for(|it| *it > after).await.ok()?;
            Some((pool.records(Cursor::All(after), until), (pool, head, until)))
        });
        // After an error nothing more may come: it would be a gap.
        stream::unfold(Some(all.flatten().boxed()), |chunks| async {
            let mut chunks = chunks?;
            let chunk = chunks.next().await?;
            let rest = chunk.is_ok().then_some(chunks);
            Some((chunk, rest))
        })
        .boxed()
    }
}

/// A stream of records halfway through.
struct Reading {
    pool: Arc<Pool>,
    head: u64,
    next: Next,
}

/// The next chunk: to be read, being read while the last is worked on, or none.
enum Next {
    At(Cursor),
    Underway(JoinHandle<Result<Chunk, Error>>),
    End,
}

impl Reading {
    async fn chunk(&mut self) -> Option<Result<Vec<Record>, Error>> {
        let chunk = match std::mem::replace(&mut self.next, Next::End) {
            Next::At(cursor) => self.pool.clone().read(cursor, self.head).await,
            Next::Underway(reading) => reading.await.unwrap_or_else(given_up),
            Next::End => return None,
        };
        match chunk {
            Ok(Chunk { records, .. }) if records.is_empty() => None,
            Ok(Chunk { records, rest }) => {
                if let Some(rest) = rest {
                    self.next = Next::Underway(tokio::spawn(self.pool.clone().read(rest, self.head)));
                }
                Some(Ok(records))
            }
            Err(err) => Some(Err(err)),
        }
    }
}

fn given_up<T>(err: JoinError) -> Result<T, Error> {
    Err(Error::Unavailable(format!("reading was given up: {err}")))
}
