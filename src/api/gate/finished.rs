//! The tasks about a project, as they are now, so that nobody has to name what is done.
use crate::api::query;
use crate::api::status;
use crate::domain::citation::{Reference, StreamName};
use crate::log::Position;
use crate::views::register::task::{Status as Stand, Task};
use crate::views::register::{Facets, List, Order, list};
use crate::views::{Ask, Views};
use tonic::Status;

/// The most tasks about one project that are looked at.
const TASKS_MAX: usize = 1_000;

/// A question about now: all that is in the log is taken into account.
pub(super) async fn now(views: &Views, after: Option<Position>) -> Result<Ask, Status> {
    let head = views.log().head().await.map_err(|err| status::broken(&err))?;
    Ok(Ask { after: after.max(head), ..Ask::NOW })
}

/// Every task about `subject`, by when it is due.
pub(in crate::api) async fn tasks_about(
    views: &Views,
    subject: &StreamName,
    after: Option<Position>,
) -> Result<Vec<Task>, Status> {
    let ask = now(views, after).await?;
    let page = List { order: Order::Up(0), size: TASKS_MAX, after: None };
    let subject = subject.to_string();
    let about = move |facets: &Facets| facets.has("subject", &subject);
    let found = list::<Task, _>(views, &ask, page, move |_| Ok(about)).await;
    Ok(found.map_err(|err| query::unanswered(&err))?.found.entries)
}

/// The TaskCompleted of each task that is done: nothing happens to a task after that.
pub(super) fn finished(tasks: &[Task]) -> Vec<Reference> {
    let done = tasks.iter().filter(|it| it.status == Stand::Completed);
    let reference = |it: &Task| Some(Reference::new(it.place.stream.parse().ok()?, it.place.revision));
    done.filter_map(reference).collect()
}
