//! Each verdict holds exactly when it should, by position and by date.
use super::world::*;
use pactline::domain::charter::Majority;
use pactline::domain::citation::Reference;
use pactline::domain::consultation::{Consultation, Event, Subject, Tally};
use pactline::domain::id::RecommendationId;
use pactline::domain::id::TransactionId;
use pactline::domain::project::{self, Project};
use pactline::domain::text::Digest;
use pactline::log::Position;
use pactline::views::AsOf;
use pactline::views::trace::{self, Below, Verdict, Verdict::*};
use uuid::Uuid;

/// `A/1` has a paragraph; recommendation 1 serves it, both forums adopt it by day 2, priority 1 is set.
async fn endorsed() -> (World, Reference, Reference) {
    let mut world = World::new().await;
    world.mandate("A/1", "2012").await;
    let provision = world.provision("A/1", "para. 1").await;
    let text = world.draft(1, &[&provision]).await;
    let adoption = world.endorse(1, &text).await;
    let priority = world.priority(1, &text, &adoption).await;
    world.today = 10;
    (world, provision, priority)
}

#[tokio::test]
async fn a_project_on_an_endorsed_priority_is_traced_to_its_provision_and_instrument() {
    let (mut world, _, priority) = endorsed().await;
    world.project(1, &[&priority]).await;
    let trace = world.trace(1, AsOf::Now).await;
    assert_eq!(verdicts(&trace), [Complete]);
    let steps = trace.steps.iter().map(|it| (trace.nodes[it.from].kind.as_str(), it.role.to_string()));
    let expected = [
        ("ProjectProposed", "priority"),
        ("PrioritySet", "adoption"),
        ("ConsensusReached", "text"),
        ("ConsensusReached", "previous"),
        ("RecommendationDrafted", "provision"),
        ("ConsensusReached", "text"),
        ("ProvisionDefined", "part_of"),
        ("ProjectProposed", "charter"),
        ("ProjectProposed", "partner"),
    ];
    assert_eq!(steps.collect::<Vec<_>>(), expected.map(|(from, role)| (from, role.to_owned())));
    let decision = trace.nodes.iter().find(|it| it.kind == "ConsensusReached").unwrap();
    assert_eq!(
        (decision.decider.as_str(), decision.title.as_str()),
        ("Policy Group", "Policy Group: adopted by silence")
    );
    assert_eq!(trace.nodes[2].source.as_ref().unwrap().symbol.as_str(), "records");
    assert!(trace.nodes.iter().any(|it| it.title == "A/1, para. 1"));
}

#[tokio::test]
async fn a_project_that_cites_nothing_is_broken_until_it_cites_something_and_again_when_that_is_revoked() {
    let (mut world, _, priority) = endorsed().await;
    world.project(1, &[]).await;
    world.today = 11;
    world.cite(1, &priority).await.unwrap();
    world.today = 12;
    world.revoke(1, &priority).await.unwrap();
    assert_eq!(world.verdicts_on(1, 10).await, [Broken]);
    assert_eq!(world.verdicts_on(1, 11).await, [Complete]);
    assert_eq!(world.verdicts_on(1, 12).await, [Broken]);
    world.today = 13;
    world.cite(1, &priority).await.unwrap();
    assert_eq!(world.verdicts(1).await, [Complete], "what was revoked can be cited anew");
}

#[tokio::test]
async fn a_retired_priority_breaks_the_trace_from_then_on() {
    let (mut world, _, priority) = endorsed().await;
    world.project(1, &[&priority]).await;
    let before = world.records().await.last().unwrap().clone();
    world.today = 11;
    world.retire(1).await.unwrap();
    let trace = world.trace(1, AsOf::Now).await;
    assert_eq!(verdicts(&trace), [Broken]);
    assert_eq!(trace.findings[0].reason, "the priority Priority 1 was retired: it is done");
    assert_eq!(verdicts(&world.trace(1, AsOf::Position(before.position)).await), [Complete]);
    assert_eq!(verdicts(&world.trace(1, AsOf::RecordedAt(before.recorded_at)).await), [Complete]);
    assert_eq!(world.verdicts_on(1, 10).await, [Complete]);
}

#[tokio::test]
async fn another_priority_of_the_list_that_is_retired_breaks_nothing() {
    let (mut world, provision, priority) = endorsed().await;
    let text = world.draft(2, &[&provision]).await;
    let adoption = world.endorse(2, &text).await;
    world.priority(2, &text, &adoption).await;
    world.project(1, &[&priority]).await;
    world.retire(2).await.unwrap();
    assert_eq!(world.verdicts(1).await, [Complete]);
}

#[tokio::test]
async fn a_withdrawn_recommendation_breaks_the_trace_from_then_on() {
    let (mut world, _, priority) = endorsed().await;
    world.project(1, &[&priority]).await;
    world.today = 11;
    world.withdraw(1).await;
    assert_eq!(world.verdicts(1).await, [Broken]);
    assert_eq!(world.verdicts_on(1, 10).await, [Complete]);
}

#[tokio::test]
async fn what_took_effect_later_is_missing_before() {
    let (mut world, _, priority) = endorsed().await;
    world.today = 0;
    world.project(1, &[&priority]).await;
    let trace = world.trace(1, AsOf::EffectiveAt(day(1))).await;
    assert_eq!(verdicts(&trace), [Broken]);
    assert!(trace.findings[0].reason.contains("did not count yet"), "{}", trace.findings[0].reason);
}

#[tokio::test]
async fn a_trace_is_stale_from_the_supersession_of_its_text_until_somebody_retains_it() {
    let (mut world, _, priority) = endorsed().await;
    let newer = world.mandate("A/2", "2024").await;
    world.project(1, &[&priority]).await;
    world.today = 11;
    world.supersede("A/1", &newer).await.unwrap();
    world.today = 12;
    let elsewhere = proposal(99).stream;
    world.retain("A/1", &elsewhere).await.unwrap();
    world.today = 13;
    world.retain("A/1", &proposal(1).stream).await.unwrap();
    assert_eq!(world.verdicts_on(1, 10).await, [Complete]);
    assert_eq!(world.verdicts_on(1, 11).await, [Stale]);
    assert_eq!(world.verdicts_on(1, 12).await, [Stale], "retained for another project");
    assert_eq!(world.verdicts(1).await, [Complete]);
}

#[tokio::test]
async fn text_retained_for_the_recommendation_is_retained_for_what_rests_on_it() {
    let (mut world, _, priority) = endorsed().await;
    let newer = world.mandate("A/2", "2024").await;
    world.project(1, &[&priority]).await;
    world.supersede("A/1", &newer).await.unwrap();
    let recommendation = pactline::domain::citation::StreamName::new("recommendation", Uuid::from_u128(1));
    world.retain("A/1", &recommendation).await.unwrap();
    assert_eq!(world.verdicts(1).await, [Complete]);
}

#[tokio::test]
async fn a_reservation_before_the_expert_group_is_shown_for_ever_after() {
    let mut world = World::new().await;
    world.mandate("A/1", "2012").await;
    let provision = world.provision("A/1", "para. 1").await;
    let text = world.draft(1, &[&provision]).await;
    world.open(11, "experts", &text, None).await;
    world.reserve(11, "2-a").await;
    let experts = world.adopt(11).await;
    world.open(12, "policy", &text, Some(&experts)).await;
    let adoption = world.adopt(12).await;
    let priority = world.priority(1, &text, &adoption).await;
    world.project(1, &[&priority]).await;
    let trace = world.trace(1, AsOf::Now).await;
    assert_eq!(verdicts(&trace), [Contested]);
    let expected = "Tajikistan reserved on para. 2-a: our law differs (Experts: adopted by silence)";
    assert_eq!(trace.findings[0].reason, expected);
    let decision = &trace.findings[0].events[0];
    assert_eq!((decision.stream.clone(), decision.revision), (experts.stream, experts.revision));
}

#[tokio::test]
async fn a_vote_whose_count_is_disputed_is_contested() {
    let mut world = World::new().await;
    world.mandate("A/1", "2012").await;
    let provision = world.provision("A/1", "para. 1").await;
    let text = world.draft(1, &[&provision]).await;
    world.open(11, "experts", &text, None).await;
    let experts = world.adopt(11).await;
    world.open(12, "policy", &text, Some(&experts)).await;
    let named = world.records().await;
    let named = named.iter().find(|it| *it.stream == *text.stream.as_str()).unwrap();
    let citation = pactline::domain::citation::Citation {
        event_id: named.id,
        stream: text.stream.clone(),
        revision: text.revision,
    };
    let by_vote = Event::AdoptedByVote {
        majority: Majority { share: "1/2".to_owned().try_into().unwrap(), strict: true },
        subject: Subject::Recommendation {
            recommendation: RecommendationId(Uuid::from_u128(1)),
            text: citation,
            digest: Digest::of(b"Do the 1th thing."),
        },
        previous: None,
        meeting: None,
        recorded: Tally { yes: 30, no: 3, abstain: 17 },
        disputed: Some(Tally { yes: 30, no: 3, abstain: 18 }),
        reservations: Vec::new(),
    };
    let adoption = world.force::<Consultation>(Uuid::from_u128(12), by_vote).await;
    let priority = world.priority(1, &text, &adoption).await;
    world.project(1, &[&priority]).await;
    let trace = world.trace(1, AsOf::Now).await;
    assert_eq!(verdicts(&trace), [Contested]);
    assert!(trace.findings[0].reason.contains("declared 30-3-18"), "{}", trace.findings[0].reason);
}

#[tokio::test]
async fn money_of_a_day_before_the_endorsement_makes_a_trace_retroactive_until_it_is_reversed() {
    let (mut world, _, priority) = endorsed().await;
    world.project(1, &[&priority]).await;
    world.commit(1, 7, date(2)).await;
    assert_eq!(world.verdicts(1).await, [Complete], "of the day itself");
    let early = world.commit(1, 8, date(1)).await;
    let trace = world.trace(1, AsOf::Now).await;
    assert_eq!(verdicts(&trace), [Retroactive]);
    assert_eq!(trace.findings[0].events[0].revision, early.revision);
    assert!(trace.findings[0].reason.contains("2019-01-02"), "{}", trace.findings[0].reason);
    let reverse = project::Command::ReverseTransaction {
        transaction: TransactionId(Uuid::from_u128(9)),
        of: TransactionId(Uuid::from_u128(8)),
        reason: word("it was of the year after"),
    };
    world.today = 11;
    world.ask::<Project>(Uuid::from_u128(1), reverse).await.unwrap();
    assert_eq!(world.verdicts(1).await, [Complete]);
    assert_eq!(world.verdicts_on(1, 10).await, [Retroactive]);
}

#[tokio::test]
async fn money_that_was_committed_before_the_endorsement_took_effect_is_retroactive_whatever_its_value_date()
{
    let (mut world, _, priority) = endorsed().await;
    world.today = 1;
    world.project(1, &[&priority]).await;
    world.commit(1, 7, date(300)).await;
    assert_eq!(world.verdicts(1).await, [Retroactive]);
}

#[tokio::test]
async fn a_document_cited_as_a_whole_is_partial_and_a_provision_by_exception_is_not() {
    let (mut world, provision, _) = endorsed().await;
    let document = world.mandate("A/9", "2012").await;
    world.project(1, &[]).await;
    world.except(1, &document).await.unwrap();
    assert_eq!(world.verdicts(1).await, [Partial]);
    world.today = 11;
    world.except(1, &provision).await.unwrap();
    let trace = world.trace(1, AsOf::Now).await;
    assert_eq!(verdicts(&trace), [Complete]);
    let provision = trace.nodes.iter().find(|it| it.kind == "ProvisionDefined").unwrap();
    let excepted = "cited without a priority: it is urgent; decided by The chair";
    assert!(provision.details.iter().any(|it| it == excepted), "{:?}", provision.details);
    assert_eq!(world.verdicts_on(1, 10).await, [Partial]);
}

#[tokio::test]
async fn a_superseded_document_is_partial_and_stale_at_once() {
    let (mut world, _, _) = endorsed().await;
    let document = world.mandate("A/9", "2012").await;
    let newer = world.mandate("A/10", "2024").await;
    world.project(1, &[]).await;
    world.except(1, &document).await.unwrap();
    world.supersede("A/9", &newer).await.unwrap();
    assert_eq!(world.verdicts(1).await, [Stale, Partial]);
}

#[tokio::test]
async fn there_is_no_trace_of_what_is_not_on_record_yet() {
    let (mut world, _, priority) = endorsed().await;
    world.project(1, &[&priority]).await;
    let db = world.view().await;
    let asked = |as_of| trace::trace(&db, &proposal(1), as_of).unwrap().map(|it| verdicts(&it));
    assert_eq!(asked(AsOf::Position(Position(3))), None);
    assert_eq!(asked(AsOf::EffectiveAt(day(9))), None);
    assert_eq!(asked(AsOf::EffectiveAt(day(10))), Some(vec![Verdict::Complete]));
    let mistaken = Reference { event_id: Some(Uuid::from_u128(1)), ..proposal(1) };
    assert_eq!(trace::trace(&db, &mistaken, AsOf::Now).unwrap(), None, "another event is there");
}

#[tokio::test]
async fn the_projects_on_an_instrument_come_in_pages_and_each_with_its_path() {
    let (mut world, _, priority) = endorsed().await;
    for n in 1..=5 {
        world.project(n, &[&priority]).await;
    }
    let db = world.view().await;
    let instrument = pactline::domain::citation::StreamName::new("mandate", mandate_of("A/1").0);
    let mut asked =
        trace::Dependents { kind: Some("project".into()), most: 2, ..all_of(Below::Stream(instrument)) };
    let mut found = Vec::new();
    loop {
        let page = trace::dependents(&db, &asked, AsOf::Now).unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        asked.after = Some(last.stream.clone());
        found.extend(page);
    }
    let streams: Vec<_> = found.iter().map(|it| it.stream.clone()).collect();
    assert_eq!(streams, (1..=5).map(|n| proposal(n).stream).collect::<Vec<_>>());
    let path: Vec<&str> = found[0].path.iter().map(|it| it.stream.kind()).collect();
    assert_eq!(path, ["project", "priority", "consultation", "recommendation", "mandate"]);
    assert_eq!(found[0].title, "Project 1");
}
