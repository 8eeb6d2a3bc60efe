//! What a log must do, said once, run against every backend.
use crate::redacting::{
    a_redacted_event_has_another_payload_and_nothing_else_changes, what_is_not_there_cannot_be_redacted,
};
use bytes::Bytes;
use futures::future::join_all;
use futures::{StreamExt, TryStreamExt};
use jiff::{Timestamp, ToSpan};
use pactline::log::{EVENT_BYTES_MAX, EmbeddedLog, Error, Expected, Log, MemoryLog};
use pactline::log::{NewRecord, Position, Record, Records};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

macro_rules! conformance {
    ($($rule:ident,)*) => {
        mod memory { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                super::$rule(std::sync::Arc::new(super::MemoryLog::new(super::clock))).await
            }
        )* }
        mod embedded { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let dir = tempfile::tempdir().unwrap();
                let log = super::EmbeddedLog::open(dir.path(), super::clock).unwrap();
                super::$rule(std::sync::Arc::new(log)).await
            }
        )* }
    };
}

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
    an_id_that_is_there_otherwise_is_unacceptable,
    ten_thousand_events_of_one_stream_are_read_in_order,
    everything_is_read_up_to_the_head_and_ends,
    an_imported_event_keeps_its_time_while_time_goes_on,
    appends_take_effect_in_the_order_they_were_first_polled,
    a_refused_append_does_not_disturb_its_neighbours,
    writers_of_one_stream_take_turns,
    writers_of_many_streams_do_not_mix,
    following_waits_for_what_is_appended_later,
    following_has_no_gap_and_no_repetition_while_writers_run,
    a_redacted_event_has_another_payload_and_nothing_else_changes,
    what_is_not_there_cannot_be_redacted,
];

async fn a_stream_never_written_is_empty(log: Arc<dyn Log>) {
    append(&log, "a-1", Expected::NoStream, &[1]).await;
    assert!(all(log.read_stream("a-2", 0)).await.is_empty());
}

async fn an_append_is_read_back_in_order_and_byte_by_byte(log: Arc<dyn Log>) {
    let every_byte: Vec<u8> = (0..=255).collect();
    let mut sent = events(&[1, 2, 3]);
    sent[0].kind = "Entschließung angenommen ✓".into();
    sent[1].data = Bytes::from(every_byte);
    sent[2].meta = Bytes::new();
    log.append("meeting-Ü", Expected::NoStream, sent.clone()).await.unwrap();
    let found = all(log.read_stream("meeting-Ü", 0)).await;
    assert_eq!(found.iter().map(|it| it.revision).collect::<Vec<_>>(), [0, 1, 2]);
    for (it, sent) in found.iter().zip(&sent) {
        assert_eq!(&*it.stream, "meeting-Ü");
        assert_eq!((it.id, &it.kind, &it.data, &it.meta), (sent.id, &sent.kind, &sent.data, &sent.meta));
    }
    assert_eq!(all(log.read_all(None)).await, found);
}

async fn an_append_answers_where_its_last_event_is(log: Arc<dyn Log>) {
    assert_eq!(log.head().await.unwrap(), None);
    let appended = log.append("a-1", Expected::NoStream, events(&[1, 2])).await.unwrap();
    let last = all(log.read_stream("a-1", 0)).await.pop().unwrap();
    assert_eq!((appended.position, appended.revision), (last.position, last.revision));
    assert_eq!(appended.recorded_at, last.recorded_at);
    assert_eq!(log.head().await.unwrap(), Some(last.position));
}

async fn a_stream_is_read_from_a_revision_on(log: Arc<dyn Log>) {
    append(&log, "a-1", Expected::NoStream, &[1, 2, 3]).await;
    assert_eq!(ids(&all(log.read_stream("a-1", 1)).await), [2, 3]);
    assert!(all(log.read_stream("a-1", 3)).await.is_empty());
    assert!(all(log.read_stream("a-1", u64::MAX)).await.is_empty());
}

async fn names_that_begin_alike_are_different_streams(log: Arc<dyn Log>) {
    append(&log, "a-1", Expected::NoStream, &[1]).await;
    append(&log, "a-11", Expected::NoStream, &[2]).await;
    append(&log, "A-1", Expected::NoStream, &[3]).await;
    append(&log, "", Expected::NoStream, &[4]).await;
    for (name, id) in [("a-1", 1), ("a-11", 2), ("A-1", 3), ("", 4)] {
        assert_eq!(ids(&all(log.read_stream(name, 0)).await), [id], "in {name:?}");
    }
}

async fn a_stale_writer_gets_a_conflict_and_writes_nothing(log: Arc<dyn Log>) {
    append(&log, "a-1", Expected::NoStream, &[1, 2]).await;
    let wrong = [
        ("a-1", Expected::NoStream, Some(1)),
        ("a-1", Expected::Revision(0), Some(1)),
        ("a-1", Expected::Revision(2), Some(1)),
        ("a-2", Expected::Revision(0), None),
        ("a-2", Expected::Revision(u64::MAX), None),
    ];
    for (name, believed, last) in wrong {
        match log.append(name, believed, events(&[3, 4])).await.unwrap_err() {
            Error::Conflict { stream, expected, found } => {
                assert_eq!((&*stream, expected, found), (name, believed, last))
            }
            other => panic!("{name} {believed:?}: {other}"),
        }
    }
    assert_eq!(ids(&all(log.read_all(None)).await), [1, 2]);
    append(&log, "a-1", Expected::Revision(1), &[3, 4]).await;
}

async fn an_append_of_nothing_is_refused(log: Arc<dyn Log>) {
    unacceptable(&log, "a-1", Expected::NoStream, vec![]).await;
    assert_eq!(log.head().await.unwrap(), None);
}

async fn an_event_over_the_limit_is_refused_with_all_of_its_append(log: Arc<dyn Log>) {
    let mut records = events(&[1, 2]);
    records[1].data = Bytes::from(vec![b'x'; EVENT_BYTES_MAX - records[1].meta.len() + 1]);
    unacceptable(&log, "a-1", Expected::NoStream, records.clone()).await;
    assert!(all(log.read_all(None)).await.is_empty());
    records[1].data = records[1].data.slice(1..);
    log.append("a-1", Expected::NoStream, records.clone()).await.unwrap();
    assert_eq!(all(log.read_stream("a-1", 1)).await[0].data, records[1].data);
}

async fn an_event_of_a_mebibyte_comes_back_whole(log: Arc<dyn Log>) {
    let sizes = [1 << 20, 1, (1 << 20) + 1, 0, (1 << 20) - 1];
    let mut sent = events(&[1, 2, 3, 4, 5]);
    for (it, (seed, size)) in sent.iter_mut().zip((0u32..).zip(sizes)) {
        let noise = (0..size).map(|n: u32| (n.wrapping_mul(2_654_435_761) >> 24) as u8 ^ seed as u8);
        it.data = noise.collect::<Vec<u8>>().into();
    }
    log.append("a-1", Expected::NoStream, sent.clone()).await.unwrap();
    let found = all(log.read_stream("a-1", 0)).await;
    assert!(found.iter().map(|it| &it.data).eq(sent.iter().map(|it| &it.data)));
}

async fn an_append_repeated_changes_nothing_and_answers_the_same(log: Arc<dyn Log>) {
    append(&log, "a-1", Expected::NoStream, &[1]).await;
    let first = log.append("a-1", Expected::Revision(0), events(&[2, 3])).await.unwrap();
    append(&log, "a-1", Expected::Revision(2), &[4]).await;
    append(&log, "a-2", Expected::NoStream, &[5]).await;
    let again = log.append("a-1", Expected::Revision(0), events(&[2, 3])).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(ids(&all(log.read_all(None)).await), [1, 2, 3, 4, 5]);
}

async fn an_id_that_is_there_otherwise_is_unacceptable(log: Arc<dyn Log>) {
    append(&log, "a-1", Expected::NoStream, &[1, 2, 3]).await;
    let wrong: [(&str, Expected, &[u128]); 7] = [
        ("a-2", Expected::NoStream, &[1]),
        ("a-1", Expected::Revision(2), &[1]),
        ("a-1", Expected::Revision(2), &[4, 3]),
        ("a-1", Expected::Revision(1), &[3, 4]),
        ("a-1", Expected::NoStream, &[2, 1]),
        ("a-1", Expected::NoStream, &[1, 3]),
        ("a-1", Expected::Revision(2), &[5, 5]),
    ];
    for (name, expected, ids) in wrong {
        unacceptable(&log, name, expected, events(ids)).await;
    }
    assert_eq!(ids(&all(log.read_all(None)).await), [1, 2, 3]);
    append(&log, "a-1", Expected::Revision(2), &[4, 5]).await;
}

async fn ten_thousand_events_of_one_stream_are_read_in_order(log: Arc<dyn Log>) {
    for hundred in 0..100 {
        let expected = if hundred == 0 { Expected::NoStream } else { Expected::Revision(hundred * 100 - 1) };
        let first = u128::from(hundred) * 100;
        append(&log, "a-1", expected, &(first..first + 100).collect::<Vec<_>>()).await;
    }
    let chunks: Vec<Vec<Record>> = log.read_stream("a-1", 0).try_collect().await.unwrap();
    assert!(chunks.len() > 1 && chunks.iter().all(|it| !it.is_empty()));
    let found = chunks.concat();
    assert!(found.iter().map(|it| it.revision).eq(0..10_000));
    assert!(ids(&found).into_iter().eq(0..10_000));
    assert_eq!(ids(&all(log.read_stream("a-1", 9_998)).await), [9_998, 9_999]);
}

async fn everything_is_read_up_to_the_head_and_ends(log: Arc<dyn Log>) {
    for n in 0..3000 {
        append(&log, &format!("a-{}", n % 7), expected_at(n / 7), &[n.into()]).await;
    }
    let reading = log.read_all(None);
    append(&log, "later-1", Expected::NoStream, &[9_999]).await;
    let found = all(reading).await;
    assert!(ids(&found).into_iter().eq(0..3000));
    assert!(found.is_sorted_by(|a, b| a.position < b.position && a.recorded_at < b.recorded_at));
    let rest = all(log.read_all(Some(found[1234].position))).await;
    assert!(ids(&rest).into_iter().eq((1235..3000).chain([9_999])));
    assert!(all(log.read_all(Some(Position(u64::MAX)))).await.is_empty());
}

async fn an_imported_event_keeps_its_time_while_time_goes_on(log: Arc<dyn Log>) {
    let (early, late) = (clock() - 48.hours(), clock() + 48.hours());
    let at = |id, at| NewRecord { recorded_at: Some(at), ..event(id) };
    let records = vec![at(1, early), at(2, late), at(3, early), event(4)];
    let appended = log.append("a-1", Expected::NoStream, records).await.unwrap();
    let times: Vec<_> = all(log.read_all(None)).await.iter().map(|it| it.recorded_at).collect();
    assert_eq!(times, [early, late, late + 1.microsecond(), late + 2.microseconds()]);
    assert_eq!(appended.recorded_at, times[3]);
    unacceptable(&log, "a-1", Expected::Revision(3), vec![at(5, Timestamp::MAX), event(6)]).await;
    append(&log, "a-1", Expected::Revision(3), &[5]).await;
}

async fn appends_take_effect_in_the_order_they_were_first_polled(log: Arc<dyn Log>) {
    let appends = (0..500).map(|n| log.append("a-1", expected_at(n), events(&[n.into()])));
    for appended in join_all(appends).await {
        appended.unwrap();
    }
    assert!(ids(&all(log.read_stream("a-1", 0)).await).into_iter().eq(0..500));
}

async fn a_refused_append_does_not_disturb_its_neighbours(log: Arc<dyn Log>) {
    append(&log, "a-1", Expected::NoStream, &[1]).await;
    let asked: [(&str, Expected, &[u128]); 6] = [
        ("a-1", Expected::Revision(0), &[2]),
        ("a-1", Expected::Revision(0), &[3]),
        ("a-2", Expected::NoStream, &[4, 1]),
        ("a-2", Expected::NoStream, &[5]),
        ("a-1", Expected::Revision(0), &[2]),
        ("a-1", Expected::Revision(1), &[6]),
    ];
    let answers = join_all(asked.map(|(name, at, ids)| log.append(name, at, events(ids)))).await;
    assert!(matches!(answers[1], Err(Error::Conflict { found: Some(1), .. })), "{:?}", answers[1]);
    assert!(matches!(answers[2], Err(Error::Unacceptable(_))), "{:?}", answers[2]);
    assert!([0, 3, 4, 5].iter().all(|it| answers[*it].is_ok()), "{answers:?}");
    assert_eq!(ids(&all(log.read_all(None)).await), [1, 2, 5, 6]);
}

async fn writers_of_one_stream_take_turns(log: Arc<dyn Log>) {
    let writers = (0..8u128).map(|writer| {
        let log = log.clone();
        tokio::spawn(async move {
            for n in 0..25 {
                let mut expected = Expected::NoStream;
                while let Err(err) = log.append("a-1", expected, events(&[writer * 100 + n])).await {
                    let Error::Conflict { found: Some(found), .. } = err else { panic!("{err}") };
                    expected = Expected::Revision(found);
                }
            }
        })
    });
    join_all(writers).await.into_iter().for_each(|it| it.unwrap());
    let found = all(log.read_stream("a-1", 0)).await;
    assert!(found.iter().map(|it| it.revision).eq(0..200));
    for writer in 0..8 {
        let own = ids(&found).into_iter().filter(|it| it / 100 == writer);
        assert!(own.eq(writer * 100..writer * 100 + 25));
    }
}

async fn writers_of_many_streams_do_not_mix(log: Arc<dyn Log>) {
    write_from_many(&log, 16, 40).await;
    let found = all(log.read_all(None)).await;
    assert_eq!(found.len(), 16 * 40 * 2);
    assert!(found.is_sorted_by(|a, b| a.position < b.position && a.recorded_at < b.recorded_at));
    for writer in 0..16 {
        let stream = all(log.read_stream(&format!("a-{writer}"), 0)).await;
        assert!(stream.iter().map(|it| it.revision).eq(0..80));
        assert!(ids(&stream).into_iter().eq((0..80).map(|it| writer * 1000 + it)));
    }
}

async fn following_waits_for_what_is_appended_later(log: Arc<dyn Log>) {
    append(&log, "a-1", Expected::NoStream, &[1, 2]).await;
    let first = all(log.read_all(None)).await[0].position;
    let mut records = log.follow(Some(first));
    assert_eq!(ids(&records.next().await.unwrap().unwrap()), [2]);
    assert!(timeout(Duration::from_millis(50), records.next()).await.is_err());
    append(&log, "a-2", Expected::NoStream, &[3]).await;
    assert_eq!(ids(&records.next().await.unwrap().unwrap()), [3]);
}

async fn following_has_no_gap_and_no_repetition_while_writers_run(log: Arc<dyn Log>) {
    let writing = tokio::spawn({
        let log = log.clone();
        async move { write_from_many(&log, 12, 100).await }
    });
    let (started, mut starts) = tokio::sync::mpsc::channel(6);
    let followers = (0..6).map(|n| {
        let (log, started) = (log.clone(), started.clone());
        tokio::spawn(async move {
            // The first follow from the beginning, the others from wherever the writers have come to.
            tokio::time::sleep(Duration::from_millis(n * 3)).await;
            let after = if n < 2 { None } else { log.head().await.unwrap() };
            let (mut found, mut records) = (Vec::new(), log.follow(after));
            started.send(()).await.unwrap();
            while found.last().is_none_or(|it: &Record| &*it.stream != "end-1") {
                found.extend(records.next().await.unwrap().unwrap());
            }
            (after, found)
        })
    });
    let followers: Vec<_> = followers.collect();
    writing.await.unwrap();
    for _ in 0..6 {
        starts.recv().await.unwrap();
    }
    append(&log, "end-1", Expected::NoStream, &[1 << 100]).await;
    for follower in followers {
        let (after, found) = timeout(Duration::from_secs(60), follower).await.unwrap().unwrap();
        assert_eq!(found, all(log.read_all(after)).await);
    }
    assert_eq!(all(log.read_all(None)).await.len(), 12 * 100 * 2 + 1);
}

async fn write_from_many(log: &Arc<dyn Log>, writers: u32, times: u32) {
    let writers = (0..writers).map(|writer| {
        let log = log.clone();
        tokio::spawn(async move {
            for n in 0..times {
                let first = u128::from(writer * 1000 + n * 2);
                append(&log, &format!("a-{writer}"), expected_at(n * 2), &[first, first + 1]).await;
            }
        })
    });
    join_all(writers).await.into_iter().for_each(|it| it.unwrap());
}

/// What one who appends event `n` of a stream believes.
pub(crate) fn expected_at(n: u32) -> Expected {
    n.checked_sub(1).map_or(Expected::NoStream, |last| Expected::Revision(last.into()))
}

pub(crate) async fn append(log: &Arc<dyn Log>, stream: &str, expected: Expected, ids: &[u128]) {
    log.append(stream, expected, events(ids)).await.unwrap();
}

async fn unacceptable(log: &Arc<dyn Log>, stream: &str, expected: Expected, records: Vec<NewRecord>) {
    let err = log.append(stream, expected, records).await.unwrap_err();
    assert!(matches!(err, Error::Unacceptable(_)), "{err}");
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
