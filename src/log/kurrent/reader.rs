//! Reads: pages of streams and of everything, asked for again and again until they come.
//!
//! One task per process asks for what is new, often while things happen and less often while nothing does; whoever
//! follows is woken by it. A subscription would save those questions, but the client's can end in a loop that never
//! yields (see `client`), and a place to go on from is all that a page needs.
use super::client::{Fault, Found, Page, Scope};
use super::link::Link;
use super::{Limits, envelope};
use crate::log::{Error, Position, Record, Records};
use futures::{StreamExt, stream};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How many events one page has at the most, and how many bytes, give or take one event.
const PAGE: (usize, usize) = (2048, 8 * 1024 * 1024);
/// How many events are looked at for the last of ours, at first; the server writes its own ones in between.
const TAIL: usize = 64;
/// The server counts to here.
const LAST: u64 = i64::MAX as u64;

/// The last event of ours that this process knows of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its position; 0 when none is known.
    pub(super) position: u64,
    /// The latest time of one.
    pub(super) at: Timestamp,
}

/// What reads.
#[derive(Clone)]
pub(super) struct Reader {
    link: Link,
    seen: Arc<watch::Sender<Seen>>,
    /// Set when the log is closed.
    closed: watch::Receiver<bool>,
}

/// A page of events of ours.
struct Ours {
    records: Vec<Record>,
    /// The position of the last event, whoever's.
    until: Option<u64>,
}

impl Reader {
    pub(super) fn new(link: Link, closed: watch::Receiver<bool>) -> Self {
        let seen = Seen { position: 0, at: Timestamp::MIN };
        Self { link, seen: Arc::new(watch::Sender::new(seen)), closed }
    }

    /// The last event of ours that is known of.
    pub(super) fn seen(&self) -> Seen {
        *self.seen.borrow()
    }

    /// Tells those who follow of an event.
    pub(super) fn sees(&self, position: u64, at: Timestamp) {
        self.seen.send_if_modified(|seen| {
            seen.at = seen.at.max(at);
            let newer = position > seen.position;
            seen.position = seen.position.max(position);
            newer
        });
    }

    /// The events of a stream from revision `from` on, and its last revision; `None` where there is no stream.
    pub(super) async fn stream_page(
        &self,
        stream: &Arc<str>,
        from: u64,
        count: usize,
    ) -> Result<Option<(Vec<Record>, u64)>, Error> {
        if from > LAST {
            return Ok(self.last_revision(stream).await?.map(|last| (Vec::new(), last)));
        }
        let scope = Scope::Stream(stream.clone(), from);
        let Some(page) = self.page(scope, count, Patience::Limited).await? else { return Ok(None) };
        let mut records: Vec<Record> = Vec::with_capacity(page.events.len());
        for found in page.events {
            let next = from + records.len() as u64;
            if found.revision < next {
                continue;
            }
            if found.revision > next {
                return Err(gone(stream, next, found.revision));
            }
            records.extend(ours(found)?);
        }
        let last = page.last.or_else(|| records.last().map(|it| it.revision));
        Ok(last.map(|last| (records, last)))
    }

    /// The last revision of a stream.
    pub(super) async fn last_revision(&self, stream: &Arc<str>) -> Result<Option<u64>, Error> {
        let page = self.page(Scope::Last(stream.clone()), 1, Patience::Limited).await?;
        Ok(page.and_then(|it| it.last))
    }

    pub(super) fn read_stream(&self, stream: &str, from: u64) -> Records {
        let begin = Some((self.clone(), Arc::<str>::from(stream), from));
        stream::unfold(begin, |left| async move {
            let (reader, stream, from) = left?;
            match reader.stream_page(&stream, from, PAGE.0).await {
                Ok(Some((records, last))) if !records.is_empty() => {
                    let next = from + records.len() as u64;
                    Some((Ok(records), (next <= last).then_some((reader, stream, next))))
                }
                Ok(_) => None,
                Err(err) => Some((Err(err), None)),
            }
        })
        .boxed()
    }

    pub(super) fn read_all(&self, after: Option<Position>) -> Records {
        let begin = Some((self.clone(), after.map(|it| it.0), None));
        stream::unfold(begin, |left| async move {
            let (reader, after, head) = left?;
            match reader.next_of_all(after, head).await {
                Ok(Some((records, until, head))) => {
                    Some((Ok(records), Some((reader, Some(until), Some(head)))))
                }
                Ok(None) => None,
                Err(err) => Some((Err(err), None)),
            }
        })
        .boxed()
    }

    /// The next events up to `head`, which is asked for first; where they end.
    async fn next_of_all(
        &self,
        after: Option<u64>,
        head: Option<u64>,
    ) -> Result<Option<(Vec<Record>, u64, u64)>, Error> {
        let head = match head {
            Some(head) => head,
            None => self.head().await?.unwrap_or(0),
        };
        let mut after = after;
        let waited = Waited::new(self.link.limits());
        while after.unwrap_or(0) < head {
            let page = self.all_page(after, Patience::Limited).await?;
            let Some(until) = page.until else {
                waited.wait().await?;
                continue;
            };
            after = Some(until);
            let mut records = page.records;
            records.retain(|it| it.position.0 <= head);
            if !records.is_empty() {
                return Ok(Some((records, until, head)));
            }
        }
        Ok(None)
    }

    pub(super) fn follow(&self, after: Option<Position>) -> Records {
        let begin = Some((self.clone(), self.seen.subscribe(), after.map(|it| it.0)));
        let records = stream::unfold(begin, |left| async move {
            let (reader, mut seen, mut after) = left?;
            loop {
                drop(seen.wait_for(|it| it.position > after.unwrap_or(0)).await.ok()?);
                match reader.all_page(after, Patience::Endless).await {
                    Ok(Ours { until: None, .. }) => tokio::time::sleep(reader.link.limits().poll_ms.0).await,
                    Ok(Ours { records, until }) => {
                        after = until;
                        if !records.is_empty() {
                            return Some((Ok(records), Some((reader, seen, after))));
                        }
                    }
                    Err(err) => return Some((Err(err), None)),
                }
            }
        });
        records.take_until(told(self.closed.clone())).boxed()
    }

    /// The position of the last event of ours.
    pub(super) async fn head(&self) -> Result<Option<u64>, Error> {
        let known = self.seen().position;
        let (mut before, mut count) = (None, TAIL);
        loop {
            let page = self.page(Scope::Backwards(before), count, Patience::Limited).await?;
            let events = page.map(|it| it.events).unwrap_or_default();
            let Some(last) = events.last().map(|it| it.commit) else {
                // Not even the server's own events: either there are no more, or the answer was cut short.
                return Ok(Some(known).filter(|it| *it > 0));
            };
            if let Some(newest) = events.into_iter().find(|it| !is_system(&it.stream)) {
                let commit = newest.commit;
                let at = ours(newest)?.map_or(Timestamp::MIN, |it| it.recorded_at);
                self.sees(commit, at);
                return Ok(Some(self.seen().position));
            }
            if last <= known {
                return Ok(Some(known).filter(|it| *it > 0));
            }
            (before, count) = (Some(last), PAGE.0);
        }
    }

    /// The event of ours at `position`.
    pub(super) async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        if position.0 > LAST {
            return Ok(None);
        }
        let page = self.page(Scope::All(position.0), 1, Patience::Limited).await?;
        let found = page.and_then(|it| it.events.into_iter().next()).filter(|it| it.commit == position.0);
        found.map_or(Ok(None), ours)
    }

    /// Whether the first event is ours, or there is none.
    pub(super) async fn is_ours_from_the_first(&self) -> Result<(), Error> {
        let mut after = None;
        loop {
            let page = self.all_page(after, Patience::Limited).await?;
            if page.until.is_none() || !page.records.is_empty() {
                return Ok(());
            }
            after = page.until;
        }
    }

    /// Looks for what others append, for as long as the log is open.
    pub(super) async fn watch(self) {
        let (soon, late) = self.link.limits().poll_ms;
        let mut wait = soon;
        let mut at = self.seen().position;
        loop {
            tokio::time::sleep(wait).await;
            let known = self.seen().position;
            let news = self.all_page(Some(at.max(known)), Patience::Endless).await;
            wait = match news {
                Ok(Ours { until: None, .. }) if known > at => soon,
                Ok(Ours { until: None, .. }) => (wait * 2).min(late),
                Ok(Ours { records, until }) => {
                    at = until.unwrap_or(at);
                    if let Some(last) = records.last() {
                        self.sees(last.position.0, last.recorded_at);
                    }
                    soon
                }
                Err(err) => {
                    tracing::error!(%err, "what follows the log stops here");
                    // Those who follow read it themselves, and are told the same.
                    self.sees(at + 1, Timestamp::MIN);
                    late
                }
            };
            at = at.max(known);
        }
    }

    /// Events after `after`, without the server's own.
    async fn all_page(&self, after: Option<u64>, patience: Patience) -> Result<Ours, Error> {
        let from = after.unwrap_or(0);
        if from >= LAST {
            return Ok(Ours { records: Vec::new(), until: None });
        }
        let page = self.page(Scope::All(from), PAGE.0, patience).await?;
        let mut page = Ours { records: Vec::new(), until: None }.filled(page, after)?;
        page.records.shrink_to_fit();
        Ok(page)
    }

    /// A page, from whichever client works; `None` where there is no stream.
    async fn page(&self, scope: Scope, count: usize, patience: Patience) -> Result<Option<Page>, Error> {
        let waited = Waited::new(self.link.limits());
        loop {
            if *self.closed.borrow() {
                return Err(Error::Unavailable("the log is closed".into()));
            }
            let left = waited.left(patience);
            let linked = match self.link.client(left).await {
                Ok(linked) => linked,
                Err(_) if patience == Patience::Endless => continue,
                Err(err) => return Err(err),
            };
            match linked.client.read(scope.clone(), count, PAGE.1).await {
                Ok(page) => return Ok(Some(page)),
                Err(Fault::Missing) => return Ok(None),
                Err(fault @ (Fault::Broken(_) | Fault::SessionOver | Fault::Conflict)) => {
                    self.link.give_up(linked.number);
                    if patience == Patience::Limited && waited.left(patience).is_zero() {
                        return Err(self.link.told(fault));
                    }
                }
                Err(fault @ (Fault::Denied | Fault::Deleted | Fault::Refused(_))) => {
                    return Err(self.link.told(fault));
                }
            }
            if patience == Patience::Limited {
                waited.pause().await;
            } else {
                tokio::time::sleep(self.link.limits().poll_ms.1).await;
            }
        }
    }
}

impl Ours {
    fn filled(mut self, page: Option<Page>, after: Option<u64>) -> Result<Self, Error> {
        for found in page.map(|it| it.events).unwrap_or_default() {
            // A read begins with the event at the place that it names, and some servers give an event twice.
            if self.until.or(after).is_some_and(|it| found.commit <= it) {
                continue;
            }
            self.until = Some(found.commit);
            self.records.extend(ours(found)?);
        }
        Ok(self)
    }
}

/// Whether an answer is waited for, or somebody else is asked to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patience {
    Limited,
    Endless,
}

/// How long has been waited.
struct Waited {
    until: Instant,
    pause: Duration,
}

impl Waited {
    fn new(limits: Limits) -> Self {
        Self { until: Instant::now() + limits.patience(), pause: limits.poll_ms.0 }
    }

    fn left(&self, patience: Patience) -> Duration {
        match patience {
            Patience::Limited => self.until.saturating_duration_since(Instant::now()),
            Patience::Endless => Duration::from_secs(1),
        }
    }

    async fn pause(&self) {
        tokio::time::sleep(self.pause).await;
    }

    async fn wait(&self) -> Result<(), Error> {
        if self.left(Patience::Limited).is_zero() {
            return Err(Error::Unavailable("the server does not give what it has".into()));
        }
        self.pause().await;
        Ok(())
    }
}

/// The event as the log knows it; `None` when it is the server's own.
fn ours(found: Found) -> Result<Option<Record>, Error> {
    if is_system(&found.stream) {
        return Ok(None);
    }
    let Found { stream, revision, commit, prepare, id, kind, data, .. } = found;
    let Some((meta, recorded_at)) = envelope::open(&found.meta) else {
        return Err(Error::Corrupt(format!(
            "{stream}@{revision} ({kind}) was not written by pactline; give pactline a database of its own, and let \
             nobody else write there"
        )));
    };
    if commit != prepare {
        let odd = format!(
            "{stream}@{revision} has the positions {commit} and {prepare}: it was moved by other means"
        );
        return Err(Error::Corrupt(odd));
    }
    Ok(Some(Record { position: Position(commit), stream, revision, id, kind, data, meta, recorded_at }))
}

fn gone(stream: &str, from: u64, found: u64) -> Error {
    Error::Corrupt(format!(
        "{stream}: the events {from} to {} are gone; look for $maxAge, $maxCount or $tb in its metadata, a delete, or a \
         scavenge",
        found - 1
    ))
}

fn is_system(stream: &str) -> bool {
    stream.starts_with('$')
}

/// Resolves once `closed` holds, or nobody can say so any more.
async fn told(mut closed: watch::Receiver<bool>) {
    drop(closed.wait_for(|it| *it).await);
}
