//! A log whose every event is waited for is signed for at each; the list of that stays short, and what it shows stays.
use super::grown::log_key;
use bytes::Bytes;
use futures::TryStreamExt;
use jiff::Timestamp;
use pactline::audit::verify::{Examination, Fault, Kind, Measure, Outcome, Report};
use pactline::audit::{Notary, Settings, Under, Verdict};
use pactline::log::{Expected, Log, MemoryLog, NewRecord, Record, Salvaged};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// How many checkpoints may gather here that later ones stand for.
const THIN_AFTER: usize = 16;
/// The most that are on the list then: those, as many again until it is looked at next, and the few that are kept for
/// ever.
const MOST: usize = 2 * THIN_AFTER + 8;

fn settings(seal_every: Duration) -> Settings {
    let key = log_key();
    let policy_text = format!("log {}\nquorum none\n", key.verifier());
    let keys = vec![key.verifier().clone()];
    Settings { signer: Some(key), keys, policy: None, policy_text, seal_every, thin_after: THIN_AFTER }
}

fn log() -> Arc<MemoryLog> {
    let seconds = AtomicI64::new(1_800_000_000);
    Arc::new(MemoryLog::new(move || Timestamp::from_second(seconds.fetch_add(1, Ordering::Relaxed)).unwrap()))
}

/// Appends `count` events and waits for a signature for each: the checkpoints.
async fn sealed_one_by_one(log: &MemoryLog, notary: &Notary, count: u128) -> Vec<String> {
    let mut seen = Vec::new();
    let before = u128::from(log.head().await.unwrap().map_or(0, |it| it.0));
    for n in before..before + count {
        let event = NewRecord {
            id: Uuid::from_u128(n + 1),
            kind: "NoteTaken".into(),
            data: Bytes::from(format!("{{\"note\":{n}}}")),
            meta: Bytes::from_static(b"{}"),
            recorded_at: None,
        };
        let at = log.append(&format!("note-{n}"), Expected::NoStream, vec![event]).await.unwrap().position;
        seen.push(notary.wait(Under::Signature, Some(at)).await.unwrap().note.clone());
    }
    seen
}

async fn records(log: &MemoryLog) -> Vec<Record> {
    log.read_all(None).try_concat().await.unwrap()
}

fn examined(dir: &Path, records: Vec<Record>, kept: Vec<String>) -> Report {
    let keys = settings(Duration::ZERO).keys;
    let mut examination = Examination::new(&Measure { tree: dir.to_owned(), keys, policy: None, kept });
    records.into_iter().for_each(|it| examination.take(&Salvaged::Event(it)));
    examination.finish()
}

/// How many checkpoints are on the list.
fn listed(dir: &Path) -> usize {
    fs::read_to_string(dir.join("checkpoints")).unwrap().matches("\n\n").count() / 2
}

/// What a notary says that is started on this log.
async fn verdict(dir: &Path, log: Arc<MemoryLog>) -> Verdict {
    let notary = Notary::open(dir, log, settings(Duration::ZERO)).unwrap();
    let verdict = notary.verdict().wait_for(|it| *it != Verdict::Comparing).await.unwrap().clone();
    notary.stop().await;
    verdict
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_checkpoint_for_each_event_few_are_kept_and_every_one_that_was_seen_is_borne_out() {
    let (log, dir) = (log(), tempfile::tempdir().unwrap());
    let notary = Notary::open(dir.path(), log.clone(), settings(Duration::ZERO)).unwrap();
    let seen = sealed_one_by_one(&log, &notary, 600).await;
    notary.stop().await;
    assert_eq!(seen.len(), 600);
    assert!((3..=MOST).contains(&listed(dir.path())), "{} are kept", listed(dir.path()));
    let report = examined(dir.path(), records(&log).await, seen);
    assert_eq!(report.outcome(), Outcome::Verified, "{report:?}");
    assert_eq!(verdict(dir.path(), log).await, Verdict::Sound);
}

#[tokio::test(flavor = "multi_thread")]
async fn under_a_checkpoint_that_is_not_kept_an_event_is_named_that_was_changed_and_an_old_copy_is_found() {
    let (log, dir) = (log(), tempfile::tempdir().unwrap());
    let notary = Notary::open(dir.path(), log.clone(), settings(Duration::ZERO)).unwrap();
    let seen = sealed_one_by_one(&log, &notary, 300).await;
    notary.stop().await;
    let list = fs::read_to_string(dir.path().join("checkpoints")).unwrap();
    assert!(!list.contains(&seen[40]) && !list.contains(&seen[99]), "they are not kept");
    let mut changed = records(&log).await;
    changed[37].data = Bytes::from_static(b"{\"note\":\"another\"}");
    let faults = examined(dir.path(), changed, Vec::new()).faults;
    let named = |it: &Fault| (it.kind, it.index);
    assert_eq!(faults.iter().map(named).collect::<Vec<_>>(), [(Kind::Altered, Some(37))], "{faults:?}");
    let old = self::log();
    for it in records(&log).await.into_iter().take(100) {
        let event = NewRecord {
            id: it.id,
            kind: it.kind,
            data: it.data,
            meta: it.meta,
            recorded_at: Some(it.recorded_at),
        };
        old.append(&it.stream, Expected::NoStream, vec![event]).await.unwrap();
    }
    let Verdict::Differs(why) = verdict(dir.path(), old).await else { panic!("it is taken for the record") };
    assert!(why.contains("300 events were signed for and the log has 100; index 100: note-100@0"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_stays_on_the_list_however_much_is_signed_after_it() {
    let (log, dir) = (log(), tempfile::tempdir().unwrap());
    let notary = Notary::open(dir.path(), log.clone(), settings(Duration::ZERO)).unwrap();
    sealed_one_by_one(&log, &notary, 20).await;
    notary.stop().await;
    // This one publishes nothing more before it is stopped, or killed.
    let notary = Notary::open(dir.path(), log.clone(), settings(Duration::from_secs(3600))).unwrap();
    sealed_one_by_one(&log, &notary, 200).await;
    let published = fs::read_to_string(dir.path().join("checkpoint")).unwrap();
    assert!(published.contains("\n20\n"), "{published}");
    assert!(listed(dir.path()) <= MOST, "{} are kept", listed(dir.path()));
    let report = examined(dir.path(), records(&log).await, Vec::new());
    assert_eq!(report.outcome(), Outcome::Verified, "{report:?}");
    notary.stop().await;
    assert_eq!(verdict(dir.path(), log).await, Verdict::Sound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_of_an_earlier_release_is_thinned_by_the_next_start_and_not_where_the_record_differs() {
    let (log, dir) = (log(), tempfile::tempdir().unwrap());
    let every = Settings { thin_after: usize::MAX, ..settings(Duration::ZERO) };
    let notary = Notary::open(dir.path(), log.clone(), every).unwrap();
    sealed_one_by_one(&log, &notary, 60).await;
    notary.stop().await;
    let whole = fs::read(dir.path().join("checkpoints")).unwrap();
    assert!(listed(dir.path()) >= 60);
    assert!(matches!(verdict(dir.path(), self::log()).await, Verdict::Differs(_)));
    assert!(fs::read(dir.path().join("checkpoints")).unwrap() == whole, "it is evidence");
    assert_eq!(verdict(dir.path(), log).await, Verdict::Sound);
    assert!(listed(dir.path()) <= 2, "the one that says nothing happened yet, and the newest");
}
