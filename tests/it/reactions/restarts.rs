//! Redelivery, lost checkpoints, two of everything: nothing happens twice.
use super::world::*;
use pactline::domain::consultation::{self, Consultation};
use pactline::domain::project::Command;
use pactline::domain::recommendation;
use pactline::domain::recommendation::Recommendation;
use pactline::reactions::Reactions;
use pactline::views::Views;
use std::collections::BTreeSet;
use std::time::Duration;
use uuid::Uuid;

/// A story with a bit of everything, up to the moment before anything follows.
async fn begun() -> World {
    let world = World::new().await;
    let text = world.draft(1).await;
    let adoption = world.endorse(1, &text).await;
    let one = world.priority(1, &text, &adoption).await;
    world.project(1, &[&one]).await;
    world.commit(1, 80).await;
    world.retire(1).await;
    world.at(day(200));
    world
}

#[tokio::test]
async fn asking_again_after_a_lost_checkpoint_changes_nothing() {
    let world = begun().await;
    world.follow().await;
    let once = world.records().await;
    std::fs::remove_dir_all(world.dir.path().join("usual")).unwrap();
    world.follow().await;
    assert_eq!(world.records().await, once);
    let mut again = world.reactor("another").await;
    again.run_until_idle().await.unwrap();
    assert_eq!(world.records().await, once);
}

#[tokio::test]
async fn a_checkpoint_of_another_log_counts_for_nothing() {
    let world = begun().await;
    let dir = world.dir.path().join("strange");
    std::fs::create_dir_all(&dir).unwrap();
    let head = world.log.head().await.unwrap().unwrap();
    for words in [format!("{head} {}", Uuid::nil()), "9999 x".into(), String::new()] {
        std::fs::write(dir.join("reactions-1.checkpoint"), words).unwrap();
        let mut reactor = world.reactor("strange").await;
        assert_eq!(reactor.progress().borrow().position, None);
        reactor.catch_up().await.unwrap();
    }
    assert!(world.reactor("strange").await.progress().borrow().position.is_some());
}

#[tokio::test]
async fn two_replicas_do_what_one_does() {
    let (one, two) = (begun().await, begun().await);
    one.follow().await;
    let (mut first, mut second) = (two.reactor("first").await, two.reactor("second").await);
    let (mut timer, mut other) = (two.timer(), two.timer());
    loop {
        let before = two.records().await.len();
        two.caught_up().await;
        let done = tokio::join!(first.run_until_idle(), second.run_until_idle(), timer.step(), other.step());
        done.0.unwrap();
        done.1.unwrap();
        done.2.unwrap();
        done.3.unwrap();
        if two.records().await.len() == before {
            break;
        }
    }
    // A timer that is ahead of a reaction escalates a task that the reaction then calls off: a matter of order, and each
    // task but once.
    let escalated = |it: &(String, String)| it.1 == "TaskEscalated";
    let (escalations, mut effects): (Vec<_>, Vec<_>) = two.effects().await.into_iter().partition(escalated);
    let mut alone: Vec<_> = one.effects().await.into_iter().filter(|it| !escalated(it)).collect();
    effects.sort();
    alone.sort();
    assert_eq!(effects, alone);
    let tasks: BTreeSet<_> = escalations.iter().collect();
    assert_eq!(tasks.len(), escalations.len(), "{escalations:?}");
}

#[tokio::test]
async fn a_priority_that_is_set_before_the_endorsement_is_noted_leaves_nothing_to_take_up() {
    let world = World::new().await;
    let text = world.draft(1).await;
    // Both forums decide while no reaction runs.
    let mut previous = None;
    for (n, forum) in [(11, "experts"), (12, "policy")] {
        let open = world.opening(n, forum, &text, previous);
        let id = Uuid::from_u128(n);
        world.ask::<Consultation>(id, open).await;
        world.at(world.engine.clock().now() + SILENCE);
        let close = consultation::Command::CloseConsultation;
        previous = Some(world.ask::<Consultation>(id, close).await);
    }
    let adoption = previous.unwrap();
    let priority = world.priority(1, &text, &adoption).await;
    let answer = recommendation::Command::AnswerRecommendation { priority };
    world.ask::<Recommendation>(Uuid::from_u128(1), answer).await;
    world.follow().await;
    assert_eq!(world.count("RecommendationEndorsed").await, 1);
    assert_eq!(world.tasks().await, []);
}

#[tokio::test]
async fn deadlines_outlive_the_views_they_are_kept_in() {
    let world = begun().await;
    world.views.stop().await;
    let fresh = world.dir.path().join("fresh");
    let views = Views::open(&fresh, world.log.clone()).unwrap();
    let world = world.with_views(views);
    world.follow().await;
    assert_eq!(world.count("StageExpired").await, 1);
}

#[tokio::test]
async fn work_that_was_over_before_anybody_looked_is_called_off() {
    let world = World::new().await;
    world.project(1, &[]).await;
    world.of_project(1, Command::CancelProject { reason: word("no money") }).await;
    // Reactions see the beginning and the end at once, after a time in which nothing ran.
    world.follow().await;
    let tasks = world.tasks().await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(world.cancelled(tasks[0].2).await.as_deref(), Some("the project is over"));
}

#[tokio::test]
async fn after_a_lost_checkpoint_the_end_of_a_stage_does_not_call_off_the_work_of_a_later_one() {
    let world = World::new().await;
    world.project(1, &[]).await;
    world.commit(1, 80).await;
    world.of_project(1, Command::PassGate { stage: slug("design"), tasks: Vec::new() }).await;
    world.of_project(1, Command::ExamineGate { stage: slug("delivery"), tasks: Vec::new() }).await;
    world.follow().await;
    let to_pass: Vec<_> = world.tasks().await.into_iter().filter(|it| it.0 == "pass-gate").collect();
    let (_, _, now) = *to_pass.last().unwrap();
    assert_eq!(world.cancelled(now).await, None);
    std::fs::remove_dir_all(world.dir.path().join("usual")).unwrap();
    world.follow().await;
    assert_eq!(world.cancelled(now).await, None);
}

#[tokio::test]
async fn reactions_that_are_stopped_know_how_far_they_got() {
    let world = begun().await;
    let dir = world.dir.path().join("stopped");
    let reactions = Reactions::start(&dir, &world.engine, &world.views).await.unwrap();
    let first = world.log.head().await.unwrap();
    assert!(reactions.wait(first, Duration::from_secs(60)).await);
    reactions.stop().await;
    let kept = world.reactor("stopped").await.progress().borrow().position;
    assert_eq!(kept, reactions.progress().borrow().position);
}
