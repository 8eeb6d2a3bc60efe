//! Appends: one session that they all go through, in order; again in the same order when it is over.
//!
//! Measured: an append in a call of its own takes 44 ms, because the client leaves Nagle's algorithm on and sends a
//! call in two parts. In a session an append is one part. But a session is over with its first conflict, and with it
//! all that is under way. That is no loss here: what was not answered is sent again, in order, in the next session,
//! with the same ids at the same revisions, and the server answers as the first time where it was there already. So
//! nothing is guessed: an append is there, or refused, or nobody could be asked until its time was up.
use super::client::{Fault, Outgoing, Session, Written};
use super::envelope;
use super::link::Link;
use super::reader::Reader;
use crate::log::{Appended, Error, Expected, NewRecord, Record, recorded_after};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use jiff::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

/// How many appends are under way at a time.
const UNDER_WAY_MAX: usize = 1024;
/// How long to wait for a client before looking at who has waited too long.
const LOOK_AFTER: Duration = Duration::from_millis(250);

/// An append that somebody waits for.
pub(super) struct Append {
    pub(super) stream: Arc<str>,
    pub(super) expected: Expected,
    pub(super) records: Vec<NewRecord>,
    pub(super) answer: oneshot::Sender<Result<Appended, Error>>,
}

/// The same, ready to be sent, as often as it takes.
struct Job {
    stream: Arc<str>,
    expected: Expected,
    ids: Vec<Uuid>,
    events: Vec<Outgoing>,
    /// When its last event is recorded.
    at: Timestamp,
    /// The last position known when it was first sent: what is new gets a higher one.
    seen: u64,
    give_up_at: Instant,
    answer: oneshot::Sender<Result<Appended, Error>>,
}

/// How a session ended.
enum Over {
    /// The log is being closed, and all is answered.
    Closed,
    /// With an answer that ends sessions.
    Session,
    /// With the client.
    Client,
}

pub(super) struct Writer {
    link: Link,
    reader: Reader,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    last: Timestamp,
    unsent: VecDeque<Job>,
    sent: BTreeMap<u64, Job>,
    number: u64,
}

impl Writer {
    pub(super) fn new(link: Link, reader: Reader, now: Box<dyn Fn() -> Timestamp + Send + Sync>) -> Self {
        let (unsent, sent) = (VecDeque::new(), BTreeMap::new());
        Self { link, reader, now, last: Timestamp::MIN, unsent, sent, number: 0 }
    }

    /// Runs until nobody can ask any more and everyone is answered.
    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Append>) {
        loop {
            if self.unsent.is_empty() {
                match requests.recv().await {
                    Some(request) => self.take(request),
                    None => return,
                }
            }
            let Some((session, number)) = self.session(&mut requests).await else { continue };
            match self.converse(session, &mut requests).await {
                Over::Closed => return,
                Over::Session => {}
                Over::Client => self.link.give_up(number),
            }
            self.send_again();
        }
    }

    /// A new session, and the number of its client.
    async fn session(&mut self, requests: &mut mpsc::Receiver<Append>) -> Option<(Session, u64)> {
        let why = match self.link.client(LOOK_AFTER).await {
            Ok(linked) => match linked.writing.session().await {
                Ok(session) => return Some((session, linked.number)),
                Err(fault @ (Fault::Denied | Fault::Refused(_))) => {
                    let why = self.link.told(fault);
                    self.unsent.drain(..).for_each(|it| it.answered(Err(why.clone())));
                    return None;
                }
                Err(fault) => {
                    self.link.give_up(linked.number);
                    self.link.told(fault)
                }
            },
            Err(err) => err,
        };
        while let Ok(request) = requests.try_recv() {
            self.take(request);
        }
        self.give_up(&why);
        None
    }

    /// Takes appends and sends them, until the session is over.
    async fn converse(&mut self, session: Session, requests: &mut mpsc::Receiver<Append>) -> Over {
        let mut under_way = FuturesUnordered::new();
        let longest = self.link.limits().call();
        loop {
            while under_way.len() < UNDER_WAY_MAX
                && let Some(job) = self.unsent.pop_front()
            {
                let append = session.clone().append(job.stream.clone(), job.expected, job.events.clone());
                let number = self.number;
                let mut answer = Box::pin(
                    timeout(longest, append).map(move |it| (number, it.unwrap_or_else(|_| Err(silent())))),
                );
                // The first poll is what sends it.
                let first = futures::poll!(&mut answer);
                self.number += 1;
                self.sent.insert(number, job);
                match first {
                    std::task::Poll::Pending => under_way.push(answer),
                    std::task::Poll::Ready((number, answer)) => {
                        if let Some(over) = self.settle(number, answer) {
                            return over;
                        }
                    }
                }
            }
            let over = tokio::select! {
                biased;
                Some((number, answer)) = under_way.next(), if !under_way.is_empty() => self.settle(number, answer),
                request = requests.recv(), if under_way.len() < UNDER_WAY_MAX => match request {
                    Some(request) => {
                        self.take(request);
                        None
                    }
                    None if under_way.is_empty() => Some(Over::Closed),
                    None => match under_way.next().await {
                        Some((number, answer)) => self.settle(number, answer),
                        None => Some(Over::Closed),
                    },
                },
            };
            if let Some(over) = over {
                // Answers that are here already need not be asked for again.
                while let Some(Some((number, answer))) = under_way.next().now_or_never() {
                    if let Ok(written) = answer {
                        self.settle(number, Ok(written));
                    }
                }
                return over;
            }
        }
    }

    /// Stamps an append and puts it in line.
    fn take(&mut self, request: Append) {
        let Append { stream, expected, records, answer } = request;
        let seen = self.reader.seen();
        let last = Some(self.last.max(seen.at)).filter(|it| *it > Timestamp::MIN);
        let times = match recorded_after(last, &records, &*self.now) {
            Ok(times) => times,
            Err(err) => return drop(answer.send(Err(err))),
        };
        self.last = times.last().copied().unwrap_or(self.last);
        let ids = records.iter().map(|it| it.id).collect();
        let outgoing = |(it, at): (&NewRecord, &Timestamp)| {
            Outgoing::new(it.id, &it.kind, &it.data, envelope::seal(&it.meta, *at))
        };
        let events = records.iter().zip(&times).map(outgoing).collect();
        let give_up_at = Instant::now() + self.link.limits().patience();
        let at = self.last;
        self.unsent.push_back(Job {
            stream,
            expected,
            ids,
            events,
            at,
            seen: seen.position,
            give_up_at,
            answer,
        });
    }

    /// Answers an append, or leaves it to be sent again; how the session ended, when it did.
    fn settle(&mut self, number: u64, answer: Result<Written, Fault>) -> Option<Over> {
        let fault = match answer {
            Ok(written) => {
                if let Some(job) = self.sent.remove(&number) {
                    self.is_written(job, written);
                }
                return None;
            }
            Err(fault) => fault,
        };
        // What went before may have been lost, and this be in conflict for want of it.
        let is_first = self.sent.keys().next() == Some(&number);
        match fault {
            Fault::Conflict if is_first => {
                if let Some(job) = self.sent.remove(&number) {
                    self.link.runtime().spawn(resolve(self.reader.clone(), job));
                }
                Some(Over::Session)
            }
            Fault::Denied | Fault::Deleted | Fault::Refused(_) => {
                if let Some(job) = self.sent.remove(&number) {
                    job.answered(Err(self.link.told(fault)));
                }
                Some(Over::Session)
            }
            Fault::Conflict | Fault::SessionOver => Some(Over::Session),
            Fault::Broken(_) | Fault::Missing => Some(Over::Client),
        }
    }

    fn is_written(&self, job: Job, written: Written) {
        let revision = job.last_revision();
        if written.revision.is_some_and(|it| it != revision) {
            let stream = &job.stream;
            let why =
                format!("{stream} was deleted, and goes on where it ended: its events are out of sight");
            return job.answered(Err(Error::Corrupt(why)));
        }
        match written.commit {
            Some(commit) if commit > job.seen => {
                self.reader.sees(commit, job.at);
                let (position, recorded_at) = (crate::log::Position(commit), job.at);
                job.answered(Ok(Appended { position, revision, recorded_at }));
            }
            // It was there before: what it was answered then is read back.
            Some(_) | None => drop(self.link.runtime().spawn(resolve(self.reader.clone(), job))),
        }
    }

    /// Puts what was not answered back in line, in the order in which it was sent, before all else.
    fn send_again(&mut self) {
        let left = std::mem::take(&mut self.sent);
        for job in left.into_values().rev() {
            self.unsent.push_front(job);
        }
        self.give_up(&Error::Unavailable("no session lasts".into()));
    }

    /// Answers those whose time is up: nobody knows.
    fn give_up(&mut self, why: &Error) {
        let now = Instant::now();
        for job in std::mem::take(&mut self.unsent) {
            match job.give_up_at > now {
                true => self.unsent.push_back(job),
                false => job.answered(Err(why.clone())),
            }
        }
    }
}

impl Job {
    fn last_revision(&self) -> u64 {
        self.expected.next_revision().saturating_add(self.ids.len() as u64).saturating_sub(1)
    }

    fn answered(self, answer: Result<Appended, Error>) {
        // Whoever asked may be gone.
        drop(self.answer.send(answer));
    }
}

/// Reads back what is where an append was to be: the same events, a part of them, or others.
async fn resolve(reader: Reader, job: Job) {
    let next = job.expected.next_revision();
    let answer = match reader.stream_page(&job.stream, next, job.ids.len()).await {
        Ok(found) => resolved(&job, found),
        Err(err) => Err(err),
    };
    job.answered(answer);
}

fn resolved(job: &Job, found: Option<(Vec<Record>, u64)>) -> Result<Appended, Error> {
    let (records, last) = found.map_or((Vec::new(), None), |(records, last)| (records, Some(last)));
    let same = records.len() == job.ids.len() && records.iter().zip(&job.ids).all(|(it, id)| it.id == *id);
    if let (true, Some(it)) = (same, records.last()) {
        return Ok(Appended { position: it.position, revision: it.revision, recorded_at: it.recorded_at });
    }
    if let Some(known) = records.iter().find(|it| job.ids.contains(&it.id)) {
        return Err(Error::Unacceptable(format!("another event has the id {}", known.id)));
    }
    Err(Error::Conflict { stream: job.stream.clone(), expected: job.expected, found: last })
}

fn silent() -> Fault {
    Fault::Broken("the server does not answer".into())
}
