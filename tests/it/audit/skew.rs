//! How far the times of a record go back, where several servers write with clocks of their own.
use super::grown::log_key;
use bytes::Bytes;
use futures::TryStreamExt;
use jiff::Timestamp;
use pactline::audit::skew::Skew;
use pactline::audit::verify::{Examination, Measure, Outcome, Report};
use pactline::audit::{Notary, SKEW_MAX_US, Settings, State, StepBack, THIN_AFTER, Under};
use pactline::log::{Expected, Log, MemoryLog, NewRecord, Position, Record, Salvaged};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

fn settings() -> Settings {
    let key = log_key();
    let policy_text = format!("log {}\nquorum none\n", key.verifier());
    let keys = vec![key.verifier().clone()];
    let (seal_every, thin_after) = (Duration::ZERO, THIN_AFTER);
    Settings { signer: Some(key), keys, policy: None, policy_text, seal_every, thin_after }
}

/// What the notary and a verifier say of a record that two servers write in turns, the second of which has a clock that
/// is `behind_us` behind.
async fn written_by_two(behind_us: i64) -> (State, Report) {
    let log = MemoryLog::new(|| Timestamp::UNIX_EPOCH);
    let (mut records, mut last) = (0, None);
    for round in 0..10 {
        for clock_us in [1_800_000_000_000_000, 1_800_000_000_000_000 - behind_us] {
            records += 1;
            let at = Timestamp::from_microsecond(clock_us + round * 1000).unwrap();
            let event = NewRecord {
                id: Uuid::from_u128(records),
                kind: "NoteTaken".into(),
                data: Bytes::from_static(b"{}"),
                meta: Bytes::from_static(b"{}"),
                recorded_at: Some(at),
            };
            let stream = format!("note-{records}");
            last = Some(log.append(&stream, Expected::NoStream, vec![event]).await.unwrap().position);
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let notary = Notary::open(dir.path(), Arc::new(log.clone()), settings()).unwrap();
    notary.wait(Under::Signature, last).await.unwrap();
    let state = notary.state();
    notary.stop().await;
    let measure =
        Measure { tree: dir.path().to_owned(), keys: settings().keys, policy: None, kept: Vec::new() };
    let mut examination = Examination::new(&measure);
    let records: Vec<_> = log.read_all(None).try_concat().await.unwrap();
    records.into_iter().for_each(|it| examination.take(&Salvaged::Event(it)));
    (state, examination.finish())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_step_back_is_told_with_the_event_that_made_it() {
    for (behind_us, is_within_bound) in [(2_000_000, true), (7_000_000, false)] {
        let (state, report) = written_by_two(behind_us).await;
        assert_eq!((state.sealed, report.outcome()), (Some(20), Outcome::Verified));
        let step = StepBack { by_us: behind_us as u64, index: 1 };
        assert_eq!((state.step_back, report.step_back), (Some(step), Some(step)));
        assert_eq!(step.is_within_bound(), is_within_bound, "{SKEW_MAX_US}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn times_that_only_grow_go_back_by_nothing() {
    let (state, report) = written_by_two(-500).await;
    assert_eq!((state.step_back, report.step_back), (None, None));
}

#[test]
fn a_step_back_is_counted_from_the_latest_time_before_it() {
    let mut skew = Skew::default();
    for (index, at_us) in (0..).zip([100, 90, 20]) {
        let record = Record {
            position: Position(index + 1),
            stream: "note-1".into(),
            revision: index,
            id: Uuid::from_u128(index.into()),
            kind: "NoteTaken".into(),
            data: Bytes::new(),
            meta: Bytes::new(),
            recorded_at: Timestamp::from_microsecond(at_us).unwrap(),
        };
        skew.take(index, &record);
    }
    assert_eq!(
        skew.largest(),
        Some(StepBack { by_us: 80, index: 2 }),
        "not 70: that clock was behind as well"
    );
}
