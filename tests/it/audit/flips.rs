//! Ten thousand single bits, each flipped alone in a folder of a log and its proofs: whichever it is, the verifier sees
//! it, and where it is in an event, names the event. What it does not see is in places that SQLite does not read.
use super::grown::log_key;
use super::sqlite_pages::unread;
use crate::simulation::chance::Chance;
use bytes::Bytes;
use jiff::Timestamp;
use pactline::audit::verify::{Examination, Fault, Kind, Measure, Outcome, Report};
use pactline::audit::{Notary, Settings, THIN_AFTER, Under, keys};
use pactline::log::{EmbeddedLog, Expected, Log, NewRecord, Position, Record, Salvage, Salvaged};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use uuid::Uuid;

const STREAMS: u128 = 7;

/// A folder of `events` events with its tree, signed for five times, as a server leaves it.
async fn folder(dir: &Path, events: u64) {
    let seconds = AtomicI64::new(1_800_000_000);
    let now = move || Timestamp::from_second(seconds.fetch_add(1, Ordering::Relaxed)).unwrap();
    let log = Arc::new(EmbeddedLog::open(dir, now).unwrap());
    let key = log_key();
    fs::create_dir_all(dir.join("audit")).unwrap();
    fs::write(dir.join("audit/keys"), format!("{}\n", key.verifier())).unwrap();
    let settings = Settings {
        keys: vec![key.verifier().clone()],
        signer: Some(key),
        policy: None,
        policy_text: String::new(),
        seal_every: Duration::from_secs(60),
        thin_after: THIN_AFTER,
    };
    let notary = Notary::open(&dir.join("audit"), log.clone(), settings).unwrap();
    for n in 0..u128::from(events) {
        let record = NewRecord {
            id: Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 + n),
            kind: ["ProjectProposed", "FundsPledged", "StageEntered"][(n % 3) as usize].into(),
            data: Bytes::from(format!("{{\"title\":\"Landing strip {n}\",\"amount\":{}}}", n * 991)),
            meta: Bytes::from(format!("{{\"actor\":\"person:{}\"}}", n % 5)),
            recorded_at: None,
        };
        let stream = format!("project-{}", Uuid::from_u128(n % STREAMS));
        let expected =
            (n / STREAMS).checked_sub(1).map_or(Expected::NoStream, |it| Expected::Revision(it as u64));
        let last = log.append(&stream, expected, vec![record]).await.unwrap().position;
        if n as u64 % (events / 5) == events / 5 - 1 {
            notary.wait(Under::Signature, Some(last)).await.unwrap();
        }
    }
    notary.stop().await;
    log.close().await.unwrap();
}

/// What the verifier makes of the folder; why it cannot even begin.
fn examine(dir: &Path) -> Result<Report, String> {
    let tree = dir.join("audit");
    let keys = fs::read_to_string(tree.join("keys")).map_err(|err| err.to_string())?;
    let keys = keys::list(&keys)?;
    let mut examination = Examination::new(&Measure { tree, keys, policy: None, kept: Vec::new() });
    examination.take_log(dir, |_| {});
    Ok(examination.finish())
}

/// Every event that can be read, wherever it is.
fn events(dir: &Path, until: u64) -> Vec<Record> {
    let Ok(mut salvage) = Salvage::open(dir, until) else { return Vec::new() };
    let mut found = Vec::new();
    loop {
        let some = salvage.read();
        if some.is_empty() {
            return found;
        }
        for it in some {
            if let Salvaged::Event(record) = it {
                found.push(Record { position: Position(0), ..record });
            }
        }
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let (mut found, mut left) = (Vec::new(), vec![dir.join("audit/tile")]);
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { left.push(path) } else { found.push(path) }
        }
    }
    found.extend(
        ["audit/checkpoints", "audit/checkpoint", "audit/places", "audit/keys"].map(|it| dir.join(it)),
    );
    found.sort();
    found
}

/// A file with one bit of it flipped, until this is dropped.
struct Flipped<'a> {
    path: &'a Path,
    whole: &'a [u8],
}

impl<'a> Flipped<'a> {
    fn new(path: &'a Path, whole: &'a [u8], bit: usize) -> Self {
        let mut bytes = whole.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(path, bytes).unwrap();
        Self { path, whole }
    }
}

impl Drop for Flipped<'_> {
    fn drop(&mut self) {
        fs::write(self.path, self.whole).unwrap();
    }
}

/// The indexes of the events that the report names.
fn named(report: &Report) -> BTreeSet<u64> {
    report.faults.iter().filter_map(|it: &Fault| it.index).collect()
}

#[tokio::test]
async fn no_bit_flips_unseen_in_what_was_signed_or_in_its_tree() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), 270).await;
    assert_eq!(examine(dir.path()).unwrap().outcome(), Outcome::Verified);
    let files = files(dir.path());
    let mut chance = Chance::new(1);
    for n in 0..4000 {
        let path = &files[n % files.len()];
        let whole = fs::read(path).unwrap();
        let bit = chance.below(whole.len() as u64 * 8) as usize;
        let _flipped = Flipped::new(path, &whole, bit);
        let seen = match examine(dir.path()) {
            Ok(report) => report.outcome() != Outcome::Verified && named(&report).is_empty(),
            Err(_) => path.ends_with("keys"),
        };
        assert!(seen, "{} bit {bit}", path.display());
    }
}

#[tokio::test]
async fn no_bit_of_the_log_flips_unseen_but_where_nothing_reads_it_and_each_event_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let count = 60;
    folder(dir.path(), count).await;
    let path = dir.path().join("log.db");
    let (whole, before) = (fs::read(&path).unwrap(), events(dir.path(), count));
    assert_eq!(before.len() as u64, count);
    let mut chance = Chance::new(2);
    let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
    for _ in 0..6000 {
        let bit = chance.below(whole.len() as u64 * 8) as usize;
        let _flipped = Flipped::new(&path, &whole, bit);
        let (report, after) = (examine(dir.path()).unwrap(), events(dir.path(), count));
        let what = match report.outcome() {
            Outcome::Verified => {
                assert_eq!(after, before, "bit {bit}");
                let place = unread(&whole, bit / 8);
                place.unwrap_or_else(|| panic!("byte {} is read, and bit {bit} flipped unseen", bit / 8))
            }
            Outcome::Tampered | Outcome::Incomplete if opens(&report) => {
                let changed = before.iter().enumerate().filter(|(_, it)| !after.contains(it));
                let changed: BTreeSet<u64> = changed.map(|(it, _)| it as u64).collect();
                assert_eq!(named(&report), changed, "bit {bit}: {:?}", report.faults);
                if changed.is_empty() {
                    "seen, beside the events"
                } else {
                    "seen, in events, which are named"
                }
            }
            Outcome::Tampered | Outcome::Incomplete => "seen: it cannot be read at all",
        };
        *counted.entry(what).or_default() += 1;
    }
    println!("{counted:#?}");
}

/// Whether the log's file can be looked into.
fn opens(report: &Report) -> bool {
    !report.faults.iter().any(|it| it.kind == Kind::File && it.why.starts_with("the log cannot be read"))
}
