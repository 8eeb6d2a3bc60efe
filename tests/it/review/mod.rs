//! Another pipeline through the same engine: the Universal Periodic Review, under the charter in charters/. Its rules
//! are those of Human Rights Council resolutions 5/1 and 16/21; the States and texts in these stories are made up.
mod drive;
mod measure;
mod world;

use pactline::domain::charter::check_text;
use pactline::domain::consultation::{Tally, Vote};
use pactline::views::trace::Verdict;
use std::path::Path;
use world::*;

#[tokio::test]
async fn the_charter_is_sound_and_is_published_as_it_is() {
    assert!(check_text(CHARTER).is_ok(), "{:?}", check_text(CHARTER).err());
    let world = World::new().await;
    assert_eq!(world.law_name().await, "universal-periodic-review");
}

#[tokio::test]
async fn a_supported_recommendation_becomes_a_measure_that_is_traced_to_the_covenant() {
    let mut world = World::new().await;
    world.implementing(1).await;
    let looked = world.look(1).await;
    world.result(1).await;
    world.pass(1, "implementation", &[looked]).await.unwrap();
    world.attach(1, "national-report").await;
    world.review(1).await;
    world.complete(1).await.unwrap();
    assert_eq!(world.verdicts(1).await, [Verdict::Complete]);
    let steps = world.steps(1).await;
    let wanted =
        ["ProjectProposed", "PrioritySet", "ConsensusReached", "RecommendationDrafted", "ProvisionDefined"];
    assert!(wanted.iter().all(|it| steps.iter().any(|step| step == it)), "{steps:?}");
}

#[tokio::test]
async fn a_recommendation_that_is_only_noted_carries_no_measure() {
    let mut world = World::new().await;
    let text = world.recommend(1).await;
    let report = world.adopt(1, "working-group", &text, None).await;
    world.adopt(1, "council", &text, Some(&report)).await;
    world.measure_alone(1).await;
    world.attach(1, "implementation-plan").await;
    world.attach(1, "consultation-summary").await;
    let shut = world.pass(1, "plan", &[]).await.unwrap_err();
    assert!(shut.contains("no cited priority is live"), "{shut}");
}

#[tokio::test]
async fn nobody_but_the_state_under_review_says_what_it_supports() {
    let mut world = World::new().await;
    let text = world.recommend(1).await;
    let report = world.adopt(1, "working-group", &text, None).await;
    let outcome = world.adopt(1, "council", &text, Some(&report)).await;
    let refused = world.support_as("NOR", 1, &text, &outcome).await.unwrap_err();
    assert!(refused.contains("state-under-review"), "{refused}");
}

#[tokio::test]
async fn what_the_working_group_recommends_is_no_outcome_before_the_plenary_adopts_it() {
    let mut world = World::new().await;
    let text = world.recommend(1).await;
    let report = world.adopt(1, "working-group", &text, None).await;
    let refused = world.support(1, &text, &report).await.unwrap_err();
    assert!(refused.contains("council"), "{refused}");
}

#[tokio::test]
async fn the_plenary_votes_when_a_member_asks_for_it_and_those_who_abstain_do_not_count() {
    let mut world = World::new().await;
    let text = world.recommend(1).await;
    let report = world.adopt(1, "working-group", &text, None).await;
    world.open(1, "council", &text, Some(&report)).await;
    world.ask_for_a_vote(1, "BRA").await;
    for (who, vote) in [("BRA", Vote::No), ("FRA", Vote::Yes), ("GHA", Vote::Yes), ("JPN", Vote::Abstain)] {
        world.vote(1, who, vote).await;
    }
    let closed = world.declare(1, Tally { yes: 2, no: 1, abstain: 1 }).await;
    assert_eq!(closed, "AdoptedByVote");
}

#[tokio::test]
async fn the_state_may_not_be_its_own_assisting_partner() {
    let mut world = World::new().await;
    let supported = world.supported(1).await;
    world.measure(1, &supported).await;
    assert!(world.approve(1, "MNG").await.is_err());
}

/// A pipeline is data. Only what brings other people's files in, and tells the demonstration's story, may know one.
#[test]
fn the_engine_names_no_pipeline() {
    let known = ["paris-pact", "paris_pact", "Paris Pact", "periodic-review"];
    let mut named = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = open.pop() {
        for entry in folder.read_dir().unwrap().map(|it| it.unwrap().path()) {
            match entry.is_dir() {
                true if ["exchange", "cli"].iter().any(|it| entry.ends_with(it)) => {}
                true => open.push(entry),
                false => {
                    let text = std::fs::read_to_string(&entry).unwrap();
                    let code = text.lines().filter(|it| !it.trim_start().starts_with("//"));
                    let found = code.filter(|line| known.iter().any(|it| line.contains(it)));
                    named.extend(found.map(|line| format!("{}: {line}", entry.display())));
                }
            }
        }
    }
    assert!(named.is_empty(), "{}", named.join("\n"));
}
