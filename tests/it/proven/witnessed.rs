//! Witnesses: others who sign that the record only grew.
use super::{admit, connect, verify};
use crate::program::{self, Served, pactline};
use pactline::api::proto::audit_service_client::AuditServiceClient;
use pactline::api::proto::{GetCheckpointRequest, WaitFor};
use pactline::audit::http::post;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// A log and three witnesses of which two must sign, each a program of its own.
pub(super) struct Town {
    dir: TempDir,
    witnesses: Vec<Served>,
}

impl Town {
    pub(super) fn new() -> Self {
        let town = Self { dir: tempfile::tempdir().unwrap(), witnesses: Vec::new() };
        let log = town.key("log", &[]);
        fs::write(town.path("logs"), format!("{log}\n")).unwrap();
        (1..=3).fold(town, |mut town, n| {
            town.key(&format!("witness{n}"), &["--witness"]);
            let witness = town.witness(n);
            town.witnesses.push(witness);
            town
        })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(super) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Makes a key: the one that others check with.
    fn key(&self, name: &str, more: &[&str]) -> String {
        let (file, named) = (self.path(&format!("{name}.key")), format!("example.org/{name}"));
        let arguments: Vec<&str> = ["keys", "generate", file.to_str().unwrap(), "--name", &named]
            .iter()
            .chain(more)
            .copied()
            .collect();
        let made = pactline(&self.data(), &arguments);
        assert_eq!(made.code, 0, "{}", made.err);
        fs::write(self.path(&format!("{name}.pub")), &made.out).unwrap();
        made.out.trim().to_owned()
    }

    fn witness(&self, n: usize) -> Served {
        let (key, logs) = (self.path(&format!("witness{n}.key")), self.path("logs"));
        let state = self.path(&format!("state{n}"));
        let arguments = ["--key", key.to_str().unwrap(), "--logs", logs.to_str().unwrap(), "--state"];
        program::witness(&[&arguments[..], &[state.to_str().unwrap()]].concat())
    }

    /// Serves `data` with all three as witnesses, of which two must sign.
    pub(super) fn serve(&self, data: &Path) -> Served {
        self.serve_by(data, &[1, 2, 3], "group two 2 w1 w2 w3\nquorum two\n")
    }

    /// Serves `data` with those as witnesses, of which `quorum` says who must sign.
    pub(super) fn serve_by(&self, data: &Path, witnesses: &[usize], quorum: &str) -> Served {
        let key =
            |name: &str| fs::read_to_string(self.path(&format!("{name}.pub"))).unwrap().trim().to_owned();
        let mut policy = format!("log {}\n", key("log"));
        for (n, it) in (1..).zip(&self.witnesses).filter(|(n, _)| witnesses.contains(n)) {
            policy.push_str(&format!("witness w{n} {} {}\n", key(&format!("witness{n}")), it.url));
        }
        policy.push_str(quorum);
        fs::write(self.path("policy"), policy).unwrap();
        let (policy, key) = (self.path("policy"), self.path("log.key"));
        program::serve(data, &["--policy", policy.to_str().unwrap(), "--notary-key", key.to_str().unwrap()])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_three_witnesses_are_enough_and_one_is_not() {
    let mut town = Town::new();
    let served = town.serve(&town.data());
    let channel = connect(&served).await;
    let witnessed = admit(&channel, "UNODC", WaitFor::Witnessed).await.unwrap();
    assert_eq!(witnessed.sealed_size, Some(1));
    town.witnesses.pop().unwrap().end("KILL");
    assert_eq!(admit(&channel, "WHO", WaitFor::Witnessed).await.unwrap().sealed_size, Some(2));
    town.witnesses.pop().unwrap().end("KILL");
    let waited =
        tokio::time::timeout(Duration::from_secs(2), admit(&channel, "ITU", WaitFor::Witnessed)).await;
    assert!(waited.is_err(), "one witness is no quorum");
    let shown = pactline(&town.data(), &["--server", &served.url, "status"]).out;
    assert!(shown.contains("signed for 3 events, a quorum of witnesses for 2"), "{shown}");
    served.end("TERM");
    let policy = town.path("policy");
    let (code, said) = verify(&town.data(), &["--policy", policy.to_str().unwrap()]);
    assert_eq!((code, said["witnessed"].as_u64(), said["events"].as_u64()), (7, Some(2), Some(3)), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_answers_as_the_protocol_says() {
    let town = Town::new();
    let served = town.serve(&town.data());
    let channel = connect(&served).await;
    admit(&channel, "UNODC", WaitFor::Witnessed).await.unwrap();
    let mut audit = AuditServiceClient::new(channel.clone());
    let asked = GetCheckpointRequest { under: WaitFor::Sealed.into(), position: None };
    let note = audit.get_checkpoint(asked).await.unwrap().into_inner().checkpoint;
    let url = format!("{}/add-checkpoint", town.witnesses[0].url);
    let ask = async |body: String| post(&url, body.into(), Duration::from_secs(5)).await.unwrap();
    assert_eq!(ask("old zero\n\nx".into()).await.status, 400, "no number");
    assert_eq!(ask(format!("old 9\n\n{note}")).await.status, 400, "more than the checkpoint has");
    let other = note.replacen("example.org/log\n", "example.org/other\n", 1);
    assert_eq!(ask(format!("old 0\n\n{other}")).await.status, 404, "a log that is not known");
    let forged = note.replacen("\n1\n", "\n2\n", 1);
    assert_eq!(ask(format!("old 0\n\n{forged}")).await.status, 403, "not signed by the log");
    let stale = ask(format!("old 0\n\n{note}")).await;
    assert_eq!((stale.status, stale.body.as_ref()), (409, b"1\n".as_ref()), "it has signed for more");
    let again = ask(format!("old 1\n\n{note}")).await;
    assert_eq!(again.status, 200);
    assert!(again.body.starts_with("— example.org/witness1 ".as_bytes()));
    served.end("TERM");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checkpoint_and_the_tiles_are_where_tlog_tiles_says() {
    let (_dir, data) = super::story();
    let (served, tiles) = program::serve_tiles(&data);
    // Nothing is published before the record was compared with what was signed.
    let asked = GetCheckpointRequest::default();
    AuditServiceClient::new(connect(&served).await).get_checkpoint(asked).await.unwrap();
    let get = |path: &str| {
        let mut stream = std::net::TcpStream::connect(tiles.strip_prefix("http://").unwrap()).unwrap();
        write!(stream, "GET /{path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let at = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
        let head = String::from_utf8(answer[..at].to_vec()).unwrap().to_lowercase();
        (head, answer[at..].to_vec())
    };
    let (head, checkpoint) = get("checkpoint");
    assert!(head.starts_with("http/1.1 200") && head.contains("text/plain; charset=utf-8"), "{head}");
    assert_eq!(checkpoint, fs::read(data.join("audit/checkpoint")).unwrap());
    let size: usize = String::from_utf8(checkpoint).unwrap().lines().nth(1).unwrap().parse().unwrap();
    for path in [
        "tile/0/000".to_owned(),
        "tile/entries/000".into(),
        format!("tile/0/{:03}.p/{}", size / 256, size % 256),
    ] {
        let (head, body) = get(&path);
        assert!(head.starts_with("http/1.1 200") && head.contains("immutable"), "{path}: {head}");
        assert_eq!(body, fs::read(data.join("audit").join(&path)).unwrap(), "{path}");
    }
    for path in
        ["tile/0/999", "tile/0/0", "tile/0/000.p/256", "tile/9999/000", "audit/notary.key", "../log.db"]
    {
        assert!(get(path).0.starts_with("http/1.1 404"), "{path}");
    }
    served.end("TERM");
}
