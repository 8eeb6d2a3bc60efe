//! The record as a caller reads and follows it: every event once, in order, byte by byte.
use crate::given::person;
use async_trait::async_trait;
use bytes::Bytes;
use futures::future::join_all;
use futures::{StreamExt, TryStreamExt, stream};
use pactline::api::History;
use pactline::api::proto as pb;
use pactline::api::proto::cloud_event::Data;
use pactline::api::proto::cloud_event::cloud_event_attribute_value::Attr;
use pactline::api::proto::history_service_server::HistoryService;
use pactline::clock::Clock;
use pactline::domain::partner::{Command, Partner, Party};
use pactline::engine::{CommandMeta, Engine};
use pactline::log::{Appended, Error, Expected, Log, MemoryLog, NewRecord, Payload, Place};
use pactline::log::{Position, Promises, Record, Records};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

fn log() -> MemoryLog {
    let clock = Clock::system();
    MemoryLog::new(move || clock.now())
}

fn engine(log: &MemoryLog) -> Engine {
    Engine::new(Arc::new(log.clone()), Clock::system(), 100)
}

fn history(log: &MemoryLog) -> History {
    History::new(Arc::new(log.clone()))
}

const COUNTRIES: [&str; 4] = ["AFG", "TJK", "UZB", "IRN"];

/// Admits a country and renames it `renames` times.
async fn write(engine: Engine, country: &str, renames: usize) {
    let party = Party::Country(country.parse().unwrap());
    let id = party.id().0;
    let admit = Command::AdmitPartner { party, name: "First".try_into().unwrap() };
    let rename = |n: usize| Command::RenamePartner { name: format!("Name {n}").try_into().unwrap() };
    for (n, command) in [admit].into_iter().chain((0..renames).map(rename)).enumerate() {
        let command_id = Uuid::new_v5(&id, &n.to_be_bytes());
        let meta = CommandMeta::now(command_id, person("recorder"));
        engine.execute::<Partner>(id, command, meta).await.unwrap();
        tokio::task::yield_now().await;
    }
}

async fn written(renames: usize) -> MemoryLog {
    let log = log();
    for country in COUNTRIES {
        write(engine(&log), country, renames).await;
    }
    log
}

async fn records(log: &MemoryLog) -> Vec<Record> {
    log.read_all(None).try_concat().await.unwrap()
}

async fn subscribed(
    history: &History,
    request: pb::SubscribeRequest,
) -> <History as HistoryService>::SubscribeStream {
    history.subscribe(Request::new(request)).await.unwrap().into_inner()
}

async fn all(history: &History, request: pb::ReadAllRequest) -> pb::ReadAllResponse {
    history.read_all(Request::new(request)).await.unwrap().into_inner()
}

fn names(events: &[pb::CloudEvent]) -> Vec<&str> {
    events.iter().map(|it| it.id.as_str()).collect()
}

fn field_at_fault(status: &Status) -> String {
    assert_eq!(status.code(), Code::InvalidArgument, "{status}");
    status.get_details_bad_request().unwrap().field_violations[0].field.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_sees_every_event_once_and_in_order_while_others_write() {
    let log = written(5).await;
    let history = history(&log);
    let from_three = pb::SubscribeRequest { after: Some(3), ..Default::default() };
    let writers = ["PAK", "TUR", "KAZ", "KGZ"].map(|it| tokio::spawn(write(engine(&log), it, 60)));
    let seen = subscribed(&history, from_three).await;
    let expected = COUNTRIES.len() * 6 + writers.len() * 61 - 3;
    let seen: Vec<pb::SubscribeResponse> = seen.take(expected).try_collect().await.unwrap();
    join_all(writers).await.into_iter().for_each(|it| it.unwrap());
    let there = records(&log).await;
    let there: Vec<(u64, String)> = there[3..].iter().map(|it| (it.position.0, it.id.to_string())).collect();
    let seen: Vec<(u64, String)> = seen.into_iter().map(|it| (it.position, it.event.unwrap().id)).collect();
    assert_eq!(seen, there);
}

#[tokio::test]
async fn what_is_stored_is_shipped_byte_by_byte() {
    let log = written(0).await;
    let (data, meta) = (&b"{ \"name\" :\"\\u0041\" , \"x\":1.0e0 }"[..], &b"{ \"odd\" : true }"[..]);
    let record = NewRecord {
        id: Uuid::from_u128(7),
        kind: "PartnerRenamed".into(),
        data: Bytes::from_static(data),
        meta: Bytes::from_static(meta),
        recorded_at: None,
    };
    let stream = format!("partner-{}", Uuid::from_u128(1));
    log.append(&stream, Expected::NoStream, vec![record]).await.unwrap();
    let event = all(&history(&log), Default::default()).await.events.pop().unwrap();
    assert_eq!(event.data, Some(Data::BinaryData(Bytes::from_static(data))));
    let attribute = |name: &str| event.attributes[name].attr.clone().unwrap();
    assert_eq!(attribute("metadata"), Attr::CeBytes(Bytes::from_static(meta)));
    assert_eq!(attribute("subject"), Attr::CeString(format!("{stream}@0")));
    assert_eq!(attribute("datacontenttype"), Attr::CeString("application/json".into()));
    assert_eq!(event.r#type, "pactline.PartnerRenamed");
    assert_eq!(event.source, format!("/pactline/partner/{}", Uuid::from_u128(1)));
}

#[tokio::test]
async fn an_event_says_who_recorded_it_and_where_it_is() {
    let log = written(1).await;
    let (records, page) = (records(&log).await, all(&history(&log), Default::default()).await);
    for (record, event) in records.iter().zip(&page.events) {
        let attribute = |name: &str| event.attributes[name].attr.clone().unwrap();
        assert_eq!(attribute("position"), Attr::CeString(record.position.to_string()));
        assert_eq!(attribute("revision"), Attr::CeString(record.revision.to_string()));
        assert_eq!(attribute("actor"), Attr::CeString("recorder".into()));
        assert_eq!(event.data, Some(Data::BinaryData(record.data.clone())));
    }
    assert_eq!((page.events.len(), page.next_page_token.as_str()), (8, ""));
}

#[tokio::test]
async fn pages_of_the_whole_log_add_up_to_it() {
    let log = written(5).await;
    let (history, mut token, mut seen) = (history(&log), String::new(), Vec::new());
    loop {
        let page = Some(pb::Page { size: 7, token });
        let answer = all(&history, pb::ReadAllRequest { page, ..Default::default() }).await;
        assert!(answer.events.len() <= 7);
        seen.extend(answer.events.iter().map(|it| it.id.clone()));
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, records(&log).await.iter().map(|it| it.id.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_filter_lets_through_what_all_of_its_parts_let_through() {
    let log = written(2).await;
    let records = records(&log).await;
    let tajikistan = format!("partner-{}", Party::Country("TJK".parse().unwrap()).id());
    let filter = pb::EventFilter {
        kinds: vec!["partner".into()],
        types: vec!["PartnerRenamed".into()],
        streams: vec![tajikistan.clone()],
    };
    let history = history(&log);
    let request = pb::ReadAllRequest { filter: Some(filter.clone()), ..Default::default() };
    let answer = all(&history, request).await;
    let renamed: Vec<&Record> =
        records.iter().filter(|it| *it.stream == *tajikistan && &*it.kind == "PartnerRenamed").collect();
    let wanted: Vec<String> = renamed.iter().map(|it| it.id.to_string()).collect();
    assert_eq!(
        (names(&answer.events), answer.position),
        (wanted.iter().map(|it| it.as_str()).collect(), Some(12))
    );
    let followed = subscribed(&history, pb::SubscribeRequest { after: None, filter: Some(filter) }).await;
    let followed: Vec<_> = followed.take(2).try_collect().await.unwrap();
    assert_eq!(followed.iter().map(|it| it.position).collect::<Vec<_>>(), [5, 6]);
}

#[tokio::test]
async fn a_stream_is_read_from_the_revision_asked_for_and_page_by_page() {
    let log = written(5).await;
    let stream = format!("partner-{}", Party::Country("AFG".parse().unwrap()).id());
    let request = pb::ReadStreamRequest {
        stream,
        from_revision: 2,
        page: Some(pb::Page { size: 3, token: String::new() }),
    };
    let history = history(&log);
    let first = history.read_stream(Request::new(request.clone())).await.unwrap().into_inner();
    let revisions = |it: &pb::ReadStreamResponse| {
        let revision = |it: &pb::CloudEvent| it.attributes["revision"].attr.clone().unwrap();
        it.events.iter().map(revision).collect::<Vec<_>>()
    };
    let text = |it: &str| Attr::CeString(it.into());
    assert_eq!(revisions(&first), [text("2"), text("3"), text("4")]);
    let page = Some(pb::Page { size: 3, token: first.next_page_token });
    let next = pb::ReadStreamRequest { page, ..request };
    let second = history.read_stream(Request::new(next)).await.unwrap().into_inner();
    assert_eq!((revisions(&second), second.next_page_token.as_str()), (vec![text("5")], ""));
}

#[tokio::test]
async fn a_word_that_nothing_is_called_by_is_refused_under_its_field() {
    let history = history(&log());
    let misspelt =
        pb::EventFilter { types: vec!["PrioritySet".into(), "PriorSet".into()], ..Default::default() };
    let request = pb::SubscribeRequest { after: None, filter: Some(misspelt) };
    let status = history.subscribe(Request::new(request)).await.err().unwrap();
    assert_eq!(field_at_fault(&status), "filter.types[1]");
    let unknown = pb::EventFilter { kinds: vec!["projects".into()], ..Default::default() };
    let request = pb::ReadAllRequest { filter: Some(unknown), ..Default::default() };
    assert_eq!(
        field_at_fault(&history.read_all(Request::new(request)).await.unwrap_err()),
        "filter.kinds[0]"
    );
    let request = pb::ReadStreamRequest { stream: "AFG".into(), ..Default::default() };
    assert_eq!(field_at_fault(&history.read_stream(Request::new(request)).await.unwrap_err()), "stream");
    let page = Some(pb::Page { size: 1, token: "next".into() });
    let request = pb::ReadAllRequest { page, ..Default::default() };
    assert_eq!(field_at_fault(&history.read_all(Request::new(request)).await.unwrap_err()), "page.token");
}

/// A log without an end, which counts how often it is read.
struct Endless(Arc<AtomicUsize>, Record);

#[async_trait]
impl Log for Endless {
    async fn append(&self, _: &str, _: Expected, _: Vec<NewRecord>) -> Result<Appended, Error> {
        Err(Error::Unavailable("it is only read".into()))
    }
    fn read_stream(&self, _: &str, _: u64) -> Records {
        self.follow(None)
    }
    fn read_all(&self, after: Option<Position>) -> Records {
        self.follow(after)
    }
    fn follow(&self, _: Option<Position>) -> Records {
        let (read, record) = (self.0.clone(), self.1.clone());
        stream::repeat_with(move || {
            read.fetch_add(1, Ordering::SeqCst);
            Ok(vec![record.clone()])
        })
        .boxed()
    }
    async fn redact(&self, _: &Place, _: Payload) -> Result<(), Error> {
        Err(Error::Unavailable("it is only read".into()))
    }
    async fn head(&self) -> Result<Option<Position>, Error> {
        Ok(Some(self.1.position))
    }
    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        Ok(Some(self.1.clone()).filter(|it| it.position == position))
    }
    fn promises(&self) -> Promises {
        Promises::ALONE
    }
}

async fn endless() -> (History, Arc<AtomicUsize>) {
    let record = records(&written(0).await).await.remove(0);
    let read = Arc::new(AtomicUsize::new(0));
    (History::new(Arc::new(Endless(read.clone(), record))), read)
}

#[tokio::test]
async fn nothing_is_read_ahead_of_a_slow_subscriber() {
    let (history, read) = endless().await;
    let mut events = subscribed(&history, Default::default()).await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    assert_eq!(read.load(Ordering::SeqCst), 0);
    for n in 1..=3 {
        events.next().await.unwrap().unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        assert_eq!(read.load(Ordering::SeqCst), n);
    }
}

#[tokio::test]
async fn a_page_ends_somewhere_even_when_the_filter_lets_nothing_through() {
    let (history, _) = endless().await;
    let filter = Some(pb::EventFilter { kinds: vec!["project".into()], ..Default::default() });
    let answer = all(&history, pb::ReadAllRequest { filter, ..Default::default() }).await;
    assert_eq!((answer.events.len(), answer.position), (0, Some(1)));
    assert!(!answer.next_page_token.is_empty(), "there is more to look at");
}
