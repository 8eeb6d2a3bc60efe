//! What the engine promises: once per command id, for ever; the rules judge what is up to date; time does not
//! run backwards in a stream.
use crate::given::person;
use futures::future::join_all;
use jiff::ToSpan;
use pactline::clock::Clock;
use pactline::domain::Timestamp;
use pactline::domain::citation::{Reference, StreamName};
use pactline::domain::id::MandateId;
use pactline::domain::mandate::{self, Instrument, Mandate};
use pactline::domain::partner::{self, Partner, Party};
use pactline::engine::{CommandMeta, Effective, Engine, ExecuteError, Refusal};
use pactline::log::{Log, MemoryLog};
use std::sync::Arc;
use uuid::Uuid;

fn engine_over(log: &MemoryLog) -> Engine {
    Engine::new(Arc::new(log.clone()), Clock::system(), 64)
}

fn fresh() -> (MemoryLog, Engine) {
    let clock = Clock::system();
    let log = MemoryLog::new(move || clock.now());
    let engine = engine_over(&log);
    (log, engine)
}

fn meta(n: u128) -> CommandMeta {
    CommandMeta::now(Uuid::from_u128(n), person("recorder"))
}

fn afghanistan() -> Party {
    Party::Country("AFG".parse().unwrap())
}

fn admit() -> partner::Command {
    partner::Command::AdmitPartner { party: afghanistan(), name: "Afghanistan".try_into().unwrap() }
}

fn rename(n: usize) -> partner::Command {
    partner::Command::RenamePartner { name: format!("Name {n}").try_into().unwrap() }
}

async fn head(log: &MemoryLog) -> u64 {
    log.head().await.unwrap().map_or(0, |it| it.0)
}

#[tokio::test]
async fn a_command_sent_twice_happens_once_and_is_answered_alike() {
    let (log, engine) = fresh();
    let id = afghanistan().id().0;
    let first = engine.execute::<Partner>(id, admit(), meta(1)).await.unwrap();
    let again = engine.execute::<Partner>(id, admit(), meta(1)).await.unwrap();
    assert!(again.replayed && !first.replayed);
    assert_eq!((&first.events, first.position), (&again.events, again.position));
    assert_eq!(head(&log).await, 1);
}

#[tokio::test]
async fn a_command_is_remembered_by_the_log_and_not_by_the_process() {
    let (log, engine) = fresh();
    let id = afghanistan().id().0;
    let first = engine.execute::<Partner>(id, admit(), meta(1)).await.unwrap();
    engine
        .execute::<Partner>(
            id,
            partner::Command::WithdrawPartner { reason: "left".try_into().unwrap() },
            meta(2),
        )
        .await
        .unwrap();
    let restarted = engine_over(&log);
    let again = restarted.execute::<Partner>(id, admit(), meta(1)).await.unwrap();
    assert_eq!(first.events, again.events, "even though the partner could be admitted anew");
    assert_eq!(head(&log).await, 2);
}

#[tokio::test]
async fn a_request_id_belongs_to_one_stream() {
    let (log, engine) = fresh();
    engine.execute::<Partner>(afghanistan().id().0, admit(), meta(1)).await.unwrap();
    let other = Party::Country("TJK".parse().unwrap());
    let admit =
        partner::Command::AdmitPartner { party: other.clone(), name: "Tajikistan".try_into().unwrap() };
    let refused = engine.execute::<Partner>(other.id().0, admit, meta(1)).await.unwrap_err();
    assert!(matches!(refused, ExecuteError::Refused(Refusal::Unacceptable(_))), "{refused:?}");
    assert_eq!(head(&log).await, 1);
}

#[tokio::test]
async fn racing_commands_on_one_stream_all_happen_one_after_the_other() {
    let (log, engine) = fresh();
    let id = afghanistan().id().0;
    engine.execute::<Partner>(id, admit(), meta(1)).await.unwrap();
    let rival = engine_over(&log);
    let race = |n: usize| {
        let engine = if n.is_multiple_of(2) { &engine } else { &rival };
        engine.execute::<Partner>(id, rename(n), meta(10 + n as u128))
    };
    let outcomes = join_all((0..8).map(race)).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(head(&log).await, 9);
}

#[tokio::test]
async fn a_refusal_is_never_given_on_an_old_picture() {
    let (log, engine) = fresh();
    let id = afghanistan().id().0;
    let rival = engine_over(&log);
    let early = engine.execute::<Partner>(id, rename(1), meta(1)).await;
    assert!(matches!(early, Err(ExecuteError::Rejected(partner::Rejection::NotAPartner))));
    rival.execute::<Partner>(id, admit(), meta(2)).await.unwrap();
    engine.execute::<Partner>(id, rename(1), meta(3)).await.unwrap();
}

#[tokio::test]
async fn a_caller_with_an_old_picture_of_the_stream_is_told_where_it_is() {
    let (log, engine) = fresh();
    let id = afghanistan().id().0;
    engine.execute::<Partner>(id, admit(), meta(1)).await.unwrap();
    let stale = CommandMeta { expected_revision: Some(7), ..meta(2) };
    let refused = engine.execute::<Partner>(id, rename(1), stale).await.unwrap_err();
    let told = Refusal::WrongRevision { expected: 7, found: Some(0) };
    assert!(matches!(refused, ExecuteError::Refused(it) if it == told));
    let right = CommandMeta { expected_revision: Some(0), ..meta(3) };
    engine.execute::<Partner>(id, rename(1), right).await.unwrap();
    assert_eq!(head(&log).await, 2);
}

#[tokio::test]
async fn validating_says_what_would_happen_and_records_nothing() {
    let (log, engine) = fresh();
    let id = afghanistan().id().0;
    let would = engine.validate::<Partner>(id, admit(), meta(1)).await.unwrap();
    assert_eq!((would.events[0].kind.as_ref(), would.position), ("PartnerAdmitted", None));
    assert!(engine.validate::<Partner>(id, rename(1), meta(2)).await.is_err());
    assert_eq!(head(&log).await, 0);
}

#[tokio::test]
async fn a_live_stream_cannot_be_backdated_and_the_past_needs_its_source() {
    let (_, engine) = fresh();
    let id = afghanistan().id().0;
    let then: Timestamp = "2003-05-22T00:00:00Z".parse().unwrap();
    let past = |n, at, source: Option<&str>| CommandMeta {
        effective: Effective::At(at),
        source: source.map(|it| pactline::domain::text::Source {
            symbol: it.try_into().unwrap(),
            locator: None,
            sha256: None,
        }),
        ..meta(n)
    };
    let refusal = |it: Result<_, ExecuteError<partner::Rejection>>| match it {
        Err(ExecuteError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refusal(engine.execute::<Partner>(id, admit(), past(1, then, None)).await),
        Refusal::SourceMissing
    );
    engine.execute::<Partner>(id, admit(), past(2, then, Some("the Paris Statement"))).await.unwrap();
    let earlier = then - 1.hour();
    let before = engine.execute::<Partner>(id, rename(1), past(3, earlier, Some("a letter"))).await;
    assert_eq!(refusal(before), Refusal::BeforeTheLast { at: earlier, last: then });
    let future = Timestamp::from_second(32_503_680_000).unwrap();
    let ahead = engine.execute::<Partner>(id, rename(1), past(4, future, Some("a letter"))).await;
    assert!(matches!(refusal(ahead), Refusal::InTheFuture { .. }));

    let live = Party::Country("TJK".parse().unwrap());
    let admit =
        partner::Command::AdmitPartner { party: live.clone(), name: "Tajikistan".try_into().unwrap() };
    engine.execute::<Partner>(live.id().0, admit, meta(5)).await.unwrap();
    let backdated = engine.execute::<Partner>(live.id().0, rename(1), past(6, then, Some("a letter"))).await;
    assert_eq!(refusal(backdated), Refusal::LiveStream);
}

#[tokio::test]
async fn what_is_cited_must_be_there_be_that_event_and_be_of_the_kind_asked_for() {
    let (_, engine) = fresh();
    let old = record(&engine, 1, "A/RES/66/13", "2011").await;
    let new = record(&engine, 2, "A/RES/67/16", "2012").await;
    let supersede = async |n, by: Reference| {
        engine.execute::<Mandate>(old.id(), mandate::Command::SupersedeMandate { by }, meta(n)).await
    };
    let reason = |it: Result<_, ExecuteError<mandate::Rejection>>| match it {
        Err(ExecuteError::Rejected(rejection)) => pactline::domain::Rejection::reason(&rejection),
        other => panic!("{other:?}"),
    };
    let nowhere = Reference::new(new.clone(), 9);
    assert_eq!(reason(supersede(3, nowhere).await), "CITED_EVENT_MISSING");
    let another = Reference { event_id: Some(Uuid::from_u128(9)), ..Reference::new(new.clone(), 0) };
    assert_eq!(reason(supersede(4, another).await), "CITED_EVENT_DIFFERS");
    engine.execute::<Partner>(afghanistan().id().0, admit(), meta(5)).await.unwrap();
    let partner = Reference::new(StreamName::new("partner", afghanistan().id().0), 0);
    assert_eq!(reason(supersede(6, partner).await), "CITED_EVENT_OF_WRONG_KIND");
    supersede(7, Reference::new(new, 0)).await.unwrap();
}

async fn record(engine: &Engine, n: u128, symbol: &str, year: &str) -> StreamName {
    let command = mandate::Command::RecordMandate {
        symbol: symbol.try_into().unwrap(),
        title: "The situation in Afghanistan".try_into().unwrap(),
        instrument: Instrument::Resolution,
        organ: None,
        adopted_on: year.parse().unwrap(),
    };
    let id: MandateId = mandate::mandate_id(&symbol.try_into().unwrap());
    engine.execute::<Mandate>(id.0, command, meta(n)).await.unwrap().stream
}
