//! The record proves itself: whatever is done to it behind the server's back is found and named, by the program that
//! its users run.
use crate::program::{self, Run, Served, pactline};
use pactline::api::proto::audit_service_client::AuditServiceClient;
use pactline::api::proto::partner_service_client::PartnerServiceClient;
use pactline::api::proto::{
    self, AdmitPartnerRequest, CommandContext, GetCheckpointRequest, Recorded, WaitFor,
};
use rusqlite::{Connection, params};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

mod bundles;
mod consistent;
mod contradicted;
mod copies;
mod crude;
mod damage;
mod forged;
mod keyed;
mod live;
mod proofs;
mod redacted;
mod refused;
mod waited;
mod witnessed;

/// A folder with the Paris Pact's story, signed for; made once, because it takes a while.
fn story() -> (TempDir, PathBuf) {
    static STORY: std::sync::OnceLock<TempDir> = std::sync::OnceLock::new();
    let first = STORY.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let made = pactline(dir.path(), &["demo"]);
        assert_eq!(made.code, 0, "{}", made.err);
        dir
    });
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    copy(first.path(), &data);
    (dir, data)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// Does something to the log's file that the log would never do.
fn meddle(data: &Path, sql: &[&str]) {
    let log = Connection::open(data.join("log.db")).unwrap();
    sql.iter().for_each(|it| log.execute_batch(it).unwrap());
    log.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}

/// The names of the event at a position: `stream@revision` and id.
fn event_at(data: &Path, position: i64) -> (String, String) {
    let log = Connection::open(data.join("log.db")).unwrap();
    let sql = "SELECT streams.name, revision, event_id FROM events JOIN streams ON streams.id = stream WHERE position = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let (stream, revision, id): (String, i64, Vec<u8>) = log.query_row(sql, params![position], read).unwrap();
    (format!("{stream}@{revision}"), uuid::Uuid::from_slice(&id).unwrap().to_string())
}

/// What `audit verify` says as a document, and its exit code.
fn verify(data: &Path, more: &[&str]) -> (i32, Value) {
    let arguments: Vec<&str> = ["--json", "audit", "verify"].iter().chain(more).copied().collect();
    let Run { code, out, err } = pactline(data, &arguments);
    (code, serde_json::from_str(&out).unwrap_or_else(|_| panic!("{code} {out} {err}")))
}

/// The kinds of what was found and the indexes that it is about.
fn faults(said: &Value) -> Vec<(String, Option<u64>)> {
    let faults = said["faults"].as_array().unwrap().iter();
    faults.map(|it| (it["kind"].as_str().unwrap().to_owned(), it["index"].as_u64())).collect()
}

async fn connect(served: &Served) -> Channel {
    Channel::from_shared(served.url.clone()).unwrap().connect().await.unwrap()
}

async fn admit(channel: &Channel, acronym: &str, wait_for: WaitFor) -> Result<Recorded, Status> {
    let party = proto::Party { party: Some(proto::party::Party::Organization(acronym.into())) };
    let mut request = Request::new(AdmitPartnerRequest {
        context: Some(CommandContext { wait_for: wait_for.into(), ..CommandContext::default() }),
        party: Some(party),
        name: format!("The {acronym}"),
        ..AdmitPartnerRequest::default()
    });
    request.metadata_mut().insert("pactline-actor", "person:1".parse().unwrap());
    Ok(PartnerServiceClient::new(channel.clone())
        .admit_partner(request)
        .await?
        .into_inner()
        .recorded
        .unwrap())
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

#[test]
fn what_nobody_touched_is_verified() {
    let (_dir, data) = story();
    let (code, said) = verify(&data, &[]);
    assert_eq!((code, said["outcome"].as_str().unwrap()), (0, "verified"), "{said}");
    assert_eq!(said["events"], said["signed"]);
}

#[test]
fn a_folder_without_its_tree_is_not_proven_and_the_next_start_makes_all_but_the_signatures_again() {
    let (_dir, data) = story();
    fs::remove_dir_all(data.join("audit/tile")).unwrap();
    fs::remove_file(data.join("audit/places")).unwrap();
    assert_eq!(verify(&data, &[]).0, 0, "the events give the signed root by themselves");
    fs::remove_file(data.join("audit/checkpoints")).unwrap();
    fs::remove_file(data.join("audit/checkpoint")).unwrap();
    let (code, said) = verify(&data, &[]);
    assert_eq!(code, 7, "{said}");
    assert!(said["gaps"].to_string().contains("nothing was ever signed"), "{said}");
    assert_eq!(program::serve(&data, &[]).end("TERM").code(), Some(0));
    assert_eq!(verify(&data, &[]).0, 0);
}

#[test]
fn an_export_verifies_by_itself_and_by_a_policy_from_elsewhere() {
    let (dir, data) = story();
    let export = dir.path().join("export");
    let made = pactline(&data, &["audit", "export", export.to_str().unwrap()]);
    assert_eq!(made.code, 0, "{}", made.err);
    let policy = dir.path().join("policy");
    fs::copy(export.join("policy"), &policy).unwrap();
    fs::remove_dir_all(&data).unwrap();
    let folder = export.to_str().unwrap();
    assert_eq!(verify(&data, &[folder]).0, 0);
    assert_eq!(verify(&data, &[folder, "--policy", policy.to_str().unwrap()]).0, 0);
    assert!(!export.join("notary.key").exists(), "the key that signs stays where it is");
    let events = fs::read_to_string(export.join("events.jsonl")).unwrap();
    let changed = events.replacen("Austria", "Australia", 1);
    assert_ne!(changed, events);
    fs::write(export.join("events.jsonl"), changed).unwrap();
    let (code, said) = verify(&data, &[folder]);
    assert_eq!(code, 6);
    assert_eq!(faults(&said).len(), 1, "{said}");
    assert_eq!(faults(&said)[0].0, "altered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_can_wait_until_it_is_signed_for() {
    let dir = tempfile::tempdir().unwrap();
    let served = program::serve(dir.path(), &[]);
    let channel = connect(&served).await;
    let durable = admit(&channel, "UNODC", WaitFor::Durable).await.unwrap();
    assert_eq!(durable.sealed_size, None);
    let sealed = admit(&channel, "WHO", WaitFor::Sealed).await.unwrap();
    assert_eq!(sealed.sealed_size, Some(2));
    let request = GetCheckpointRequest { under: 0, position: sealed.position };
    let answer = AuditServiceClient::new(channel).get_checkpoint(request).await.unwrap().into_inner();
    assert_eq!(answer.size, 2);
    assert!(answer.checkpoint.contains("\n2\n"), "{}", answer.checkpoint);
    served.end("TERM");
    assert_eq!(verify(dir.path(), &[]).0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_never_be_waited_for_is_refused_before_it_is_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let served = program::serve(dir.path(), &[]);
    let refused = admit(&connect(&served).await, "UNODC", WaitFor::Witnessed).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "NO_WITNESSES"));
    served.end("TERM");
    assert_eq!(verify(dir.path(), &[]).1["events"], 0);
}
