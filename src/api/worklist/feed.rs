//! One worker's stream: looks for a free task, claims it, sends it, and sleeps until there may be another.
//!
//! The worker pulls: a task is claimed when the one before was sent. The stream owns no task and no thread: when it
//! breaks it is dropped wherever it is, and what it claimed is free again when the leases end.
use super::read::Stream as Asked;
use super::shown::shown;
use super::{Worklist, offers::Offer};
use crate::api::proto as pb;
use crate::api::{query, status};
use crate::clock::fresh_id;
use crate::codec::{self, AnyEvent};
use crate::domain::Timestamp;
use crate::domain::task::{Command, Event, Task};
use crate::engine::{CommandMeta, ExecuteError};
use crate::log::{Position, Record, Records};
use crate::views::worklist::{self, Found, NAME};
use crate::views::{Answered, ViewError};
use futures::{Stream, StreamExt, stream};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;
use tonic::Status;
use uuid::Uuid;

/// How many free tasks are looked at beyond those that others are about to get.
const LOOKED_AT: usize = 16;
/// The longest sleep: a clock that jumps ahead is noticed then.
const SLEEP_MAX: Duration = Duration::from_secs(30);
/// How long to wait after a refusal that the view does not explain.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// A worker's stream.
pub(super) struct Feed {
    desk: Worklist,
    asked: Asked,
    /// What the worker has in hand as far as is known, each since when.
    mine: BTreeMap<Uuid, Position>,
    /// The last event that the last look took into account.
    seen: Option<Position>,
    /// What happened since.
    news: Option<Records>,
}

impl Feed {
    pub(super) fn new(desk: Worklist, asked: Asked) -> Self {
        Self { desk, asked, mine: BTreeMap::new(), seen: None, news: None }
    }

    /// The tasks that the worker gets; ends with the server, or with an error.
    pub(super) fn tasks(self) -> impl Stream<Item = Result<pb::StreamTasksResponse, Status>> + Send {
        stream::unfold(Some(self), |feed| async {
            let mut feed = feed?;
            let task = feed.next().await.transpose()?;
            let goes_on = task.is_ok();
            let answer = task.map(|it| pb::StreamTasksResponse { task: Some(shown(it)) });
            Some((answer, goes_on.then_some(feed)))
        })
    }

    /// The next task, claimed; `None` when the server stops.
    async fn next(&mut self) -> Result<Option<worklist::Task>, Status> {
        loop {
            let left = self.desk.offers.left();
            let size = self.desk.offers.count().saturating_add(LOOKED_AT);
            let found = self.look(size).await?;
            let next = if self.has_room() {
                let maybe_more = found.free.len() == size;
                match self.desk.offers.take(found.free, self.seen) {
                    Some(offer) => match self.claim(offer).await? {
                        Some(task) => return Ok(Some(task)),
                        None => continue,
                    },
                    None if maybe_more => continue,
                    None => found.next,
                }
            } else {
                found.held.values().min().copied()
            };
            if !self.sleep(next, left).await? {
                return Ok(None);
            }
        }
    }

    fn has_room(&self) -> bool {
        self.mine.len() < self.asked.capacity
    }

    /// What there is now. Forgets what the worker has no more.
    async fn look(&mut self, size: usize) -> Result<Found, Status> {
        let views = &self.desk.views;
        if self.news.is_none() {
            views.wait(NAME, None, query::WAIT_MAX).await.map_err(|err| query::unanswered(&err))?;
        }
        let mine = (self.asked.worker.to_string(), self.mine.keys().copied().collect());
        let found = worklist::find(views, self.asked.wanted.clone(), mine, self.desk.at(None), size).await;
        let Answered { found, position } = found.map_err(|err| query::unanswered(&err))?;
        self.seen = position;
        self.mine.retain(|id, since| Some(*since) > position || found.held.contains_key(id));
        if self.news.is_none() {
            self.news = Some(self.desk.log.follow(position));
        }
        Ok(found)
    }

    /// Claims a task; `None` when somebody was faster.
    async fn claim(&mut self, mut offer: Offer) -> Result<Option<worklist::Task>, Status> {
        let (id, engine) = (offer.task.id, &self.desk.engine);
        let Asked { worker, lease_ms, by, .. } = self.asked.clone();
        let command = Command::ClaimTask { worker, lease_ms };
        let outcome = engine.execute::<Task>(id, command, CommandMeta::now(fresh_id(), by)).await;
        let recorded = match outcome {
            Ok(outcome) => outcome.position.zip(outcome.revision),
            Err(ExecuteError::Rejected(_)) => None,
            Err(err) => return Err(status::unexecuted(err)),
        };
        let Some((position, revision)) = recorded else {
            // Others may have it while this one waits.
            drop(offer);
            self.catch_up().await?;
            return Ok(None);
        };
        offer.claimed(position);
        self.mine.insert(id, position);
        let task = offer.task.clone();
        let claimed = |it: &Task| it.lease().map(|lease| task.claimed(lease, revision));
        engine.load::<Task, _>(id, claimed).await.map_err(|err| status::broken(&err))
    }

    /// Waits until the view knows why a claim was refused.
    async fn catch_up(&mut self) -> Result<(), Status> {
        let head = self.desk.log.head().await.map_err(|err| status::broken(&err))?;
        if self.seen >= head {
            tokio::time::sleep(AGAIN_AFTER).await;
            return Ok(());
        }
        self.reach(head).await
    }

    /// Waits until the view takes `position` into account, however long that is.
    async fn reach(&mut self, position: Option<Position>) -> Result<(), Status> {
        loop {
            match self.desk.views.wait(NAME, position, query::WAIT_MAX).await {
                Err(ViewError::Behind { .. }) => {}
                reached => return reached.map_err(|err| query::unanswered(&err)),
            }
        }
    }

    /// Sleeps until something that matters happened, or until `next`, when something turns by itself. `false` when
    /// the server stops.
    async fn sleep(
        &mut self,
        mut next: Option<Timestamp>,
        mut left: watch::Receiver<()>,
    ) -> Result<bool, Status> {
        loop {
            let room = self.has_room();
            let rest = next.map_or(SLEEP_MAX, |it| self.until(it).min(SLEEP_MAX));
            let Some(news) = &mut self.news else { return Ok(false) };
            let chunk = tokio::select! {
                chunk = news.next() => chunk,
                Ok(()) = left.changed(), if room => return Ok(true),
                () = tokio::time::sleep(rest) => return Ok(true),
            };
            let Some(chunk) = chunk.transpose().map_err(|err| status::broken(&err))? else {
                return Ok(false);
            };
            let news: Vec<News> = chunk.iter().map(|it| self.hear(it)).collect();
            if news.contains(&News::Look) {
                self.reach(chunk.last().map(|it| it.position)).await?;
                return Ok(true);
            }
            let turns = news.iter().filter_map(|it| match it {
                News::Turns(at) => Some(*at),
                News::Nothing | News::Look => None,
            });
            next = turns.chain(next).min();
        }
    }

    fn until(&self, at: Timestamp) -> Duration {
        // What is past is no duration, and due now.
        Duration::try_from(at.duration_since(self.desk.at(None))).unwrap_or_default()
    }

    /// What an event means for this worker.
    fn hear(&self, record: &Record) -> News {
        let id = record.stream.strip_prefix("task-").and_then(|it| Uuid::try_parse(it).ok());
        let Some(id) = id.filter(|_| Some(record.position) > self.seen) else { return News::Nothing };
        let Ok(AnyEvent::Task(event)) = codec::decode_any(record) else { return News::Nothing };
        let (mine, room) = (self.mine.contains_key(&id), self.has_room());
        let look_if = |it: bool| if it { News::Look } else { News::Nothing };
        match event {
            Event::TaskOpened { role, kind, .. } => {
                look_if(room && self.asked.wanted.takes(role.as_str(), kind.as_str()))
            }
            Event::LeaseExpired { .. } | Event::IncidentResolved { .. } | Event::TaskEscalated { .. } => {
                look_if(room || mine)
            }
            Event::TaskCompleted { .. } | Event::IncidentRaised { .. } | Event::TaskCancelled { .. } => {
                look_if(mine)
            }
            Event::TaskFailed { .. } if mine => News::Look,
            Event::TaskFailed { retry_at, .. } => retry_at.map_or(News::Nothing, News::Turns),
            Event::TaskClaimed { until, .. } | Event::LeaseExtended { until, .. } => News::Turns(until),
        }
    }
}

/// What an event means for a worker who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    /// Nothing.
    Nothing,
    /// There may be a free task, or room for one.
    Look,
    /// There may be one at that instant.
    Turns(Timestamp),
}
