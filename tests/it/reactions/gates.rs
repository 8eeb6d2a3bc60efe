//! A gate that money opens asks for more than money: what is on record about it must be so.
use super::world::*;
use crate::given::person;
use pactline::codec::{self, AnyEvent};
use pactline::domain::charter::{self, Charter};
use pactline::domain::citation::{Reference, StreamName};
use pactline::domain::id::{CharterId, TaskId, TransactionId};
use pactline::domain::money::Money;
use pactline::domain::project::{Command, DonorAsked, Event, Missing, Movement};
use pactline::domain::task::{self, Task};
use pactline::domain::text::Digest;
use pactline::domain::{Date, Decider};
use pactline::engine::CommandMeta;
use uuid::Uuid;

/// What the usual law's first gate asks for.
const MONEY: &str = r#"[{ funded = { percent = 80, basis = "committed" } }]"#;

/// The usual law, with this gate to its first stage, as a list in TOML.
async fn under(world: &World, gate: &str) -> Reference {
    published(world, &LAW.replacen(MONEY, gate, 1)).await
}

async fn published(world: &World, text: &str) -> Reference {
    let (law, digest) = (toml::from_str(text).unwrap(), Digest::of(text.as_bytes()));
    let id = CharterId::of(text).0;
    world.ask::<Charter>(id, charter::Command::PublishCharter { law, digest }).await;
    Reference::new(StreamName::new(Charter::KIND, id), 0)
}

/// A project under it.
async fn begun(world: &World, n: u128, law: &Reference) {
    let mut propose = World::proposal(n, &[]);
    if let Command::ProposeProject { charter, .. } = &mut propose {
        *charter = law.clone();
    }
    world.of_project(n, propose).await;
    world.follow().await;
}

pub(super) async fn by<D: Decider>(world: &World, who: &str, id: Uuid, command: D::Command) {
    let command_id = Uuid::new_v5(&id, &world.records().await.len().to_be_bytes());
    world.engine.execute::<D>(id, command, CommandMeta::now(command_id, person(who))).await.unwrap();
}

/// Somebody takes the task and does it.
async fn does(world: &World, who: &str, task: TaskId) {
    let worker = || person(who);
    by::<Task>(world, who, task.0, task::Command::ClaimTask { worker: worker(), lease_ms: 60_000 }).await;
    let complete = task::Command::CompleteTask { worker: worker(), outcome: word("it is done") };
    by::<Task>(world, who, task.0, complete).await;
}

/// The tasks of a kind.
pub(super) async fn of_kind(world: &World, kind: &str) -> Vec<TaskId> {
    world.tasks().await.into_iter().filter(|it| it.0 == kind).map(|it| it.2).collect()
}

/// What kept the gate shut, each time it was looked at.
async fn examined(world: &World) -> Vec<Vec<Missing>> {
    let missing = |it| match codec::decode_any(it).unwrap() {
        AnyEvent::Project(Event::GateExamined { missing, .. }) => Some(missing),
        _ => None,
    };
    world.records().await.iter().filter_map(missing).collect()
}

#[tokio::test]
async fn a_task_that_is_done_counts_when_money_has_the_gate_looked_at() {
    let world = World::new().await;
    let gate = r#"[{ funded = { percent = 80, basis = "committed" } }, { task_done = { kind = "plan" } }]"#;
    let law = under(&world, gate).await;
    begun(&world, 1, &law).await;
    does(&world, "ben", of_kind(&world, "plan").await[0]).await;
    world.commit(1, 90).await;
    world.follow().await;
    assert_eq!(examined(&world).await, [vec![]]);
    assert_eq!(of_kind(&world, "pass-gate").await.len(), 1);
    begun(&world, 2, &law).await;
    world.commit(2, 90).await;
    world.follow().await;
    let missing = examined(&world).await.remove(1);
    assert_eq!(missing.len(), 1, "the plan is not written: {missing:?}");
    assert_eq!(of_kind(&world, "pass-gate").await.len(), 1);
}

/// Money is undone.
async fn reverse(world: &World, n: u128, transaction: u128, of: u128) {
    let (transaction, of) = (TransactionId(Uuid::from_u128(transaction)), TransactionId(Uuid::from_u128(of)));
    world.of_project(n, Command::ReverseTransaction { transaction, of, reason: word("a mistake") }).await;
}

/// Norway commits so many dollars under this id.
async fn commit(world: &World, n: u128, transaction: u128, minor: i64) {
    let amount = Money { currency: "USD".parse().unwrap(), minor };
    let (transaction, value_date) = (TransactionId(Uuid::from_u128(transaction)), Date::constant(2020, 1, 2));
    let movement = Movement { transaction, amount, value_date, origin: None };
    let donor = DonorAsked { name: word("Norway"), partner: None };
    world.of_project(n, Command::CommitFunds { donor, pledge: None, movement }).await;
}

#[tokio::test]
async fn money_that_was_taken_back_and_comes_again_has_the_gate_looked_at_again() {
    let world = World::new().await;
    world.project(1, &[]).await;
    commit(&world, 1, 10, 90).await;
    world.follow().await;
    reverse(&world, 1, 11, 10).await;
    commit(&world, 1, 12, 79).await;
    world.follow().await;
    assert_eq!((world.count("ProjectFunded").await, world.count("GateExamined").await), (1, 1));
    commit(&world, 1, 13, 1).await;
    commit(&world, 1, 14, 1).await;
    world.follow().await;
    assert_eq!((world.count("ProjectFunded").await, world.count("GateExamined").await), (2, 2));
    let pass = of_kind(&world, "pass-gate").await;
    let [first, second] = pass.as_slice() else { panic!("{pass:?}") };
    assert!(world.cancelled(*first).await.unwrap().contains("looked at again"), "one task for one gate");
    assert_eq!(world.cancelled(*second).await, None);
}

#[tokio::test]
async fn money_that_came_in_an_earlier_stage_has_the_gate_looked_at_that_asks_for_it() {
    let world = World::new().await;
    let text = LAW.replacen("title = \"Delivery\"", &format!("title = \"Delivery\"\ngate = {MONEY}"), 1);
    let law = published(&world, &text.replacen(&format!("gate = {MONEY}\n"), "", 1)).await;
    begun(&world, 1, &law).await;
    commit(&world, 1, 10, 90).await;
    world.follow().await;
    world.of_project(1, Command::PassGate { stage: slug("design"), tasks: Vec::new() }).await;
    world.follow().await;
    assert_eq!(
        examined(&world).await,
        [vec![], vec![]],
        "in design, which asks for nothing, and in delivery"
    );
    let pass = of_kind(&world, "pass-gate").await;
    let called_off = (world.cancelled(pass[0]).await.is_some(), world.cancelled(pass[1]).await.is_some());
    assert_eq!((pass.len(), called_off), (2, (true, false)));
    begun(&world, 2, &law).await;
    world.of_project(2, Command::PassGate { stage: slug("design"), tasks: Vec::new() }).await;
    world.follow().await;
    assert_eq!(world.count("GateExamined").await, 2, "there is nothing to look at without money");
}
