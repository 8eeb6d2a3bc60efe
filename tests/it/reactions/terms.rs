//! One story per deadline: none early, each once, and none when it does not matter any more.
use super::world::*;
use jiff::SignedDuration;
use pactline::domain::Timestamp;
use pactline::domain::consultation::{self, Consultation};
use pactline::domain::id::TaskId;
use pactline::domain::project::Command;
use pactline::domain::task::{self, Task};
use pactline::domain::text::Prose;
use uuid::Uuid;

/// A moment well before `at`: the clock of these stories ticks whenever it is looked at.
fn before(at: Timestamp) -> Timestamp {
    at - SignedDuration::from_secs(2)
}

/// So many days after the first moment, at which things here begin: a few microseconds into the first second.
fn after(days: i64) -> Timestamp {
    day(days) + SignedDuration::from_secs(1)
}

/// Nothing called `kind` happens before `at`, and at `at` it does, once.
async fn falls_due(world: &World, kind: &str, at: Timestamp) {
    let so_far = world.count(kind).await;
    world.at(before(at));
    world.follow().await;
    assert_eq!(world.count(kind).await, so_far, "{kind} came early");
    world.at(at);
    world.follow().await;
    world.follow().await;
    assert_eq!(world.count(kind).await, so_far + 1, "{kind} at {at}");
}

#[tokio::test]
async fn a_silence_ends_at_its_deadline() {
    let world = World::new().await;
    let text = world.draft(1).await;
    let open = world.opening(7, "experts", &text, None);
    let consultation::Command::OpenConsultation { deadline: Some(deadline), .. } = &open else { panic!() };
    let deadline = *deadline;
    world.ask::<Consultation>(Uuid::from_u128(7), open).await;
    falls_due(&world, "ConsensusReached", deadline + SignedDuration::from_micros(1)).await;
}

#[tokio::test]
async fn a_silence_with_more_time_ends_later() {
    let world = World::new().await;
    let text = world.draft(1).await;
    let open = world.opening(7, "experts", &text, None);
    world.ask::<Consultation>(Uuid::from_u128(7), open).await;
    let extend = consultation::Command::ExtendDeadline { deadline: day(3) };
    world.ask::<Consultation>(Uuid::from_u128(7), extend).await;
    falls_due(&world, "ConsensusReached", day(3)).await;
}

#[tokio::test]
async fn a_broken_silence_ends_without_consensus() {
    let world = World::new().await;
    let text = world.draft(1).await;
    let open = world.opening(7, "experts", &text, None);
    let consultation::Command::OpenConsultation { roster, .. } = &open else { panic!() };
    let party = roster[0].party;
    world.ask::<Consultation>(Uuid::from_u128(7), open).await;
    let object = consultation::Command::Object { party, reason: word("no"), conditional_on: Vec::new() };
    world.ask::<Consultation>(Uuid::from_u128(7), object).await;
    falls_due(&world, "ConsensusNotReached", after(0) + SignedDuration::from_hours(2)).await;
}

#[tokio::test]
async fn a_stage_that_takes_too_long_comes_before_the_role_that_the_law_names() {
    let world = World::new().await;
    world.project(1, &[]).await;
    falls_due(&world, "StageExpired", after(30)).await;
    assert!(world.tasks().await.iter().any(|it| (it.0.as_str(), it.1.as_str()) == ("late-stage", "chair")));
}

#[tokio::test]
async fn a_stage_may_end_a_project_by_its_law() {
    let world = World::new().await;
    world.project(1, &[]).await;
    world.commit(1, 80).await;
    world.of_project(1, Command::PassGate { stage: slug("design"), tasks: Vec::new() }).await;
    falls_due(&world, "ProjectCancelled", after(30)).await;
    world.at(day(400));
    world.follow().await;
    assert_eq!(world.count("StageExpired").await, 1, "the stage that was left in time never expires");
}

#[tokio::test]
async fn reports_fall_due_again_and_again_while_the_stage_lasts() {
    let world = World::new().await;
    world.project(1, &[]).await;
    falls_due(&world, "ReportFellDue", after(7)).await;
    falls_due(&world, "ReportFellDue", after(14)).await;
    let reports = world.tasks().await.into_iter().filter(|it| it.0 == "report").count();
    assert_eq!(reports, 2);
    world.of_project(1, Command::CancelProject { reason: word("no money") }).await;
    world.at(day(60));
    world.follow().await;
    assert_eq!(world.count("ReportFellDue").await, 2);
}

#[tokio::test]
async fn a_report_that_does_not_come_goes_to_the_steward() {
    let world = World::new().await;
    world.project(1, &[]).await;
    world.at(after(7));
    world.follow().await;
    let (_, role, report) = world.tasks().await.into_iter().find(|it| it.0 == "report").unwrap();
    assert_eq!(role, "donor");
    world.at(after(13));
    world.follow().await;
    assert_eq!(escalated(&world, report).await, [""; 0]);
    world.at(after(15));
    world.follow().await;
    assert_eq!(escalated(&world, report).await, ["coordinator"]);
}

/// The roles that the task was escalated to.
async fn escalated(world: &World, task: TaskId) -> Vec<String> {
    let records = world.records().await;
    let of_task = records.iter().filter(|it| *it.stream == *format!("task-{}", task.0));
    let escalated = of_task.filter(|it| &*it.kind == "TaskEscalated");
    escalated
        .map(|it| match pactline::codec::decode_any(it).unwrap() {
            pactline::codec::AnyEvent::Task(task::Event::TaskEscalated { to, .. }) => to.to_string(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[tokio::test]
async fn nobody_reports_on_a_project_that_rests_until_it_goes_on() {
    let world = World::new().await;
    world.project(1, &[]).await;
    let reason = || -> Prose { word("no money") };
    world.of_project(1, Command::SuspendProject { reason: reason() }).await;
    world.at(day(20));
    world.follow().await;
    assert_eq!(world.count("ReportFellDue").await, 0);
    world.of_project(1, Command::ResumeProject { reason: reason() }).await;
    world.follow().await;
    assert_eq!(world.count("ReportFellDue").await, 1, "what was missed meanwhile is one report");
}

#[tokio::test]
async fn a_priority_is_looked_at_again_when_its_term_is_over() {
    let world = World::new().await;
    let text = world.draft(1).await;
    let adoption = world.endorse(1, &text).await;
    world.at(day(1));
    world.priority(1, &text, &adoption).await;
    falls_due(&world, "ReviewFellDue", after(101)).await;
    let tasks = world.tasks().await;
    let (_, role, review) =
        tasks.iter().find(|it| it.0 == "review-priority").unwrap_or_else(|| panic!("{tasks:?}"));
    assert_eq!((role.as_str(), escalated(&world, *review).await), ("coordinator", vec![]));
    falls_due(&world, "ReviewFellDue", after(201)).await;
    assert_eq!(escalated(&world, *review).await, ["chair"], "nobody looked at it before the next was due");
    world.retire(1).await;
    world.at(day(400));
    world.follow().await;
    assert_eq!(world.count("ReviewFellDue").await, 2);
}

#[tokio::test]
async fn a_task_that_is_late_goes_to_another_role_and_a_lease_ends() {
    let world = World::new().await;
    world.project(1, &[]).await;
    world.follow().await;
    let (_, _, task) = world.tasks().await.remove(0);
    world.at(day(9));
    let claim = task::Command::ClaimTask { worker: crate::given::person("ana"), lease_ms: 1_000 };
    world.ask::<Task>(task.0, claim).await;
    falls_due(&world, "LeaseExpired", after(9)).await;
    falls_due(&world, "TaskEscalated", after(10)).await;
}

#[tokio::test]
async fn a_clock_that_jumps_has_no_double_effect() {
    let world = World::new().await;
    world.project(1, &[]).await;
    for at in [day(40), day(2), day(41), day(1), day(40)] {
        world.at(at);
        world.follow().await;
    }
    assert_eq!(world.count("StageExpired").await, 1);
    let times: Vec<_> = world.records().await.iter().map(|it| it.recorded_at).collect();
    assert!(times.is_sorted_by(|a, b| a < b), "recorded strictly one after the other");
}
