//! Redaction: two persons, one reason, and a text that is nowhere any more; the event stays, and so does its hash.
use crate::given::{given, person};
use crate::log::all;
use crate::program::pactline;
use crate::redacting::found;
use async_trait::async_trait;
use futures::TryStreamExt;
use pactline::app::App;
use pactline::audit::Leaf;
use pactline::clock::Clock;
use pactline::codec::{decode, redacted};
use pactline::config::{Config, Limits, LogPlace};
use pactline::domain::citation::{Citation, Reference, StreamName, Uncitable};
use pactline::domain::fact::{Capacity, PartnerFact};
use pactline::domain::id::RedactionId;
use pactline::domain::partner::{self, Partner, Party};
use pactline::domain::redaction::{Command, Event, Field, Found, Redaction, Rejection, Wiped, redaction_id};
use pactline::domain::text::{Digest, Source};
use pactline::engine::{CommandMeta, Engine, ExecuteError};
use pactline::log::{Appended, EmbeddedLog, Error, Expected, Log, MemoryLog, NewRecord, Payload, Place};
use pactline::log::{Position, Promises, Record, Records, payload_sha256, wiped};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

const SECRET: &str = "she lives at 14 Quillfeather Lane";

fn field(path: &str) -> Field {
    path.parse().unwrap()
}

fn target() -> Citation {
    let stream = StreamName::new("partner", Uuid::from_u128(7));
    Citation { event_id: Uuid::from_u128(8), stream, revision: 1 }
}

fn request() -> Command {
    Command::RequestRedaction {
        event: target().reference(),
        fields: vec![field("/data/reason")],
        reason: "an address".try_into().unwrap(),
        legal_basis: "GDPR Art. 17".try_into().unwrap(),
    }
}

fn requested(by: &str) -> Event {
    Event::RedactionRequested {
        event: target(),
        fields: vec![field("/data/reason")],
        reason: "an address".try_into().unwrap(),
        legal_basis: "GDPR Art. 17".try_into().unwrap(),
        requester: person(by),
    }
}

fn hashes() -> Found {
    let wiped = Wiped { original: Digest::of(b"before"), remaining: Digest::of(b"after"), salted: true };
    Found { data: Some(wiped), meta: None }
}

fn approved(requester: &str, approver: &str) -> Event {
    Event::RedactionApproved {
        event: target(),
        fields: vec![field("/data/reason")],
        data: hashes().data,
        meta: None,
        legal_basis: "GDPR Art. 17".try_into().unwrap(),
        requester: person(requester),
        approver: person(approver),
    }
}

fn approve() -> Command {
    Command::ApproveRedaction { found: hashes() }
}

#[test]
fn one_person_asks_and_another_approves() {
    let id = partner::Party::Country("FRA".parse().unwrap()).id();
    let fact = PartnerFact { id, capacity: Some(Capacity::Member), roles: Default::default() };
    given::<Redaction>([]).by("ana").citing(target(), fact).when(request()).then([requested("ana")]);
    given::<Redaction>([requested("ana")]).by("bo").when(approve()).then([approved("ana", "bo")]);
    given::<Redaction>([requested("ana")])
        .by("ana")
        .when(approve())
        .then_rejected(Rejection::RequesterCannotApprove);
}

#[test]
fn an_event_that_is_not_there_or_is_another_one_is_not_redacted() {
    let missing = Uncitable::Missing { reference: target().reference() };
    given::<Redaction>([]).when(request()).then_rejected(missing.into());
    let other = Citation { event_id: Uuid::from_u128(9), ..target() };
    let rejection = given::<Redaction>([]).citing_nothing(other).when(request()).rejection();
    assert!(matches!(rejection, Rejection::Uncitable(Uncitable::AnotherEvent { .. })), "{rejection}");
}

#[test]
fn one_redaction_of_an_event_is_under_way_at_a_time() {
    let twice = given::<Redaction>([requested("ana")]).citing_nothing(target()).when(request()).rejection();
    assert_eq!(twice, Rejection::AlreadyRequested { requester: person("ana") });
    let decline = Command::DeclineRedaction { reason: "it is public".try_into().unwrap() };
    let declined = Event::RedactionDeclined { reason: "it is public".try_into().unwrap() };
    given::<Redaction>([requested("ana")]).when(decline.clone()).then([declined.clone()]);
    let again = given::<Redaction>([requested("ana"), declined]).by("cleo").citing_nothing(target());
    again.when(request()).then([requested("cleo")]);
    given::<Redaction>([]).by("bo").when(approve()).then_rejected(Rejection::NotRequested);
    let sealed = || given::<Redaction>([requested("ana"), approved("ana", "bo")]).by("cleo");
    sealed().when(approve()).then_rejected(Rejection::AlreadyApproved);
    sealed().when(decline).then_rejected(Rejection::AlreadyApproved);
}

#[test]
fn what_was_not_approved_is_not_concluded_and_what_was_is_concluded_once() {
    let done = Event::RedactionCarriedOut { event: target() };
    let conclude = || Command::ConcludeRedaction;
    given::<Redaction>([]).when(conclude()).then_rejected(Rejection::NotApproved);
    given::<Redaction>([requested("ana")]).when(conclude()).then_rejected(Rejection::NotApproved);
    let past = [requested("ana"), approved("ana", "bo")];
    given::<Redaction>(past.clone()).when(conclude()).then([done.clone()]);
    given::<Redaction>(past.into_iter().chain([done])).when(conclude()).then_nothing();
}

#[test]
fn only_texts_that_people_write_freely_can_be_named() {
    for path in
        ["/data/reason", "/data/position/reserve/statement", "/data/places/0/name", "/meta/source/symbol"]
    {
        assert_eq!(field(path).as_str(), path);
    }
    for path in ["", "/", "reason", "/data", "/data/party", "/data/symbol", "/meta/actor", "/meta/command_id"]
    {
        assert!(path.parse::<Field>().is_err(), "{path}");
    }
    assert!("/data/~1/reason".parse::<Field>().is_err());
    assert!(format!("/data/{}/reason", "a".repeat(300)).parse::<Field>().is_err());
}

/// A log that cannot be wiped, as when the disk fails at the worst moment.
struct Unwipeable(Arc<dyn Log>);

#[async_trait]
impl Log for Unwipeable {
    async fn append(&self, to: &str, expected: Expected, new: Vec<NewRecord>) -> Result<Appended, Error> {
        self.0.append(to, expected, new).await
    }
    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.0.read_stream(stream, from)
    }
    fn read_all(&self, after: Option<Position>) -> Records {
        self.0.read_all(after)
    }
    fn follow(&self, after: Option<Position>) -> Records {
        self.0.follow(after)
    }
    async fn redact(&self, _: &Place, _: Payload) -> Result<(), Error> {
        Err(Error::Unavailable("the disk went away".into()))
    }
    async fn head(&self) -> Result<Option<Position>, Error> {
        self.0.head().await
    }
    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        self.0.event_at(position).await
    }
    fn promises(&self) -> Promises {
        self.0.promises()
    }
}

fn france() -> Party {
    Party::Country("FRA".parse().unwrap())
}

pub(crate) fn engine(log: Arc<dyn Log>) -> Engine {
    Engine::new(log, Clock::system(), 64)
}

pub(crate) fn meta(n: u128, by: &str) -> CommandMeta {
    CommandMeta::now(Uuid::from_u128(n), person(by))
}

fn from_letter(meta: CommandMeta) -> CommandMeta {
    let symbol = "a letter of the neighbour".try_into().unwrap();
    CommandMeta { source: Some(Source { symbol, locator: None, sha256: None }), ..meta }
}

/// France was admitted and left for a reason that says too much, as a letter says; the event that says it.
pub(crate) async fn left(engine: &Engine) -> Reference {
    let id = france().id().0;
    let admit = partner::Command::AdmitPartner { party: france(), name: "France".try_into().unwrap() };
    engine.execute::<Partner>(id, admit, meta(1, "ana")).await.unwrap();
    let withdraw = partner::Command::WithdrawPartner { reason: SECRET.try_into().unwrap() };
    let outcome = engine.execute::<Partner>(id, withdraw, from_letter(meta(2, "ana"))).await.unwrap();
    Reference::new(outcome.stream, 1)
}

pub(crate) fn ask(event: &Reference, field_path: &str) -> Command {
    Command::RequestRedaction {
        event: event.clone(),
        fields: vec![field(field_path)],
        reason: "an address".try_into().unwrap(),
        legal_basis: "GDPR Art. 17".try_into().unwrap(),
    }
}

async fn records(log: &dyn Log) -> Vec<Record> {
    all(log.read_all(None)).await
}

#[tokio::test]
async fn the_event_stays_readable_and_counts_as_what_it_was() {
    let clock = Clock::system();
    let log: Arc<dyn Log> = Arc::new(MemoryLog::new(move || clock.now()));
    let engine = engine(log.clone());
    let event = left(&engine).await;
    let before = records(&*log).await.remove(1);
    engine.request_redaction(ask(&event, "/data/reason"), meta(3, "ana")).await.unwrap();
    let id = redaction_id(&event);
    let alone = engine.approve_redaction(id, meta(4, "ana")).await.unwrap_err();
    assert!(matches!(alone, ExecuteError::Rejected(Rejection::RequesterCannotApprove)), "{alone}");
    assert_eq!(records(&*log).await[1], before, "one person alone wipes nothing");

    engine.approve_redaction(id, meta(5, "bo")).await.unwrap();
    let after = records(&*log).await;
    let kinds: Vec<&str> = after[2..].iter().map(|it| &*it.kind).collect();
    assert_eq!(kinds, ["RedactionRequested", "RedactionApproved", "RedactionCarriedOut"]);
    let left = partner::Event::PartnerWithdrawn { reason: "[redacted]".try_into().unwrap() };
    assert_eq!(decode::<partner::Event>(&after[1]).unwrap(), left);
    assert_eq!(payload_sha256(&after[1].data), payload_sha256(&before.data));
    assert_eq!(Leaf::of(1, &after[1]), Leaf::of(1, &before), "the tree commits to what was recorded");
    assert!(wiped(&after[1].data).is_some() && wiped(&after[1].meta).is_none());
    assert!(!String::from_utf8_lossy(&after[1].data).contains("$salt"), "the salt goes with the text");
    let again = engine.approve_redaction(id, meta(5, "bo")).await.unwrap();
    assert!(again.replayed);
    assert_eq!(records(&*log).await, after, "approving again changes nothing");
}

#[tokio::test]
async fn what_an_event_does_not_say_cannot_be_wiped_from_it() {
    let clock = Clock::system();
    let log: Arc<dyn Log> = Arc::new(MemoryLog::new(move || clock.now()));
    let engine = engine(log.clone());
    let event = left(&engine).await;
    for (n, path) in
        (10..).zip(["/data/title", "/data/reason/name", "/meta/source/locator", "/meta/envelope"])
    {
        let refused = engine.request_redaction(ask(&event, path), meta(n, "ana")).await.unwrap_err();
        let ExecuteError::Rejected(Rejection::Unredactable { field, .. }) = refused else {
            panic!("{refused}")
        };
        assert_eq!(field.as_str(), path);
    }
    let admission = Reference::new(event.stream.clone(), 0);
    let refused = engine.request_redaction(ask(&admission, "/data/reason"), meta(20, "ana")).await;
    assert!(matches!(refused, Err(ExecuteError::Rejected(Rejection::Unredactable { .. }))));
    assert_eq!(records(&*log).await.len(), 2, "nothing was recorded");
}

#[tokio::test]
async fn a_second_redaction_of_an_event_still_names_what_was_recorded() {
    let clock = Clock::system();
    let log: Arc<dyn Log> = Arc::new(MemoryLog::new(move || clock.now()));
    let engine = engine(log.clone());
    let event = left(&engine).await;
    let first = records(&*log).await[1].clone();
    for n in [10, 20] {
        engine.request_redaction(ask(&event, "/data/reason"), meta(n, "ana")).await.unwrap();
        engine.approve_redaction(redaction_id(&event), meta(n + 1, "bo")).await.unwrap();
        let now = records(&*log).await[1].clone();
        assert_eq!(payload_sha256(&now.data), payload_sha256(&first.data));
    }
    assert_eq!(records(&*log).await.len(), 8);
}

#[test]
fn what_is_left_is_the_same_however_often_it_is_made() {
    let data = br#"{"reason":"a \"name\" \\","$salt":"AAAAAAAAAAAAAAAAAAAABw"}"#;
    let meta = br#"{"command_id":"00000000-0000-5000-8000-000000000002","effective_at":"2026-01-01T00:00:00Z","actor":"a"}"#;
    let record = Record {
        position: Position(1),
        stream: target().stream.as_str().into(),
        revision: 1,
        id: Uuid::from_u128(8),
        kind: "PartnerWithdrawn".into(),
        data: data.to_vec().into(),
        meta: meta.to_vec().into(),
        recorded_at: Clock::system().now(),
    };
    let once = redacted(&record, &[field("/data/reason")]).unwrap();
    let hash = Digest::of(data);
    let mut salt = [0_u8; 16].to_vec();
    salt[15] = 7;
    salt.extend(b"/reason");
    let gone = Digest::of(format!("{}{}", Digest::of(&salt), r#"a "name" \"#).as_bytes());
    let expected =
        format!(r#"{{"$wiped":{{"/reason":"{gone}"}},"reason":"[redacted]","$redacted":"{hash}"}}"#);
    assert_eq!((&once.payload.data[..], &once.payload.meta[..]), (expected.as_bytes(), &meta[..]));
    let wiped = Wiped { original: hash, remaining: Digest::of(expected.as_bytes()), salted: true };
    assert_eq!(once.found, Found { data: Some(wiped), meta: None });
    let Payload { data, meta } = once.payload.clone();
    let twice = redacted(&Record { data, meta, ..record }, &[field("/data/reason")]).unwrap();
    assert_eq!(twice.payload, once.payload);
}

#[tokio::test]
async fn what_was_approved_when_the_program_was_killed_is_wiped_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let log = Arc::new(EmbeddedLog::open(dir.path(), move || clock.now()).unwrap());
    let engine = engine(Arc::new(Unwipeable(log.clone())));
    let event = left(&engine).await;
    engine.request_redaction(ask(&event, "/data/reason"), meta(3, "ana")).await.unwrap();
    let cut = engine.approve_redaction(redaction_id(&event), meta(4, "bo")).await.unwrap_err();
    assert!(matches!(cut, ExecuteError::Log(Error::Unavailable(_))), "{cut}");
    drop((engine, log));
    assert!(found(dir.path(), SECRET));

    let app = App::build(Config {
        data: dir.path().to_owned(),
        log: LogPlace::default(),
        limits: Limits::default(),
        origin: None,
        reactions: true,
        proof: None,
    })
    .await
    .unwrap();
    let mut events = app.engine().log().follow(None);
    while let Some(chunk) = events.try_next().await.unwrap() {
        if chunk.iter().any(|it| &*it.kind == "RedactionCarriedOut") {
            break;
        }
    }
    let head = app.engine().log().head().await.unwrap();
    for view in app.views().status() {
        app.views().wait(view.view, head, std::time::Duration::from_secs(60)).await.unwrap();
    }
    assert!(!found(dir.path(), SECRET), "neither the log nor a view has it");
    app.close().await.unwrap();
    assert!(!found(dir.path(), SECRET));
}

/// The program, as `who`; its output when it ended well.
fn run(data: &Path, who: &str, arguments: &[&str]) -> String {
    let run = pactline(data, &[&["--actor", who], arguments].concat());
    assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
    run.out
}

#[tokio::test]
async fn a_redacted_text_is_in_no_file_and_everything_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let clock = Clock::system();
    let log = Arc::new(EmbeddedLog::open(&data, move || clock.now()).unwrap());
    let event = left(&engine(log.clone())).await.to_string();
    log.close().await.unwrap();
    drop(log);
    run(&data, "ana", &["replay"]);
    assert!(found(&data.join("views"), "France"), "views keep what events say");

    let why = ["--reason", "an address", "--basis", "GDPR Art. 17"];
    let asked =
        run(&data, "ana", &[&["redact", "request", &event, "--field", "/data/reason"], &why[..]].concat());
    let id = asked.split(' ').next().unwrap().to_owned();
    assert!(run(&data, "ana", &["redact", "list"]).contains(&event));
    let alone = pactline(&data, &["--actor", "ana", "redact", "approve", &id]);
    assert!(alone.code != 0 && alone.err.contains("REQUESTER_CANNOT_APPROVE"), "{}", alone.err);
    assert!(found(&data, SECRET));
    run(&data, "bo", &["redact", "approve", &id]);
    assert!(!found(&data, SECRET));
    assert!(run(&data, "ana", &["redact", "list"]).contains("nothing"));

    run(&data, "ana", &["replay"]);
    let exported = run(&data, "ana", &["export"]);
    assert!(exported.contains("[redacted]") && !exported.contains(SECRET));
    let file = dir.path().join("log.jsonl");
    std::fs::write(&file, &exported).unwrap();
    let copy = dir.path().join("copy");
    run(&copy, "ana", &["import", "log", file.to_str().unwrap()]);
    assert_eq!(run(&copy, "ana", &["export"]), exported, "the mark travels with the log");
}

#[test]
fn a_redaction_is_found_by_the_event_it_is_about() {
    let other = Reference { event_id: Some(Uuid::from_u128(1)), ..target().reference() };
    assert_eq!(redaction_id(&target().reference()), redaction_id(&other));
    assert_ne!(redaction_id(&target().reference()), RedactionId::of(""));
}
