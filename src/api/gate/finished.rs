//! The tasks about a project, as they are now, so that nobody has to name what is done.
use crate::api::query;
use crate::api::status;
use crate::domain::Timestamp;
use crate::domain::citation::{Reference, StreamName};
use crate::log::Position;
use crate::views::register::get;
use crate::views::register::task::{Status as Stand, Task};
use crate::views::worklist::{self, Filter, Which};
use crate::views::{Ask, Views};
use strum::VariantArray;
use tonic::Status;

/// The most tasks about one project that are looked at.
const TASKS_MAX: usize = 1_000;

/// A question about now: all that is in the log is taken into account.
pub(super) async fn now(views: &Views, after: Option<Position>) -> Result<Ask, Status> {
    let head = views.log().head().await.map_err(|err| status::broken(&err))?;
    Ok(Ask { after: after.max(head), ..Ask::NOW })
}

/// Every task about `subject`, by when it is due: found in the worklist, which knows them by what they are about.
pub(in crate::api) async fn tasks_about(
    views: &Views,
    subject: &StreamName,
    after: Option<Position>,
) -> Result<Vec<Task>, Status> {
    let ask = now(views, after).await?;
    let filter = Filter {
        subject: Some(subject.to_string()),
        statuses: worklist::Status::VARIANTS.to_vec(),
        ..Filter::default()
    };
    // How a task stands is taken from the register: leases and lateness are not judged here.
    let which = Which { at: Timestamp::UNIX_EPOCH, size: TASKS_MAX, after: None };
    let found = worklist::list(views, &ask, filter, which).await.map_err(|err| query::unanswered(&err))?;
    let mut tasks = Vec::with_capacity(found.found.tasks.len());
    for it in found.found.tasks {
        let task = get::<Task>(views, &ask, it.id).await.map_err(|err| query::unanswered(&err))?;
        tasks.extend(task.found);
    }
    Ok(tasks)
}

/// The TaskCompleted of each task that is done: nothing happens to a task after that.
pub(super) fn finished(tasks: &[Task]) -> Vec<Reference> {
    let done = tasks.iter().filter(|it| it.status == Stand::Completed);
    let reference = |it: &Task| Some(Reference::new(it.place.stream.parse().ok()?, it.place.revision));
    done.filter_map(reference).collect()
}
