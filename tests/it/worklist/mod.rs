//! The worklist: who has to do what, who gets it, and that nobody gets what somebody has.
mod asked;
mod cli;
mod lists;
mod streams;
mod worker;

use crate::given::person;
use futures::TryStreamExt;
use pactline::api::Worklist;
use pactline::clock::Clock;
use pactline::codec::{self, AnyEvent};
use pactline::domain::Timestamp;
use pactline::domain::citation::StreamName;
use pactline::domain::id::TaskId;
use pactline::domain::task::{Command, Event, Rejection, Task};
use pactline::engine::{CommandMeta, Engine, ExecuteError};
use pactline::log::{Log, MemoryLog, Position};
use pactline::views::worklist::{Filter, NAME, Page, Which, get, list};
use pactline::views::{Ask, Views, worklist};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(20);

/// A log of tasks and its views, at an hour that a test sets or at the machine's.
struct Office {
    log: MemoryLog,
    engine: Engine,
    views: Views,
    asked: Cell<u128>,
    _dir: TempDir,
}

/// The hour that a test sets, in seconds since the Unix epoch.
#[derive(Clone, Default)]
struct Hour(Arc<AtomicI64>);

impl Hour {
    fn set(&self, second: i64) {
        self.0.store(second * 1_000_000, Ordering::SeqCst);
    }
}

impl Office {
    fn at(hour: &Hour) -> Self {
        let micros = hour.0.clone();
        Self::by(Clock::reading(move || micros.load(Ordering::SeqCst)))
    }

    fn by(clock: Clock) -> Self {
        let now = clock.clone();
        let log = MemoryLog::new(move || now.now());
        let dir = tempfile::tempdir().unwrap();
        let views = Views::open(dir.path(), Arc::new(log.clone())).unwrap();
        let engine = Engine::new(Arc::new(log.clone()), clock, 10_000);
        Self { log, engine, views, asked: Cell::new(0), _dir: dir }
    }

    fn service(&self) -> Worklist {
        Worklist::new(self.engine.clone(), self.views.clone(), Arc::new(self.log.clone()))
    }

    /// Asks for `command` on the `n`th task; the position of what it caused.
    async fn ask(&self, n: u128, command: Command) -> Result<Option<Position>, Rejection> {
        let by = command.worker().cloned().unwrap_or_else(|| person("tester"));
        let meta = CommandMeta { by, ..self.meta() };
        let outcome = self.engine.execute::<Task>(id(n), command, meta).await;
        refusal(outcome.map(|it| it.position))
    }

    fn meta(&self) -> CommandMeta {
        self.asked.set(self.asked.get() + 1);
        CommandMeta::now(Uuid::from_u128(1 << 100 | self.asked.get()), person("tester"))
    }

    /// What can be asked after everything recorded so far.
    async fn now(&self) -> Ask {
        let head = self.log.head().await.unwrap();
        Ask { after: head, longest: SOON, ..Ask::NOW }
    }

    async fn list(&self, filter: Filter, which: Which) -> Page {
        list(&self.views, &self.now().await, filter, which).await.unwrap().found
    }

    async fn get(&self, n: u128, at: Timestamp) -> Option<worklist::Task> {
        get(&self.views, &self.now().await, id(n), at).await.unwrap().found
    }

    /// Until when the `n`th task was last claimed.
    async fn until(&self, n: u128) -> Timestamp {
        let claimed = |(it, event): (Uuid, Event)| match event {
            Event::TaskClaimed { until, .. } => Some(until).filter(|_| it == id(n)),
            _ => None,
        };
        self.history().await.into_iter().rev().find_map(claimed).unwrap()
    }

    /// Every event of every task, in their order.
    async fn history(&self) -> Vec<(Uuid, Event)> {
        let chunks: Vec<_> = self.log.read_all(None).try_collect().await.unwrap();
        let event = |it| match codec::decode_any(it).unwrap() {
            AnyEvent::Task(event) => (it.stream.parse::<StreamName>().unwrap().id(), event),
            other => panic!("{other:?}"),
        };
        chunks.iter().flatten().map(event).collect()
    }
}

fn refusal<T>(outcome: Result<T, ExecuteError<Rejection>>) -> Result<T, Rejection> {
    match outcome {
        Ok(it) => Ok(it),
        Err(ExecuteError::Rejected(rejection)) => Err(rejection),
        Err(other) => panic!("{other}"),
    }
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn second(n: i64) -> Timestamp {
    Timestamp::from_second(n).unwrap()
}

/// Opens a task of a kind for a role: three attempts, no wait.
fn open(n: u128, role: &str, kind: &str) -> Command {
    Command::OpenTask {
        task: TaskId(id(n)),
        kind: kind.parse().unwrap(),
        title: "Look".parse().unwrap(),
        subject: StreamName::new("project", id(n % 7)),
        role: role.parse().unwrap(),
        due_at: None,
        attempts_max: 3,
        backoff_ms: 0,
        escalate_to: None,
    }
}

fn due(command: Command, at: Timestamp) -> Command {
    let Command::OpenTask { task, kind, title, subject, role, attempts_max, backoff_ms, escalate_to, .. } =
        command
    else {
        panic!("{command:?}")
    };
    let due_at = Some(at);
    Command::OpenTask { task, kind, title, subject, role, due_at, attempts_max, backoff_ms, escalate_to }
}

fn claim(worker: &str, lease_ms: u64) -> Command {
    Command::ClaimTask { worker: person(worker), lease_ms }
}

fn complete(worker: &str) -> Command {
    Command::CompleteTask { worker: person(worker), outcome: "none found".parse().unwrap() }
}

fn fail(worker: &str) -> Command {
    Command::FailTask { worker: person(worker), reason: "no answer".parse().unwrap() }
}

fn escalate(to: &str) -> Command {
    Command::EscalateTask { to: to.parse().unwrap(), reason: "late".parse().unwrap() }
}

/// Everything on one page.
fn all_at(at: Timestamp) -> Which {
    Which { at, size: 1000, after: None }
}
