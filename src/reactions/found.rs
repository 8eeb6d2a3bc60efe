//! What a reaction asks about and an event cannot say: who cites something, which tasks are open.
//!
//! Each look-up waits until its view takes the event into account, so that what it finds is no older than the event.
use super::Trouble;
use crate::codec;
use crate::domain::Decider;
use crate::domain::Timestamp;
use crate::domain::charter::StageName;
use crate::domain::citation::{Reference, StreamName};
use crate::domain::id::{TaskId, caused};
use crate::domain::task::Task;
use crate::domain::text::PersonId;
use crate::log::{Log, Position};
use crate::views::{Ask, Token, Views, trace, worklist};
use futures::TryStreamExt;
use std::collections::HashSet;
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
    /// The tasks about a stream that are still to be done and that follow from what happened in it before: what people
    /// ask of each other is theirs to call off, and what came later is not over.
    TasksAbout {
        /// The stream.
        subject: StreamName,
        /// Only what follows from events before this revision of it.
        before: u64,
        /// Of these kinds; of any when empty.
        kinds: &'static [&'static str],
    },
    /// The gate of a project's stage, with all that a gate may ask for and the project does not know.
    GateOf {
        /// The project's stream.
        project: StreamName,
        /// The stage.
        stage: StageName,
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
    /// A gate may be looked at.
    Gate {
        /// The project's stream.
        project: StreamName,
        /// The stage.
        stage: StageName,
        /// The TaskCompleted of each finished task about the project.
        tasks: Vec<Reference>,
    },
}

impl Found {
    /// The id of the command about it, among those of one look-up under the id `of`. A gate is the only one of its
    /// look-up.
    pub(super) fn command_id(&self, of: Uuid) -> Uuid {
        match self {
            Found::Citing { project, cited } => caused(of, &format!("{project}/{cited}"), 0),
            Found::Task(task) => caused(of, StreamName::new(Task::KIND, task.0).as_str(), 0),
            Found::Gate { .. } => of,
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
        Those::TasksAbout { subject, before, kinds } => {
            let meant = |it: &worklist::Task| kinds.is_empty() || kinds.contains(&it.kind.as_str());
            let tasks = tasks(views, &ask, (&subject, &[]), at).await?;
            let tasks = tasks.iter().filter(|it| meant(it)).map(|it| TaskId(it.id)).collect();
            those_that_follow(&**views.log(), tasks, &subject, before).await
        }
        Those::GateOf { project, stage } => {
            let done = tasks(views, &ask, (&project, &[worklist::Status::Completed]), at).await?;
            // Nothing happens to a task after it was done.
            let completed =
                |it: &worklist::Task| Reference::new(StreamName::new(Task::KIND, it.id), it.revision);
            let tasks = done.iter().map(completed).collect();
            Ok(vec![Found::Gate { project, stage, tasks }])
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

/// The tasks about a stream in one of these states; those that are to be done where none is named.
async fn tasks(
    views: &Views,
    ask: &Ask,
    (subject, statuses): (&StreamName, &[worklist::Status]),
    at: Timestamp,
) -> Result<Vec<worklist::Task>, Trouble> {
    let (subject, statuses) = (Some(subject.to_string()), statuses.to_vec());
    let filter = worklist::Filter { subject, statuses, ..worklist::Filter::default() };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let which = worklist::Which { at, size: PAGE, after };
        let page = worklist::list(views, ask, filter.clone(), which).await?.found;
        found.extend(page.tasks);
        match page.end {
            Some((key, id)) => after = Some(Token::new(&"tasks about a stream", None, key, id)),
            None => return Ok(found),
        }
    }
}

/// Those of `tasks` that follow by themselves from what happened in `subject` before.
async fn those_that_follow(
    log: &dyn Log,
    tasks: Vec<TaskId>,
    subject: &StreamName,
    before: u64,
) -> Result<Vec<Found>, Trouble> {
    let mut found = Vec::new();
    if tasks.is_empty() {
        return Ok(found);
    }
    let events = log.read_stream(subject.as_str(), 0).try_concat().await?;
    let causes: HashSet<Uuid> = events.iter().filter(|it| it.revision < before).map(|it| it.id).collect();
    for task in tasks {
        let mut records = log.read_stream(StreamName::new(Task::KIND, task.0).as_str(), 0);
        let chunk = records.try_next().await?.unwrap_or_default();
        let opened = chunk.first().map(codec::decode_meta).transpose()?;
        let opened = opened.filter(|it| it.actor == PersonId::program());
        if opened.and_then(|it| it.causation_id).is_some_and(|it| causes.contains(&it)) {
            found.push(Found::Task(task));
        }
    }
    Ok(found)
}
