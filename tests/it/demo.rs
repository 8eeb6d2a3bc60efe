//! The demonstration keeps its promises, told to a real server in this process.
use futures::TryStreamExt;
use pactline::api::proto::status_service_client::StatusServiceClient;
use pactline::api::proto::trace_service_client::TraceServiceClient;
use pactline::api::proto::{
    GetStatusRequest, GetTraceRequest, QueryContext, TraceVerdict, get_trace_request,
};
use pactline::app::App;
use pactline::app::InProcess;
use pactline::codec::{AnyEvent, decode_any, decode_meta};
use pactline::config::Config;
use pactline::config::{Limits, LogPlace};
use pactline::domain::id::ProjectId;
use pactline::domain::task;
use pactline::domain::text::PersonId;
use pactline::exchange::demo::run;
use pactline::log::EmbeddedLog;
use pactline::log::{Log, Record};
use std::collections::BTreeSet;
use std::path::Path;

/// A server in this process over the folder `data`.
pub(crate) async fn server(data: &Path) -> InProcess {
    let config = Config {
        data: data.to_owned(),
        log: LogPlace::default(),
        limits: Limits::default(),
        origin: None,
        reactions: true,
        proof: None,
    };
    App::build(config).await.unwrap().in_process().await.unwrap()
}

/// The types of all events in the folder's log that somebody asked for.
pub(crate) async fn kinds(data: &Path) -> Vec<String> {
    let asked = |it: &&Record| decode_meta(it).unwrap().actor != PersonId::program();
    records(data).await.iter().filter(asked).map(|it| it.kind.to_string()).collect()
}

async fn records(data: &Path) -> Vec<Record> {
    let log = EmbeddedLog::open(data, || jiff::Timestamp::UNIX_EPOCH).unwrap();
    let records = log.read_all(None).try_concat().await.unwrap();
    log.close().await.unwrap();
    records
}

async fn verdicts(server: &InProcess, project: ProjectId) -> BTreeSet<TraceVerdict> {
    let subject = get_trace_request::Subject::Stream(format!("project-{project}"));
    let status = StatusServiceClient::new(server.channel()).get_status(GetStatusRequest {}).await.unwrap();
    let query = QueryContext { after: status.into_inner().head, as_of: None };
    let request = GetTraceRequest { query: Some(query), subject: Some(subject) };
    let answer = TraceServiceClient::new(server.channel()).get_trace(request).await.unwrap();
    let trace = answer.into_inner().trace.unwrap();
    trace.findings.iter().map(|it| it.verdict()).collect()
}

#[tokio::test]
async fn every_promised_trace_comes_to_its_verdict() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path()).await;
    let told = run(server.channel()).await.unwrap();
    let complete = verdicts(&server, told.complete).await;
    let contested = verdicts(&server, told.contested).await;
    let stale = verdicts(&server, told.stale).await;
    let broken = verdicts(&server, told.broken).await;
    server.close().await.unwrap();
    assert_eq!(complete, BTreeSet::from([TraceVerdict::Complete]));
    assert!(contested.contains(&TraceVerdict::Contested), "{contested:?}");
    assert!(stale.contains(&TraceVerdict::Stale), "{stale:?}");
    assert!(broken.contains(&TraceVerdict::Broken), "{broken:?}");
    assert!(!broken.contains(&TraceVerdict::Complete), "{broken:?}");
}

#[tokio::test]
async fn told_again_it_records_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path()).await;
    let first = run(server.channel()).await.unwrap();
    let again = run(server.channel()).await.unwrap();
    server.close().await.unwrap();
    let recorded = kinds(dir.path()).await;
    assert!(first.events > 300, "{}", first.events);
    assert_eq!(recorded.len() as u64, first.events);
    assert_eq!(again.events, 0);
    assert_eq!(again.complete, first.complete);
}

/// What the law ordered: kinds of tasks and what they are about. Reminders that a gate can be passed are left out: how
/// fast the story is told decides whether one comes up before the gate is passed.
async fn ordered(data: &Path) -> BTreeSet<(String, String)> {
    let opened = |record: &Record| match decode_any(record).unwrap() {
        AnyEvent::Task(task::Event::TaskOpened { kind, subject, .. }) if kind.as_str() != "pass-gate" => {
            Some((kind.to_string(), subject.to_string()))
        }
        _ => None,
    };
    records(data).await.iter().filter_map(opened).collect()
}

#[tokio::test]
async fn what_the_law_orders_is_the_same_each_time() {
    let mut told = Vec::new();
    for _ in 0..2 {
        let dir = tempfile::tempdir().unwrap();
        let server = server(dir.path()).await;
        run(server.channel()).await.unwrap();
        server.close().await.unwrap();
        told.push(ordered(dir.path()).await);
    }
    assert!(told[0].len() >= 6, "{:?}", told[0]);
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn what_does_not_add_up_is_on_record_and_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path()).await;
    let told = run(server.channel()).await.unwrap();
    server.close().await.unwrap();
    let kinds = kinds(dir.path()).await;
    let count = |kind: &str| kinds.iter().filter(|it| *it == kind).count();
    assert_eq!(count("PartnerAdmitted"), 58 + 23);
    assert_eq!(count("MandateRecorded"), 19);
    assert_eq!(count("VoteCast"), 30 + 3 + 17);
    assert_eq!(count("TallyDisputed"), 1);
    assert_eq!(count("AdoptedByVote"), 1);
    assert_eq!((count("ObjectionRaised"), count("ObjectionLifted")), (1, 1));
    assert_eq!(count("ProjectCompleted"), 1);
    let said = told.notes.join("\n");
    assert!(said.contains("Indonesia") && said.contains("30-3-18"), "{said}");
}
