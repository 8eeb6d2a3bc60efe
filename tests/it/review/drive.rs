//! What follows by itself in the review: who is asked for what, and who hears of it when nothing happens.
use super::world::World;
use pactline::domain::project::{Command, Project};
use uuid::Uuid;

#[tokio::test]
async fn a_recommendation_that_the_state_does_not_answer_comes_to_the_coordinator() {
    let mut world = World::new().await;
    let text = world.recommend(1).await;
    let report = world.adopt(1, "working-group", &text, None).await;
    world.adopt(1, "council", &text, Some(&report)).await;
    world.days(0).await;
    assert_eq!(world.asked_of().await, ["take-up: state-under-review"]);
    world.days(182).await;
    assert_eq!(world.asked_of().await.len(), 1, "the half year is not over");
    world.days(2).await;
    assert_eq!(world.asked_of().await, ["take-up: state-under-review", "then coordinator"]);
}

#[tokio::test]
async fn a_measure_that_is_implemented_is_looked_at_halfway_and_a_rapporteur_hears_when_it_is_not() {
    let mut world = World::new().await;
    world.implementing(1).await;
    world.days(0).await;
    let asked = world.asked_of().await;
    assert!(asked.contains(&"midterm-look: coordinator".to_owned()), "{asked:?}");
    world.days(821).await;
    assert_eq!(world.asked_of().await.last().map(String::as_str), Some("then rapporteur"));
}

#[tokio::test]
async fn a_measure_that_lingers_is_heard_of_and_one_whose_recommendation_is_off_the_list_is_flagged() {
    let mut world = World::new().await;
    let supported = world.supported(1).await;
    world.measure(1, &supported).await;
    world.days(366).await;
    assert!(world.asked_of().await.contains(&"late-stage: coordinator".to_owned()));
    world.retire(1).await;
    world.days(0).await;
    assert!(world.asked_of().await.contains(&"retain-or-replace: coordinator".to_owned()));
    let late = Command::ExpireStage { stage: "plan".parse().unwrap() };
    let again = world.ask::<Project>(Uuid::from_u128(1), late).await;
    assert!(again.is_err(), "a stage expires once");
}
