//! Witnesses that signed another record under this one's name: an old copy of the folder, or a second one beside it.
use super::refused::{refusal_of, told};
use super::witnessed::Town;
use super::{admit, connect, copy, reason, verify};
use crate::program;
use pactline::api::proto::audit_service_client::AuditServiceClient;
use pactline::api::proto::{GetCheckpointRequest, WaitFor};
use std::fs;
use std::path::PathBuf;
use tonic::Code;
use tonic_health::pb::health_check_response::ServingStatus;

/// A town whose record has one event, and a copy of the folder from then.
async fn with_a_copy() -> (Town, PathBuf) {
    let town = Town::new();
    let served = town.serve(&town.data());
    admit(&connect(&served).await, "UNODC", WaitFor::Witnessed).await.unwrap();
    served.end("TERM");
    let old = town.path("old");
    copy(&town.data(), &old);
    (town, old)
}

/// What the witnesses keep of a record that contradicts itself.
fn evidence(town: &Town) -> Vec<String> {
    let kept = (1..=3).filter_map(|n| fs::read_dir(town.path(&format!("state{n}/evidence"))).ok()).flatten();
    kept.map(|it| fs::read_to_string(it.unwrap().path()).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_copy_of_the_folder_is_shown_and_nothing_is_written_to_it() {
    let (town, old) = with_a_copy().await;
    let served = town.serve(&town.data());
    admit(&connect(&served).await, "WHO", WaitFor::Witnessed).await.unwrap();
    served.end("TERM");
    let said = refusal_of(town.serve(&old), &old).await;
    let wanted =
        ["has signed for 2 events and this record has 1", "an old copy", "bring back the newest whole copy"];
    assert!(wanted.iter().all(|it| said.contains(it)), "{said}");
    assert!((1..=3).filter(|n| said.contains(&format!("w{n}: "))).count() >= 2, "{said}");
    assert!(!evidence(&town).is_empty());
    let served = town.serve(&town.data());
    admit(&connect(&served).await, "FAO", WaitFor::Witnessed).await.unwrap();
    served.end("TERM");
    assert_eq!(verify(&town.data(), &["--policy", town.path("policy").to_str().unwrap()]).0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_copy_that_went_on_otherwise_finds_no_witness_and_leaves_evidence() {
    let (town, old) = with_a_copy().await;
    let served = town.serve(&town.data());
    admit(&connect(&served).await, "WHO", WaitFor::Witnessed).await.unwrap();
    served.end("TERM");
    // The old copy tells another story from here on, under the same key, while nobody who signs for it is asked.
    let alone = program::serve(&old, &["--notary-key", town.path("log.key").to_str().unwrap()]);
    admit(&connect(&alone).await, "ITU", WaitFor::Sealed).await.unwrap();
    alone.end("TERM");
    let said = refusal_of(town.serve(&old), &old).await;
    assert!(said.contains("this record does not go on where that one ended"), "{said}");
    let forks = evidence(&town);
    assert!(forks.iter().all(|it| it.matches("— example.org/log ").count() == 2), "both are kept: {forks:?}");
    assert!(!forks.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_folders_that_go_on_at_the_same_time_the_one_that_no_quorum_signs_for_stops() {
    let (town, old) = with_a_copy().await;
    let (first, second) = (town.serve(&town.data()), town.serve(&old));
    let (one, other) = (connect(&first).await, connect(&second).await);
    // Both are found to be what was signed, before either goes on.
    for channel in [&one, &other] {
        let asked = GetCheckpointRequest::default();
        AuditServiceClient::new(channel.clone()).get_checkpoint(asked).await.unwrap();
    }
    admit(&one, "WHO", WaitFor::Witnessed).await.unwrap();
    admit(&other, "ITU", WaitFor::Sealed).await.unwrap();
    told(&other, "pactline.v1.PartnerService", ServingStatus::NotServing).await;
    let refused = admit(&other, "FAO", WaitFor::Durable).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::DataLoss, "LOG_CORRUPT"));
    admit(&one, "FAO", WaitFor::Witnessed).await.unwrap();
    second.end("TERM");
    first.end("TERM");
    assert_eq!(verify(&town.data(), &["--policy", town.path("policy").to_str().unwrap()]).0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_witness_that_contradicts_stops_nothing_while_a_quorum_of_others_can_sign() {
    let (town, old) = with_a_copy().await;
    // The third witness is brought to sign for another record under the same name.
    let forked = town.serve_by(&old, &[3], "quorum w3\n");
    for name in ["ITU", "FAO"] {
        admit(&connect(&forked).await, name, WaitFor::Witnessed).await.unwrap();
    }
    forked.end("TERM");
    let served = town.serve(&town.data());
    let channel = connect(&served).await;
    for name in ["WHO", "ICRC", "IMO"] {
        admit(&channel, name, WaitFor::Witnessed).await.unwrap();
    }
    served.end("TERM");
    assert_eq!(verify(&town.data(), &["--policy", town.path("policy").to_str().unwrap()]).0, 0);
}
