//! A server whose record is not what was signed shows it, says so, and writes nothing.
use super::{admit, connect, event_at, meddle, reason, story, verify};
use crate::program::{self, Served};
use pactline::api::proto::history_service_client::HistoryServiceClient;
use pactline::api::proto::status_service_client::StatusServiceClient;
use pactline::api::proto::{self, WaitFor};
use pactline::api::proto::{
    GetCheckpointRequest, GetStatusRequest, ReadAllRequest, RecordVerdict,
    audit_service_client::AuditServiceClient,
};
use prost::Message;
use prost_types::FileDescriptorSet;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;
use tonic::Code;
use tonic::transport::Channel;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

/// Serves the folder, and expects that reading works and writing does not: what the refusal says.
pub(super) async fn refusal(data: &Path) -> String {
    refusal_of(program::serve(data, &[]), data).await
}

/// The same of a server of `data` that is running.
pub(super) async fn refusal_of(served: Served, data: &Path) -> String {
    let before = fs::read(data.join("audit/checkpoints")).unwrap();
    let channel = connect(&served).await;
    let refused = admit(&channel, "UNODC-2", WaitFor::Durable).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::DataLoss, "LOG_CORRUPT"));
    let mut history = HistoryServiceClient::new(channel.clone());
    assert!(!history.read_all(ReadAllRequest::default()).await.unwrap().into_inner().events.is_empty());
    all_told(&channel).await;
    let asked = GetStatusRequest {};
    let status = StatusServiceClient::new(channel.clone()).get_status(asked).await.unwrap().into_inner();
    let record = status.record.unwrap();
    assert_eq!(record.verdict(), RecordVerdict::Differs);
    assert!(refused.message().ends_with(&record.error), "{} {}", refused.message(), record.error);
    let shown = program::pactline(data, &["--server", &served.url, "status"]).out;
    assert!(shown.contains("writes are refused: ") && shown.contains(&record.error), "{shown}");
    let unproven =
        AuditServiceClient::new(channel).get_checkpoint(GetCheckpointRequest::default()).await.unwrap_err();
    assert_eq!((unproven.code(), reason(&unproven).as_str()), (Code::DataLoss, "RECORD_DIFFERS"));
    served.end("TERM");
    assert_eq!(fs::read(data.join("audit/checkpoints")).unwrap(), before, "nothing more was signed");
    refused.message().to_owned()
}

/// Waits until health says of every service that records that it does not serve, and of the others that they do.
async fn all_told(channel: &Channel) {
    let recording = "Charter Consultation Decision Evidence Mandate Meeting Migration Partner Priority Project \
                     Recommendation Redaction Task Worklist";
    let looking = "Audit Gate History People Register Status Timeline Trace";
    let named = |names: &'static str| names.split_whitespace().map(|it| format!("pactline.v1.{it}Service"));
    let files = FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap().file;
    let there: BTreeSet<String> =
        files.iter().flat_map(|it| &it.service).map(|it| format!("pactline.v1.{}", it.name())).collect();
    assert_eq!(named(recording).chain(named(looking)).collect::<BTreeSet<_>>(), there, "one is forgotten");
    for service in named(recording) {
        told(channel, &service, ServingStatus::NotServing).await;
    }
    for service in named(looking).chain([String::new()]) {
        told(channel, &service, ServingStatus::Serving).await;
    }
}

/// Waits until health says so: it is told right after those who write are.
pub(super) async fn told(channel: &Channel, service: &str, status: ServingStatus) {
    let asked = HealthCheckRequest { service: service.into() };
    let mut said = HealthClient::new(channel.clone()).watch(asked).await.unwrap().into_inner();
    let told = async { while said.message().await.unwrap().unwrap().status() != status {} };
    let within = tokio::time::timeout(Duration::from_secs(60), told).await;
    within.unwrap_or_else(|_| panic!("health never said {status:?} of {service:?}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_cannot_be_found_out_whether_it_was_changed_nothing_is_written_and_nobody_waits() {
    for name in ["checkpoints", "places"] {
        let (_dir, data) = story();
        let path = data.join("audit").join(name);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let served = program::serve(&data, &[]);
        let channel = connect(&served).await;
        let refused =
            tokio::time::timeout(Duration::from_secs(60), admit(&channel, "UNODC-2", WaitFor::Durable));
        let refused = refused.await.expect("it waits for ever").unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable, "{refused}");
        let why = "could not be compared with what was signed: its files cannot be";
        assert!(refused.message().contains(why), "{refused}");
        all_told(&channel).await;
        let asked = GetStatusRequest {};
        let status = StatusServiceClient::new(channel).get_status(asked).await.unwrap().into_inner();
        let record = status.record.unwrap();
        assert_eq!(record.verdict(), RecordVerdict::Unknown);
        assert!(refused.message().contains(&record.error), "{} {}", refused.message(), record.error);
        let shown = program::pactline(&data, &["--server", &served.url, "status"]).out;
        assert!(shown.contains("writes are refused: its files"), "{shown}");
        served.end("TERM");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_change_nothing_is_written_and_the_event_is_named() {
    let (_dir, data) = story();
    let (place, id) = event_at(&data, 40);
    meddle(&data, &["UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 40"]);
    let said = refusal(&data).await;
    let wanted = ["index 39", &place, &id, "when it was recorded", "bring back the newest whole copy"];
    assert!(wanted.iter().all(|it| said.contains(it)), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_end_was_cut_off_nothing_is_written_and_the_first_that_is_missing_is_named() {
    let (_dir, data) = story();
    let events = verify(&data, &[]).1["events"].as_i64().unwrap();
    let (place, id) = event_at(&data, events - 1);
    meddle(&data, &[&format!("DELETE FROM events WHERE position >= {}", events - 1)]);
    let said = refusal(&data).await;
    let wanted = [
        &format!("the log has {}", events - 2),
        &format!("index {}", events - 2),
        &place,
        &id,
        &"is missing".to_owned(),
    ];
    assert!(wanted.iter().all(|it| said.contains(it.as_str())), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_put_right_is_written_to_again() {
    let (_dir, data) = story();
    meddle(&data, &["UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 40"]);
    refusal(&data).await;
    meddle(&data, &["UPDATE events SET recorded_at = recorded_at - 1 WHERE position = 40"]);
    let served = program::serve(&data, &[]);
    admit(&connect(&served).await, "UNODC-2", WaitFor::Sealed).await.unwrap();
    served.end("TERM");
    assert_eq!(verify(&data, &[]).0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_key_that_signed_commands_go_on_and_nothing_is_signed() {
    let (_dir, data) = story();
    let key = data.join("audit/notary.key");
    let elsewhere = data.with_extension("key");
    fs::rename(&key, &elsewhere).unwrap();
    let served = program::serve(&data, &[]);
    let channel = connect(&served).await;
    admit(&channel, "UNODC-2", WaitFor::Durable).await.unwrap();
    let refused = admit(&channel, "UNODC-3", WaitFor::Sealed).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "NO_KEY"));
    served.end("TERM");
    let (code, said) = verify(&data, &[]);
    assert_eq!((code, said["unsigned"].as_u64()), (7, Some(1)), "{said}");
    assert!(!key.exists(), "no other key was made");
    let served = program::serve(&data, &["--notary-key", elsewhere.to_str().unwrap()]);
    admit(&connect(&served).await, "UNODC-3", WaitFor::Sealed).await.unwrap();
    served.end("TERM");
    assert_eq!(verify(&data, &[]).0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_under_load_goes_on_with_the_same_tree() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..4 {
        let served = program::serve(dir.path(), &[]);
        let channel = connect(&served).await;
        let mut signed = 0;
        for n in 0..25 {
            let calls = (0..4).map(|it| {
                let wait_for = if it == 0 { WaitFor::Sealed } else { WaitFor::Durable };
                let (channel, name) = (channel.clone(), format!("O{round}-{n}-{it}"));
                async move { admit(&channel, &name, wait_for).await.unwrap() }
            });
            let answers = futures::future::join_all(calls).await;
            signed = answers.iter().filter_map(|it| it.sealed_size).max().unwrap().max(signed);
        }
        served.end("KILL");
        // What was promised to be signed is; what came after may not be, and nothing contradicts it.
        let (code, said) = verify(dir.path(), &[]);
        assert!([0, 7].contains(&code), "{said}");
        assert!(said["signed"].as_u64().unwrap() >= signed, "{said}");
    }
    assert_eq!(program::serve(dir.path(), &[]).end("TERM").code(), Some(0));
    let (code, said) = verify(dir.path(), &[]);
    assert_eq!((code, said["events"].as_u64()), (0, Some(400)), "{said}");
}

/// Every way in which the list of what was signed can be damaged or shortened, beside a record that was altered.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_is_never_cut_and_its_loss_is_noticed() {
    let (_dir, data) = story();
    // However quickly the story was told: something was signed after it too.
    super::copies::goes_on(&data);
    let list = data.join("audit/checkpoints");
    let whole = fs::read(&list).unwrap();
    let first = whole.windows(2).enumerate().filter(|(_, it)| *it == b"\n\n").nth(1).unwrap().0 + 2;
    let mut flipped = whole.clone();
    flipped[10] ^= 0x80;
    let begun = &whole[..whole.len() - 3];
    let foreign = [&whole[..], b"something else\n\n"].concat();
    for (damaged, told) in [
        (flipped.as_slice(), "from byte 0 on"),
        (&whole[..first], "its end is lost"),
        (begun, "its end is lost"),
        (b"", "its end is lost"),
        (foreign.as_slice(), "holds something else than checkpoints"),
    ] {
        fs::write(&list, damaged).unwrap();
        let said = refusal(&data).await;
        assert!(said.contains("what was signed was changed") && said.contains(told), "{told}: {said}");
        let (code, _) = verify(&data, &[]);
        assert_eq!(code, 6, "{told}");
    }
    fs::write(&list, &whole).unwrap();
    assert_eq!(verify(&data, &[]).0, 0, "as it was");
}
