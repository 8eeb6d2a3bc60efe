//! The clock: later each time it is read, and never behind what is on record.
use crate::demo::server;
use crate::given::person;
use jiff::SignedDuration;
use pactline::clock::Clock;
use pactline::domain::partner::{Command, Partner, Party};
use pactline::engine::{CommandMeta, Engine};
use pactline::log::EmbeddedLog;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use uuid::Uuid;

fn admit() -> (Uuid, Command) {
    let party = Party::Country("AUT".parse().unwrap());
    (party.id().0, Command::AdmitPartner { party, name: "Austria".try_into().unwrap() })
}

#[test]
fn a_clock_that_stands_still_or_goes_back_still_counts_on() {
    let micros = Arc::new(std::sync::atomic::AtomicI64::new(100));
    let read = micros.clone();
    let clock = Clock::reading(move || read.load(std::sync::atomic::Ordering::SeqCst));
    let mut said = vec![clock.now(), clock.now()];
    micros.store(7, std::sync::atomic::Ordering::SeqCst);
    said.push(clock.now());
    clock.not_before("2020-01-01T00:00:00Z".parse().unwrap());
    said.extend([clock.now(), clock.now()]);
    assert!(said.is_sorted_by(|a, b| a < b), "{said:?}");
    assert!(said[3] > "2020-01-01T00:00:00Z".parse().unwrap());
}

#[test]
fn after_a_jump_back_time_goes_at_half_its_pace_until_the_machine_has_caught_up() {
    let (micros, watched) = (Arc::new(AtomicI64::new(1_000_000)), Arc::new(AtomicI64::new(0)));
    let (read, watch) = (micros.clone(), watched.clone());
    let clock = Clock::reading(move || read.load(SeqCst)).beside(move || watch.load(SeqCst));
    let pass = |by: i64| {
        micros.fetch_add(by, SeqCst);
        watched.fetch_add(by, SeqCst);
        clock.now().as_microsecond()
    };
    assert_eq!(pass(10), 1_000_010, "as the machine says");
    micros.fetch_sub(1_000, SeqCst);
    assert_eq!((pass(400), clock.ahead_us()), (1_000_210, 800), "a lease still ends, later");
    assert_eq!(pass(1_600), 1_001_010, "the machine has caught up");
    assert_eq!((pass(10), clock.ahead_us()), (1_001_020, 0), "and is believed again");
}

#[tokio::test]
async fn a_clock_that_went_back_while_nothing_ran_starts_after_the_last_record() {
    let dir = tempfile::tempdir().unwrap();
    let tomorrow = Clock::system().now() + SignedDuration::from_hours(24);
    let ahead = Clock::reading(move || tomorrow.as_microsecond());
    let now = ahead.clone();
    let log = Arc::new(EmbeddedLog::open(dir.path(), move || now.now()).unwrap());
    let (id, command) = admit();
    let meta = CommandMeta::now(Uuid::from_u128(1), person("ana"));
    let engine = Engine::new(log.clone(), ahead, 10);
    let first = engine.execute::<Partner>(id, command, meta).await.unwrap().recorded_at.unwrap();
    log.close().await.unwrap();
    let server = server(dir.path()).await;
    let rename = pactline::api::proto::RenamePartnerRequest {
        partner_id: id.to_string(),
        name: "Republic of Austria".into(),
        ..Default::default()
    };
    let mut request = tonic::Request::new(rename);
    request.metadata_mut().insert("pactline-actor", "ana".parse().unwrap());
    let mut partners =
        pactline::api::proto::partner_service_client::PartnerServiceClient::new(server.channel());
    let recorded = partners.rename_partner(request).await.unwrap().into_inner().recorded.unwrap();
    server.close().await.unwrap();
    let at = recorded.recorded_at.unwrap();
    let second = jiff::Timestamp::new(at.seconds, at.nanos).unwrap();
    assert!(first >= tomorrow && second > first, "{first} {second}");
}
