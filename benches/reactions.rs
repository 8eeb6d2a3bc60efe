//! How far reactions are behind the log, and how fast what is due is seen to. `cargo bench --bench reactions`.
#![allow(missing_docs)]
use bytes::Bytes;
use futures::future::join_all;
use pactline::clock::Clock;
use pactline::codec::{self, Meta};
use pactline::domain::charter::{self, Charter};
use pactline::domain::citation::{Reference, StreamName};
use pactline::domain::id::{CharterId, ProjectId, TaskId};
use pactline::domain::project::{self, Project};
use pactline::domain::scope::Period;
use pactline::domain::task::{self, Task};
use pactline::domain::text::Digest;
use pactline::domain::{Decider, Timestamp};
use pactline::engine::{CommandMeta, Engine};
use pactline::log::{EmbeddedLog, Expected, Log, NewRecord, Position};
use pactline::reactions::{Progress, Reactions, Timer};
use pactline::views::{Views, deadlines};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const PER_SECOND: u64 = 1_000;
const SECONDS: u64 = 20;
/// One in so many commands proposes a project, whose first stage orders a task: three commands' worth of events.
const FOLLOWED: u64 = 10;
const DUE: u128 = 100_000;
const LONG: Duration = Duration::from_secs(600);

const LAW: &str = r#"
name = "bench"
title = "A bench"
roles = ["chair", "donor"]
pillars = ["supply"]
forums = []
recommendations = { forums = [] }
priorities = { set_by = "chair", basis = "policy" }
[projects]
funding = { threshold_percent = 80, basis = "committed" }
[[projects.stages]]
name = "design"
title = "Design"
tasks = [{ kind = "plan", title = "Write the plan", role = "chair", due_days = 30, escalate_to = "donor" }]
"#;

struct Place {
    log: Arc<dyn Log>,
    engine: Engine,
    views: Views,
    dir: tempfile::TempDir,
}

impl Place {
    fn open() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let clock = Clock::system();
        let now = clock.clone();
        let log: Arc<dyn Log> = Arc::new(EmbeddedLog::open(&dir.path().join("data"), move || now.now())?);
        let views = Views::open(&dir.path().join("views"), log.clone())?;
        let engine = Engine::new(log.clone(), clock, 200_000);
        Ok(Self { log, engine, views, dir })
    }

    async fn close(self) -> Result<()> {
        self.views.stop().await;
        Ok(self.log.close().await?)
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    lag().await?;
    due().await
}

/// 1,000 commands a second, each durable before it is answered, with all views and the reactions following.
async fn lag() -> Result<()> {
    let place = Place::open()?;
    let law: charter::Law = toml::from_str(LAW)?;
    let (id, digest) = (CharterId::of("bench").0, Digest::of(LAW.as_bytes()));
    force(
        &*place.log,
        Charter::KIND,
        id,
        charter::Event::CharterPublished { edition: 1, law: law.into(), digest, publisher: None },
    )
    .await?;
    let reactions = Reactions::start(&place.dir.path().join("views"), &place.engine, &place.views).await?;
    let (tell, told) = mpsc::unbounded_channel();
    let watching = tokio::spawn(watch_lags(reactions.progress(), told));
    let began = tokio::time::Instant::now();
    let mut asked = Vec::new();
    for n in 0..PER_SECOND * SECONDS {
        tokio::time::sleep_until(began + Duration::from_micros(n * 1_000_000 / PER_SECOND)).await;
        let (engine, tell) = (place.engine.clone(), tell.clone());
        asked.push(tokio::spawn(async move {
            let at = ask(&engine, n).await?;
            tell.send((at, Instant::now()))?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        }));
    }
    for it in asked {
        it.await??;
    }
    let rate = (PER_SECOND * SECONDS) as f64 / began.elapsed().as_secs_f64();
    drop(tell);
    let mut lags = watching.await?;
    lags.sort();
    let part = |share: f64| lags[((lags.len() - 1) as f64 * share) as usize];
    println!(
        "reactions behind the log at {rate:.0} commands/s: p50 {:?}, p99 {:?}, most {:?}",
        part(0.5),
        part(0.99),
        part(1.0)
    );
    reactions.stop().await;
    place.close().await
}

async fn ask(engine: &Engine, n: u64) -> Result<Position> {
    let id = Uuid::from_u128(1 << 80 | u128::from(n));
    let meta = CommandMeta::now(Uuid::from_u128(1 << 90 | u128::from(n)), "person:1".parse()?);
    let outcome = match n % FOLLOWED {
        0 => engine.execute::<Project>(id, proposal(id)?, meta).await?,
        _ => engine.execute::<Task>(id, opening(id, None)?, meta).await?,
    };
    Ok(outcome.position.ok_or("nothing was recorded")?)
}

/// How long after each command was answered everything that follows from it was on record.
async fn watch_lags(
    mut progress: watch::Receiver<Progress>,
    mut told: mpsc::UnboundedReceiver<(Position, Instant)>,
) -> Vec<Duration> {
    let (mut waiting, mut lags, mut open) = (VecDeque::new(), Vec::new(), true);
    while open || !waiting.is_empty() {
        tokio::select! {
            biased;
            answered = told.recv(), if open => match answered {
                Some(it) => waiting.push_back(it),
                None => open = false,
            },
            changed = progress.changed() => if changed.is_err() { return lags },
        }
        let (seen, now) = (progress.borrow().position, Instant::now());
        waiting.retain(|(position, since): &(Position, Instant)| {
            let done = Some(*position) <= seen;
            if done {
                lags.push(now.saturating_duration_since(*since));
            }
            !done
        });
    }
    lags
}

/// 100,000 tasks that are late all at once, each handed on durably.
async fn due() -> Result<()> {
    let place = Place::open()?;
    let past: Timestamp = "2020-01-01T00:00:00Z".parse()?;
    for first in (0..DUE).step_by(1_000) {
        let open = |n: u128| {
            let id = Uuid::from_u128(n + 1);
            let log = &place.log;
            async move {
                let task::Command::OpenTask {
                    task,
                    kind,
                    title,
                    subject,
                    role,
                    attempts_max,
                    backoff_ms,
                    ..
                } = opening(id, None)?
                else {
                    return Err("another command".into());
                };
                let (due_at, escalate_to) = (Some(past), Some("chair".parse()?));
                let opened = task::Event::TaskOpened {
                    task,
                    kind,
                    title,
                    subject,
                    role,
                    due_at,
                    attempts_max,
                    backoff_ms,
                    escalate_to,
                };
                force(&**log, Task::KIND, id, opened).await
            }
        };
        join_all((first..first + 1_000).map(open)).await.into_iter().collect::<Result<Vec<()>>>()?;
    }
    place.views.wait(deadlines::NAME, place.log.head().await?, LONG).await?;
    let mut timer = Timer::new(place.engine.clone(), place.views.clone());
    let began = Instant::now();
    timer.run_until_idle().await?;
    let rate = DUE as f64 / began.elapsed().as_secs_f64();
    let recorded = place.log.head().await?.map_or(0, |it| it.0);
    println!("{DUE} deadlines due at once: {rate:.0}/s, {} handed on", u128::from(recorded) - DUE);
    place.close().await
}

/// Puts an event into the log past the rules.
async fn force<E: serde::Serialize>(log: &dyn Log, kind: &str, id: Uuid, event: E) -> Result<()> {
    let (name, data) = codec::encode(&event)?;
    let meta = Meta {
        envelope: None,
        command_id: id,
        effective_at: "2020-01-01T00:00:00Z".parse()?,
        historical: false,
        actor: "person:1".parse()?,
        on_behalf_of: None,
        source: None,
        correlation_id: None,
        causation_id: None,
    };
    let meta = Bytes::from(serde_json::to_vec(&meta)?);
    let record = NewRecord { id: Uuid::new_v5(&id, b"0"), kind: name, data, meta, recorded_at: None };
    log.append(StreamName::new(kind, id).as_str(), Expected::NoStream, vec![record]).await?;
    Ok(())
}

fn opening(id: Uuid, due_at: Option<Timestamp>) -> Result<task::Command> {
    Ok(task::Command::OpenTask {
        task: TaskId(id),
        kind: "plan".parse()?,
        title: "Write the plan".parse()?,
        subject: StreamName::new(Project::KIND, Uuid::from_u128(1)),
        role: "donor".parse()?,
        due_at,
        attempts_max: 3,
        backoff_ms: 1_000,
        escalate_to: None,
    })
}

fn proposal(id: Uuid) -> Result<project::Command> {
    Ok(project::Command::ProposeProject {
        project: ProjectId(id),
        code: None,
        title: "Support to a border post".parse()?,
        summary: None,
        charter: Reference::new(StreamName::new(Charter::KIND, CharterId::of("bench").0), 0),
        priorities: Vec::new(),
        countries: Default::default(),
        period: Period::new("2020-01-01".parse()?, "2022-12-31".parse()?)?,
        budget: None,
        sectors: Vec::new(),
        parent: None,
        proposed_for: None,
        origin: None,
    })
}
