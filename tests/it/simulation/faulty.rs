//! A log that is slow, fails, and keeps what it was given although its answer is lost.
use super::chance::Chance;
use async_trait::async_trait;
use futures::executor::block_on;
use futures::{StreamExt, TryStreamExt, stream};
use pactline::log::{
    Appended, Error, Expected, Ids, Log, MemoryLog, NewRecord, Payload, Place, Position, Promises, Record,
    Records, Writers,
};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};

/// A memory log behind a bad line: what is sent to it arrives in the order in which it was sent, some time later,
/// whether anybody still waits for it or not.
pub struct Faulty {
    pub log: MemoryLog,
    writers: Writers,
    line: Mutex<Line>,
    /// Told whenever somebody has to wait for the line.
    pub paused: Arc<AtomicBool>,
    under_way: Mutex<VecDeque<Arc<Sent>>>,
}

struct Line {
    chance: Chance,
    calm: bool,
}

/// An append on its way.
struct Sent {
    stream: String,
    expected: Expected,
    records: Vec<NewRecord>,
    answer: OnceLock<Result<Appended, Error>>,
}

/// What becomes of a call.
enum Fate {
    Answered,
    /// It took effect, and the caller will not hear of that.
    AnswerLost,
    /// It never arrived.
    Lost,
}

impl Faulty {
    pub fn new(log: MemoryLog, writers: Writers, chance: Chance) -> Self {
        let line = Mutex::new(Line { chance, calm: false });
        Self { log, writers, line, paused: Arc::default(), under_way: Mutex::default() }
    }

    /// Whatever is under way arrives.
    pub fn arrive(&self) {
        while let Some(sent) = self.under_way.lock().unwrap().pop_front() {
            let Sent { stream, expected, records, answer } = &*sent;
            let appended = block_on(self.log.append(stream, *expected, records.clone()));
            answer.set(appended).unwrap();
        }
    }

    /// From now on every call is answered.
    pub fn calm_down(&self) {
        self.line.lock().unwrap().calm = true;
    }

    /// What is read is as of the call, and may be old when it arrives.
    fn read(&self, found: Records) -> Records {
        let (pause, fate) = (self.pause(), self.fate(2, 0));
        let arrives = async move {
            pause.await;
            match fate {
                Fate::Answered => Ok(found),
                Fate::Lost | Fate::AnswerLost => Err(away()),
            }
        };
        stream::once(arrives).try_flatten().boxed()
    }

    fn fate(&self, lost: u64, answer_lost: u64) -> Fate {
        let line = &mut *self.line.lock().unwrap();
        match line.chance.below(100) {
            _ if line.calm => Fate::Answered,
            it if it < lost => Fate::Lost,
            it if it < lost + answer_lost => Fate::AnswerLost,
            _ => Fate::Answered,
        }
    }

    fn pause(&self) -> Pause {
        let line = &mut *self.line.lock().unwrap();
        let times = if line.calm { 0 } else { line.chance.below(6).saturating_sub(3) };
        Pause { times, paused: self.paused.clone() }
    }
}

fn away() -> Error {
    Error::Unavailable("the line is down".into())
}

#[async_trait]
impl Log for Faulty {
    async fn append(
        &self,
        stream: &str,
        expected: Expected,
        records: Vec<NewRecord>,
    ) -> Result<Appended, Error> {
        let (before, after) = (self.pause(), self.pause());
        let fate = self.fate(3, 5);
        if matches!(fate, Fate::Lost) {
            before.await;
            return Err(away());
        }
        let sent = Arc::new(Sent { stream: stream.into(), expected, records, answer: OnceLock::new() });
        self.under_way.lock().unwrap().push_back(sent.clone());
        before.await;
        if sent.answer.get().is_none() {
            self.arrive();
        }
        after.await;
        if matches!(fate, Fate::AnswerLost) { Err(away()) } else { sent.answer.get().unwrap().clone() }
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.read(self.log.read_stream(stream, from))
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        self.read(self.log.read_all(after))
    }

    fn follow(&self, after: Option<Position>) -> Records {
        self.log.follow(after)
    }

    async fn redact(&self, place: &Place, payload: Payload) -> Result<(), Error> {
        self.log.redact(place, payload).await
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        self.log.head().await
    }

    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        self.log.event_at(position).await
    }

    fn promises(&self) -> Promises {
        Promises { ids: Ids::UniqueInTheLog, writers: self.writers, wipes: true }
    }
}

/// Is not ready so many times.
struct Pause {
    times: u64,
    paused: Arc<AtomicBool>,
}

impl Future for Pause {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.times == 0 {
            return Poll::Ready(());
        }
        self.times -= 1;
        self.paused.store(true, Ordering::Relaxed);
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
