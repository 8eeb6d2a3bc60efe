//! What was redacted is told apart from what was altered: two persons stand for the one, nobody for the other.
use super::refused::refusal;
use super::{event_at, faults, meddle, story, verify};
use crate::program::pactline;
use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn ask(data: &Path, who: &str, arguments: &[&str]) -> String {
    let run = pactline(data, &[&["--actor", who], arguments].concat());
    assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
    run.out
}

/// The position and data of the first event with a reason in it.
fn reasoned(data: &Path) -> (i64, String) {
    let log = Connection::open(data.join("log.db")).unwrap();
    let sql = "SELECT position, CAST(data AS TEXT) FROM events WHERE instr(data, '\"reason\":') > 0 ORDER BY position";
    log.query_row(sql, [], |it| Ok((it.get(0)?, it.get(1)?))).unwrap()
}

/// The story, of which a reason was redacted; where that was, and what stood there.
fn redacted() -> (TempDir, PathBuf, u64, String) {
    let (dir, data) = story();
    let (position, before) = reasoned(&data);
    let (place, _) = event_at(&data, position);
    let why = ["--field", "/data/reason", "--reason", "an address", "--basis", "GDPR Art. 17"];
    let asked = ask(&data, "ana", &[&["redact", "request", &place], &why[..]].concat());
    ask(&data, "bo", &["redact", "approve", asked.split(' ').next().unwrap()]);
    (dir, data, u64::try_from(position).unwrap() - 1, before)
}

#[test]
fn a_redacted_event_is_no_fault_and_the_one_who_verifies_is_told_what_approved_it() {
    let (dir, _) = story();
    let checkpoint = dir.path().join("data/audit/checkpoint");
    let (_kept, data, index, before) = redacted();
    let (code, said) = verify(&data, &["--checkpoint", checkpoint.to_str().unwrap()]);
    assert_eq!((code, faults(&said)), (0, vec![]), "{said}");
    let total = said["events"].as_u64().unwrap();
    assert_eq!(
        (&said["redacted"][0]["index"], said["redacted"].as_array().unwrap().len()),
        (&index.into(), 1)
    );
    assert_eq!(said["redacted"][0]["approved"]["index"], total - 2);
    assert_eq!(said["redacted"][0]["bound"], true, "the rest is proven to be what it was");
    assert_ne!(reasoned(&data).1, before);

    let export = dir.path().join("export");
    ask(&data, "ana", &["audit", "export", export.to_str().unwrap()]);
    let (code, exported) = verify(&data, &[export.to_str().unwrap()]);
    assert_eq!((code, &exported["redacted"]), (0, &said["redacted"]));

    let event =
        format!("{}@{}", said["redacted"][0]["stream"].as_str().unwrap(), said["redacted"][0]["revision"]);
    let proof = dir.path().join("proof");
    ask(&data, "ana", &["audit", "prove", &event, "--out", proof.to_str().unwrap()]);
    let policy = data.join("audit/policy");
    let checked =
        ask(&data, "ana", &["audit", "check", proof.to_str().unwrap(), "--policy", policy.to_str().unwrap()]);
    assert!(checked.contains("it was redacted; what is left of it is the word of"), "{checked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_a_redacted_event_cannot_be_changed_either() {
    let (_dir, data, index, _) = redacted();
    meddle(&data, &["UPDATE events SET data = CAST(replace(data, '[redacted]', 'we agree') AS BLOB)"]);
    altered(&data, index).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_says_it_was_redacted_and_was_not_is_altered() {
    let (_dir, data) = story();
    let (position, before) = reasoned(&data);
    let hash: String = Sha256::digest(before.as_bytes()).iter().map(|it| format!("{it:02x}")).collect();
    let mut forged: Value = serde_json::from_str(&before).unwrap();
    forged["reason"] = "we agree".into();
    let forged = forged.to_string();
    let forged = format!("{},\"$redacted\":\"{hash}\"}}", forged.strip_suffix('}').unwrap());
    meddle(
        &data,
        &[&format!("UPDATE events SET data = CAST('{forged}' AS BLOB) WHERE position = {position}")],
    );
    altered(&data, u64::try_from(position).unwrap() - 1).await;
}

/// The roots say nothing of it; the verifier and the next start do.
async fn altered(data: &Path, index: u64) {
    let (code, said) = verify(data, &[]);
    assert_eq!((code, faults(&said)), (6, vec![("altered".to_owned(), Some(index))]), "{said}");
    let why = "what is left of it is not what was recorded";
    assert!(said["faults"][0]["why"].as_str().unwrap().contains(why), "{said}");
    let refused = refusal(data).await;
    assert!(refused.contains(&format!("index {index}")) && refused.contains(why), "{refused}");
}
