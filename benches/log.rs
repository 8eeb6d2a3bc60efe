//! What the embedded log costs, beside what the disk costs anyway. `cargo bench --bench log`.
#![allow(missing_docs)]
use bytes::Bytes;
use futures::{StreamExt, future::join_all};
use jiff::Timestamp;
use pactline::log::{EmbeddedLog, Expected, Log, NewRecord};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A median event: what a position taken in a meeting measures, with its metadata.
const DATA_BYTES: usize = 220;
const META_BYTES: usize = 130;
const EVENTS: u64 = 1_000_000;
const SPAN: Duration = Duration::from_secs(3);
static NEXT: AtomicU64 = AtomicU64::new(0);

#[tokio::main]
async fn main() -> Result<()> {
    let dir = tempfile::tempdir()?;
    println!("bare write + fdatasync         {:>10.0} /s", bare(&dir.path().join("bare"))?);
    let log = open(&dir.path().join("appends"))?;
    for writers in [1, 4, 16, 64, 256] {
        println!("append, {writers:>3} at once            {:>10.0} /s", appends(&log, writers).await?);
    }
    println!("bare write + fdatasync         {:>10.0} /s", bare(&dir.path().join("bare"))?);
    drop(log);
    let large = dir.path().join("large");
    let log = open(&large)?;
    println!("append, 1000 at once           {:>10.0} /s", fill(&log).await?);
    println!("read_all                       {:>10.0} events/s", read(log.read_all(None)).await?);
    println!("read_all again                 {:>10.0} events/s", read(log.read_all(None)).await?);
    println!("follow, history                {:>10.0} events/s", read(log.follow(None)).await?);
    println!("read_stream of 20              {:>10.1} us", read_streams(&log).await?);
    drop(log);
    reopen(&large)?;
    Ok(())
}

fn open(dir: &Path) -> Result<Arc<EmbeddedLog>> {
    // Seconds since the start: no clock is read outside the library's own.
    let start = Instant::now();
    let now = move || Timestamp::UNIX_EPOCH + start.elapsed();
    Ok(Arc::new(EmbeddedLog::open(dir, now)?))
}

fn reopen(dir: &Path) -> Result<()> {
    let start = Instant::now();
    let log = open(dir)?;
    println!("open at {EVENTS} events         {:>10.1} ms", start.elapsed().as_secs_f64() * 1e3);
    drop(log);
    Ok(())
}

/// What one append costs at the least: its bytes, flushed.
fn bare(path: &Path) -> Result<f64> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let (start, mut count) = (Instant::now(), 0.0);
    while start.elapsed() < SPAN {
        file.write_all(&[b'x'; DATA_BYTES + META_BYTES])?;
        file.sync_data()?;
        count += 1.0;
    }
    Ok(count / start.elapsed().as_secs_f64())
}

fn events(count: u64) -> Vec<NewRecord> {
    let first = NEXT.fetch_add(count, Ordering::Relaxed);
    let event = |n: u64| NewRecord {
        id: Uuid::new_v5(&Uuid::NAMESPACE_OID, &n.to_le_bytes()),
        kind: "PositionTaken".into(),
        data: Bytes::from(vec![b'd'; DATA_BYTES]),
        meta: Bytes::from(vec![b'm'; META_BYTES]),
        recorded_at: None,
    };
    (first..first + count).map(event).collect()
}

fn expected_at(revision: u64) -> Expected {
    revision.checked_sub(1).map_or(Expected::NoStream, Expected::Revision)
}

/// Each writer appends one event at a time to streams of 20.
async fn appends(log: &Arc<EmbeddedLog>, writers: u64) -> Result<f64> {
    let start = Instant::now();
    let work = (0..writers).map(|writer| {
        let log = log.clone();
        tokio::spawn(async move {
            let mut count = 0;
            while start.elapsed() < SPAN {
                let stream = format!("bench-{writers}-{writer}-{}", count / 20);
                log.append(&stream, expected_at(count % 20), events(1)).await?;
                count += 1;
            }
            Ok::<_, pactline::log::Error>(count)
        })
    });
    let mut total = 0;
    for count in join_all(work).await {
        total += count??;
    }
    Ok(total as f64 / start.elapsed().as_secs_f64())
}

/// Streams of 20 events each; 50 streams are interleaved at any time, one append has 1 event of each.
async fn fill(log: &Arc<EmbeddedLog>) -> Result<f64> {
    let start = Instant::now();
    for block in 0..EVENTS / 1000 {
        let appends = (0..1000).map(|n| {
            let (stream, revision) = (format!("large-{}", block * 50 + n % 50), n / 50);
            async move { log.append(&stream, expected_at(revision), events(1)).await }
        });
        for appended in join_all(appends).await {
            appended?;
        }
    }
    Ok(EVENTS as f64 / start.elapsed().as_secs_f64())
}

async fn read(mut records: pactline::log::Records) -> Result<f64> {
    let (start, mut count) = (Instant::now(), 0);
    while count < EVENTS {
        count += records.next().await.ok_or("the log ended early")??.len() as u64;
    }
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

async fn read_streams(log: &Arc<EmbeddedLog>) -> Result<f64> {
    const TIMES: u64 = 20_000;
    let start = Instant::now();
    for n in 0..TIMES {
        let stream = format!("large-{}", n * 7919 % (EVENTS / 20));
        let found = log.read_stream(&stream, 0).next().await.ok_or("an empty stream")??;
        assert_eq!(found.len(), 20);
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / TIMES as f64)
}
