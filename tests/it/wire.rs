//! The API over a real connection: what only the transport can show.
use pactline::api;
use pactline::api::caller::ACTOR;
use pactline::api::proto as pb;
use pactline::api::proto::meeting_service_client::MeetingServiceClient;
use pactline::api::proto::partner_service_client::PartnerServiceClient;
use pactline::clock::Clock;
use pactline::engine::Engine;
use pactline::log::MemoryLog;
use pactline::views::Views;
use std::sync::Arc;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request};
use tonic_types::StatusExt;

/// A connection to a server over an empty log.
async fn served() -> Channel {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let clock = Clock::system();
    let log = MemoryLog::new({
        let clock = clock.clone();
        move || clock.now()
    });
    let (log, started_at, dir) = (Arc::new(log), clock.now(), tempfile::tempdir().unwrap());
    let views = Views::open(dir.path(), log.clone()).unwrap();
    let engine = Engine::new(log.clone(), clock, 100);
    let parts = api::Parts {
        engine,
        views,
        log,
        people: crate::people::nobody(),
        backend: "memory",
        reactions: None,
        started_at,
        notary: None,
        call_max: std::time::Duration::from_secs(30),
    };
    let routes = api::routes(&parts, 4 * 1024 * 1024);
    let incoming = TcpListenerStream::new(listener);
    tokio::spawn(async move {
        let served = Server::builder().add_routes(routes).serve_with_incoming(incoming).await;
        drop(dir);
        served
    });
    Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap()
}

fn by_ana<R>(request: R) -> Request<R> {
    let mut request = Request::new(request);
    request.metadata_mut().insert(ACTOR, "person:ana".parse().unwrap());
    request
}

fn admit() -> pb::AdmitPartnerRequest {
    pb::AdmitPartnerRequest {
        party: Some(pb::Party { party: Some(pb::party::Party::Country("AUT".into())) }),
        name: "Austria".into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_command_is_recorded_over_the_wire() {
    let mut partners = PartnerServiceClient::new(served().await);
    let recorded = partners.admit_partner(by_ana(admit())).await.unwrap().into_inner().recorded.unwrap();
    assert_eq!(recorded.events.len(), 1);
    assert_eq!(recorded.revision, Some(0));
}

#[tokio::test]
async fn the_fields_at_fault_arrive_however_many_they_are() {
    let mut meetings = MeetingServiceClient::new(served().await);
    let roster = vec![pb::Seat::default(); 5_000];
    let request = pb::ConveneMeetingRequest { roster, ..Default::default() };
    let status = meetings.convene_meeting(by_ana(request)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let named = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(named[0].field, "title");
    assert!(named.last().unwrap().description.ends_with("more are not listed"));
}
