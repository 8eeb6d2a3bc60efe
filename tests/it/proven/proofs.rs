//! Proofs that are checked by a file and a policy alone.
use super::story;
use crate::program::{Run, pactline};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A proof on a desk where nothing else is but a policy.
struct Desk {
    dir: TempDir,
    policy: PathBuf,
    proof: PathBuf,
}

/// The proof of `what` from the story.
fn prove(what: &str) -> Desk {
    let (_dir, data) = story();
    let dir = tempfile::tempdir().unwrap();
    let (policy, proof) = (dir.path().join("policy"), dir.path().join("proof"));
    let made = pactline(&data, &["audit", "prove", what, "--out", proof.to_str().unwrap()]);
    assert_eq!(made.code, 0, "{}", made.err);
    fs::copy(data.join("audit/policy"), &policy).unwrap();
    Desk { dir, policy, proof }
}

impl Desk {
    fn check(&self) -> Run {
        let nowhere = self.dir.path().join("nowhere");
        let (proof, policy) = (self.proof.to_str().unwrap(), self.policy.to_str().unwrap());
        pactline(&nowhere, &["--json", "audit", "check", proof, "--policy", policy])
    }

    fn change(&self, path: &Path, from: &str, to: &str) {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
}

fn first_event() -> String {
    let (_dir, data) = story();
    super::event_at(&data, 40).0
}

#[test]
fn a_project_is_proven_with_every_event_that_it_rests_on() {
    let desk = prove("UNINFO-115677");
    let checked = desk.check();
    assert_eq!(checked.code, 0, "{}", checked.err);
    let said: serde_json::Value = serde_json::from_str(&checked.out).unwrap();
    assert_eq!(said["outcome"], "verified");
    let events = said["events"].as_array().unwrap();
    let kinds: Vec<&str> = events.iter().map(|it| it["type"].as_str().unwrap()).collect();
    for kind in ["ProjectProposed", "PrioritySet", "ProvisionDefined", "MandateRecorded", "CharterPublished"]
    {
        assert!(kinds.contains(&kind), "{kind} is not in {kinds:?}");
    }
}

#[test]
fn an_event_is_proven_as_it_is_stored() {
    let checked = prove(&first_event()).check();
    assert_eq!(checked.code, 0, "{}", checked.err);
    let said: serde_json::Value = serde_json::from_str(&checked.out).unwrap();
    assert_eq!(said["events"][0]["index"], 39);
    assert!(said["events"][0]["data"].as_str().unwrap().starts_with('{'));
}

#[test]
fn a_proof_that_was_changed_a_wrong_key_and_a_missing_witness_are_told_apart() {
    let desk = prove(&first_event());
    desk.change(&desk.proof, "index 39", "index 38");
    assert_eq!(desk.check().code, 6);
    let desk = prove(&first_event());
    desk.change(&desk.proof, "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v9");
    assert_eq!(desk.check().code, 2);
    let desk = prove(&first_event());
    let key = desk.dir.path().join("other.key");
    let named = fs::read_to_string(&desk.policy).unwrap();
    let name = named.split_whitespace().nth(1).unwrap().split('+').next().unwrap().to_owned();
    let made = pactline(desk.dir.path(), &["keys", "generate", key.to_str().unwrap(), "--name", &name]);
    fs::write(&desk.policy, format!("log {}\nquorum none\n", made.out.trim())).unwrap();
    let checked = desk.check();
    assert_eq!(checked.code, 6, "{}", checked.err);
    let desk = prove(&first_event());
    let key = desk.dir.path().join("witness.key");
    let made =
        pactline(desk.dir.path(), &["keys", "generate", key.to_str().unwrap(), "--name", "w", "--witness"]);
    desk.change(&desk.policy, "quorum none", &format!("witness w {}\nquorum w", made.out.trim()));
    let checked = desk.check();
    assert_eq!(checked.code, 7, "{}", checked.err);
    assert!(checked.err.contains("not by w") && checked.err.contains("--witnessed"), "{}", checked.err);
}
