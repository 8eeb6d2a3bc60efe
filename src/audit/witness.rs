//! A witness: signs that a log only grew, for logs that it knows, and keeps the evidence where one did not.
//!
//! The protocol is c2sp.org/tlog-witness. What a witness signed for last is on disk before anyone sees the signature;
//! two requests about the same log take turns.
use super::checkpoint::SignedCheckpoint;
use super::cosignature::cosign;
use super::hash::{Hash, TreeHead};
use super::http::{Answer, Keep, Request, Site};
use super::key::{SigningKey, VerifierKey};
use super::merkle::verify_consistency;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How many lines a proof has at the most.
const PROOF_MAX: usize = 63;
/// How many pieces of evidence are kept of one log; its own key must have signed each.
const EVIDENCE_MAX: usize = 1000;
const SIZE: &str = "text/x.tlog.size";

/// A witness over a folder.
pub struct Witness {
    logs: PathBuf,
    evidence: PathBuf,
    known: Vec<VerifierKey>,
    key: SigningKey,
    now: Box<dyn Fn() -> u64 + Send + Sync>,
    turn: Mutex<()>,
}

/// What is asked.
struct Asked<'a> {
    old: u64,
    proof: Vec<Hash>,
    note: &'a str,
}

impl Witness {
    /// A witness that keeps its state in `dir` and signs with `key` for the logs whose keys are `known`. `now` is
    /// the clock, in seconds since the Unix epoch.
    pub fn open(
        dir: &Path,
        known: Vec<VerifierKey>,
        key: SigningKey,
        now: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (logs, evidence) = (dir.join("logs"), dir.join("evidence"));
        fs::create_dir_all(&logs)?;
        fs::create_dir_all(&evidence)?;
        Ok(Self { logs, evidence, known, key, now: Box::new(now), turn: Mutex::new(()) })
    }

    /// Answers a request to `add-checkpoint`.
    fn add_checkpoint(&self, body: &[u8]) -> Answer {
        let Some(asked) = read(body) else {
            return Answer::text(400, "this is no request: see c2sp.org/tlog-witness, add-checkpoint");
        };
        let mut signed = match SignedCheckpoint::parse(asked.note.as_bytes()) {
            Ok(signed) => signed,
            Err(why) => return Answer::text(400, format!("the checkpoint cannot be read: {why}")),
        };
        let checkpoint = signed.unverified().clone();
        let keys: Vec<&VerifierKey> = self.known.iter().filter(|it| it.name() == checkpoint.origin).collect();
        if keys.is_empty() {
            return Answer::text(404, format!("the log {:?} is not known here", checkpoint.origin));
        }
        if !keys.iter().any(|it| signed.verify(it).is_ok()) {
            return Answer::text(403, "no key of this log that is known here has signed this");
        }
        if asked.old > checkpoint.head.size {
            return Answer::text(400, "the old size is larger than the checkpoint's");
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        match self.judge(&asked, &mut signed) {
            Ok(answer) => answer,
            Err(err) => {
                tracing::error!(%err, "the witness cannot keep its state");
                Answer::text(500, "the state cannot be kept: nothing was signed")
            }
        }
    }

    fn judge(&self, asked: &Asked<'_>, signed: &mut SignedCheckpoint) -> io::Result<Answer> {
        let checkpoint = signed.unverified().clone();
        let (new, path) = (checkpoint.head, self.logs.join(file_name(&checkpoint.origin)));
        let before = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(err) if err.kind() == io::ErrorKind::NotFound => None,
            Err(err) => return Err(err),
        };
        let latest = before.as_ref().map(|it| SignedCheckpoint::parse(it.as_bytes())).transpose();
        let latest = latest.map_err(io::Error::other)?.map(|it| it.unverified().head);
        let known = latest.as_ref().map_or(0, |it| it.size);
        if asked.old != known {
            if new.size < known {
                self.keep_evidence("rollback", before.as_deref(), asked.note)?;
            }
            return Ok(conflict(known));
        }
        if let Some(latest) = latest.as_ref().filter(|it| it.size == new.size) {
            if latest.root != new.root {
                self.keep_evidence("fork", before.as_deref(), asked.note)?;
                return Ok(conflict(known));
            }
        } else if !consistent(asked, latest.as_ref(), &new) {
            self.keep_evidence("fork", before.as_deref(), asked.note)?;
            return Ok(Answer::text(422, "the proof does not show that the log only grew"));
        }
        let signature = cosign(&checkpoint, &self.key, (self.now)()).map_err(io::Error::other)?;
        let line = format!("{signature}\n");
        signed.add(signature);
        replace(&path, &signed.to_string())?;
        Ok(Answer { status: 200, content_type: super::http::TEXT, keep: Keep::No, body: line.into() })
    }

    /// Keeps what the log signed beside what it signed before.
    fn keep_evidence(&self, what: &str, before: Option<&str>, now: &str) -> io::Result<()> {
        let text = format!("{}\n{now}", before.unwrap_or_default());
        let name = format!("{what}-{}", file_name(&text));
        let path = self.evidence.join(name);
        if path.exists() || fs::read_dir(&self.evidence)?.count() >= EVIDENCE_MAX {
            return Ok(());
        }
        tracing::error!(file = %path.display(), "a log contradicts what it signed before: a {what}; the evidence is kept");
        replace(&path, &text)
    }
}

impl Site for Witness {
    fn answer(&self, request: Request) -> Answer {
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/add-checkpoint") => self.add_checkpoint(&request.body),
            (_, "/add-checkpoint") => Answer::text(405, "checkpoints are added with POST"),
            (_, _) => Answer::text(404, "a witness answers POST /add-checkpoint: see c2sp.org/tlog-witness"),
        }
    }
}

fn conflict(known: u64) -> Answer {
    Answer { status: 409, content_type: SIZE, keep: Keep::No, body: format!("{known}\n").into() }
}

fn consistent(asked: &Asked<'_>, latest: Option<&TreeHead>, new: &TreeHead) -> bool {
    match latest.filter(|it| it.size > 0) {
        None => asked.proof.is_empty(),
        Some(it) => verify_consistency(it, new, &asked.proof).is_ok(),
    }
}

/// `old N`, then the proof's lines, then an empty line, then the checkpoint.
fn read(body: &[u8]) -> Option<Asked<'_>> {
    let (head, note) = std::str::from_utf8(body).ok()?.split_once("\n\n")?;
    let mut lines = head.split('\n');
    let digits = lines.next()?.strip_prefix("old ")?;
    let plain = digits == "0" || !digits.starts_with('0');
    let old = digits
        .bytes()
        .all(|it| it.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten()
        .filter(|_| plain)?;
    let proof: Vec<Hash> = lines.map(str::parse).collect::<Result<_, _>>().ok()?;
    (proof.len() <= PROOF_MAX).then_some(Asked { old, proof, note })
}

/// A name that any text can have as a file.
fn file_name(text: &str) -> String {
    Hash::of(text.as_bytes()).hex().chars().take(32).collect()
}

/// Puts `text` at `path`, whole and durably.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    match path.parent() {
        Some(dir) => File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}
