//! Every backend, put to the rules that all of them keep: see `src/log/conformance`.
use bytes::Bytes;
use futures::TryStreamExt;
use jiff::Timestamp;
use pactline::log::conformance::{Verdict, rules};
use pactline::log::{EmbeddedLog, Expected, Ids, Log, MemoryLog, NewRecord, Promises, Record, Records};
use std::sync::Arc;
use uuid::Uuid;

/// A test for each rule, of every backend that is always there.
macro_rules! conformance {
    ($($rule:ident,)*) => {
        mod memory { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let log = super::MemoryLog::new(super::clock);
                super::keeps(std::sync::Arc::new(log), stringify!($rule)).await
            }
        )* }
        mod embedded { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let dir = tempfile::tempdir().unwrap();
                let log = super::EmbeddedLog::open(dir.path(), super::clock).unwrap();
                super::keeps(std::sync::Arc::new(log), stringify!($rule)).await
            }
        )* }
        #[cfg(feature = "kurrent")]
        mod kurrent { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let double = crate::kurrent::double::Double::start();
                let log = crate::kurrent::open(&double).await;
                super::keeps(std::sync::Arc::new(log), stringify!($rule)).await
            }
        )* }
        #[test]
        fn every_rule_has_its_test() {
            let tested = [$(stringify!($rule)),*];
            let rules: Vec<_> = super::rules().iter().map(|it| it.name).collect();
            assert!(rules.iter().all(|it| tested.contains(it)) && rules.len() == tested.len(), "{rules:?}");
        }
    };
}

mod suite {
    use super::*;
    conformance![
        a_stream_never_written_is_empty,
        an_append_is_read_back_in_order_and_byte_by_byte,
        an_append_answers_where_its_last_event_is,
        a_stream_is_read_from_a_revision_on,
        names_that_begin_alike_are_different_streams,
        a_stale_writer_gets_a_conflict_and_writes_nothing,
        an_append_of_nothing_is_refused,
        an_event_over_the_limit_is_refused_with_all_of_its_append,
        an_event_of_a_mebibyte_comes_back_whole,
        an_append_repeated_changes_nothing_and_answers_the_same,
        a_part_of_what_is_there_is_unacceptable,
        ten_thousand_events_of_one_stream_are_read_in_order,
        everything_is_read_up_to_the_head_and_ends,
        an_event_is_found_at_its_position,
        an_imported_event_keeps_its_time_while_time_goes_on,
        appends_take_effect_in_the_order_they_were_first_polled,
        a_refused_append_does_not_disturb_its_neighbours,
        writers_of_one_stream_take_turns,
        writers_of_many_streams_do_not_mix,
        following_waits_for_what_is_appended_later,
        following_has_no_gap_and_no_repetition_while_writers_run,
        an_id_is_used_once_in_the_whole_log,
        a_redacted_event_has_another_payload_and_nothing_else_changes,
        what_is_not_there_cannot_be_redacted,
    ];
}

/// Fails when `log` breaks the rule.
pub(crate) async fn keeps(log: Arc<dyn Log>, rule: &str) {
    let rule = rules().into_iter().find(|it| it.name == rule).unwrap();
    match rule.check(log.clone(), 7).await {
        Verdict::Kept => {}
        Verdict::Broken(how) => panic!("{}: {how}", rule.sentence()),
        Verdict::NotPromised => {
            let Promises { ids, wipes, .. } = log.promises();
            assert!(ids != Ids::UniqueInTheLog || !wipes, "it promises everything");
        }
    }
}

/// What one who appends event `n` of a stream believes.
pub(crate) fn expected_at(n: u32) -> Expected {
    n.checked_sub(1).map_or(Expected::NoStream, |last| Expected::Revision(last.into()))
}

pub(crate) async fn append(log: &Arc<dyn Log>, stream: &str, expected: Expected, ids: &[u128]) {
    log.append(stream, expected, events(ids)).await.unwrap();
}

pub(crate) async fn all(records: Records) -> Vec<Record> {
    let chunks: Vec<Vec<Record>> = records.try_collect().await.unwrap();
    chunks.concat()
}

pub(crate) fn ids(records: &[Record]) -> Vec<u128> {
    records.iter().map(|it| it.id.as_u128()).collect()
}

pub(crate) fn events(ids: &[u128]) -> Vec<NewRecord> {
    ids.iter().map(|id| event(*id)).collect()
}

pub(crate) fn event(id: u128) -> NewRecord {
    NewRecord {
        id: Uuid::from_u128(id),
        kind: "PositionTaken".into(),
        data: Bytes::from(format!(r#"{{"n":{id}}}"#)),
        meta: Bytes::from_static(b"{}"),
        recorded_at: None,
    }
}

/// Time stands still, which is what is hardest on a log that must not let it.
pub(crate) fn clock() -> Timestamp {
    Timestamp::constant(1_772_000_000, 0)
}
