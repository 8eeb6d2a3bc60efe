//! Engines that are overtaken: by what a dropped call left behind, and by other engines on the same log.
use crate::given::person;
use async_trait::async_trait;
use futures::FutureExt;
use pactline::clock::Clock;
use pactline::domain::partner::{self, Partner, Party};
use pactline::domain::task::{self, Task};
use pactline::engine::{CommandMeta, Engine, Outcome};
use pactline::log::{
    Appended, Error, Expected, Ids, Log, MemoryLog, NewRecord, Payload, Place, Position, Promises, Record,
    Records, Writers,
};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// A log whose appends arrive when they are let through, whether anybody waits for them or not.
struct Queue {
    log: MemoryLog,
    held: Mutex<Vec<(String, Expected, Vec<NewRecord>)>>,
    holds: Mutex<bool>,
}

impl Queue {
    fn new() -> Arc<Self> {
        let clock = Clock::system();
        let log = MemoryLog::new(move || clock.now());
        Arc::new(Self { log, held: Mutex::default(), holds: Mutex::new(false) })
    }

    fn hold(&self) {
        *self.holds.lock().unwrap() = true;
    }

    async fn let_through(&self) {
        *self.holds.lock().unwrap() = false;
        let held = std::mem::take(&mut *self.held.lock().unwrap());
        for (stream, expected, records) in held {
            self.log.append(&stream, expected, records).await.unwrap();
        }
    }
}

#[async_trait]
impl Log for Queue {
    async fn append(&self, to: &str, expected: Expected, new: Vec<NewRecord>) -> Result<Appended, Error> {
        if *self.holds.lock().unwrap() {
            self.held.lock().unwrap().push((to.into(), expected, new));
            return futures::future::pending().await;
        }
        self.log.append(to, expected, new).await
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.log.read_stream(stream, from)
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        self.log.read_all(after)
    }

    fn follow(&self, after: Option<Position>) -> Records {
        self.log.follow(after)
    }

    async fn redact(&self, place: &Place, payload: Payload) -> Result<(), Error> {
        self.log.redact(place, payload).await
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        self.log.head().await
    }

    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        self.log.event_at(position).await
    }

    fn promises(&self) -> Promises {
        self.log.promises()
    }
}

/// A log that others append to as well.
struct Shared(MemoryLog);

#[async_trait]
impl Log for Shared {
    async fn append(&self, to: &str, expected: Expected, new: Vec<NewRecord>) -> Result<Appended, Error> {
        self.0.append(to, expected, new).await
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.0.read_stream(stream, from)
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        self.0.read_all(after)
    }

    fn follow(&self, after: Option<Position>) -> Records {
        self.0.follow(after)
    }

    async fn redact(&self, place: &Place, payload: Payload) -> Result<(), Error> {
        self.0.redact(place, payload).await
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        self.0.head().await
    }

    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        self.0.event_at(position).await
    }

    fn promises(&self) -> Promises {
        Promises { ids: Ids::UniqueInTheLog, writers: Writers::Many, wipes: true }
    }
}

fn meta(n: u128) -> CommandMeta {
    CommandMeta::now(Uuid::from_u128(n), person("recorder"))
}

fn austria() -> Party {
    Party::Country("AUT".parse().unwrap())
}

fn admit() -> partner::Command {
    partner::Command::AdmitPartner { party: austria(), name: "Austria".try_into().unwrap() }
}

fn grant() -> partner::Command {
    partner::Command::GrantRole { role: "donor".try_into().unwrap() }
}

async fn ask(engine: &Engine, n: u128, command: partner::Command) -> Outcome {
    engine.execute::<Partner>(austria().id().0, command, meta(n)).await.unwrap()
}

#[tokio::test]
async fn what_arrives_after_its_caller_was_dropped_is_not_overlooked() {
    let log = Queue::new();
    let engine = Engine::new(log.clone(), Clock::system(), 64);
    ask(&engine, 1, admit()).await;
    let before: Partner = engine.load(austria().id().0, Clone::clone).await.unwrap();
    log.hold();
    assert!(ask(&engine, 2, grant()).now_or_never().is_none(), "under way, and dropped here");
    let meanwhile: Partner = engine.load(austria().id().0, Clone::clone).await.unwrap();
    assert_eq!(meanwhile, before);
    log.let_through().await;
    let after: Partner = engine.load(austria().id().0, Clone::clone).await.unwrap();
    assert_ne!(after, before, "the role was granted");
    assert!(ask(&engine, 2, grant()).await.replayed);
}

fn two_engines() -> (MemoryLog, Engine, Engine) {
    let clock = Clock::system();
    let log = MemoryLog::new(move || clock.now());
    let engine = |log: &MemoryLog| Engine::new(Arc::new(Shared(log.clone())), Clock::system(), 64);
    (log.clone(), engine(&log), engine(&log))
}

#[tokio::test]
async fn nothing_is_said_to_hold_already_on_an_old_picture() {
    let (_, one, other) = two_engines();
    ask(&one, 1, admit()).await;
    ask(&one, 2, grant()).await;
    let revoke = partner::Command::RevokeRole { role: "donor".try_into().unwrap() };
    ask(&other, 3, revoke).await;
    let again = ask(&one, 4, grant()).await;
    assert_eq!(again.events.len(), 1, "the role was revoked elsewhere, so that it is granted anew");
}

#[tokio::test]
async fn a_command_that_another_engine_recorded_is_answered_from_the_record() {
    let (_, one, other) = two_engines();
    ask(&one, 1, admit()).await;
    ask(&other, 2, grant()).await;
    // Of what followed, the other one knows nothing.
    let first =
        ask(&one, 3, partner::Command::RenamePartner { name: "Österreich".try_into().unwrap() }).await;
    ask(&one, 4, partner::Command::WithdrawPartner { reason: "left".try_into().unwrap() }).await;
    let again =
        ask(&other, 3, partner::Command::RenamePartner { name: "Österreich".try_into().unwrap() }).await;
    assert_eq!((first.events, true), (again.events, again.replayed));
}

#[tokio::test]
async fn what_the_log_took_from_an_earlier_call_is_not_replaced_by_a_later_decision() {
    let (log, one, other) = two_engines();
    let id = Uuid::from_u128(7);
    let open = task::Command::OpenTask {
        task: id.into(),
        kind: "check".try_into().unwrap(),
        title: "Check".try_into().unwrap(),
        subject: "project-6f1d5c5e-4b0b-5a7e-9a51-70616374706c".parse().unwrap(),
        role: "expert".try_into().unwrap(),
        due_at: None,
        attempts_max: 3,
        backoff_ms: 1_000,
        escalate_to: None,
    };
    let claim = || task::Command::ClaimTask { worker: person("recorder"), lease_ms: 60_000 };
    one.execute::<Task>(id, open, meta(1)).await.unwrap();
    other.validate::<Task>(id, claim(), meta(9)).await.unwrap();
    let first = one.execute::<Task>(id, claim(), meta(2)).await.unwrap();
    // The other one decides at another time, and so on another end of the lease.
    let again = other.execute::<Task>(id, claim(), meta(2)).await.unwrap();
    assert_eq!((first.events, true), (again.events, again.replayed));
    let fresh = Engine::new(Arc::new(log), Clock::system(), 64);
    let recorded: Task = fresh.load(id, Clone::clone).await.unwrap();
    assert_eq!(other.load::<Task, Task>(id, Clone::clone).await.unwrap(), recorded);
}
