//! Loads a real server over its wire and says what came of it, beside what the wire and the disk cost anyway.
//!
//! `cargo run --release --example load`. Everything runs in one process and shares its cores: the callers, the
//! server, the views. All figures of a run are taken minutes apart on the same machine and disk.
use clap::Parser;
use drive::{Measured, drive, measured, pace, waits};
use history::{Fallible, History, project_id};
use pactline::api::proto as pb;
use pb::project_service_client::ProjectServiceClient;
use pb::trace_service_client::TraceServiceClient;
use server::Running;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tonic::transport::Channel;
use uuid::Uuid;

mod drive;
mod echo;
mod history;
mod lag;
mod server;

/// How to load.
#[derive(Debug, Clone, Parser)]
struct Options {
    /// Where the data goes while it runs; on the disk that is to be measured.
    #[arg(long, default_value = "target")]
    dir: PathBuf,
    /// How long each measurement takes, in seconds.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How many projects there are.
    #[arg(long, default_value_t = 100_000)]
    projects: u64,
    /// On how many of them commands are executed.
    #[arg(long, default_value_t = 10_000)]
    active: u64,
    /// How many callers call at the same time.
    #[arg(long, value_delimiter = ',', default_value = "1,16,256")]
    callers: Vec<usize>,
    /// Over how many connections, at the most.
    #[arg(long, default_value_t = 4)]
    connections: usize,
    /// How many commands in a second while the views are watched.
    #[arg(long, default_value_t = 5_000)]
    pace: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> Fallible<()> {
    let options = Options::parse();
    std::fs::create_dir_all(&options.dir)?;
    let dir = tempfile::tempdir_in(&options.dir)?;
    let running = server::start(dir.path()).await?;
    let start = Instant::now();
    let history = History::begin(running.engine.clone()).await?;
    history.proposals(0, options.projects).await?;
    eprintln!("{} projects in {:.1} s", options.projects, start.elapsed().as_secs_f64());
    lag::settled(&running).await?;
    let all = measure(&options, &running, dir.path()).await?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        table(&all);
    }
    running.stop().await
}

/// Everything, each beside its baseline.
async fn measure(options: &Options, running: &Running, dir: &Path) -> Fallible<Vec<Measured>> {
    let span = Duration::from_secs(options.seconds);
    let mut all = vec![flushes(dir, span)?];
    for callers in &options.callers {
        let echoes = server::connect(running.echo, options.connections.min(*callers)).await?;
        let call = move |caller, n| echo::call(pick(&echoes, caller), id(caller, n));
        all.push(drive("echo", *callers, span, call).await?);
        let channels = server::connect(running.address, options.connections.min(*callers)).await?;
        let (active, callers) = (options.active, *callers);
        let call = move |caller, n| {
            let project = (n * callers as u64 + caller as u64) % active;
            pledge(pick(&channels, caller), project)
        };
        all.push(drive("PledgeFunds", callers, span, call).await?);
        let start = Instant::now();
        lag::settled(running).await?;
        eprintln!("views caught up {:.0} ms after the last command", start.elapsed().as_secs_f64() * 1e3);
    }
    all.extend(paced(options, running, span).await?);
    lag::settled(running).await?;
    for callers in options.callers.iter().filter(|it| **it < 256) {
        let channels = server::connect(running.address, options.connections.min(*callers)).await?;
        let projects = options.projects;
        // A large prime takes the callers all over the projects.
        let call = move |caller: usize, n: u64| {
            trace(pick(&channels, caller), (n * 7_919 + caller as u64 * 104_729) % projects)
        };
        all.push(drive("GetTrace", *callers, span, call).await?);
    }
    all.push(flushes(dir, span)?);
    Ok(all)
}

/// Commands at a fixed pace, and how long after the log the slowest view was.
async fn paced(options: &Options, running: &Running, span: Duration) -> Fallible<Vec<Measured>> {
    const CALLERS: usize = 64;
    let channels = server::connect(running.address, options.connections).await?;
    let active = options.active;
    let call =
        move |caller, n: u64| pledge(pick(&channels, caller), (n * CALLERS as u64 + caller as u64) % active);
    let what = format!("PledgeFunds at {}/s", options.pace);
    let watched = lag::watch(running, span);
    let (commands, lag) = tokio::join!(pace(&what, CALLERS, options.pace, span, call), watched);
    Ok(vec![commands?, lag?])
}

/// What a durable write costs at the least: 300 bytes, flushed.
fn flushes(dir: &Path, span: Duration) -> Fallible<Measured> {
    let mut file = OpenOptions::new().create(true).append(true).open(dir.join("bare"))?;
    let (begin, mut waits) = (Instant::now(), waits()?);
    while begin.elapsed() < span {
        let start = Instant::now();
        file.write_all(&[b'x'; 300])?;
        file.sync_data()?;
        waits.record(start.elapsed().as_nanos() as u64)?;
    }
    Ok(measured("write 300 B + fdatasync", 1, &waits, begin.elapsed()))
}

fn pick(channels: &[Channel], caller: usize) -> Channel {
    channels[caller % channels.len()].clone()
}

fn id(caller: usize, n: u64) -> String {
    Uuid::from_u64_pair(caller as u64, n).to_string()
}

async fn pledge(channel: Channel, project: u64) -> Fallible<()> {
    let amount = Some(pb::Money { currency: "USD".into(), minor: 1_234 });
    let movement = pb::Movement { amount, value_date: "2024-06-01".into(), ..pb::Movement::default() };
    let request = pb::PledgeFundsRequest {
        context: None,
        project_id: project_id(project).to_string(),
        donor: Some(pb::Donor { name: "Norway".into(), partner: None }),
        movement: Some(movement),
    };
    let answer = ProjectServiceClient::new(channel).pledge_funds(server::from_a_caller(request)?).await?;
    match answer.into_inner().recorded {
        Some(it) if it.events.len() == 1 && !it.replayed => Ok(()),
        other => Err(format!("a pledge was not one event: {other:?}").into()),
    }
}

async fn trace(channel: Channel, project: u64) -> Fallible<()> {
    let stream = format!("project-{}", project_id(project));
    let subject = Some(pb::get_trace_request::Subject::Stream(stream));
    let request = pb::GetTraceRequest { query: None, subject };
    let answer = TraceServiceClient::new(channel).get_trace(server::from_a_caller(request)?).await?;
    match answer.into_inner().trace {
        Some(it) if it.nodes.len() > 5 && !it.truncated => Ok(()),
        other => Err(format!("not a trace: {other:?}").into()),
    }
}

fn table(all: &[Measured]) {
    println!("{:<32} {:>7} {:>10} {:>10} {:>10}", "", "callers", "/s", "p50 us", "p99 us");
    for it in all {
        println!(
            "{:<32} {:>7} {:>10.0} {:>10.0} {:>10.0}",
            it.what, it.callers, it.per_second, it.p50_us, it.p99_us
        );
    }
    let flush = all.first().map_or(0.0, |it| it.p50_us);
    for it in all.iter().filter(|it| it.what == "PledgeFunds") {
        let Some(echo) = all.iter().find(|e| e.what == "echo" && e.callers == it.callers) else { continue };
        let (share, least) = (it.per_second / echo.per_second, it.p50_us / (flush + echo.p50_us));
        println!(
            "{:>3} callers: {share:.2} of the echoes in a second; p50 is {least:.2} of fdatasync + echo",
            it.callers
        );
    }
}
