//! The notary is interrupted at each single thing that it does to its files, killed or without power: what it signed
//! stays signed, and the tree is made again from the log, byte for byte.
use super::grown::{ORIGIN, log_key};
use crate::simulation::chance::Chance;
use bytes::Bytes;
use futures::TryStreamExt;
use jiff::Timestamp;
use pactline::audit::verify::{Examination, Measure, Outcome};
use pactline::audit::{Disk, Folder, Notary, Settings, Under};
use pactline::log::{Expected, Log, MemoryLog, NewRecord, Position, Record, Salvaged};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// How it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Crash {
    /// What was written is there.
    Killed,
    /// Of what was written and not made durable, anything may be there, or half of it.
    PowerLost,
}

/// A folder that is written to so many times and then no more.
#[derive(Clone)]
struct Fragile(Arc<Mutex<State>>);

struct State {
    folder: Folder,
    root: PathBuf,
    crash: Crash,
    left: u64,
    dead: bool,
    chance: Chance,
    /// What was in each file before it was written to without being made durable.
    before: BTreeMap<String, Option<Vec<u8>>>,
}

impl Fragile {
    fn new(root: &Path, crash: Crash, left: u64, seed: u64) -> Self {
        let (folder, chance) = (Folder::open(root).unwrap(), Chance::new(seed));
        let root = root.to_owned();
        Self(Arc::new(Mutex::new(State {
            folder,
            root,
            crash,
            left,
            dead: false,
            chance,
            before: BTreeMap::new(),
        })))
    }

    fn crashed(&self) -> bool {
        self.0.lock().unwrap().dead
    }

    /// Does `act`, or dies over it and leaves one of `halves`.
    fn change(
        &self,
        name: &str,
        durable: bool,
        halves: impl FnOnce(Option<Vec<u8>>, &mut Chance) -> Option<Vec<u8>>,
        act: impl FnOnce(&mut Folder) -> io::Result<()>,
    ) -> io::Result<()> {
        let state = &mut *self.0.lock().unwrap();
        if state.dead {
            return Err(io::Error::other("the machine is off"));
        }
        let before = state.folder.read(name).ok().flatten();
        if !durable {
            state.before.entry(name.to_owned()).or_insert(before.clone());
        }
        if state.left > 0 {
            state.left -= 1;
            return act(&mut state.folder);
        }
        state.dead = true;
        let left = halves(before, &mut state.chance);
        put(&state.root.join(name), left.as_deref());
        if state.crash == Crash::PowerLost {
            state.lose_power();
        }
        Err(io::Error::other("the machine went off"))
    }
}

impl State {
    fn lose_power(&mut self) {
        for (name, before) in std::mem::take(&mut self.before) {
            let path = self.root.join(&name);
            match (self.chance.below(3), before) {
                (0, before) => put(&path, before.as_deref()),
                (1, _) => {
                    let there = fs::read(&path).ok();
                    let half = there.map(|it| it[..self.chance.below(it.len() as u64) as usize].to_vec());
                    put(&path, half.as_deref());
                }
                (_, _) => {}
            }
        }
    }
}

fn put(path: &Path, bytes: Option<&[u8]>) {
    match bytes {
        Some(bytes) => {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        None if path.is_file() => fs::remove_file(path).unwrap(),
        None => {}
    }
}

/// As much of `bytes` as chance has it.
fn part(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    bytes[..chance.below(bytes.len() as u64 + 1) as usize].to_vec()
}

impl Disk for Fragile {
    fn write(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.change(name, false, |_, chance| Some(part(bytes, chance)), |it| it.write(name, bytes))
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let either =
            |before, chance: &mut Chance| if chance.percent(50) { before } else { Some(bytes.to_vec()) };
        self.change(name, true, either, |it| it.replace(name, bytes))
    }

    fn write_at(&mut self, name: &str, at: u64, bytes: &[u8]) -> io::Result<()> {
        let half = |before: Option<Vec<u8>>, chance: &mut Chance| {
            let mut half = before.unwrap_or_default();
            let (at, bytes) = (at as usize, part(bytes, chance));
            half.resize(half.len().max(at + bytes.len()), 0);
            half[at..at + bytes.len()].copy_from_slice(&bytes);
            Some(half)
        };
        self.change(name, false, half, |it| it.write_at(name, at, bytes))
    }

    fn append_durably(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let half = |before: Option<Vec<u8>>, chance: &mut Chance| {
            Some([before.unwrap_or_default(), part(bytes, chance)].concat())
        };
        self.change(name, true, half, |it| it.append_durably(name, bytes))
    }

    fn cut(&mut self, name: &str, length: u64) -> io::Result<()> {
        let either = |before: Option<Vec<u8>>, chance: &mut Chance| match chance.percent(50) {
            true => before,
            false => before.map(|it| it[..length as usize].to_vec()),
        };
        self.change(name, true, either, |it| it.cut(name, length))
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.change(name, false, |before, _| before, |it| it.remove(name))
    }

    fn partials(&self) -> io::Result<Vec<String>> {
        self.0.lock().unwrap().folder.partials()
    }

    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.0.lock().unwrap().folder.read(name)
    }

    fn holds(&self, name: &str, at: u64, bytes: &[u8]) -> io::Result<bool> {
        self.0.lock().unwrap().folder.holds(name, at, bytes)
    }
}

fn settings() -> Settings {
    let key = log_key();
    let policy_text = format!("log {}\nquorum none\n", key.verifier());
    let keys = vec![key.verifier().clone()];
    // Whatever may be dropped is dropped at once: that is interrupted too.
    let (seal_every, thin_after) = (Duration::ZERO, 0);
    Settings { signer: Some(key), keys, policy: None, policy_text, seal_every, thin_after }
}

fn clock() -> impl Fn() -> Timestamp + Send + Sync + 'static {
    let seconds = AtomicI64::new(1_800_000_000);
    move || Timestamp::from_second(seconds.fetch_add(1, Ordering::Relaxed)).unwrap()
}

/// Appends 60 events to a stream of their own: the position of the last.
async fn append(log: &MemoryLog, part: u128) -> Position {
    let event = |n: u128| NewRecord {
        id: Uuid::from_u128(part * 1000 + n + 1),
        kind: "NoteTaken".into(),
        data: Bytes::from(format!("{{\"note\":{n}}}")),
        meta: Bytes::from_static(b"{}"),
        recorded_at: None,
    };
    let stream = format!("note-{}", Uuid::from_u128(part));
    log.append(&stream, Expected::NoStream, (0..60).map(event).collect()).await.unwrap().position
}

/// Every file below `root` that the log gives, with what is in it.
fn given(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut left) = (BTreeMap::new(), vec![root.join("tile")]);
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(path).unwrap());
            }
        }
    }
    for name in ["places", "checkpoint"] {
        found.insert(name.into(), fs::read(root.join(name)).unwrap_or_default());
    }
    found
}

/// Whether a checkpoint that somebody saw is on the list, or a later one of the same 256 events.
fn stands(journal: &str, note: &str) -> bool {
    let size = |note: &str| note.lines().nth(1).unwrap().parse::<u64>().unwrap();
    let same = |other: u64| other >= size(note) && other.div_ceil(256) == size(note).div_ceil(256);
    let listed: Vec<&str> = journal.split_inclusive("\n\n").collect();
    journal.contains(note) || listed.chunks_exact(2).any(|it| same(size(it[0])))
}

/// A log, the folder of its notary, and everything that anybody saw signed.
struct Case {
    log: Arc<MemoryLog>,
    dir: tempfile::TempDir,
    parts: u128,
    last: Option<Position>,
    seen: Vec<String>,
}

impl Case {
    fn new() -> Self {
        let (log, dir) = (Arc::new(MemoryLog::new(clock())), tempfile::tempdir().unwrap());
        Self { log, dir, parts: 0, last: None, seen: Vec::new() }
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("audit")
    }

    /// Grows the log up to five parts under a notary that dies after `left` changes; whether it did.
    async fn crash(&mut self, crash: Crash, left: u64, seed: u64) -> bool {
        let disk = Fragile::new(&self.root(), crash, left, seed);
        let notary = Notary::open_on(disk.clone(), &self.root(), self.log.clone(), settings()).unwrap();
        loop {
            match notary.wait(Under::Signature, self.last).await {
                Ok(sealed) => self.seen.push(sealed.note.clone()),
                Err(_) => break,
            }
            if self.parts == 5 {
                break;
            }
            self.last = Some(append(&self.log, self.parts).await);
            self.parts += 1;
        }
        notary.stop().await;
        disk.crashed()
    }

    /// Starts for good: everything that was seen is there, fits the log, and the files are those of a notary that was
    /// never interrupted.
    async fn recover(&mut self, what: &str) {
        let notary = Notary::open(&self.root(), self.log.clone(), settings()).unwrap();
        let sealed = notary.wait(Under::Signature, self.last).await;
        notary.stop().await;
        assert!(sealed.is_ok(), "{what}: {sealed:?}");
        let journal = fs::read_to_string(self.root().join("checkpoints")).unwrap();
        for note in &self.seen {
            assert!(stands(&journal, note), "{what}: {note} was seen and is gone");
        }
        let records = self.records().await;
        let keys = vec![log_key().verifier().clone()];
        let mut examination =
            Examination::new(&Measure { tree: self.root(), keys, policy: None, kept: self.seen.clone() });
        records.into_iter().for_each(|it| examination.take(&Salvaged::Event(it)));
        let report = examination.finish();
        assert_eq!(report.outcome(), Outcome::Verified, "{what}: {report:?}");
        let fresh = self.dir.path().join("fresh");
        let notary = Notary::open(&fresh, self.log.clone(), settings()).unwrap();
        notary.wait(Under::Signature, self.last).await.unwrap();
        notary.stop().await;
        assert!(
            given(&self.root()) == given(&fresh),
            "{what}: the files are others than a fresh start makes"
        );
    }

    async fn records(&self) -> Vec<Record> {
        let chunks: Vec<Vec<Record>> = self.log.read_all(None).try_collect().await.unwrap();
        chunks.concat()
    }
}

async fn interrupted_everywhere(crash: Crash) {
    for left in 0.. {
        let mut case = Case::new();
        let crashed = case.crash(crash, left, left).await;
        case.recover(&format!("{crash:?} after {left} changes of {ORIGIN}")).await;
        if !crashed {
            assert!(left > 40, "a notary does more than {left} things to its files");
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notary_that_is_killed_over_any_change_goes_on_with_the_same_tree() {
    interrupted_everywhere(Crash::Killed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notary_that_loses_power_over_any_change_goes_on_with_the_same_tree() {
    interrupted_everywhere(Crash::PowerLost).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notary_that_crashes_again_and_again_forgets_nothing_that_it_signed() {
    for seed in 0..40 {
        let (mut chance, mut case) = (Chance::new(seed), Case::new());
        for again in 0..6 {
            let crash = if chance.percent(50) { Crash::Killed } else { Crash::PowerLost };
            case.crash(crash, chance.below(30), seed * 10 + again).await;
        }
        case.recover(&format!("seed {seed}")).await;
    }
}
