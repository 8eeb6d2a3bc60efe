//! A checkpoint that somebody kept: a second history is told as one, and a copy that is merely older is no fault.
use super::{story, verify};
use crate::program::{self, pactline};
use pactline::audit::{Checkpoint, Hash, SignedCheckpoint, SigningKey, TreeHead};
use std::fs;
use std::path::{Path, PathBuf};

/// What the log signs for a history that it does not have.
pub(super) fn fork(data: &Path, size: u64) -> SignedCheckpoint {
    let key: SigningKey = fs::read_to_string(data.join("audit/notary.key")).unwrap().trim().parse().unwrap();
    let head = TreeHead { size, root: Hash::of(b"another history") };
    Checkpoint::new(key.verifier().name(), head).sign(&key).unwrap()
}

fn kept(data: &Path, size: u64) -> PathBuf {
    let path = data.with_extension(format!("kept{size}"));
    fs::write(&path, fork(data, size).to_string()).unwrap();
    path
}

fn export(data: &Path) -> PathBuf {
    let export = data.with_extension("export");
    let made = pactline(data, &["audit", "export", export.to_str().unwrap()]);
    assert_eq!(made.code, 0, "{}", made.err);
    export
}

/// One more event, and a checkpoint for it.
pub(super) fn goes_on(data: &Path) -> PathBuf {
    super::meddle(
        data,
        &[
            "INSERT INTO events SELECT position + 1, stream, revision + 1, kind, recorded_at + 1, randomblob(16), \
           data, meta FROM events ORDER BY position DESC LIMIT 1",
        ],
    );
    assert_eq!(program::serve(data, &[]).end("TERM").code(), Some(0));
    data.join("audit/checkpoint")
}

#[test]
fn a_checkpoint_of_another_history_is_told_as_a_second_history() {
    let (_dir, data) = story();
    let newest = verify(&data, &[]).1["signed"].as_u64().unwrap();
    for size in [newest, newest - 7, 1] {
        let kept = kept(&data, size);
        let (code, said) = verify(&data, &["--checkpoint", kept.to_str().unwrap()]);
        assert_eq!(code, 6, "{said}");
        let faults = said["faults"].as_array().unwrap();
        assert_eq!((faults.len(), &faults[0]["kind"]), (1, &"checkpoint".into()), "{size}: {said}");
        let why = faults[0]["why"].as_str().unwrap();
        assert!(why.starts_with(&format!("this log signed two histories: of {size} events")), "{why}");
        let root = Hash::of(b"another history").to_string();
        assert!(why.contains(&root) && why.matches('=').count() >= 2, "both roots are named: {why}");
        assert!(!why.contains("lost"), "{why}");
    }
}

#[test]
fn an_older_export_is_incomplete_and_not_tampered_with() {
    let (_dir, data) = story();
    let export = export(&data);
    let newer = goes_on(&data);
    let (folder, newer) = (export.to_str().unwrap(), newer.to_str().unwrap());
    let (code, said) = verify(&data, &[folder, "--checkpoint", newer]);
    assert_eq!((code, said["outcome"].as_str().unwrap()), (7, "incomplete"), "{said}");
    assert!(said["gaps"][0].as_str().unwrap().contains("is older than the checkpoint of"), "{said}");
    assert_eq!(said["faults"].as_array().unwrap().len(), 0, "{said}");
    // What is missing from it by its own account is missing.
    let events = fs::read_to_string(export.join("events.jsonl")).unwrap();
    let (fewer, _) = events.trim_end().rsplit_once('\n').unwrap();
    fs::write(export.join("events.jsonl"), format!("{fewer}\n")).unwrap();
    let (code, said) = verify(&data, &[folder, "--checkpoint", newer]);
    assert_eq!(code, 6, "{said}");
}

/// The rows of the table in a file's documentation, without marks.
fn rows(text: &str) -> Vec<String> {
    let rows = text.lines().filter_map(|it| it.strip_prefix("//! | ")).filter(|it| !it.starts_with("bytes"));
    let words = |it: &str| it.replace(['`', '"', '|'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    rows.map(words).collect()
}

#[test]
fn an_export_says_byte_by_byte_what_a_leaf_and_an_event_in_a_proof_are() {
    let (_dir, data) = story();
    let said = fs::read_to_string(export(&data).join("README.txt")).unwrap();
    assert!(!said.contains("src/"), "it stands by itself: {said}");
    let lines: Vec<String> = said
        .lines()
        .map(|it| it.replace('"', " ").split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let tables = [include_str!("../../../src/audit/leaf.rs"), include_str!("../../../src/audit/exhibit.rs")];
    for row in tables.iter().flat_map(|it| rows(it)) {
        assert!(lines.contains(&row), "{row:?} is not in {said}");
    }
    assert_eq!(tables.map(|it| rows(it).len()), [11, 7]);
}
