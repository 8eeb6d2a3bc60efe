//! The view of deadlines: what is due, in which order, and when something is due next.
use super::world::*;
use pactline::domain::id::TaskId;
use pactline::domain::task::{self, Task};
use pactline::views::deadlines::{due, next};
use uuid::Uuid;

pub async fn open(world: &World, n: u128, due_on: i64, role: &str) -> TaskId {
    let task = TaskId(Uuid::from_u128(n));
    let open = task::Command::OpenTask {
        task,
        kind: slug("plan"),
        title: word("A plan"),
        subject: project_stream(1),
        role: slug(role),
        due_at: Some(day(due_on)),
        attempts_max: 3,
        backoff_ms: 1,
        escalate_to: Some(slug("chair")),
    };
    world.ask::<Task>(task.0, open).await;
    task
}

async fn due_on(world: &World, n: i64) -> Vec<u128> {
    world.caught_up().await;
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (page, last) = due(&world.views, day(n), after, 2).await.unwrap();
        let Some(last) = last else { return found };
        after = Some(last);
        found.extend(page.iter().map(|it| it.stream.id().as_u128()));
    }
}

#[tokio::test]
async fn what_is_due_comes_by_its_date_and_in_pages() {
    let world = World::new().await;
    for (n, on) in [(1, 5), (2, 3), (3, 9), (4, 4)] {
        open(&world, n, on, "donor").await;
    }
    assert_eq!(due_on(&world, 2).await, [0; 0]);
    assert_eq!(due_on(&world, 5).await, [2, 4, 1]);
    assert_eq!(next(&world.views, day(5)).await.unwrap(), Some(day(9)));
    assert_eq!(next(&world.views, day(9)).await.unwrap(), None);
}

#[tokio::test]
async fn a_task_that_is_where_it_would_go_is_never_late_unless_it_is_moved_away() {
    let world = World::new().await;
    let task = open(&world, 1, 5, "chair").await;
    assert_eq!(due_on(&world, 9).await, [0; 0]);
    let to = |role: &str| task::Command::EscalateTask { to: slug(role), reason: word("busy") };
    world.ask::<Task>(task.0, to("donor")).await;
    assert_eq!(due_on(&world, 9).await, [1]);
    world.ask::<Task>(task.0, to("chair")).await;
    assert_eq!(due_on(&world, 9).await, [0; 0]);
    world.ask::<Task>(task.0, task::Command::CancelTask { reason: word("done") }).await;
    assert_eq!(next(&world.views, day(0)).await.unwrap(), None);
}
