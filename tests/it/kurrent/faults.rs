//! What the log makes of a server that fails: nothing lost, nothing twice, nothing guessed.
use super::double::{Call, Double, Fault, Settings};
use super::{open, quick};
use crate::log::{append, clock, event, events, ids};
use futures::future::join_all;
use futures::{StreamExt, TryStreamExt};
use pactline::log::{Error, Expected, KurrentLimits, KurrentLog, KurrentSettings, Log, Record};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

const FOREVER: Duration = Duration::from_secs(120);

async fn all(log: &dyn Log) -> Vec<Record> {
    log.read_all(None).try_concat().await.unwrap()
}

/// Fails the first `times` calls of a kind.
fn at_first(call: Call, fault: Fault, mut times: u32) -> impl FnMut(Call) -> Fault + Send + 'static {
    move |asked| match asked == call && times > 0 {
        true => {
            times -= 1;
            fault
        }
        false => Fault::None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_is_there_once_whatever_becomes_of_its_answer() {
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
        let double = Double::start();
        let log = open_with(&double, hasty()).await;
        double.goes_wrong(at_first(Call::Append, fault, 1));
        let appended = log.append("a-1", Expected::NoStream, events(&[1, 2])).await;
        let appended = appended.unwrap_or_else(|err| panic!("{fault:?}: {err}"));
        tokio::time::sleep(Duration::from_millis(40)).await;
        let found = all(&log).await;
        assert_eq!(ids(&found), [1, 2], "{fault:?}");
        assert_eq!(
            (appended.position, appended.recorded_at),
            (found[1].position, found[1].recorded_at),
            "{fault:?}"
        );
        assert_eq!(double.database().written().len(), 2, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_appended_meanwhile_is_a_conflict_and_not_a_success() {
    let double = Double::start();
    let log = open(&double).await;
    let other = open(&double).await;
    append(&(Arc::new(other) as Arc<dyn Log>), "a-1", Expected::NoStream, &[9]).await;
    double.goes_wrong(at_first(Call::Append, Fault::Unavailable, 1));
    let err = log.append("a-1", Expected::NoStream, events(&[1])).await.unwrap_err();
    assert!(matches!(err, Error::Conflict { found: Some(0), .. }), "{err}");
    assert_eq!(ids(&all(&log).await), [9]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appends_in_flight_keep_their_order_when_the_session_is_lost() {
    for fault in [Fault::Unavailable, Fault::LostAnswer, Fault::NotLeader { port: 1 }] {
        let double = Double::start();
        let log = open(&double).await;
        let mut count = 0;
        double.goes_wrong(move |call| {
            count += u32::from(call == Call::Append);
            if call == Call::Append && count.is_multiple_of(37) { fault } else { Fault::None }
        });
        let streams: Vec<String> = (0..200).map(|n| format!("a-{n}")).collect();
        let appends = streams.iter().zip(0..).map(|(it, n)| log.append(it, Expected::NoStream, events(&[n])));
        for appended in join_all(appends).await {
            appended.unwrap();
        }
        assert!(ids(&all(&log).await).into_iter().eq(0..200), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_appends_under_random_faults_are_all_there_once_and_in_order() {
    let double = Double::of(2, Settings::default());
    let log = Arc::new(open_with(&double, hasty()).await);
    let mut random = splitmix(7);
    double.goes_wrong(move |call| {
        let fault = match random() % 2000 {
            0 => Fault::Unavailable,
            1 => Fault::LostAnswer,
            2 => Fault::LateCommit,
            3 => Fault::DeadlineAfterCommit,
            4 => Fault::EndsEarly,
            5 => Fault::Twice,
            6 => Fault::NotLeader { port: 1 },
            7 if call == Call::Append => Fault::Hang,
            _ => Fault::None,
        };
        if call == Call::Gossip || call == Call::Features { Fault::None } else { fault }
    });
    let following = tokio::spawn(follow_to(log.clone(), 10_000));
    let writers = (0..50u128).map(|writer| {
        let log = log.clone();
        tokio::spawn(async move {
            for n in 0..200u32 {
                let id = writer * 1000 + u128::from(n);
                let expected = crate::log::expected_at(n);
                // A caller that is told that nobody knows sends it again, as clients of pactline do.
                while let Err(err) = log.append(&format!("a-{writer}"), expected, events(&[id])).await {
                    assert!(matches!(err, Error::Unavailable(_)), "{err}");
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        timeout(FOREVER, writer).await.unwrap().unwrap();
    }
    double.goes_right();
    let followed = timeout(FOREVER, following).await.unwrap().unwrap();
    let found = all(&*log).await;
    assert_eq!(found.len(), 10_000);
    assert_eq!(double.database().written().len(), 10_000);
    for writer in 0..50 {
        let own = ids(&found).into_iter().filter(|it| it / 1000 == writer);
        assert!(own.eq((0..200).map(|n| writer * 1000 + n)), "writer {writer}");
    }
    assert!(found.is_sorted_by(|a, b| a.position < b.position));
    assert_eq!(followed, found);
}

async fn follow_to(log: Arc<KurrentLog>, count: usize) -> Vec<Record> {
    let (mut found, mut records) = (Vec::new(), log.follow(None));
    while found.len() < count {
        found.extend(records.next().await.unwrap().unwrap());
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_killed_is_found_again_and_followers_go_on() {
    let double = Double::start();
    let log = open_with(&double, hasty()).await;
    log.append("a-1", Expected::NoStream, events(&[1])).await.unwrap();
    let mut records = log.follow(None);
    assert_eq!(ids(&records.next().await.unwrap().unwrap()), [1]);
    double.kill(0);
    let while_down = log.append("a-1", Expected::Revision(0), events(&[2]));
    let revived = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        double.revive(0);
    };
    let (appended, ()) = tokio::join!(while_down, revived);
    appended.unwrap();
    let next = timeout(FOREVER, records.next()).await.unwrap();
    assert_eq!(ids(&next.unwrap().unwrap()), [2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stays_away_is_unavailable_and_says_where() {
    let double = Double::start();
    let log = open_with(&double, KurrentLimits { patience_ms: 400, ..hasty() }).await;
    double.kill(0);
    let err = log.append("a-1", Expected::NoStream, events(&[1])).await.unwrap_err();
    let Error::Unavailable(why) = err else { panic!("{err}") };
    assert!(why.starts_with("esdb://127.0.0.1:"), "{why}");
    let err = log.read_stream("a-1", 0).next().await.unwrap().unwrap_err();
    assert!(matches!(err, Error::Unavailable(_)), "{err}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_goes_on_where_another_node_is_elected() {
    let double = Double::of(2, Settings::default());
    let log = open_with(&double, hasty()).await;
    for n in 0..10u32 {
        log.append("a-1", crate::log::expected_at(n), events(&[n.into()])).await.unwrap();
        let leader = usize::from(n % 2 == 0);
        double.elect(leader);
        double.kill(1 - leader);
        double.revive(1 - leader);
    }
    assert!(ids(&all(&log).await).into_iter().eq(0..10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_a_server_gives_twice_are_read_once() {
    let double = Double::start();
    let log = open(&double).await;
    log.append("a-1", Expected::NoStream, events(&[1, 2, 3])).await.unwrap();
    double.goes_wrong(|call| if call == Call::Read { Fault::Twice } else { Fault::None });
    assert_eq!(ids(&all(&log).await), [1, 2, 3]);
    let stream: Vec<Record> = log.read_stream("a-1", 0).try_concat().await.unwrap();
    assert_eq!(ids(&stream), [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_whose_answer_ends_early_is_asked_for_again() {
    let double = Double::start();
    let log = open(&double).await;
    log.append("a-1", Expected::NoStream, events(&[1, 2, 3])).await.unwrap();
    double.goes_wrong(at_first(Call::Read, Fault::EndsEarly, 3));
    let stream: Vec<Record> = log.read_stream("a-1", 0).try_concat().await.unwrap();
    assert_eq!(ids(&stream), [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_were_taken_away_are_noticed() {
    let double = Double::start();
    let log = open(&double).await;
    log.append("a-1", Expected::NoStream, events(&[1, 2, 3])).await.unwrap();
    double.database().truncate("a-1", 2);
    let err = log.read_stream("a-1", 0).next().await.unwrap().unwrap_err();
    assert!(matches!(&err, Error::Corrupt(why) if why.contains("the events 0 to 1 are gone")), "{err}");
    double.database().delete("a-1");
    let err = log.append("a-1", Expected::NoStream, vec![event(4)]).await.unwrap_err();
    assert!(matches!(&err, Error::Corrupt(why) if why.contains("was deleted")), "{err}");
}

/// A log that does not wait long for an answer.
fn hasty() -> KurrentLimits {
    KurrentLimits { call_ms: 300, ..quick() }
}

async fn open_with(double: &Double, limits: KurrentLimits) -> KurrentLog {
    let settings = KurrentSettings { url: double.url(), ca: None, credentials: None };
    KurrentLog::open_within(&settings, limits, clock).await.unwrap()
}

/// Numbers without a pattern, the same from the same seed (Steele, Lea, Flood 2014).
fn splitmix(mut seed: u64) -> impl FnMut() -> u64 + Send + 'static {
    move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (seed ^ seed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}
