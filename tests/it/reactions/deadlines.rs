//! The view of deadlines: what is due, in which order, and when something is due next.
use super::world::*;
use crate::given::person;
use pactline::domain::charter::{self, Charter};
use pactline::domain::id::{CharterId, TaskId};
use pactline::domain::project::{self, Project};
use pactline::domain::task::{self, Task};
use pactline::domain::text::Digest;
use pactline::engine::CommandMeta;
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

#[tokio::test]
async fn an_end_that_was_noted_is_not_due_again_under_an_edition_that_keeps_it() {
    let world = World::new().await;
    world.project(1, &[]).await;
    world.at(day(31));
    world.follow().await;
    assert_eq!(world.count("StageExpired").await, 1);
    let text = LAW.replace("A pact", "The same pact");
    let publish = charter::Command::PublishCharter {
        law: toml::from_str(&text).unwrap(),
        digest: Digest::of(text.as_bytes()),
    };
    let edition = world.ask::<Charter>(CharterId::of("pact").0, publish).await;
    let (from, stage, reason) = (Some(slug("design")), slug("design"), word("a newer edition"));
    let amend = project::Command::AmendLaw { charter: edition, from, stage, reason };
    // Whoever published an edition does not put projects under it.
    let meta = CommandMeta::now(Uuid::from_u128(1_000), person("ben"));
    world.engine.execute::<Project>(Uuid::from_u128(1), amend, meta).await.unwrap();
    world.caught_up().await;
    let (due, _) = due(&world.views, day(32), None, 10).await.unwrap();
    assert_eq!(due, []);
}
