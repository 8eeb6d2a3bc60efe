//! The program: a key and a decision made on one machine, sent from another.
use super::world::{ORIGIN, World, stream, text};
use crate::program::{Run, pactline};
use pactline::clock::Clock;
use pactline::log::EmbeddedLog;
use std::path::Path;
use std::sync::Arc;

fn run(data: &Path, who: &str, arguments: &[&str]) -> Run {
    pactline(data, &[&["--actor", who, "--origin", ORIGIN], arguments].concat())
}

/// What it said, when it ended well.
fn said(data: &Path, who: &str, arguments: &[&str]) -> String {
    let run = run(data, who, arguments);
    assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
    run.out
}

#[tokio::test]
async fn a_partner_signs_without_a_network_and_anybody_sends_it() {
    let dir = tempfile::tempdir().unwrap();
    let (data, nowhere) = (dir.path().join("data"), dir.path().join("nowhere"));
    let clock = Clock::system();
    let log = Arc::new(EmbeddedLog::open(&data, move || clock.now()).unwrap());
    drop(World::over(log.clone()).await);
    log.close().await.unwrap();
    drop(log);

    let pem = dir.path().join("austria.pem");
    let pem = pem.to_str().unwrap();
    let shown: serde_json::Value =
        serde_json::from_str(&said(&nowhere, "ana", &["--json", "keys", "generate", pem, "--partner"]))
            .unwrap();
    let (key, key_id) = (shown["key"].as_str().unwrap(), shown["key_id"].as_str().unwrap());
    assert!(std::fs::read_to_string(pem).unwrap().starts_with("-----BEGIN PRIVATE KEY-----"));
    assert_ne!(
        run(&nowhere, "ana", &["keys", "generate", pem, "--partner"]).code,
        0,
        "a key is never overwritten"
    );

    let times = ["--from", "2020-01-01T00:00:00Z", "--until", "2199-01-01T00:00:00Z"];
    said(&data, "ana", &[&["keys", "propose", "AUT", key], &times[..]].concat());
    let alone = run(&data, "ana", &["keys", "confirm", "AUT", key_id]);
    assert!(alone.err.contains("PROPOSER_CANNOT_CONFIRM"), "{}", alone.err);
    said(&data, "bo", &["keys", "confirm", "AUT", key_id]);

    let (stream, text) = (stream().to_string(), text().to_string());
    let about = [
        "--key",
        pem,
        "--stream",
        &stream,
        "--party",
        "AUT",
        "--text",
        &text,
        "--until",
        "2199-01-01T00:00:00Z",
    ];
    let vote = r#"{"CastVote":{"vote":"yes"}}"#;
    let envelope = said(&nowhere, "ana", &[&["sign", "decision", vote], &about[..]].concat());
    assert!(!nowhere.exists(), "signing needs no folder");
    let file = dir.path().join("vote.json");
    std::fs::write(&file, &envelope).unwrap();
    let sent = said(&data, "clerk", &["sign", "send", file.to_str().unwrap()]);
    assert!(sent.starts_with("VoteCast consultation-"), "{sent}");
    assert!(said(&data, "clerk", &["sign", "send", file.to_str().unwrap()]).contains("recorded before"));
    let exported = said(&data, "clerk", &["export"]);
    let line: serde_json::Value = serde_json::from_str(exported.lines().last().unwrap()).unwrap();
    let meta: serde_json::Value = serde_json::from_str(line["meta"].as_str().unwrap()).unwrap();
    assert_eq!(meta["envelope"], envelope, "byte by byte as it was sent");

    // This world's vote was requested by nobody's signature, in a forum that asks for them.
    let verified = run(&data, "clerk", &["--json", "audit", "verify"]);
    let report: serde_json::Value = serde_json::from_str(&verified.out).unwrap();
    let faults = report["faults"].as_array().unwrap();
    assert_eq!((faults.len(), &faults[0]["kind"]), (1, &"decision".into()), "{report}");
    let unsigned = "the charter asks for a signature, and there is none";
    assert_eq!((&faults[0]["event"]["revision"], &faults[0]["why"]), (&1.into(), &unsigned.into()));
    assert_eq!(report["decisions"]["signed"], 1);

    std::fs::write(&file, envelope.replacen("\"sig\":\"", "\"sig\":\"A", 1)).unwrap();
    assert_eq!(run(&data, "clerk", &["sign", "send", file.to_str().unwrap()]).code, 2);
    said(&data, "ana", &["keys", "revoke", "AUT", key_id, "--reason", "the device was lost"]);
    let late = said(&nowhere, "ana", &[&["sign", "decision", vote], &about[..]].concat());
    std::fs::write(&file, late).unwrap();
    let refused = run(&data, "clerk", &["sign", "send", file.to_str().unwrap()]);
    assert!(refused.code != 0 && refused.err.contains("REVOKED_KEY"), "{}", refused.err);
}
