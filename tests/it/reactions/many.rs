//! A hundred thousand deadlines at once: each is met once.
use super::world::*;
use bytes::Bytes;
use pactline::codec;
use pactline::domain::Decider;
use pactline::domain::citation::StreamName;
use pactline::domain::id::TaskId;
use pactline::domain::task::{Event, Task};
use pactline::log::{Expected, NewRecord};
use uuid::Uuid;

const MANY: u128 = 100_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_deadlines_are_met_once_each() {
    let world = World::new().await;
    let meta = r#"{"command_id":"00000000-0000-0000-0000-000000000001","effective_at":"2020-01-01T00:00:00Z","actor":"ana"}"#;
    for n in 0..MANY {
        let task = TaskId(Uuid::from_u128(n + 1));
        let opened = Event::TaskOpened {
            task,
            kind: slug("plan"),
            title: word("A plan"),
            subject: project_stream(1),
            role: slug("donor"),
            due_at: Some(day(1)),
            attempts_max: 3,
            backoff_ms: 1,
            escalate_to: Some(slug("chair")),
        };
        let (kind, data) = codec::encode(&opened).unwrap();
        let id = Uuid::from_u128(1 << 100 | n);
        let record =
            NewRecord { id, kind, data, meta: Bytes::from_static(meta.as_bytes()), recorded_at: None };
        let stream = StreamName::new(Task::KIND, task.0);
        world.log.append(stream.as_str(), Expected::NoStream, vec![record]).await.unwrap();
    }
    world.caught_up().await;
    world.at(day(2));
    let (mut timer, mut other) = (world.timer(), world.timer());
    tokio::try_join!(timer.run_until_idle(), other.run_until_idle()).unwrap();
    assert_eq!(world.count("TaskEscalated").await, MANY as usize);
}
