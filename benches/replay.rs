//! What a long log costs: to write, import, read, replay and open again. `cargo bench --bench replay`.
#![allow(missing_docs)]
use futures::TryStreamExt;
use history::{Fallible, History};
use pactline::clock::Clock;
use pactline::engine::Engine;
use pactline::log::{EmbeddedLog, Log, Records};
use pactline::views::Views;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[allow(dead_code, reason = "the load generator uses the rest")]
#[path = "../examples/load/history.rs"]
mod history;
mod story;

/// The program itself, as it is installed.
const PROGRAM: &str = env!("CARGO_BIN_EXE_pactline");

#[tokio::main]
async fn main() -> Fallible<()> {
    // On the disk of the project: the temporary folder may be in memory.
    let dir = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR").to_owned() + "/target")?;
    let idle = dir.path().join("idle");
    println!("idle, nothing on record          {:>10.1} MiB", resident(&serve(&idle)?.0)?);
    let (first, second) = (dir.path().join("first"), dir.path().join("second"));
    let events = written(&first).await?;
    let exported = dir.path().join("exported.jsonl");
    run(&first, "export", &["export"], &exported, events)?;
    run(&second, "import", &["import", "log"], &exported, events)?;
    replayed(&second, events).await?;
    started(&second).await
}

async fn written(data: &Path) -> Fallible<u64> {
    let events = std::env::var("EVENTS").ok().and_then(|it| it.parse().ok()).unwrap_or(1_000_000);
    let log = open(data)?;
    let start = Instant::now();
    let history = History::begin(Engine::new(log.clone(), Clock::system(), 100_000)).await?;
    story::write(&history, events).await?;
    let events = log.head().await?.map_or(0, |it| it.0);
    rate("commands in process, 500 at once", events, start.elapsed());
    log.close().await?;
    Ok(events)
}

fn open(data: &Path) -> Fallible<Arc<EmbeddedLog>> {
    let clock = Clock::system();
    Ok(Arc::new(EmbeddedLog::open(data, move || clock.now())?))
}

/// One verb of the program, from its start to its end.
fn run(data: &Path, what: &str, verb: &[&str], file: &Path, events: u64) -> Fallible<()> {
    let start = Instant::now();
    let ended = Command::new(PROGRAM).args(verb).arg(file).arg("--data").arg(data).output()?;
    if !ended.status.success() {
        return Err(format!("{what}: {}", String::from_utf8_lossy(&ended.stderr)).into());
    }
    rate(what, events, start.elapsed());
    Ok(())
}

async fn replayed(data: &Path, events: u64) -> Fallible<()> {
    let log = open(data)?;
    let mut times = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let found = count(log.read_all(None)).await?;
        assert_eq!(found, events);
        times.push(start.elapsed());
    }
    times.sort();
    rate("replay of the log alone", events, times[1]);
    let start = Instant::now();
    let views = Views::open(&data.join("views"), log.clone())?;
    for status in views.status() {
        let wait = views.wait(status.view, log.head().await?, Duration::from_secs(3600));
        wait.await?;
        println!("  {:<30} {:>10.1} s", status.view, start.elapsed().as_secs_f64());
    }
    rate("replay into all views at once", events, start.elapsed());
    views.stop().await;
    Ok(log.close().await?)
}

async fn count(mut records: Records) -> Fallible<u64> {
    let mut found = 0;
    while let Some(chunk) = records.try_next().await? {
        found += chunk.len() as u64;
    }
    Ok(found)
}

/// How long until it listens, three times, each time after it was killed; and what it then holds.
async fn started(data: &Path) -> Fallible<()> {
    for _ in 0..3 {
        let (child, took) = serve(data)?;
        println!("start-up after kill -9           {:>10.3} s", took.as_secs_f64());
        tokio::time::sleep(Duration::from_secs(2)).await;
        println!("resident                         {:>10.1} MiB", resident(&child)?);
    }
    Ok(())
}

/// A server that listens, and how long that took.
fn serve(data: &Path) -> Fallible<(Served, Duration)> {
    let start = Instant::now();
    let mut served = Command::new(PROGRAM);
    served.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).stdout(Stdio::piped());
    let mut child = Served(served.stderr(Stdio::null()).spawn()?);
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    if !line.contains("listening") {
        return Err(format!("it does not listen: {line}").into());
    }
    Ok((child, start.elapsed()))
}

/// Killed when it is dropped, without a word of warning.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// MiB in memory.
fn resident(served: &Served) -> Fallible<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.0.id()))?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}

fn rate(what: &str, events: u64, took: Duration) {
    println!("{what:<32} {:>10.0} events/s", events as f64 / took.as_secs_f64());
}
