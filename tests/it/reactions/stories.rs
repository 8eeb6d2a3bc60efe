//! One story per reaction: what happened, and what follows from it.
use super::world::*;
use pactline::clock::Clock;
use pactline::codec::{AnyEvent, decode_any};
use pactline::domain::citation::{Citation, Reference, StreamName};
use pactline::domain::id::TaskId;
use pactline::domain::mandate::{self, Mandate};
use pactline::domain::priority::PriorityList;
use pactline::domain::project::{Command, Project};
use pactline::domain::recommendation::{self, Event::RecommendationEndorsed, FollowUp, Recommendation};
use pactline::engine::{Engine, event_id};
use pactline::reactions::{Reactor, all, flag_task, order_task, take_up_task};
use uuid::Uuid;

/// The citation of an event that is on record.
async fn cited(world: &World, reference: &Reference) -> Citation {
    let records = world.records().await;
    let is = |it: &&pactline::log::Record| {
        *it.stream == *reference.stream.as_str() && it.revision == reference.revision
    };
    let event_id = records.iter().find(is).unwrap().id;
    let (stream, revision) = (reference.stream.clone(), reference.revision);
    Citation { event_id, stream, revision }
}

/// The tasks of taking up the `n`th recommendation, in the order in which it was endorsed.
async fn taking_up(world: &World, n: u128) -> Vec<TaskId> {
    let stream = format!("recommendation-{}", Uuid::from_u128(n));
    let records = world.records().await;
    let endorsed = |it: &pactline::log::Record| match decode_any(it).unwrap() {
        AnyEvent::Recommendation(RecommendationEndorsed { adoption, again, .. }) => {
            Some(take_up_task(if again { it.id } else { adoption.event_id }))
        }
        _ => None,
    };
    records.iter().filter(|it| *it.stream == *stream).filter_map(endorsed).collect()
}

#[tokio::test]
async fn a_silence_that_ends_closes_the_consultation_and_the_last_forum_endorses() {
    let world = World::new().await;
    let text = world.draft(1).await;
    world.endorse(1, &text).await;
    let expected = ["ConsensusReached", "ConsensusReached", "RecommendationEndorsed", "TaskOpened"];
    assert_eq!(world.by_itself().await, expected);
    let task = taking_up(&world, 1).await[0];
    assert_eq!(world.tasks().await, [("take-up".into(), "coordinator".into(), task)]);
}

#[tokio::test]
async fn a_priority_takes_an_endorsed_recommendation_up() {
    let world = World::new().await;
    let text = world.draft(1).await;
    let adoption = world.endorse(1, &text).await;
    world.priority(1, &text, &adoption).await;
    world.follow().await;
    let task = taking_up(&world, 1).await[0];
    let why = world.cancelled(task).await.unwrap();
    assert!(why.contains("answers it"), "{why}");
}

#[tokio::test]
async fn a_report_or_a_withdrawal_ends_the_taking_up() {
    let world = World::new().await;
    for n in [1, 2] {
        let text = world.draft(n).await;
        world.endorse(n, &text).await;
        let command = match n {
            1 => recommendation::Command::ReportFollowUp {
                follow_up: FollowUp::UnderWay,
                report: word("begun"),
                project: None,
            },
            _ => recommendation::Command::WithdrawRecommendation { reason: word("overtaken") },
        };
        world.ask::<Recommendation>(Uuid::from_u128(n), command).await;
        world.follow().await;
        assert!(world.cancelled(taking_up(&world, n).await[0]).await.is_some(), "{n}");
    }
}

#[tokio::test]
async fn a_text_that_was_put_back_and_is_endorsed_by_the_same_adoption_is_to_be_taken_up_again() {
    let world = World::new().await;
    let text = world.draft(1).await;
    let adoption = world.endorse(1, &text).await;
    world.mandate("A/RES/2", "2009").await;
    let provision = world.provision("A/RES/2").await;
    for words in ["Do another thing.", "Do the 1th thing."] {
        let provisions = vec![provision.clone()];
        let revise = recommendation::Command::ReviseText { text: word(words), provisions };
        world.ask::<Recommendation>(Uuid::from_u128(1), revise).await;
        world.follow().await;
    }
    let endorse = recommendation::Command::EndorseRecommendation { adoption: adoption.clone() };
    world.ask::<Recommendation>(Uuid::from_u128(1), endorse).await;
    world.follow().await;
    let tasks = taking_up(&world, 1).await;
    let [first, second] = tasks.as_slice() else { panic!("{tasks:?}") };
    assert_eq!(*first, take_up_task(cited(&world, &adoption).await.event_id), "as it always was");
    assert!(world.cancelled(*first).await.is_some());
    assert_eq!(world.cancelled(*second).await, None);
    assert!(world.tasks().await.iter().any(|(_, _, it)| it == second), "it is put up");
}

#[tokio::test]
async fn a_priority_on_what_an_older_text_was_endorsed_by_leaves_the_newer_one_to_be_taken_up() {
    let world = World::new().await;
    let text = world.draft(1).await;
    let older = world.endorse(1, &text).await;
    let set = world.setting(1, &text, &older);
    let priority = Reference::new(StreamName::new("priority", list()), 0);
    world.ask_of_the_past::<PriorityList>(list(), set, world.engine.clock().now()).await;
    world.mandate("A/RES/2", "2009").await;
    let provisions = vec![world.provision("A/RES/2").await];
    let revise = recommendation::Command::ReviseText { text: word("Do another thing."), provisions };
    let text = world.ask::<Recommendation>(Uuid::from_u128(1), revise).await;
    world.endorse(2, &text).await;
    let answer = recommendation::Command::AnswerRecommendation { priority };
    world.ask::<Recommendation>(Uuid::from_u128(1), answer).await;
    world.follow().await;
    let tasks = taking_up(&world, 1).await;
    let [first, second] = tasks.as_slice() else { panic!("{tasks:?}") };
    assert!(world.cancelled(*first).await.is_some());
    assert_eq!(world.cancelled(*second).await, None);
}

#[tokio::test]
async fn what_nobody_takes_up_comes_before_another_role() {
    let world = World::new().await;
    let text = world.draft(1).await;
    world.endorse(1, &text).await;
    world.at(day(30));
    world.follow().await;
    assert_eq!(world.count("TaskEscalated").await, 0, "30 days after the endorsement, not before");
    world.at(day(31));
    world.follow().await;
    assert_eq!(world.count("TaskEscalated").await, 1);
}

#[tokio::test]
async fn a_stage_orders_its_work() {
    let world = World::new().await;
    let proposed = world.project(1, &[]).await;
    world.follow().await;
    let entry = cited(&world, &Reference::new(proposed.stream, 1)).await;
    let task = order_task(entry.event_id, 0);
    assert_eq!(world.tasks().await, [("plan".into(), "coordinator".into(), task)]);
}

#[tokio::test]
async fn funding_that_crosses_the_threshold_opens_the_gate_to_whoever_passes_it() {
    let world = World::new().await;
    world.project(1, &[]).await;
    world.commit(1, 79).await;
    world.follow().await;
    assert_eq!(world.count("GateExamined").await, 0);
    world.project(2, &[]).await;
    world.commit(2, 80).await;
    world.follow().await;
    assert_eq!(world.count("GateExamined").await, 1);
    let pass: Vec<_> = world.tasks().await.into_iter().filter(|it| it.0 == "pass-gate").collect();
    assert_eq!(pass.len(), 1);
    world.of_project(2, Command::PassGate { stage: slug("design"), tasks: Vec::new() }).await;
    world.follow().await;
    assert_eq!(world.cancelled(pass[0].2).await.as_deref(), Some("the project left the stage"));
}

#[tokio::test]
async fn a_retired_priority_flags_the_projects_that_cite_it() {
    let world = World::new().await;
    let text = world.draft(1).await;
    let adoption = world.endorse(1, &text).await;
    let one = world.priority(1, &text, &adoption).await;
    let other = world.priority(2, &text, &adoption).await;
    world.project(1, &[&one, &other]).await;
    world.project(2, &[&other]).await;
    world.follow().await;
    world.retire(1).await;
    world.follow().await;
    assert_eq!(world.count("CitationFlagged").await, 1);
    let task = flag_task(&project_stream(1), &one);
    assert!(world.tasks().await.contains(&("retain-or-replace".into(), "coordinator".into(), task)));
    world.of_project(1, Command::RevokeCitation { cited: one, reason: word("replaced") }).await;
    world.follow().await;
    assert!(world.cancelled(task).await.is_some());
}

/// Project 1 cites a provision of A/RES/1, and there is a newer text, A/RES/2.
async fn cited_beside_a_newer_text(world: &World) -> (Reference, Reference) {
    world.mandate("A/RES/1", "2009").await;
    let provision = world.provision("A/RES/1").await;
    let newer = world.mandate("A/RES/2", "2019").await;
    world.project(1, &[]).await;
    world.except(1, &provision).await;
    (provision, newer)
}

#[tokio::test]
async fn a_superseded_mandate_flags_the_projects_that_cite_it_until_it_is_retained() {
    let world = World::new().await;
    let (provision, newer) = cited_beside_a_newer_text(&world).await;
    let supersede = mandate::Command::SupersedeMandate { by: newer };
    world.ask::<Mandate>(mandate_of("A/RES/1"), supersede).await;
    world.follow().await;
    let task = flag_task(&project_stream(1), &provision);
    assert!(world.tasks().await.contains(&("retain-or-replace".into(), "coordinator".into(), task)));
    let (reason, decided_by) = (word("it still binds"), word("The chair"));
    let retain = mandate::Command::RetainCitation { citing: project_stream(1), reason, decided_by };
    world.ask::<Mandate>(mandate_of("A/RES/1"), retain).await;
    world.follow().await;
    assert!(world.cancelled(task).await.is_some());
}

#[tokio::test]
async fn a_citation_made_at_the_moment_of_a_retirement_is_flagged_too() {
    let world = World::new().await;
    let text = world.draft(1).await;
    let adoption = world.endorse(1, &text).await;
    let one = world.priority(1, &text, &adoption).await;
    // Nobody looks at the retirement but whoever cited: the reactions to it are as good as over.
    world.project(1, &[&one]).await;
    let before = world.count("CitationFlagged").await;
    world.retire(1).await;
    let flag = Command::FlagCitation { cited: one };
    world.of_project(1, flag).await;
    world.follow().await;
    assert_eq!((before, world.count("CitationFlagged").await), (0, 1), "and once, whoever asks");
}

#[tokio::test]
async fn what_is_over_leaves_no_work_behind_but_what_people_asked_of_each_other() {
    let world = World::new().await;
    world.project(1, &[]).await;
    world.follow().await;
    let (_, _, task) = world.tasks().await.remove(0);
    let theirs = super::deadlines::open(&world, 99, 300, "donor").await;
    world.of_project(1, Command::CancelProject { reason: word("no money") }).await;
    world.follow().await;
    assert_eq!(world.cancelled(task).await.as_deref(), Some("the project is over"));
    assert_eq!(world.cancelled(theirs).await, None);
}

#[test]
fn the_ids_of_what_follows_never_change() {
    let event = Uuid::from_u128(1);
    assert_eq!(take_up_task(event).to_string(), "0d2b1b56-699b-5498-bd74-81b8afaf1747");
    assert_eq!(order_task(event, 1).to_string(), "0d3814c7-65ab-558c-911c-2b07ac7e93e1");
    assert_eq!(
        flag_task(&project_stream(1), &Reference::new(project_stream(2), 3)).to_string(),
        "25a402c4-580c-5738-b42d-a27ba9b072cc"
    );
    let names: std::collections::BTreeSet<&str> = all().iter().map(|it| it.name()).collect();
    assert_eq!(
        names.into_iter().collect::<Vec<_>>(),
        ["citations", "endorsement", "gate", "orders", "reminders", "settle", "take-up"]
    );
}

#[tokio::test]
async fn nobody_is_asked_to_act_on_what_a_document_tells_of_the_past() {
    let world = World::new().await;
    world.ask_of_the_past::<Project>(Uuid::from_u128(9), World::proposal(9, &[]), day(0)).await;
    world.at(day(300));
    world.follow().await;
    assert_eq!(world.by_itself().await, [""; 0]);
}

#[tokio::test]
async fn what_follows_names_the_event_it_follows_from() {
    let world = World::new().await;
    let proposed = world.project(1, &[]).await;
    world.follow().await;
    let entry = cited(&world, &Reference::new(proposed.stream, 1)).await;
    let records = world.records().await;
    let opened = records.iter().find(|it| &*it.kind == "TaskOpened").unwrap();
    let meta = pactline::codec::decode_meta(opened).unwrap();
    assert_eq!((meta.causation_id, meta.actor.as_str()), (Some(entry.event_id), "pactline"));
    assert_eq!(opened.id, event_id(meta.command_id, 0));
}

#[tokio::test]
async fn a_replica_whose_clock_is_behind_flags_what_fell_away_all_the_same() {
    let world = World::new().await;
    let (_, newer) = cited_beside_a_newer_text(&world).await;
    world.at(day(5));
    world.ask::<Mandate>(mandate_of("A/RES/1"), mandate::Command::SupersedeMandate { by: newer }).await;
    let behind = Engine::new(world.log.clone(), Clock::reading(|| day(2).as_microsecond()), 100);
    let dir = world.dir.path().join("behind");
    let mut reactor = Reactor::open(&dir, behind, world.views.clone(), all()).await.unwrap();
    reactor.run_until_idle().await.unwrap();
    assert_eq!(world.count("CitationFlagged").await, 1);
}
