//! A writer whose clock is not the server's records nothing.
use super::double::database::Found;
use super::double::{Call, Double, Fault};
use super::quick;
use crate::log::{append, event};
use futures::TryStreamExt;
use jiff::{Timestamp, ToSpan};
use pactline::audit::{SKEW_MAX_US, Skew};
use pactline::clock::Clock;
use pactline::log::{Error, Expected, KurrentLimits, KurrentLog, KurrentSettings, Log, NewRecord, Record};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// How far a clock is from the right time, in milliseconds.
type Off = Arc<AtomicI64>;

async fn writer(double: &Double, off_ms: i64) -> (Arc<dyn Log>, Off) {
    let settings = KurrentSettings { url: double.url(), ca: None, credentials: None };
    let clock_off_max = KurrentLimits::default().clock_off_max;
    let (off, right) = (Arc::new(AtomicI64::new(off_ms)), Clock::system());
    let clock = {
        let off = off.clone();
        move || right.now() + off.load(Ordering::SeqCst).milliseconds()
    };
    let limits = KurrentLimits { clock_off_max, ..quick() };
    (Arc::new(KurrentLog::open_within(&settings, limits, clock).await.unwrap()), off)
}

async fn refusal(log: &Arc<dyn Log>, id: u128) -> String {
    match log.append(&format!("a-{id}"), Expected::NoStream, vec![event(id)]).await {
        Err(Error::Unavailable(why)) => why,
        other => panic!("{other:?}"),
    }
}

async fn records(log: &dyn Log) -> Vec<Record> {
    log.read_all(None).try_concat().await.unwrap()
}

/// How often the server was asked for the time.
fn asked(double: &Double) -> usize {
    match double.database().stream_forwards("$pactline-clock", 0, u64::MAX) {
        Found::NoStream => 0,
        Found::Events(events, _) => events.len(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_far_from_the_servers_records_nothing_not_even_at_first() {
    for (off_ms, how) in [(60_000, "s ahead of"), (-60_000, "s behind")] {
        let double = Double::start();
        let (log, off) = writer(&double, off_ms).await;
        let why = refusal(&log, 1).await;
        assert!(why.contains(how) && why.contains("by NTP"), "{why}");
        assert!(double.database().written().is_empty());
        // Once it is set right, it records, without asking again.
        off.store(0, Ordering::SeqCst);
        append(&log, "a-1", Expected::NoStream, &[1]).await;
        assert_eq!((records(&*log).await.len(), asked(&double)), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_leaves_the_servers_behind_records_no_more() {
    let double = Double::start();
    let (log, off) = writer(&double, 0).await;
    append(&log, "a-1", Expected::NoStream, &[1]).await;
    for off_ms in [3_600_000, -3_600_000] {
        off.store(off_ms, Ordering::SeqCst);
        refusal(&log, 2).await;
    }
    assert_eq!(records(&*log).await.len(), 1, "and can be read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn times_go_back_by_no_more_than_two_clocks_may_differ() {
    let double = Double::start();
    let mut writers = Vec::new();
    for off_ms in [60_000, 1_400, 0, -1_400, -60_000] {
        writers.push(writer(&double, off_ms).await.0);
    }
    let mut written = 0;
    for n in 0..25 {
        let appended =
            writers[n % 5].append(&format!("a-{n}"), Expected::NoStream, vec![event(n as u128)]).await;
        written += usize::from(appended.is_ok());
    }
    let mut skew = Skew::default();
    let records = records(&*writers[0]).await;
    (0..).zip(&records).for_each(|(index, it)| skew.take(index, it));
    assert!(skew.largest().is_none_or(|it| it.by_us <= SKEW_MAX_US), "{skew:?}");
    assert_eq!((records.len(), written), (15, 15), "those three whose clocks are near enough");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_keeps_its_times_whatever_the_clock_says() {
    let double = Double::start();
    let (log, _) = writer(&double, 60_000).await;
    let at = Timestamp::constant(1_600_000_000, 0);
    let found = NewRecord { recorded_at: Some(at), ..event(1) };
    log.append("a-1", Expected::NoStream, vec![found]).await.unwrap();
    assert_eq!((records(&*log).await[0].recorded_at, asked(&double)), (at, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_may_not_ask_for_the_time_is_told_what_it_needs() {
    let double = Double::start();
    let (log, _) = writer(&double, 0).await;
    double.goes_wrong(|call| if call == Call::Append { Fault::Denied } else { Fault::None });
    let why = refusal(&log, 1).await;
    assert!(why.contains("$pactline-clock") && why.contains("README"), "{why}");
    double.goes_right();
    append(&log, "a-1", Expected::NoStream, &[1]).await;
}
