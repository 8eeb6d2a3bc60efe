//! The demonstration keeps its promises, told to a real server in this process.
use futures::TryStreamExt;
use pactline::api::proto::status_service_client::StatusServiceClient;
use pactline::api::proto::trace_service_client::TraceServiceClient;
use pactline::api::proto::{
    GetStatusRequest, GetTraceRequest, QueryContext, TraceVerdict, get_trace_request,
};
use pactline::app::App;
use pactline::app::InProcess;
use pactline::config::Config;
use pactline::config::{Limits, LogPlace};
use pactline::domain::id::ProjectId;
use pactline::exchange::demo::run;
use pactline::log::EmbeddedLog;
use pactline::log::Log;
use std::collections::BTreeSet;
use std::path::Path;

/// A server in this process over the folder `data`.
pub(crate) async fn server(data: &Path) -> InProcess {
    let config =
        Config { data: data.to_owned(), log: LogPlace::default(), limits: Limits::default(), origin: None };
    App::build(config).await.unwrap().in_process().await.unwrap()
}

/// The types of all events in the folder's log.
pub(crate) async fn kinds(data: &Path) -> Vec<String> {
    let log = EmbeddedLog::open(data, || jiff::Timestamp::UNIX_EPOCH).unwrap();
    let chunks: Vec<_> = log.read_all(None).try_collect().await.unwrap();
    let kinds = chunks.into_iter().flatten().map(|it| it.kind.to_string()).collect();
    log.close().await.unwrap();
    kinds
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
