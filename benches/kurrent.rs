//! What the log on KurrentDB costs, against the double of its server. `cargo bench --features kurrent --bench kurrent`.
//! EVENTS=1000000 for a longer log; ADDED=1 for nothing but following it and the server that is added to it, with ten
//! events of each project as in `replay`, instead of two.
//!
//! The double keeps everything in memory and shares the machine with what is measured: what a real server adds, its
//! disk and its network above all, is not in these figures.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use bytes::Bytes;
use double::Double;
use eventstore as bare;
use futures::{StreamExt, future::join_all};
use history::{Fallible, History, project_id, text, usd};
use pactline::app::App;
use pactline::clock::{Clock, fresh_id};
use pactline::config::{Config, Limits, LogPlace};
use pactline::domain::Date;
use pactline::domain::id::TransactionId;
use pactline::domain::project::{self, DonorAsked, Movement, Project};
use pactline::engine::Engine;
use pactline::log::{Error, Expected, KurrentLog, KurrentSettings, Log, NewRecord};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[path = "../tests/it/kurrent/double/mod.rs"]
mod double;
#[allow(dead_code, reason = "the load generator uses the rest")]
#[path = "../examples/load/history.rs"]
mod history;
mod story;

const SPAN: Duration = Duration::from_secs(3);
/// A median event: what a position taken in a meeting measures.
const DATA: &[u8] = br#"{"position":"in favour","statement":"We can join the consensus on this paragraph as it was read out, and ask the secretariat to record that the figures in the annex are those of the year before last, not of this year."}"#;
const META: &[u8] = br#"{"command_id":"0198c0de-0000-7000-8000-000000000001","effective_at":"2026-02-25T06:13:20Z","actor":"person:1"}"#;
/// How many projects commands are given to.
const PROJECTS: u64 = 2_000;

#[tokio::main]
async fn main() -> Fallible<()> {
    let events = std::env::var("EVENTS").ok().and_then(|it| it.parse().ok()).unwrap_or(200_000);
    let only_added = std::env::var_os("ADDED").is_some();
    if !only_added {
        log_alone().await?;
    }
    let double = Double::start();
    let log = open(&double).await?;
    let history = History::begin(Engine::new(log.clone(), Clock::system(), 100_000)).await?;
    if only_added {
        story::write(&history, events).await?;
    } else {
        history.proposals(0, PROJECTS).await?;
        for callers in [1, 64] {
            report(&format!("PledgeFunds, {callers} callers, in process"), pledges(&history, callers).await?);
        }
        history.proposals(PROJECTS, events / 2).await?;
    }
    follow(&log).await?;
    replica(&double).await?;
    Ok(log.close().await?)
}

async fn log_alone() -> Fallible<()> {
    let double = Double::start();
    bare_calls(&double).await?;
    let log = open(&double).await?;
    for callers in [1, 16, 64, 256] {
        report(&format!("append, {callers} callers"), appends(&log, callers, 0).await?);
    }
    report("append, 64 callers, 1 in 100 conflicts", appends(&log, 64, 100).await?);
    Ok(log.close().await?)
}

async fn open(double: &Double) -> Fallible<Arc<KurrentLog>> {
    let clock = Clock::system();
    let settings = KurrentSettings { url: double.url(), ca: None, credentials: None };
    Ok(Arc::new(KurrentLog::open(&settings, move || clock.now()).await?))
}

/// How often, and how long half and nearly all of it took.
struct Measured {
    times: Vec<Duration>,
    took: Duration,
}

fn report(what: &str, mut it: Measured) {
    it.times.sort();
    let at = |percent: usize| it.times[(it.times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    let rate = it.times.len() as f64 / it.took.as_secs_f64();
    println!("{what:<42} {rate:>9.0} /s   p50 {:>8.3} ms   p99 {:>8.3} ms", at(50), at(99));
}

/// The client alone, one call after the other: an append in a call of its own, and one in a session.
async fn bare_calls(double: &Double) -> Fallible<()> {
    let client = bare::Client::new(double.url().parse()?)?;
    let stream = |n: usize| format!("bare-{n}");
    let event = || bare::EventData::binary("PositionTaken", Bytes::from_static(DATA)).id(fresh_id());
    let options = bare::AppendToStreamOptions::default().expected_revision(bare::ExpectedRevision::NoStream);
    let (start, mut times) = (Instant::now(), Vec::new());
    while start.elapsed() < SPAN {
        let began = Instant::now();
        client.append_to_stream(stream(times.len()), &options, event()).await?;
        times.push(began.elapsed());
    }
    report("the client alone, append", Measured { times, took: start.elapsed() });
    let session = client.batch_append(&bare::BatchAppendOptions::default()).await?;
    let (start, mut times) = (Instant::now(), Vec::new());
    while start.elapsed() < SPAN {
        let began = Instant::now();
        let stream = format!("session-{}", times.len());
        session.append_to_stream(stream, bare::ExpectedRevision::NoStream, vec![event()]).await?;
        times.push(began.elapsed());
    }
    report("the client alone, append in a session", Measured { times, took: start.elapsed() });
    double.database().forget();
    Ok(())
}

fn event() -> NewRecord {
    let (data, meta) = (Bytes::from_static(DATA), Bytes::from_static(META));
    NewRecord { id: fresh_id(), kind: "PositionTaken".into(), data, meta, recorded_at: None }
}

/// Each caller appends one event at a time to a stream of its own; one in `conflicts` believes in the wrong revision.
async fn appends(log: &Arc<KurrentLog>, callers: u64, conflicts: u64) -> Fallible<Measured> {
    let start = Instant::now();
    let work = (0..callers).map(|caller| {
        let log = log.clone();
        tokio::spawn(async move {
            let (stream, mut times) = (format!("bench-{callers}-{conflicts}-{caller}"), Vec::new());
            while start.elapsed() < SPAN {
                let n = times.len() as u64;
                let expected = n.checked_sub(1).map_or(Expected::NoStream, Expected::Revision);
                let wrong = conflicts > 0 && n % conflicts == conflicts - 1;
                let began = Instant::now();
                if wrong {
                    let stale = log.append(&stream, Expected::Revision(n), vec![event()]).await;
                    assert!(matches!(stale, Err(Error::Conflict { .. })), "{stale:?}");
                }
                log.append(&stream, expected, vec![event()]).await?;
                times.push(began.elapsed());
            }
            Ok::<_, Error>(times)
        })
    });
    let mut times = Vec::new();
    for ended in join_all(work).await {
        times.extend(ended??);
    }
    Ok(Measured { times, took: start.elapsed() })
}

/// Each caller pledges to one project after the other.
async fn pledges(history: &History, callers: u64) -> Fallible<Measured> {
    let start = Instant::now();
    let work = (0..callers).map(|caller| {
        let history = history.clone();
        tokio::spawn(async move {
            let mut times = Vec::new();
            while start.elapsed() < SPAN {
                let n = (caller + callers * times.len() as u64) % PROJECTS;
                let transaction = TransactionId::of(&format!("{callers}/{caller}/{}", times.len()));
                let value_date = Date::constant(2024, 6, 1);
                let movement = Movement { transaction, amount: usd(12_345)?, value_date, origin: None };
                let donor = DonorAsked { name: text("Norway")?, partner: None };
                let command = project::Command::PledgeFunds { donor, movement };
                let began = Instant::now();
                history.now::<Project>(project_id(n).0, command).await?;
                times.push(began.elapsed());
            }
            Fallible::Ok(times)
        })
    });
    let mut times = Vec::new();
    for ended in join_all(work).await {
        times.extend(ended??);
    }
    Ok(Measured { times, took: start.elapsed() })
}

async fn follow(log: &Arc<KurrentLog>) -> Fallible<()> {
    let head = log.head().await?.ok_or("nothing is there")?;
    let (start, mut count, mut records) = (Instant::now(), 0, log.follow(None));
    loop {
        let chunk = records.next().await.ok_or("following ended")??;
        count += chunk.len();
        if chunk.last().is_some_and(|it| it.position >= head) {
            break;
        }
    }
    println!(
        "{:<42} {:>9.0} events/s",
        format!("follow, {count} events"),
        count as f64 / start.elapsed().as_secs_f64()
    );
    Ok(())
}

/// How long a new server needs until all of its views take everything into account.
async fn replica(double: &Double) -> Fallible<()> {
    let dir = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR").to_owned() + "/target")?;
    let start = Instant::now();
    let log = LogPlace { url: Some(double.url()), ..LogPlace::default() };
    let app = App::build(Config {
        origin: None,
        data: dir.path().to_owned(),
        log,
        limits: Limits::default(),
        reactions: false,
        proof: None,
    })
    .await?;
    let opened = start.elapsed();
    let head = app.views().log().head().await?;
    for status in app.views().status() {
        app.views().wait(status.view, head, Duration::from_secs(3600)).await?;
        println!("  {:<40} {:>9.1} s", status.view, start.elapsed().as_secs_f64());
    }
    let (opened, ready) = (opened.as_secs_f64(), start.elapsed().as_secs_f64());
    println!(
        "{:<42} {opened:>9.2} s    all views there after {ready:.1} s",
        "a server is added: it listens after"
    );
    Ok(app.close().await?)
}
