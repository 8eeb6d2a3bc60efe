//! The one thread that writes: whatever waits when a transaction starts shares its one flush to disk.
use super::append::{Append, Memory};
use super::failure::Doing;
use super::lock::Lock;
use super::redact::{Redact, empty_journal};
use crate::log::{Appended, Error};
use jiff::Timestamp;
use rusqlite::Connection;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};

/// How many appends share a transaction at the most.
const BATCH_MAX: usize = 1024;
/// How many bytes of events a transaction starts to stop at.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// How often the writer lets others run before it starts a transaction without them.
const YIELDS_MAX: usize = 64;

/// Where an answer goes.
pub(super) type Answer<T> = oneshot::Sender<Result<T, Error>>;

/// What the writer is asked.
pub(super) enum Request {
    /// To append; answered once it is durable.
    Append(Append, Answer<Appended>),
    /// To wipe an event's payload; answered once none of the files has it.
    Redact(Redact, Answer<()>),
    /// To finish what was asked before and let go of the folder.
    Close(Answer<()>),
}

/// Declared in the order in which they must be let go of: the folder last.
pub(super) struct Writer {
    pub(super) connection: Connection,
    /// What is wrong with the file: then nothing is written to it.
    pub(super) damage: Option<Arc<str>>,
    pub(super) memory: Memory,
    pub(super) now: Box<dyn Fn() -> Timestamp + Send>,
    /// The position of the last durable event, 0 when there is none.
    pub(super) head: watch::Sender<u64>,
    /// Held, not read.
    pub(super) _lock: Lock,
}

type Batch = Vec<(Append, Answer<Appended>)>;

/// What is asked besides appends.
#[derive(Default)]
struct Aside {
    closers: Vec<Answer<()>>,
    wipes: Vec<(Redact, Answer<()>)>,
}

impl Writer {
    /// Works until everyone who could ask is gone, or one asks to close. After an error it writes nothing
    /// more: what a failed flush left on the disk is known only once the file is opened again.
    pub(super) fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut aside = Aside::default();
        let mut stopped = self
            .damage
            .as_ref()
            .map(|how| Error::Corrupt(format!("{how}. Nothing is written to it: restore it from a backup")));
        let mut last = 1;
        while let Some(first) = requests.blocking_recv() {
            linger(&requests, last - 1);
            let batch = gather(first, &mut requests, &mut aside);
            last = batch.len().max(1);
            let written = match stopped.take() {
                Some(why) => Err(why),
                None => self.write(&batch),
            };
            stopped = answer(batch, written);
            for (wipe, to) in aside.wipes.drain(..) {
                let wiped = stopped.clone().map_or_else(|| self.redact(&wipe), Err);
                stopped = stopped.or_else(|| wiped.as_ref().err().cloned());
                tell(to, wiped.unwrap_or_else(Err));
            }
        }
        let closed = match stopped {
            // Nothing was begun that could be left unfinished.
            Some(_) if self.damage.is_some() => Ok(()),
            Some(why) => Err(why),
            None => self.checkpoint(),
        };
        drop(self);
        aside.closers.into_iter().for_each(|it| tell(it, closed.clone()));
    }

    /// One transaction; an error means that it is unknown whether any of it happened.
    fn write(&mut self, batch: &Batch) -> Result<Vec<Result<Appended, Error>>, Error> {
        let written = self.transact(batch).map_err(|err| {
            tracing::error!(%err, "the log stopped writing");
            match err {
                Error::Unavailable(why) => Error::Unavailable(format!(
                    "{why}; nothing more is written until the log is opened again"
                )),
                other => other,
            }
        })?;
        let head = self.memory.tail.position.unsigned_abs();
        self.head.send_if_modified(|it| std::mem::replace(it, head) != head);
        Ok(written)
    }

    fn transact(&mut self, batch: &Batch) -> Result<Vec<Result<Appended, Error>>, Error> {
        self.execute("BEGIN IMMEDIATE")?;
        let mut answers = Vec::with_capacity(batch.len());
        for (append, _) in batch {
            match self.memory.append(&self.connection, append, &*self.now) {
                Err(err @ (Error::Corrupt(_) | Error::Unavailable(_))) => return Err(err),
                decided => answers.push(decided),
            }
        }
        self.execute("COMMIT")?;
        Ok(answers)
    }

    /// Wipes what is asked for, or says why not; an outer error is one that stops the writer.
    fn redact(&self, wipe: &Redact) -> Result<Result<(), Error>, Error> {
        self.execute("BEGIN IMMEDIATE")?;
        match wipe.write(&self.connection) {
            Ok(()) => self.execute("COMMIT")?,
            Err(refused @ Error::Unacceptable(_)) => {
                self.execute("ROLLBACK")?;
                return Ok(Err(refused));
            }
            Err(err) => return Err(err),
        };
        let busy = || Error::Unavailable("somebody reads what is to be wiped: ask again".into());
        Ok(empty_journal(&self.connection)?.then_some(()).ok_or_else(busy))
    }

    fn execute(&self, sql: &str) -> Result<usize, Error> {
        self.connection.prepare_cached(sql).and_then(|mut it| it.execute([])).doing(sql)
    }

    /// Moves everything into the main file, so that a copy of it alone is a copy of the log.
    fn checkpoint(&self) -> Result<(), Error> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).doing("closing the log")
    }
}

/// Those who were answered together ask again at about the same time. To let them run first, for less time
/// than a flush takes, saves the flush that would serve only the fastest of them.
fn linger(requests: &mpsc::Receiver<Request>, expected: usize) {
    let mut yields = 0;
    while requests.len() < expected && yields < YIELDS_MAX {
        std::thread::yield_now();
        yields += 1;
    }
}

/// What waits, up to a limit that keeps the first of them from waiting long.
fn gather(first: Request, requests: &mut mpsc::Receiver<Request>, aside: &mut Aside) -> Batch {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    let mut next = Some(first);
    while let Some(request) = next {
        match request {
            Request::Append(append, answer) => {
                bytes += append.records.iter().map(|it| it.data.len() + it.meta.len()).sum::<usize>();
                batch.push((append, answer));
            }
            Request::Redact(wipe, answer) => aside.wipes.push((wipe, answer)),
            Request::Close(answer) => {
                requests.close();
                aside.closers.push(answer);
            }
        }
        let room = batch.len() < BATCH_MAX && bytes < BATCH_BYTES;
        next = if room { requests.try_recv().ok() } else { None };
    }
    batch
}

/// Tells everyone in the batch; the error that stops the writer, if it was one.
fn answer(batch: Batch, written: Result<Vec<Result<Appended, Error>>, Error>) -> Option<Error> {
    match written {
        Ok(answers) => {
            batch.into_iter().zip(answers).for_each(|((_, to), answer)| tell(to, answer));
            None
        }
        Err(why) => {
            batch.into_iter().for_each(|(_, to)| tell(to, Err(why.clone())));
            Some(why)
        }
    }
}

/// One who no longer waits for the answer reads the log to learn it.
fn tell<T>(to: Answer<T>, answer: Result<T, Error>) {
    drop(to.send(answer));
}
