//! Which key may sign on where others signed before.
use super::{admit, connect, verify};
use crate::program::{self, pactline};
use pactline::api::proto::WaitFor;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A record that was signed as `example.org/log`, by a key beside the folder; and more keys.
struct Record {
    dir: TempDir,
}

impl Record {
    async fn new() -> Self {
        let record = Self { dir: tempfile::tempdir().unwrap() };
        let key = record.key("first", "example.org/log", &[]);
        let served = program::serve(&record.data(), &["--notary-key", key.to_str().unwrap()]);
        admit(&connect(&served).await, "UNODC", WaitFor::Sealed).await.unwrap();
        served.end("TERM");
        record
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn key(&self, file: &str, name: &str, more: &[&str]) -> PathBuf {
        let path = self.dir.path().join(file);
        let begin = ["keys", "generate", path.to_str().unwrap(), "--name", name];
        let made = pactline(&self.data(), &[&begin[..], more].concat());
        assert_eq!(made.code, 0, "{}", made.err);
        path
    }

    /// Starts with a key that is refused, before anything is written: what is said.
    fn refused(&self, key: &Path, more: &[&str]) -> String {
        let files = || {
            let read = |name: &str| fs::read(self.data().join("audit").join(name)).unwrap();
            ["keys", "policy", "checkpoint", "checkpoints"].map(read)
        };
        let before = files();
        let begin = ["serve", "--listen", "127.0.0.1:0", "--notary-key", key.to_str().unwrap()];
        let run = pactline(&self.data(), &[&begin[..], more].concat());
        assert_eq!((run.code, run.out.as_str()), (4, ""), "{}", run.err);
        assert_eq!(files(), before, "nothing was written");
        run.err
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_name_does_not_sign_on() {
    let record = Record::new().await;
    let other = record.key("other", "example.org/other", &[]);
    for more in [&[][..], &["--new-notary-key"]] {
        let said = record.refused(&other, more);
        let wanted = [r#"signs for "example.org/other""#, r#"before is "example.org/log""#];
        assert!(wanted.iter().all(|it| said.contains(it)), "{said}");
    }
    fs::write(record.data().join("audit/keys"), "").unwrap();
    assert!(record.refused(&other, &[]).contains("never changes its name"), "the checkpoints say it too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_s_key_signs_for_no_record() {
    let record = Record::new().await;
    let witness = record.key("witness", "example.org/log", &["--witness"]);
    let said = record.refused(&witness, &["--new-notary-key"]);
    assert!(said.contains("a witness key") && said.contains("pactline keys generate"), "{said}");
    let fresh = record.dir.path().join("fresh");
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--notary-key", witness.to_str().unwrap()];
    assert_eq!(pactline(&fresh, &arguments).code, 4, "nor does it begin one");
    assert!(!fresh.join("audit/keys").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_of_the_same_name_signs_on_once_that_is_said() {
    let record = Record::new().await;
    let second = record.key("second", "example.org/log", &[]);
    let said = record.refused(&second, &[]);
    assert!(said.contains("--new-notary-key") && said.contains("example.org/log+"), "{said}");
    let key = second.to_str().unwrap();
    let served = program::serve(&record.data(), &["--notary-key", key, "--new-notary-key"]);
    admit(&connect(&served).await, "WHO", WaitFor::Sealed).await.unwrap();
    served.end("TERM");
    // From then on it is one of those that signed.
    let served = program::serve(&record.data(), &["--notary-key", key]);
    admit(&connect(&served).await, "FAO", WaitFor::Sealed).await.unwrap();
    served.end("TERM");
    let (code, said) = verify(&record.data(), &[]);
    assert_eq!((code, said["signed"].as_u64()), (0, Some(3)), "{said}");
}
