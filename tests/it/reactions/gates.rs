//! A gate that money opens asks for more than money: what is on record about it must be so.
use super::world::*;
use crate::given::person;
use pactline::codec::{self, AnyEvent};
use pactline::domain::Decider;
use pactline::domain::charter::{self, Charter};
use pactline::domain::citation::{Reference, StreamName};
use pactline::domain::id::{CharterId, TaskId};
use pactline::domain::project::{Command, Event, Missing};
use pactline::domain::task::{self, Task};
use pactline::domain::text::Digest;
use pactline::engine::CommandMeta;
use uuid::Uuid;

/// The usual law, with this gate to its first stage, as a list in TOML.
async fn under(world: &World, gate: &str) -> Reference {
    let usual = r#"[{ funded = { percent = 80, basis = "committed" } }]"#;
    let text = LAW.replacen(usual, gate, 1);
    let (law, digest) = (toml::from_str(&text).unwrap(), Digest::of(text.as_bytes()));
    let id = CharterId::of(&text).0;
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

async fn by<D: Decider>(world: &World, who: &str, id: Uuid, command: D::Command) {
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
async fn of_kind(world: &World, kind: &str) -> Vec<TaskId> {
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
