//! A stage that took too long, and then has more time: by another edition, or because somebody resumed the project.
use super::gates::{by, of_kind};
use super::world::*;
use pactline::domain::Decider;
use pactline::domain::charter::{self, Charter};
use pactline::domain::citation::{Reference, StreamName};
use pactline::domain::id::CharterId;
use pactline::domain::project::{Command, Project};
use pactline::domain::text::Digest;
use pactline::views::deadlines::{self, What};
use uuid::Uuid;

/// The second edition of the usual law: design may take so many days.
async fn second(world: &World, days: u32) -> Reference {
    let text = LAW.replacen("deadline_days = 30", &format!("deadline_days = {days}"), 1);
    let (law, digest) = (toml::from_str(&text).unwrap(), Digest::of(text.as_bytes()));
    world.ask::<Charter>(CharterId::of("pact").0, charter::Command::PublishCharter { law, digest }).await
}

/// Somebody else than who proposed and published puts the project under the edition, and all follows.
async fn amend(world: &World, charter: Reference) {
    let (stage, from, reason) = (slug("design"), Some(slug("design")), word("decided so"));
    let amend = Command::AmendLaw { charter, stage, from, reason };
    by::<Project>(world, "cora", Uuid::from_u128(1), amend).await;
    world.follow().await;
}

/// Whether the end of a stage is due, or ever will be.
async fn ends(world: &World) -> bool {
    let (found, _) = deadlines::due(&world.views, day(10_000), None, 100).await.unwrap();
    found.iter().any(|it| matches!(it.what, What::Stage { .. }))
}

/// A project whose design is a day late: chair has a task.
async fn late() -> World {
    let world = World::new().await;
    world.project(1, &[]).await;
    world.at(day(31));
    world.follow().await;
    assert_eq!(of_kind(&world, "late-stage").await.len(), 1);
    world
}

#[tokio::test]
async fn an_end_that_passed_is_not_waited_for_under_another_edition() {
    let world = late().await;
    let shorter = second(&world, 20).await;
    amend(&world, shorter).await;
    assert!(!ends(&world).await, "the timer would ask for it for ever");
    assert_eq!((world.count("LawAmended").await, world.count("StageExpired").await), (1, 1));
}

#[tokio::test]
async fn a_late_stage_that_gets_more_time_is_not_late_until_that_is_undone() {
    let world = late().await;
    let first = Reference::new(StreamName::new(Charter::KIND, CharterId::of("pact").0), 0);
    let longer = second(&world, 60).await;
    amend(&world, longer).await;
    let tasks = of_kind(&world, "late-stage").await;
    let why = "the stage has more time under another edition";
    assert_eq!(world.cancelled(tasks[0]).await.as_deref(), Some(why));
    assert!(ends(&world).await);
    amend(&world, first).await;
    assert!(!ends(&world).await, "it is as late as it was");
    let tasks = of_kind(&world, "late-stage").await;
    assert_eq!((tasks.len(), world.cancelled(tasks[1]).await), (2, None));
    world.at(day(99));
    world.follow().await;
    assert_eq!(of_kind(&world, "late-stage").await.len(), 2);
}

#[tokio::test]
async fn a_project_that_rests_because_its_time_is_up_is_somebodys_task_and_has_its_time_again() {
    let world = World::new().await;
    let text = LAW.replacen("on_expiry = { escalate = \"chair\" }", "on_expiry = \"suspend\"", 1);
    let (law, digest) = (toml::from_str(&text).unwrap(), Digest::of(text.as_bytes()));
    let publish = charter::Command::PublishCharter { law, digest };
    let resting = world.ask::<Charter>(CharterId::of("pact").0, publish).await;
    let mut propose = World::proposal(1, &[]);
    if let Command::ProposeProject { charter, .. } = &mut propose {
        *charter = resting;
    }
    world.of_project(1, propose).await;
    world.at(day(31));
    world.follow().await;
    assert_eq!(world.count("ProjectSuspended").await, 1);
    let tasks: Vec<_> = world.tasks().await.into_iter().filter(|it| it.0 == "late-stage").collect();
    assert_eq!((tasks.len(), tasks[0].1.as_str()), (1, "coordinator"));
    world.at(day(40));
    world.of_project(1, Command::ResumeProject { reason: word("there is money") }).await;
    world.follow().await;
    assert!(world.cancelled(tasks[0].2).await.is_some());
    world.at(day(69));
    world.follow().await;
    assert_eq!(world.count("ProjectSuspended").await, 1);
    world.at(day(71));
    world.follow().await;
    assert_eq!(world.count("ProjectSuspended").await, 2);
}
