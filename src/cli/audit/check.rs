//! `pactline audit check`: whether a proof holds, by a policy alone: no server, no data folder.
use super::checked::{Checked, document, print};
use super::consistency::tell;
use super::found::read_policy;
use crate::audit::{Bundle, Consistency, InvalidProof, Policy, Proof, Proven, Refusal};
use crate::cli::failure::Failure;
use crate::cli::out;
use crate::cli::place::Place;
use crate::domain::citation::Reference;
use crate::log::{Position, Record};
use crate::scrutiny::{self, Traced, Unlike};
use clap::Args;
use jiff::Timestamp;
use std::fs;
use std::path::PathBuf;

/// What to check, and by whom.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The proof: of one event, of a whole trace, or of the consistency of two checkpoints
    proof: PathBuf,
    /// The keys and witnesses that you trust, as c2sp.org/tlog-policy says; get them from elsewhere than the proof
    #[arg(long, env = "PACTLINE_POLICY", value_name = "FILE")]
    policy: PathBuf,
}

impl Check {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let policy = read_policy(&self.policy)?;
        let bytes = fs::read(&self.proof).map_err(|err| Failure::from(err).about(self.proof.display()))?;
        if bytes.starts_with(b"pactline/consistency-proof@") {
            let proof =
                Consistency::parse(&bytes).map_err(|err| refused(&err).about(self.proof.display()))?;
            return tell(&proof, &policy, place).map_err(|it| it.about(self.proof.display()));
        }
        let checked = match bytes.starts_with(b"pactline/proof-bundle@") {
            true => trace(&bytes, &policy),
            false => event(&bytes, &policy),
        };
        let checked = checked.map_err(|it| it.about(self.proof.display()))?;
        match place.json {
            true => out::json(&document(&checked))?,
            false => print(&checked)?,
        }
        match checked.traced().and_then(missing) {
            None => Ok(()),
            Some(what) => Err(Failure::incomplete(format!("each event is proven, and {what}"))
                .hint("whoever made the proof left that out: ask for the whole of it")),
        }
    }
}

fn event(bytes: &[u8], policy: &Policy) -> Result<Checked, Failure> {
    let proof = Proof::parse(bytes).map_err(|err| refused(&err))?;
    let (event, approval) = proof.check_event(policy).map_err(|err| refused(&err))?;
    Ok(Checked { about: None, events: vec![event], approval, checkpoint: proof.checkpoint })
}

fn trace(bytes: &[u8], policy: &Policy) -> Result<Checked, Failure> {
    let bundle = Bundle::parse(bytes).map_err(|err| refused(&err))?;
    let (events, approval) = bundle.check(policy).map_err(|err| refused(&err))?;
    let subject: Reference = bundle.subject.parse().map_err(|err| {
        Failure::usage(format!("line 2 of the proof names {:?} as its subject, which {err}", bundle.subject))
    })?;
    let records: Vec<Record> = events.iter().map(record).collect();
    let traced = scrutiny::trace(&subject, &records).map_err(|err| unlike(&err))?;
    Ok(Checked { about: Some((subject, traced)), events, approval, checkpoint: bundle.checkpoint })
}

/// The event as it is in the log, without what is withheld.
fn record(proven: &Proven) -> Record {
    let Proven { leaf, exhibit } = proven;
    Record {
        position: Position(leaf.index),
        stream: leaf.stream.clone(),
        revision: leaf.revision,
        id: leaf.id,
        kind: leaf.kind.clone(),
        data: exhibit.data.bytes().cloned().unwrap_or_default(),
        meta: exhibit.meta.bytes().cloned().unwrap_or_default(),
        recorded_at: Timestamp::from_microsecond(leaf.recorded_at_us).unwrap_or_default(),
    }
}

/// What is not there that would show more.
fn missing(traced: &Traced) -> Option<String> {
    if let Some(first) = traced.unread.first() {
        return Some(format!(
            "what {first} rests on cannot be told: its data is withheld, or a later release wrote it"
        ));
    }
    if let Some(first) = traced.open.first() {
        let count = traced.open.len();
        return Some(format!("{count} that they rest on are not in the proof, such as {first}"));
    }
    let unapproved = traced.redacted.iter().find(|it| it.covered_by.is_none())?;
    let (stream, revision) = (&unapproved.stream, unapproved.revision);
    Some(format!("{stream}@{revision} says that it was redacted, and nothing in the proof approves that"))
}

/// Each event is on record, and together they are not what they are said to be.
fn unlike(err: &Unlike) -> Failure {
    Failure::tampered(format!("this is not the trace that it is said to be: {err}"))
        .hint("each event of it is on record; the proof was put together, or changed, by somebody else than a server")
}

/// Too few witnesses may still sign; what is malformed is a file's fault; all else is a contradiction.
fn refused(err: &InvalidProof) -> Failure {
    match err {
        InvalidProof::Line { .. } | InvalidProof::TooLarge { .. } => Failure::usage(err.to_string()),
        InvalidProof::Refused(Refusal::NoQuorum { .. }) => Failure::incomplete(err.to_string())
            .hint("ask for it again, and wait for the witnesses: pactline audit prove ... --witnessed"),
        other => Failure::tampered(other.to_string())
            .hint("the proof is not to be believed; the policy must name the log that you mean"),
    }
}
