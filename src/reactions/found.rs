//! What a reaction asks about and an event cannot say: who cites something, which tasks are open.
//!
//! Each look-up waits until its view takes the event into account, so that what it finds is no older than the event.
use super::Trouble;
use crate::codec;
use crate::domain::Decider;
use crate::domain::Timestamp;
use crate::domain::citation::{Reference, StreamName};
use crate::domain::id::TaskId;
use crate::domain::task::Task;
use crate::domain::text::PersonId;
use crate::log::{Log, Position};
use crate::views::{Ask, Token, Views, trace, worklist};
use futures::TryStreamExt;
use std::time::Duration;
use uuid::Uuid;

/// How long to wait for a view at a time.
const VIEW_WAIT: Duration = Duration::from_secs(5);
/// How many tasks are looked up at a time.
const PAGE: usize = 500;

/// What is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Those {
    /// The projects that cite the event which began this priority of the list.
    CitingPriority {
        /// The list's stream.
        list: StreamName,
        /// The priority.
        priority: Uuid,
    },
    /// The projects that cite an event of this stream.
    CitingStream {
        /// The stream.
        cited: StreamName,
        /// Only this project; every one when absent.
        by: Option<StreamName>,
    },
    /// The tasks about a stream that are still to be done and that nobody opened: what people ask of each other is
    /// theirs to call off.
    TasksAbout {
        /// The stream.
        subject: StreamName,
        /// Of these kinds; of any when empty.
        kinds: &'static [&'static str],
    },
}

/// One that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A project cites something.
    Citing {
        /// Its stream.
        project: StreamName,
        /// What it cites.
        cited: Reference,
    },
    /// A task is to be done.
    Task(TaskId),
}

impl Found {
    /// Names it among those of one look-up.
    pub(super) fn key(&self) -> String {
        match self {
            Found::Citing { project, cited } => format!("{project}/{cited}"),
            Found::Task(task) => StreamName::new(Task::KIND, task.0).to_string(),
        }
    }
}

/// Those, as they are once the event at `position` is taken into account.
pub(super) async fn find(
    views: &Views,
    position: Position,
    those: Those,
    at: Timestamp,
) -> Result<Vec<Found>, Trouble> {
    let ask = Ask { after: Some(position), longest: VIEW_WAIT, ..Ask::NOW };
    match those {
        Those::CitingPriority { list, priority } => citing(views, &ask, list, Some(priority), None).await,
        Those::CitingStream { cited, by } => citing(views, &ask, cited, None, by).await,
        Those::TasksAbout { subject, kinds } => {
            let mut found = Vec::new();
            for task in tasks(views, &ask, &subject, kinds, at).await? {
                if nobody_opened(&**views.log(), task).await? {
                    found.push(Found::Task(task));
                }
            }
            Ok(found)
        }
    }
}

async fn citing(
    views: &Views,
    ask: &Ask,
    cited: StreamName,
    thing: Option<Uuid>,
    by: Option<StreamName>,
) -> Result<Vec<Found>, Trouble> {
    ask.wait(views, trace::VIEW).await?;
    let found = views.ask(trace::VIEW, move |db, _| trace::citing(db, &cited, thing, by.as_ref())).await?;
    Ok(found.into_iter().map(|(project, cited)| Found::Citing { project, cited }).collect())
}

async fn tasks(
    views: &Views,
    ask: &Ask,
    subject: &StreamName,
    kinds: &[&str],
    at: Timestamp,
) -> Result<Vec<TaskId>, Trouble> {
    let filter = worklist::Filter { subject: Some(subject.to_string()), ..worklist::Filter::default() };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let which = worklist::Which { at, size: PAGE, after };
        let page = worklist::list(views, ask, filter.clone(), which).await?.found;
        let meant = |it: &&worklist::Task| kinds.is_empty() || kinds.contains(&it.kind.as_str());
        found.extend(page.tasks.iter().filter(meant).map(|it| TaskId(it.id)));
        match page.end {
            Some((key, id)) => after = Some(Token::new(&"tasks about a stream", None, key, id)),
            None => return Ok(found),
        }
    }
}

/// Whether the task was opened by what follows by itself.
async fn nobody_opened(log: &dyn Log, task: TaskId) -> Result<bool, Trouble> {
    let mut records = log.read_stream(StreamName::new(Task::KIND, task.0).as_str(), 0);
    let chunk = records.try_next().await?.unwrap_or_default();
    let opened = chunk.first().map(codec::decode_meta).transpose()?;
    Ok(opened.is_some_and(|it| it.actor == PersonId::program()))
}
