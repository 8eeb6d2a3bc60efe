//! Whoever waits for witnesses in vain is told what is on record and what each of them said; whoever does not wait has
//! their signatures all the same where they are there.
use super::witnessed::Town;
use super::{admit, connect, reason};
use crate::program::{self, pactline};
use pactline::api::proto::WaitFor;
use std::fs;
use tonic::Code;
use tonic_types::StatusExt;

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_quorum_in_vain_is_told_that_it_is_on_record_and_which_witness_said_what() {
    let town = Town::new();
    town.serve(&town.data()).end("TERM");
    let (policy, key) = (town.path("policy"), town.path("log.key"));
    // From here on all three must sign, and the third is not where it was.
    let text = fs::read_to_string(&policy).unwrap().replace("group two 2 ", "group two 3 ");
    let lines =
        text.lines().map(|it| match it.strip_prefix("witness w3 ").and_then(|it| it.split_once(' ')) {
            Some((key, _)) => format!("witness w3 {key} http://127.0.0.1:1\n"),
            None => format!("{it}\n"),
        });
    fs::write(&policy, lines.collect::<String>()).unwrap();
    let arguments = ["--policy", policy.to_str().unwrap(), "--notary-key", key.to_str().unwrap()];
    let served = program::serve(&town.data(), &[&arguments[..], &["--call-timeout-ms", "3000"]].concat());
    let channel = connect(&served).await;
    let status = admit(&channel, "UNODC", WaitFor::Witnessed).await.unwrap_err();
    let said = status.message();
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::DeadlineExceeded, "NOT_WITNESSED"),
        "{said}"
    );
    assert!(said.contains("it is on record, as partner-") && said.contains("at position 1,"), "{said}");
    assert!(said.contains("w3: ") && !said.contains("w1: "), "{said}");
    let details = status.get_details_error_info().unwrap().metadata;
    assert_eq!(details["position"], "1", "{details:?}");
    // It is there, as it was said, and goes on being there.
    assert_eq!(admit(&channel, "WHO", WaitFor::Sealed).await.unwrap().sealed_size, Some(2));
    served.end("TERM");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_nobody_asked_witnesses_for_has_their_signatures_where_they_are_there() {
    let town = Town::new();
    let served = town.serve(&town.data());
    let recorded = admit(&connect(&served).await, "UNODC", WaitFor::Witnessed).await.unwrap();
    for (n, what) in [format!("{}@0", recorded.stream), recorded.stream.clone()].iter().enumerate() {
        let (proof, policy) = (town.path(&format!("proof{n}")), town.path("policy"));
        let (proof, policy) = (proof.to_str().unwrap(), policy.to_str().unwrap());
        let made = pactline(&town.data(), &["--server", &served.url, "audit", "prove", what, "--out", proof]);
        assert_eq!(made.code, 0, "{}", made.err);
        let checked = pactline(&town.path("nowhere"), &["audit", "check", proof, "--policy", policy]);
        assert_eq!(checked.code, 0, "{what}: {}", checked.err);
        assert!(checked.out.contains("witnessed by w"), "{}", checked.out);
    }
    served.end("TERM");
}
