//! Servers that are behind: in time, and in what they know.
use super::double::Double;
use super::double::database::{Proposed, Want};
use super::double::{Call, Fault};
use super::replicas::{admit, rename};
use crate::program::{self, pactline};
use pactline::api::proto::register_service_client::RegisterServiceClient;
use pactline::api::proto::{GetPartnerRequest, QueryContext};
use pactline::log::{Expected, Log, NewRecord};
use std::time::{Duration, Instant};
use tonic::transport::Channel;
use uuid::Uuid;

fn asked(partner_id: &str, after: Option<u64>) -> GetPartnerRequest {
    let query = Some(QueryContext { after, as_of: None });
    GetPartnerRequest { query, partner_id: partner_id.into() }
}

async fn channel(url: &str) -> Channel {
    Channel::from_shared(url.to_owned()).unwrap().connect().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_lags_says_how_far_behind_it_is_and_answers_once_it_is_not() {
    let double = Double::start();
    let dir = tempfile::tempdir().unwrap();
    let served = program::serve(dir.path(), &["--log", &double.url()]);
    let channel = channel(&served.url).await;
    let partner = admit(channel.clone(), "BEHIND", Uuid::from_u128(1)).await.unwrap().id;
    let renamed = rename(channel.clone(), &partner, "Before".into(), Uuid::from_u128(2)).await.unwrap();
    let mut register = RegisterServiceClient::new(channel);
    register.get_partner(asked(&partner, renamed.position)).await.unwrap();
    double.goes_wrong(|call| match call {
        Call::Read | Call::Subscribe => Fault::Hang,
        Call::Features | Call::Gossip | Call::Append => Fault::None,
    });
    // Another server renames it meanwhile.
    let told = double.database().written().pop().unwrap();
    let event = Proposed { id: Uuid::from_u128(3), ..told.event.clone() };
    let wanted = double.database().append(&told.stream, Want::At(1), vec![event]).unwrap().position;
    let behind = register.get_partner(asked(&partner, Some(wanted))).await.unwrap_err();
    let says = format!("is at {} and {wanted} is asked for", told.position);
    assert!(behind.message().contains(&says), "{behind}");
    double.goes_right();
    let patience = Instant::now() + Duration::from_secs(120);
    while let Err(behind) = register.get_partner(asked(&partner, Some(wanted))).await {
        assert!(Instant::now() < patience, "{behind}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_a_newer_release_stops_what_would_skip_it_and_not_the_server() {
    let double = Double::start();
    let dir = tempfile::tempdir().unwrap();
    let served = program::serve(dir.path(), &["--log", &double.url()]);
    let channel = channel(&served.url).await;
    let before = admit(channel.clone(), "BEFORE", Uuid::from_u128(1)).await.unwrap();
    let known: NewRecord = {
        let told = double.database().written().pop().unwrap();
        let log = super::open(&double).await;
        let record = log.event_at(pactline::log::Position(told.position)).await.unwrap().unwrap();
        NewRecord {
            id: Uuid::from_u128(7),
            kind: "PartnerKnighted".into(),
            data: record.data,
            meta: record.meta,
            recorded_at: None,
        }
    };
    let log = super::open(&double).await;
    let stream = format!("partner-{}", before.id);
    let after = log.append(&stream, Expected::Revision(0), vec![known]).await.unwrap().position;
    let mut register = RegisterServiceClient::new(channel.clone());
    register.get_partner(asked(&before.id, before.position)).await.unwrap();
    let stopped = register.get_partner(asked(&before.id, Some(after.0))).await.unwrap_err();
    assert!(stopped.message().contains("PartnerKnighted"), "{stopped}");
    // Who asks for that stream is sent to wait or to another server; all others are served.
    let unread = rename(channel.clone(), &before.id, "Sir".into(), Uuid::from_u128(2)).await.unwrap_err();
    assert_eq!(unread.code(), tonic::Code::Unavailable, "{unread}");
    assert!(unread.message().contains("a newer version may know it"), "{unread}");
    admit(channel, "AFTER", Uuid::from_u128(3)).await.unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        let shown = pactline(dir.path(), &["--server", &served.url, "status"]);
        assert_eq!(shown.code, 0, "{}", shown.err);
        let stopped = |it: &&str| it.contains("PartnerKnighted");
        let stopped: Vec<&str> = shown.out.lines().filter(stopped).collect();
        if stopped.iter().any(|it| it.trim_start().starts_with("reactions")) && stopped.len() > 2 {
            break;
        }
        assert!(Instant::now() < patience, "{}", shown.out);
    }
    drop(served);
}
