//! What proofs cost. `cargo bench --bench audit`; EVENTS=100000 for less.
#![allow(missing_docs)]
use bytes::Bytes;
use futures::TryStreamExt;
use gathered::{OneByOne, Unflushed};
use pactline::audit::{
    Folder, KeyKind, Notary, Policy, Proof, Sealed, Settings, SignedCheckpoint, SigningKey, THIN_AFTER,
    Under, hash_leaf, hash_node, keys,
};
use pactline::clock::Clock;
use pactline::log::{EmbeddedLog, Expected, Log, NewRecord, Position, Record};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use uuid::Uuid;

mod gathered;

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The program itself, as it is installed.
const PROGRAM: &str = env!("CARGO_BIN_EXE_pactline");
/// A median event: what a position taken in a meeting measures, with its metadata.
const DATA_BYTES: usize = 220;
const META_BYTES: usize = 130;
/// How many events a stream has.
const STREAM: u64 = 10;
const SAMPLES: usize = 2000;

#[tokio::main]
async fn main() -> Fallible<()> {
    let events = std::env::var("EVENTS").ok().and_then(|it| it.parse().ok()).unwrap_or(1_000_000);
    // On the disk of the project: the temporary folder may be in memory.
    let dir = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR").to_owned() + "/target")?;
    let data = dir.path().join("data");
    let clock = Clock::system();
    let log = Arc::new(EmbeddedLog::open(&data, move || clock.now())?);
    fill(&log, events).await?;
    let records = all(&log).await?;
    let notary = appending(&data, log.clone(), &records).await?;
    proofs(&notary, &records).await?;
    waits(&log, &notary).await?;
    notary.stop().await;
    log.close().await?;
    drop(records);
    verified(&data)?;
    a_checkpoint_per_event(&data).await?;
    verified(&data)?;
    started(&data)
}

/// Ten events per stream, a thousand streams at once.
async fn fill(log: &EmbeddedLog, events: u64) -> Fallible<()> {
    for first in (0..events / STREAM).step_by(1000) {
        let streams = (first..events / STREAM).take(1000).map(|n| async move {
            let stream = format!("note-{}", Uuid::from_u128(n.into()));
            let event = |it| event(n * STREAM + it);
            log.append(&stream, Expected::NoStream, (0..STREAM).map(event).collect()).await
        });
        futures::future::try_join_all(streams).await?;
    }
    Ok(())
}

fn event(n: u64) -> NewRecord {
    let payload = |bytes: usize| Bytes::from(format!("{{\"note\":\"{n:0>width$}\"}}", width = bytes - 11));
    NewRecord {
        id: Uuid::from_u128(u128::from(n) + 1),
        kind: "NoteTaken".into(),
        data: payload(DATA_BYTES),
        meta: payload(META_BYTES),
        recorded_at: None,
    }
}

async fn all(log: &EmbeddedLog) -> Fallible<Vec<Record>> {
    let mut records = Vec::new();
    let mut chunks = log.read_all(None);
    while let Some(chunk) = chunks.try_next().await? {
        records.extend(chunk);
    }
    Ok(records)
}

/// The hashes alone, which no tree can do without: two payloads, a leaf, and a node for each leaf.
fn hashing(records: &[Record]) -> Duration {
    let start = Instant::now();
    let mut leaf = vec![0; 230];
    for record in records {
        let (data, meta) = (Sha256::digest(&record.data), Sha256::digest(&record.meta));
        leaf[..32].copy_from_slice(&data);
        leaf[32..64].copy_from_slice(&meta);
        let hash = hash_leaf(&leaf);
        std::hint::black_box(hash_node(&hash, &hash));
    }
    start.elapsed()
}

/// The tree over all events, from an empty folder: what the notary's thread takes, and how much of that are hashes.
async fn appending(data: &Path, log: Arc<EmbeddedLog>, records: &[Record]) -> Fallible<Notary> {
    let hashes = hashing(records);
    let dir = data.join("audit");
    let settings = settings(&dir)?;
    let start = Instant::now();
    let last = records.last().map(|it| it.position);
    let notary = Notary::open(&dir, log, settings)?;
    notary.wait(Under::Signature, last).await?;
    let (took, cpu) = (start.elapsed(), thread_cpu("notary")?);
    let each = |it: Duration| it.as_secs_f64() * 1e6 / records.len() as f64;
    println!("hashes alone                     {:>10.2} us an event", each(hashes));
    println!("the notary, of CPU               {:>10.2} us an event", each(cpu));
    println!("the notary beside its hashes     {:>10.2} us an event", each(cpu) - each(hashes));
    println!("the notary, by the clock         {:>10.0} events/s", records.len() as f64 / took.as_secs_f64());
    Ok(notary)
}

/// How a notary signs whose files are in `dir`, which has its key as a server would have it.
fn settings(dir: &Path) -> Fallible<Settings> {
    let key = SigningKey::from_seed("bench.example.org/log", KeyKind::Log, [7; 32])?;
    let policy_text = format!("log {}\nquorum none\n", key.verifier());
    fs::create_dir_all(dir)?;
    fs::write(dir.join("keys"), format!("{}\n", key.verifier()))?;
    keys::write(&dir.join("notary.key"), &key)?;
    let (keys, seal_every) = (vec![key.verifier().clone()], Duration::from_secs(1));
    Ok(Settings { signer: Some(key), keys, policy: None, policy_text, seal_every, thin_after: THIN_AFTER })
}

/// The same log, signed for at every event, as where each is waited for.
async fn a_checkpoint_per_event(data: &Path) -> Fallible<()> {
    let dir = data.join("audit");
    fs::remove_dir_all(&dir)?;
    let settings = settings(&dir)?;
    let clock = Clock::system();
    let log = Arc::new(EmbeddedLog::open(data, move || clock.now())?);
    let last = log.head().await?;
    let disk = Unflushed(Folder::open(&dir)?, dir.clone());
    let start = Instant::now();
    let (wants, wanted) = watch::channel(0);
    let notary = Notary::open_on(disk, &dir, Arc::new(OneByOne(log.clone(), wanted)), settings)?;
    let mut signed = BTreeSet::new();
    for position in 1..=last.map_or(0, |it| it.0) {
        wants.send_replace(position);
        signed.insert(notary.wait(Under::Signature, Some(Position(position))).await?.head.size);
    }
    let took = start.elapsed();
    notary.stop().await;
    log.close().await?;
    let kept = fs::read_to_string(dir.join("checkpoints"))?.matches("\n\n").count() / 2;
    println!("{} checkpoints, one an event, in {:.1} s; {kept} are kept", signed.len(), took.as_secs_f64());
    Ok(())
}

/// How long the thread called `name` has been on a processor: proc(5), `schedstat`, in nanoseconds.
fn thread_cpu(name: &str) -> Fallible<Duration> {
    for task in fs::read_dir("/proc/self/task")? {
        let task = task?.path();
        if fs::read_to_string(task.join("comm"))?.trim() == name {
            let stat = fs::read_to_string(task.join("schedstat"))?;
            return Ok(Duration::from_nanos(stat.split(' ').next().ok_or("no schedstat")?.parse()?));
        }
    }
    Err(format!("there is no thread {name}").into())
}

/// A proof out of the tree, and what checking one costs that came as a text.
async fn proofs(notary: &Notary, records: &[Record]) -> Fallible<()> {
    let sealed = notary.wait(Under::Signature, records.last().map(|it| it.position)).await?;
    let policy = Policy::parse(notary.policy().as_bytes())?;
    let wanted: Vec<&Record> = (0..SAMPLES).filter_map(|n| records.get(n * 7919 % records.len())).collect();
    let start = Instant::now();
    let parts = wanted.iter().map(|it| notary.prove(&sealed, it)).collect::<Result<Vec<_>, _>>()?;
    println!("a proof                          {:>10.1} us", micros(start.elapsed()));
    let texts = texts(&sealed, parts)?;
    let start = Instant::now();
    for text in &texts {
        Proof::parse(text.as_bytes())?.check_event(&policy)?;
    }
    println!("a proof read and checked         {:>10.1} us", micros(start.elapsed()));
    Ok(())
}

fn texts(sealed: &Sealed, parts: Vec<pactline::audit::ProofPart>) -> Fallible<Vec<String>> {
    let checkpoint = SignedCheckpoint::parse(sealed.note.as_bytes())?;
    Ok(parts.into_iter().map(|part| Proof { part, checkpoint: checkpoint.clone() }.to_string()).collect())
}

fn micros(all: Duration) -> f64 {
    all.as_secs_f64() * 1e6 / SAMPLES as f64
}

/// How long an append takes until it is durable, and until it is signed for, one after the other in turns.
async fn waits(log: &EmbeddedLog, notary: &Notary) -> Fallible<()> {
    let (mut durable, mut sealed) = (Vec::new(), Vec::new());
    for n in 0..2 * SAMPLES as u64 {
        let stream = format!("wait-{}", Uuid::from_u128(n.into()));
        let start = Instant::now();
        let at = log.append(&stream, Expected::NoStream, vec![event(u64::MAX / 2 + n)]).await?.position;
        if n % 2 == 0 {
            durable.push(start.elapsed());
            continue;
        }
        notary.wait(Under::Signature, Some(at)).await?;
        sealed.push(start.elapsed());
    }
    for (what, mut times) in [("DURABLE", durable), ("SEALED", sealed)] {
        times.sort();
        let at = |share: usize| times[times.len() * share / 100].as_secs_f64() * 1e3;
        println!("{what:<8} p50, p99                {:>10.2} {:>8.2} ms", at(50), at(99));
    }
    Ok(())
}

/// `pactline audit verify`, from its start to its end, and the most memory that it had.
fn verified(data: &Path) -> Fallible<()> {
    let start = Instant::now();
    let mut verify = Command::new(PROGRAM);
    verify.args(["--json", "audit", "verify", "--data"]).arg(data).stdout(Stdio::null());
    let mut verify = verify.spawn()?;
    let mut most = 0.0_f64;
    let ended = loop {
        if let Some(ended) = verify.try_wait()? {
            break ended;
        }
        most = resident_mib(&verify).max(most);
        std::thread::sleep(Duration::from_millis(5));
    };
    println!("audit verify                     {:>10.2} s, {ended}", start.elapsed().as_secs_f64());
    println!("resident at the most             {most:>10.1} MiB");
    Ok(())
}

/// A server of the folder, from its start until it listens and until it has compared the record with what was signed.
fn started(data: &Path) -> Fallible<()> {
    let start = Instant::now();
    let mut serve = Command::new(PROGRAM);
    serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    let mut serve = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut line = String::new();
    BufReader::new(serve.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    let (listens, mib) = (start.elapsed(), resident_mib(&serve));
    let url = line.trim().strip_prefix("listening on ").ok_or("it does not listen")?.to_owned();
    let sound = || -> Fallible<bool> {
        let said = Command::new(PROGRAM).args(["--json", "--server", &url, "status"]).output()?;
        Ok(String::from_utf8_lossy(&said.stdout).contains("\"sound\""))
    };
    while !sound()? {
        std::thread::sleep(Duration::from_millis(20));
    }
    println!("a server listens after           {:>10.2} s, {mib:.1} MiB", listens.as_secs_f64());
    println!(
        "it has compared all after        {:>10.2} s, {:.1} MiB",
        start.elapsed().as_secs_f64(),
        resident_mib(&serve)
    );
    serve.kill()?;
    serve.wait()?;
    Ok(())
}

/// The most memory that a process had so far.
fn resident_mib(process: &Child) -> f64 {
    let now = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap_or_default();
    let peak = now.lines().find_map(|it| it.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    peak.and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
