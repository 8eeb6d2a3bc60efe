//! Two checkpoints and nothing else: whether the later goes on where the earlier ended.
use super::copies::{fork, goes_on};
use super::{story, verify};
use crate::program::{Run, pactline};
use pactline::audit::{Consistency, SignedCheckpoint};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The story with an early checkpoint of it that somebody kept, and a policy from elsewhere.
struct Auditor {
    dir: TempDir,
    data: PathBuf,
    newest: u64,
}

impl Auditor {
    fn new() -> Self {
        let (dir, data) = story();
        fs::copy(data.join("audit/checkpoint"), dir.path().join("early")).unwrap();
        goes_on(&data);
        fs::copy(data.join("audit/policy"), dir.path().join("policy")).unwrap();
        let newest = verify(&data, &[]).1["signed"].as_u64().unwrap();
        Self { dir, data, newest }
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    fn keep(&self, name: &str, checkpoint: &SignedCheckpoint) -> String {
        fs::write(self.path(name), checkpoint.to_string()).unwrap();
        self.path(name)
    }

    fn ask(&self, data: &Path, arguments: &[&str]) -> Run {
        let policy = self.path("policy");
        pactline(data, &[&["--json", "audit"], arguments, &["--policy", &policy]].concat())
    }

    fn consistency(&self, arguments: &[&str]) -> Run {
        self.ask(&self.data, &[&["consistency"], arguments].concat())
    }
}

fn said(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{} {} {}", run.code, run.out, run.err))
}

#[test]
fn what_is_signed_now_goes_on_where_a_kept_checkpoint_ended() {
    let auditor = Auditor::new();
    let (early, file) = (auditor.path("early"), auditor.path("proof"));
    let run = auditor.consistency(&[&early, "--out", &file]);
    assert_eq!((run.code, said(&run)["outcome"].as_str().unwrap()), (0, "consistent"), "{}", run.err);
    let (old, new) = (&said(&run)["old"]["size"], &said(&run)["new"]["size"]);
    assert!(old.as_u64().unwrap() < auditor.newest && *new == auditor.newest, "{old} {new}");
    let newest = auditor.data.join("audit/checkpoint");
    let newest = newest.to_str().unwrap();
    assert_eq!(auditor.consistency(&[&early, newest]).code, 0);
    assert_eq!(
        said(&auditor.consistency(&[newest, &early]))["old"]["size"],
        *old,
        "in the order of their sizes"
    );
    assert_eq!(auditor.consistency(&[newest]).code, 0, "with itself");
    // The file says it again where no record is.
    let nowhere = auditor.dir.path().join("nowhere");
    let checked = auditor.ask(&nowhere, &["check", &file]);
    assert_eq!((checked.code, &said(&checked)), (0, &said(&run)), "{}", checked.err);
}

#[test]
fn two_histories_of_one_log_are_told_with_both_roots() {
    let auditor = Auditor::new();
    let other = fork(&auditor.data, auditor.newest);
    let run = auditor.consistency(&[&auditor.keep("fork", &other)]);
    let root = other.unverified().head.root.to_string();
    assert_eq!((run.code, said(&run)["outcome"].as_str().unwrap()), (6, "forked"), "{}", run.err);
    assert!(run.err.contains("this log signed two histories") && run.err.contains(&root), "{}", run.err);
    let earlier = auditor.keep("earlier", &fork(&auditor.data, auditor.newest - 3));
    let run = auditor.consistency(&[&earlier]);
    assert_eq!((run.code, said(&run)["outcome"].as_str().unwrap()), (6, "forked"), "{}", run.err);
    let shows = format!(
        "nothing shows that the {} events go on where the {} ended",
        auditor.newest,
        auditor.newest - 3
    );
    assert!(run.err.contains(&shows), "{}", run.err);
}

#[test]
fn a_record_that_holds_less_than_was_signed_for_is_told() {
    let auditor = Auditor::new();
    let later = auditor.keep("later", &fork(&auditor.data, auditor.newest + 10));
    let run = auditor.consistency(&[&later]);
    let fewer = format!("holds fewer than the {} events", auditor.newest + 10);
    assert!(run.code == 6 && run.err.contains(&fewer), "{} {}", run.code, run.err);
}

#[test]
fn signatures_are_verified_by_the_policy_first() {
    let auditor = Auditor::new();
    let early = fs::read_to_string(auditor.path("early")).unwrap();
    let size = SignedCheckpoint::parse(early.as_bytes()).unwrap().unverified().head.size;
    fs::write(auditor.path("forged"), early.replacen(&format!("\n{size}\n"), "\n5\n", 1)).unwrap();
    let run = auditor.consistency(&[&auditor.path("forged")]);
    assert!(run.code == 6 && run.err.contains("is forged"), "{} {}", run.code, run.err);
    fs::write(auditor.path("none"), "nothing of the kind").unwrap();
    assert_eq!(auditor.consistency(&[&auditor.path("none")]).code, 2);
    let made = pactline(&auditor.data, &["keys", "generate", &auditor.path("w"), "--name", "w", "--witness"]);
    let policy = fs::read_to_string(auditor.path("policy")).unwrap();
    let asked = policy.replacen("quorum none", &format!("witness w {}\nquorum w", made.out.trim()), 1);
    fs::write(auditor.path("policy"), asked).unwrap();
    let run = auditor.consistency(&[&auditor.path("early")]);
    assert_eq!((run.code, said(&run)["outcome"].as_str().unwrap()), (7, "incomplete"), "{}", run.err);
    assert!(run.err.contains("not by w"), "{}", run.err);
}

#[test]
fn a_file_that_was_changed_shows_nothing() {
    let auditor = Auditor::new();
    let file = auditor.path("proof");
    assert_eq!(auditor.consistency(&[&auditor.path("early"), "--out", &file]).code, 0);
    let bytes = fs::read(&file).unwrap();
    let proof = Consistency::parse(&bytes).unwrap();
    assert_eq!(proof.to_string().into_bytes(), bytes);
    assert!(!proof.hashes.is_empty());
    for n in 0..proof.hashes.len() {
        let mut changed = proof.clone();
        changed.hashes[n].0[0] ^= 1;
        assert!(changed.check().is_err(), "hash {n}");
        changed.hashes.remove(n);
        assert!(changed.check().is_err(), "without hash {n}");
    }
    let swapped = Consistency { old: proof.new.clone(), new: proof.old.clone(), ..proof.clone() };
    assert!(swapped.check().is_err());
    let nowhere = auditor.dir.path().join("nowhere");
    let check = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        auditor.ask(&nowhere, &["check", &file]).code
    };
    assert_eq!(check(swapped.to_string().as_bytes()), 6);
    assert_eq!(check(&bytes[..40]), 2);
    // No byte of it can change: each is a hash's, a checkpoint's or a signature's, or the file is none any more.
    for at in (0..bytes.len()).step_by(bytes.len() / 97) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!([2, 6].contains(&check(&changed)), "byte {at}");
    }
}
