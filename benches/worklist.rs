//! How fast a worklist of 1,000,000 tasks is listed. `cargo bench --bench worklist`; TASKS=100000 for less.
#![allow(missing_docs)]
use bytes::Bytes;
use futures::future::join_all;
use pactline::api::Worklist;
use pactline::api::proto as pb;
use pactline::api::proto::worklist_service_server::WorklistService;
use pactline::clock::Clock;
use pactline::codec::{self, Meta};
use pactline::domain::Timestamp;
use pactline::domain::task::Event;
use pactline::engine::Engine;
use pactline::log::{Expected, Log, MemoryLog, NewRecord};
use pactline::views::Views;
use pactline::views::worklist::{NAME, Wanted, find};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::Request;
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const ROLES: u64 = 10;
const KINDS: u64 = 25;
const WORKERS: u64 = 500;
const ASKED: u64 = 5_000;
const LONG: Duration = Duration::from_secs(600);
const YEAR: i64 = 365 * 86_400;

#[tokio::main]
async fn main() -> Result<()> {
    let tasks: u64 = std::env::var("TASKS").ok().and_then(|it| it.parse().ok()).unwrap_or(1_000_000);
    let clock = Clock::system();
    let now = clock.clone();
    let log: Arc<dyn Log> = Arc::new(MemoryLog::new(move || now.now()));
    let today = clock.now();
    for first in (0..tasks).step_by(1000) {
        join_all((first..tasks.min(first + 1000)).map(|n| append(&*log, n, today)))
            .await
            .into_iter()
            .collect::<Result<Vec<_>>>()?;
    }
    let events = log.head().await?.map_or(0, |it| it.0);
    let dir = tempfile::tempdir()?;
    let start = Instant::now();
    let views = Views::open(dir.path(), log.clone())?;
    views.wait(NAME, log.head().await?, LONG).await?;
    let bytes = std::fs::metadata(dir.path().join(format!("{NAME}.db")))?.len();
    println!("{tasks} tasks, {events} events, built in {:.1?} with all views at once", start.elapsed());
    println!("{} MB on disk", bytes / 1_000_000);
    for status in views.status() {
        views.wait(status.view, log.head().await?, LONG).await?;
    }
    let engine = Engine::new(log.clone(), clock, 1000);
    let service = Worklist::new(engine, views.clone(), log);
    listing(&service, today).await?;
    feeding(&views, today).await
}

/// A number that looks random and is the same in every run.
fn mixed(n: u64) -> u64 {
    let it = (n ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it ^ (it >> 31)
}

fn day(today: Timestamp, n: u64) -> Timestamp {
    let seconds = i64::try_from(mixed(n) % (2 * YEAR.unsigned_abs())).unwrap_or(0) - YEAR;
    Timestamp::from_second(today.as_second() + seconds).unwrap_or(today)
}

/// A task: of ten, six are open, one is claimed, one rests, one is an incident and one is done. One of eight is due
/// at no time, the others within a year of today.
async fn append(log: &dyn Log, n: u64, today: Timestamp) -> Result<()> {
    let mut opened = json!({
        "task": Uuid::from_u64_pair(mixed(n), n), "kind": format!("kind-{}", mixed(n + 1) % KINDS),
        "title": format!("Ask the ministry for the figures of report {n}"),
        "subject": format!("project-{}", Uuid::from_u64_pair(1, n % 50_000)),
        "role": format!("role-{}", mixed(n + 2) % ROLES), "attempts_max": 3, "backoff_ms": 60_000,
    });
    if !n.is_multiple_of(8) {
        opened["due_at"] = json!(day(today, n + 3));
    }
    let worker = format!("svc:{}", mixed(n + 4) % WORKERS);
    let later = Timestamp::from_second(today.as_second() + 86_400)?;
    let claimed = json!({"TaskClaimed": {"worker": worker, "until": later}});
    let failed = |attempt: u64, retry_at: Option<Timestamp>| json!({"TaskFailed": {"worker": worker, "attempt": attempt, "reason": "no answer", "retry_at": retry_at}});
    let mut events = vec![json!({"TaskOpened": opened})];
    events.extend(match mixed(n + 5) % 10 {
        0 => vec![claimed],
        1 => vec![claimed, failed(1, Some(later))],
        2 => vec![claimed, failed(3, None), json!({"IncidentRaised": {"attempts": 3}})],
        3 => vec![claimed, json!({"TaskCompleted": {"worker": worker, "outcome": "done"}})],
        _ => Vec::new(),
    });
    let records = events.into_iter().zip(0..).map(|(event, m)| record(event, n * 8 + m, today));
    let stream = format!("task-{}", Uuid::from_u64_pair(mixed(n), n));
    log.append(&stream, Expected::NoStream, records.collect::<Result<_>>()?).await?;
    Ok(())
}

fn record(event: Value, n: u64, at: Timestamp) -> Result<NewRecord> {
    let event: Event = serde_json::from_value(event)?;
    let (kind, data) = codec::encode(&event)?;
    let meta = Meta {
        command_id: Uuid::from_u64_pair(3, n),
        effective_at: at,
        historical: false,
        actor: "person:1".parse()?,
        on_behalf_of: None,
        source: None,
        correlation_id: None,
        causation_id: None,
        envelope: None,
    };
    let meta = Bytes::from(serde_json::to_vec(&meta)?);
    Ok(NewRecord { id: Uuid::from_u64_pair(2, n), kind, data, meta, recorded_at: None })
}

/// What one sees who looks: pages of 50.
async fn listing(service: &Worklist, today: Timestamp) -> Result<()> {
    let role = |n: u64| format!("role-{}", mixed(n) % ROLES);
    let wire = |at: Timestamp| Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 });
    let any = pb::WorklistServiceListTasksRequest::default;
    type Ask<'a> = Box<dyn Fn(u64) -> pb::WorklistServiceListTasksRequest + 'a>;
    let asks: Vec<(&str, Ask<'_>)> = vec![
        ("by role, first page", Box::new(|n| pb::WorklistServiceListTasksRequest { role: role(n), ..any() })),
        (
            "by role and due date",
            Box::new(|n| pb::WorklistServiceListTasksRequest {
                role: role(n),
                due_until: wire(day(today, n)),
                ..any()
            }),
        ),
        (
            "by role, overdue",
            Box::new(|n| pb::WorklistServiceListTasksRequest { role: role(n), overdue: true, ..any() }),
        ),
        (
            "by role, open",
            Box::new(|n| pb::WorklistServiceListTasksRequest { role: role(n), statuses: vec![1], ..any() }),
        ),
        (
            "by role and kind",
            Box::new(|n| pb::WorklistServiceListTasksRequest {
                role: role(n),
                kind: format!("kind-{}", mixed(n + 1) % KINDS),
                ..any()
            }),
        ),
        (
            "by worker",
            Box::new(|n| pb::WorklistServiceListTasksRequest {
                worker: format!("svc:{}", mixed(n) % WORKERS),
                ..any()
            }),
        ),
        (
            "by subject",
            Box::new(|n| pb::WorklistServiceListTasksRequest {
                subject: format!("project-{}", Uuid::from_u64_pair(1, mixed(n) % 50_000)),
                ..any()
            }),
        ),
        ("everything", Box::new(|_| any())),
    ];
    println!("{:<28} {:>9} {:>9} {:>9}  {ASKED} times each", "", "p50", "p99", "max");
    for (name, ask) in asks {
        let mut took = Vec::new();
        for n in 0..ASKED {
            let start = Instant::now();
            service.list_tasks(Request::new(ask(n))).await?;
            took.push(start.elapsed());
        }
        told(name, took);
    }
    let mut took = Vec::new();
    for first in 0..ASKED / 50 {
        let (mut token, role) = (String::new(), role(first));
        for _ in 0..50 {
            let page = Some(pb::Page { size: 50, token });
            let start = Instant::now();
            let ask = pb::WorklistServiceListTasksRequest { role: role.clone(), page, ..any() };
            let answer = service.list_tasks(Request::new(ask)).await?.into_inner();
            took.push(start.elapsed());
            token = answer.next_page_token;
        }
    }
    told("by role, page after page", took);
    Ok(())
}

/// What a stream looks for before it claims.
async fn feeding(views: &Views, today: Timestamp) -> Result<()> {
    let mut took = Vec::new();
    for n in 0..ASKED {
        let wanted = Wanted { role: Some(format!("role-{}", mixed(n) % ROLES)), kinds: Vec::new() };
        let start = Instant::now();
        find(views, wanted, ("svc:1".into(), Vec::new()), today, 16).await?;
        took.push(start.elapsed());
    }
    told("what a worker may claim", took);
    Ok(())
}

fn told(name: &str, mut took: Vec<Duration>) {
    took.sort();
    let at = |percent: usize| {
        took.get((took.len() * percent / 100).min(took.len() - 1)).copied().unwrap_or_default()
    };
    println!("{name:<28} {:>9.2?} {:>9.2?} {:>9.2?}", at(50), at(99), at(100));
}
