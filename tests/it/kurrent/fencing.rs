//! Several servers sign for one log: one line of checkpoints comes of it, whoever wakes up late or reads something else.
use super::double::database::Found;
use super::double::{Call, Double, Fault};
use super::{open, quick};
use crate::log::event;
use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use pactline::audit::{
    KeyKind, Notary, Sealed, Settings, SignedCheckpoint, SigningKey, THIN_AFTER, Under, Unproven, Verdict,
};
use pactline::log::{
    Appended, Board, Error, Expected, KurrentLimits, KurrentLog, KurrentSettings, Log, NewRecord, Payload,
    Place, Position, Promises, Record, Records,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Where the line is.
pub(super) const LINE: &str = "$pactline-checkpoints";
/// What cannot take this long on any machine.
pub(super) const FOREVER: Duration = Duration::from_secs(120);
const ORIGIN: &str = "pact.example.org/shared";

/// A log seen through something else.
#[derive(Clone)]
struct Seen {
    log: Arc<dyn Log>,
    /// What of an event is shown instead, where it is forged.
    forged: Option<u128>,
    /// What holds checkpoints up before they are put in the line.
    held: Option<Arc<Gate>>,
}

/// Shut at first.
struct Gate {
    reached: Semaphore,
    open: Semaphore,
}

impl Seen {
    fn shown(&self, records: Records) -> Records {
        let forged = self.forged;
        let change = move |record: Record| match forged == Some(record.id.as_u128()) {
            true => Record { data: Bytes::from_static(b"{\"n\":0}"), ..record },
            false => record,
        };
        records.map_ok(move |chunk| chunk.into_iter().map(change).collect()).boxed()
    }
}

#[async_trait]
impl Log for Seen {
    async fn append(&self, to: &str, expected: Expected, new: Vec<NewRecord>) -> Result<Appended, Error> {
        self.log.append(to, expected, new).await
    }
    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.log.read_stream(stream, from)
    }
    fn read_all(&self, after: Option<Position>) -> Records {
        self.shown(self.log.read_all(after))
    }
    fn follow(&self, after: Option<Position>) -> Records {
        self.shown(self.log.follow(after))
    }
    async fn redact(&self, place: &Place, payload: Payload) -> Result<(), Error> {
        self.log.redact(place, payload).await
    }
    async fn head(&self) -> Result<Option<Position>, Error> {
        self.log.head().await
    }
    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        self.log.event_at(position).await
    }
    fn promises(&self) -> Promises {
        self.log.promises()
    }
    fn board(&self) -> Option<Arc<dyn Board>> {
        Some(Arc::new(self.clone()))
    }
}

#[async_trait]
impl Board for Seen {
    async fn newest(&self) -> Result<Option<(u64, Bytes)>, Error> {
        self.log.board().unwrap().newest().await
    }
    async fn post(&self, after: Expected, note: Bytes) -> Result<(), Error> {
        if let Some(held) = &self.held {
            held.reached.add_permits(1);
            held.open.acquire().await.unwrap().forget();
        }
        self.log.board().unwrap().post(after, note).await
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(ORIGIN, KeyKind::Log, [seed; 32]).unwrap()
}

/// A notary that signs only for those who wait.
fn notary(dir: &TempDir, log: &Arc<dyn Log>) -> Notary {
    signing(dir, log, key(7))
}

fn signing(dir: &TempDir, log: &Arc<dyn Log>, key: SigningKey) -> Notary {
    let policy_text = format!("log {}\nquorum none\n", key.verifier());
    let keys = vec![key.verifier().clone()];
    let seal_every = Duration::from_secs(3_600);
    let thin_after = THIN_AFTER;
    let settings = Settings { signer: Some(key), keys, policy: None, policy_text, seal_every, thin_after };
    Notary::open(dir.path(), log.clone(), settings).unwrap()
}

async fn opened(double: &Double) -> Arc<dyn Log> {
    Arc::new(open(double).await)
}

/// Appends events to streams of their own; where the last is.
async fn happen(log: &Arc<dyn Log>, ids: impl IntoIterator<Item = u128>) -> Option<Position> {
    let mut last = None;
    for id in ids {
        let appended = log.append(&format!("a-{id}"), Expected::NoStream, vec![event(id)]).await;
        last = Some(appended.unwrap().position);
    }
    last
}

/// Every checkpoint that was published.
pub(super) fn line(double: &Double) -> Vec<String> {
    match double.database().stream_forwards(LINE, 0, u64::MAX) {
        Found::NoStream => Vec::new(),
        Found::Events(events, _) => {
            events.iter().map(|it| String::from_utf8(it.event.data.to_vec()).unwrap()).collect()
        }
    }
}

pub(super) fn sizes(line: &[String]) -> Vec<u64> {
    let size = |it: &String| SignedCheckpoint::parse(it.as_bytes()).unwrap().unverified().head.size;
    line.iter().map(size).collect()
}

async fn signature(notary: &Notary, position: Option<Position>) -> Arc<Sealed> {
    timeout(FOREVER, notary.wait(Under::Signature, position)).await.unwrap().unwrap()
}

/// What a notary says that signs no more.
async fn refusal(notary: &Notary, position: Option<Position>) -> String {
    match timeout(FOREVER, notary.wait(Under::Signature, position)).await.unwrap() {
        Ok(sealed) => panic!("it signed for {}", sealed.head.size),
        Err(Unproven::RecordDiffers(why) | Unproven::NotaryStopped(why)) => why.to_string(),
        Err(other) => panic!("{other}"),
    }
}

/// Waits until a notary has compared the record and goes on.
async fn begun(notary: &Notary) {
    notary.verdict().wait_for(|it| *it == Verdict::Sound).await.unwrap();
}

/// Waits until so many events are in a notary's tree.
async fn read_on(dir: &TempDir, events: u128) {
    let places = || std::fs::metadata(dir.path().join("places")).map_or(0, |it| it.len());
    while u128::from(places()) < events * 8 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn kept(dir: &Path) -> String {
    std::fs::read_to_string(dir.join("checkpoints")).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_sign_publish_one_line_one_after_the_other() {
    let (double, dirs) = (Double::start(), [(); 2].map(|()| tempfile::tempdir().unwrap()));
    let logs = [opened(&double).await, opened(&double).await];
    let notaries = [notary(&dirs[0], &logs[0]), notary(&dirs[1], &logs[1])];
    let (mut last, mut served) = (None, Vec::new());
    for n in 0..24 {
        last = happen(&logs[n % 2], [n as u128 + 1]).await;
        // Now one, now the other, now both at a time.
        let (one, other) = match n % 3 {
            2 => {
                let both = tokio::join!(signature(&notaries[0], last), signature(&notaries[1], last));
                (both.0, Some(both.1))
            }
            who => (signature(&notaries[who], last).await, None),
        };
        served.extend([Some(one), other].into_iter().flatten().map(|it| it.note.clone()));
    }
    let (one, other) = (signature(&notaries[0], last).await, signature(&notaries[1], last).await);
    assert_eq!((one.head.size, &one.note), (24, &other.note));
    let line = line(&double);
    assert!(sizes(&line).is_sorted_by(|a, b| a < b), "{:?}", sizes(&line));
    assert!(served.iter().all(|it| line.contains(it)), "what is served is in the line");
    assert_eq!(line.last(), Some(&one.note));
    // None of it is in the record.
    let fresh = opened(&double).await;
    let record: Vec<Record> = fresh.read_all(None).try_concat().await.unwrap();
    assert_eq!((record.len(), fresh.head().await.unwrap()), (24, last));
    assert!(double.database().written().iter().all(|it| it.stream.starts_with("a-")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_slept_over_its_signature_publishes_what_the_other_did_meanwhile() {
    let (double, dirs) = (Double::start(), [(); 2].map(|()| tempfile::tempdir().unwrap()));
    let gate = Gate { reached: Semaphore::new(0), open: Semaphore::new(0) };
    let (log, held) = (opened(&double).await, Arc::new(gate));
    let sleepy: Arc<dyn Log> = Arc::new(Seen { log: log.clone(), forged: None, held: Some(held.clone()) });
    let (slept, awake) = (notary(&dirs[0], &sleepy), notary(&dirs[1], &log));
    let first = happen(&log, [1]).await;
    let waiting = tokio::spawn({
        let slept = slept.clone();
        async move { signature(&slept, first).await }
    });
    // It has signed for one event, and sleeps.
    timeout(FOREVER, held.reached.acquire()).await.unwrap().unwrap().forget();
    let last = happen(&log, 2..=5).await;
    let published = signature(&awake, last).await;
    held.open.add_permits(100);
    assert_eq!(waiting.await.unwrap().note, published.note);
    assert_eq!(sizes(&line(&double)), [5]);
    assert!(!kept(dirs[0].path()).contains("\n1\n"), "it never published that: {}", kept(dirs[0].path()));
    // It goes on where the other ended.
    let last = happen(&log, [6]).await;
    assert_eq!(signature(&slept, last).await.head.size, 6);
    assert_eq!(sizes(&line(&double)), [5, 6]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_published_before_is_served_though_more_has_happened_here() {
    let (double, dirs) = (Double::start(), [(); 2].map(|()| tempfile::tempdir().unwrap()));
    let log = opened(&double).await;
    let waits = happen(&log, 1..=300).await;
    let (first, second) = (notary(&dirs[0], &log), notary(&dirs[1], &log));
    begun(&second).await;
    let published = signature(&first, waits).await;
    first.stop().await;
    happen(&log, 301..=600).await;
    read_on(&dirs[1], 600).await;
    let served = signature(&second, waits).await;
    assert_eq!((served.head, served.position, &served.note), (published.head, waits, &published.note));
    assert_eq!(sizes(&line(&double)), [300]);
    let records: Vec<Record> = log.read_all(None).try_concat().await.unwrap();
    for record in &records[..300] {
        assert_eq!(second.prove(&served, record).unwrap(), first.prove(&published, record).unwrap());
    }
    assert!(second.prove(&served, &records[300]).is_err(), "it is not under that signature");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_reads_another_history_publishes_nothing_and_writes_no_more() {
    // Before it starts; while it runs and has read as far, or on.
    for (before, published, known) in [(true, 3, 3), (false, 3, 3), (false, 3, 5)] {
        let (double, dirs) = (Double::start(), [(); 2].map(|()| tempfile::tempdir().unwrap()));
        let log = opened(&double).await;
        let astray: Arc<dyn Log> = Arc::new(Seen { log: log.clone(), forged: Some(2), held: None });
        let start = || notary(&dirs[1], &astray);
        let running = (!before).then(start);
        if let Some(running) = &running {
            begun(running).await;
        }
        let right = notary(&dirs[0], &log);
        let last = happen(&log, 1..=published).await;
        let sealed = signature(&right, last).await;
        let last = happen(&log, published + 1..=known).await.or(last);
        if !before {
            read_on(&dirs[1], known).await;
        }
        let other = running.unwrap_or_else(start);
        let why = refusal(&other, last).await;
        let (size, root) = (sealed.head.size, sealed.head.root);
        assert!(why.contains(&format!("a checkpoint of {size} events with the root {root}")), "{why}");
        assert!(why.contains(&format!("the first {size} events have the root ")), "{why}");
        assert_eq!(*other.verdict().borrow(), Verdict::Differs(why.as_str().into()));
        assert_eq!(line(&double), [sealed.note.as_str()]);
        assert_eq!(kept(dirs[1].path()), "");
        other.stop().await;
        // Nor does it after a start.
        refusal(&start(), last).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_has_less_than_was_published_is_not_written_to() {
    let (double, dirs) = (Double::start(), [(); 2].map(|()| tempfile::tempdir().unwrap()));
    let log = opened(&double).await;
    let last = happen(&log, 1..=3).await;
    let published = signature(&notary(&dirs[0], &log), last).await;
    let shorter = Double::start();
    let log = opened(&shorter).await;
    let last = happen(&log, 1..=2).await;
    log.board().unwrap().post(Expected::NoStream, published.note.clone().into()).await.unwrap();
    let why = refusal(&notary(&dirs[1], &log), last).await;
    assert!(why.contains("a checkpoint of 3 events") && why.contains("the log has 2"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_is_in_the_line_once_whatever_becomes_of_the_answer() {
    let faults = [
        Fault::Unavailable,
        Fault::LostAnswer,
        Fault::LateCommit,
        Fault::DeadlineAfterCommit,
        Fault::EndsEarly,
        Fault::Hang,
        Fault::NotLeader { port: 1 },
    ];
    for fault in faults {
        let (double, dir) = (Double::start(), tempfile::tempdir().unwrap());
        let settings = KurrentSettings { url: double.url(), ca: None, credentials: None };
        let limits = KurrentLimits { call_ms: 300, ..quick() };
        let log = KurrentLog::open_within(&settings, limits, crate::log::clock).await.unwrap();
        let log: Arc<dyn Log> = Arc::new(log);
        let notary = notary(&dir, &log);
        let last = happen(&log, 1..=2).await;
        let mut times = 1;
        double.goes_wrong(move |call| match call == Call::Append && times > 0 {
            true => {
                times -= 1;
                fault
            }
            false => Fault::None,
        });
        let sealed = signature(&notary, last).await;
        tokio::time::sleep(Duration::from_millis(40)).await;
        assert_eq!(line(&double), [sealed.note.as_str()], "{fault:?}");
        let last = happen(&log, [3]).await;
        assert_eq!(signature(&notary, last).await.head.size, 3, "{fault:?}");
        assert_eq!(sizes(&line(&double)), [2, 3], "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_may_not_write_there_signs_nothing_and_says_what_it_needs() {
    let (double, dir) = (Double::start(), tempfile::tempdir().unwrap());
    let log = opened(&double).await;
    let last = happen(&log, [1]).await;
    double.goes_wrong(|call| if call == Call::Append { Fault::Denied } else { Fault::None });
    let notary = notary(&dir, &log);
    let why = refusal(&notary, last).await;
    assert!(why.contains(LINE) && why.contains("README"), "{why}");
    assert_eq!(*notary.verdict().borrow(), Verdict::Sound, "the record is what was signed");
    assert_eq!((line(&double).len(), kept(dir.path())), (0, String::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_known_key_signed_is_not_gone_on_with() {
    let (double, dirs) = (Double::start(), [(); 2].map(|()| tempfile::tempdir().unwrap()));
    let log = opened(&double).await;
    let last = happen(&log, [1]).await;
    let published = signature(&signing(&dirs[0], &log, key(8)), last).await;
    let other = notary(&dirs[1], &log);
    let why = refusal(&other, last).await;
    assert!(why.contains("not signed by a key that is known here"), "{why}");
    assert_eq!(*other.verdict().borrow(), Verdict::Sound, "that says nothing about the record");
    assert_eq!(line(&double), [published.note.as_str()]);
}
