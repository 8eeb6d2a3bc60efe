//! The server: what callers are told, and what survives however it ends.
use crate::program::{self, Served};
use futures::TryStreamExt;
use pactline::api::proto::partner_service_client::PartnerServiceClient;
use pactline::api::proto::{self, AdmitPartnerRequest, CommandContext, Recorded};
use pactline::app::App;
use pactline::config::{Config, Limits, LogPlace};
use pactline::log::{EmbeddedLog, Log};
use std::collections::HashSet;
use std::path::Path;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic::{Code, Request};
use tonic_types::StatusExt;

/// A server in this process, on a free port and a folder of its own.
struct Here {
    channel: Channel,
    stop: oneshot::Sender<()>,
    over: JoinHandle<Result<(), pactline::log::Error>>,
    dir: TempDir,
}

async fn here() -> Here {
    let dir = tempfile::tempdir().unwrap();
    let config = Config {
        data: dir.path().to_owned(),
        log: LogPlace::default(),
        limits: Limits::default(),
        origin: None,
        proof: None,
        reactions: true,
    };
    let app = App::build(config).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel();
    let over = tokio::spawn(app.run(listener, async { drop(stopped.await) }));
    Here { channel: connect(&url).await, stop, over, dir }
}

impl Here {
    /// Stops it; what its log then holds.
    async fn stop(self) -> HashSet<String> {
        self.stop.send(()).unwrap();
        self.over.await.unwrap().unwrap();
        recorded(self.dir.path()).await
    }
}

async fn connect(url: &str) -> Channel {
    Channel::from_shared(url.to_owned()).unwrap().connect().await.unwrap()
}

/// The ids of all events in the log at `dir`.
async fn recorded(dir: &Path) -> HashSet<String> {
    let log = EmbeddedLog::open(dir, || jiff::Timestamp::UNIX_EPOCH).unwrap();
    let chunks: Vec<_> = log.read_all(None).try_collect().await.unwrap();
    chunks.into_iter().flatten().map(|it| it.id.to_string()).collect()
}

fn organization(acronym: &str, context: CommandContext) -> Request<AdmitPartnerRequest> {
    let party = proto::Party { party: Some(proto::party::Party::Organization(acronym.into())) };
    let mut request = Request::new(AdmitPartnerRequest {
        context: Some(context),
        party: Some(party),
        name: format!("The {acronym}"),
        ..AdmitPartnerRequest::default()
    });
    request.metadata_mut().insert("pactline-actor", "person:1".parse().unwrap());
    request
}

async fn admit(channel: &Channel, acronym: &str, context: CommandContext) -> Result<Recorded, tonic::Status> {
    let mut partners = PartnerServiceClient::new(channel.clone());
    let answer = partners.admit_partner(organization(acronym, context)).await?;
    Ok(answer.into_inner().recorded.unwrap())
}

#[tokio::test]
async fn a_validated_command_is_not_recorded() {
    let here = here().await;
    let context = CommandContext { validate_only: true, ..CommandContext::default() };
    let foreseen = admit(&here.channel, "UNODC", context).await.unwrap();
    assert!(foreseen.validated_only);
    assert_eq!(foreseen.events.len(), 1);
    assert!(here.stop().await.is_empty());
}

#[tokio::test]
async fn the_same_request_id_answers_as_the_first_time() {
    let here = here().await;
    let id = "0198c0de-0000-7000-8000-000000000001".to_owned();
    let context = CommandContext { request_id: id, ..CommandContext::default() };
    let first = admit(&here.channel, "UNODC", context.clone()).await.unwrap();
    let again = admit(&here.channel, "UNODC", context).await.unwrap();
    assert!(again.replayed && !first.replayed);
    assert_eq!(Recorded { replayed: false, ..again }, first);
    assert_eq!(here.stop().await.len(), 1);
}

#[tokio::test]
async fn a_malformed_request_names_its_fields() {
    let here = here().await;
    let context = CommandContext { request_id: "no uuid".into(), ..CommandContext::default() };
    let refused = admit(&here.channel, "", context).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let fields = refused.get_details_bad_request().unwrap().field_violations;
    assert!(fields.iter().any(|it| it.field.contains("request_id")), "{fields:?}");
    assert!(here.stop().await.is_empty());
}

#[tokio::test]
async fn health_and_reflection_answer() {
    use tonic_health::pb::health_check_response::ServingStatus;
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
    use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
    let here = here().await;
    for service in ["", "pactline.v1.ProjectService"] {
        let request = HealthCheckRequest { service: service.into() };
        let answer = HealthClient::new(here.channel.clone()).check(request).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving);
    }
    let ask = tonic_reflection::pb::v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut reflection = ServerReflectionClient::new(here.channel.clone());
    let asked = tokio_stream::iter([ask]);
    let answer = reflection.server_reflection_info(asked).await.unwrap().into_inner().message().await;
    let Some(MessageResponse::ListServicesResponse(list)) = answer.unwrap().unwrap().message_response else {
        panic!("no list")
    };
    assert!(list.service.iter().any(|it| it.name == "pactline.v1.RegisterService"));
    here.stop().await;
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_and_harms_nobody() {
    let here = here().await;
    let mut large = organization("UNODC", CommandContext::default());
    large.get_mut().name = "x".repeat(5 * 1024 * 1024);
    let refused = PartnerServiceClient::new(here.channel.clone()).admit_partner(large).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange);
    admit(&here.channel, "UNODC", CommandContext::default()).await.unwrap();
    assert_eq!(here.stop().await.len(), 1);
}

/// Admits partners, four at a time, until the server is gone: the events it acknowledged.
async fn write_until_cut(url: &str, enough: oneshot::Sender<()>) -> HashSet<String> {
    let channel = connect(url).await;
    let (mut enough, mut acknowledged) = (Some(enough), HashSet::new());
    for round in 0.. {
        let four: Vec<String> = (0..4).map(|n| format!("O{round}-{n}")).collect();
        let calls = four.iter().map(|it| admit(&channel, it, CommandContext::default()));
        for answer in futures::future::join_all(calls).await {
            match answer {
                Ok(recorded) => acknowledged.extend(recorded.events.into_iter().map(|it| it.event_id)),
                Err(_) => return acknowledged,
            }
        }
        if round == 20 {
            enough.take().unwrap().send(()).unwrap();
        }
    }
    acknowledged
}

/// Ends a server by a signal while it is written to: how it ended, and what it acknowledged but lost.
async fn cut(signal: &str) -> (Option<i32>, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let served: Served = program::serve(dir.path(), &[]);
    let (enough, reached) = oneshot::channel();
    let url = served.url.clone();
    let writing = tokio::spawn(async move { write_until_cut(&url, enough).await });
    reached.await.unwrap();
    let name = signal.to_owned();
    let ended = tokio::task::spawn_blocking(move || served.end(&name)).await.unwrap();
    let acknowledged = writing.await.unwrap();
    assert!(acknowledged.len() >= 80);
    let there = recorded(dir.path()).await;
    (ended.code(), acknowledged.into_iter().filter(|it| !there.contains(it)).collect())
}

#[tokio::test]
async fn a_server_told_to_stop_keeps_all_it_acknowledged_and_ends_well() {
    assert_eq!(cut("TERM").await, (Some(0), vec![]));
}

#[tokio::test]
async fn a_server_that_is_killed_keeps_all_it_acknowledged() {
    assert_eq!(cut("KILL").await, (None, vec![]));
}

#[tokio::test]
async fn a_folder_is_open_in_one_process_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let served = program::serve(dir.path(), &[]);
    let second = program::pactline(dir.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, 4);
    assert!(second.err.contains("in use by process"), "{}", second.err);
    assert!(second.err.contains("hint: "), "{}", second.err);
    assert_eq!(served.end("TERM").code(), Some(0));
}

#[test]
fn an_address_that_others_can_reach_is_refused_unless_they_are_trusted() {
    let dir = tempfile::tempdir().unwrap();
    let exposed = program::pactline(dir.path(), &["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(exposed.code, 2);
    assert!(exposed.err.contains("--trust-network"), "{}", exposed.err);
}
