//! `pactline audit check`: whether a proof holds, by a policy alone: no server, no data folder.
use super::found::read_policy;
use crate::audit::{Approval, Bundle, Cosigned, InvalidProof, Proof, Proven, Refusal, SignedCheckpoint};
use crate::cli::failure::Failure;
use crate::cli::out;
use crate::cli::place::Place;
use crate::codec;
use crate::domain::citation::Citation;
use crate::log::{Position, Record};
use bytes::Bytes;
use clap::Args;
use jiff::Timestamp;
use serde_json::json;
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

/// What to check, and by whom.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The proof: of one event, or of a whole trace
    proof: PathBuf,
    /// The keys and witnesses that you trust, as c2sp.org/tlog-policy says; get them from elsewhere than the proof
    #[arg(long, env = "PACTLINE_POLICY", value_name = "FILE")]
    policy: PathBuf,
}

/// A proof that holds.
struct Checked {
    /// What it is about; empty where it is about one event.
    subject: String,
    events: Vec<Proven>,
    approval: Approval,
    checkpoint: SignedCheckpoint,
}

impl Check {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let policy = read_policy(&self.policy)?;
        let bytes = fs::read(&self.proof).map_err(|err| Failure::from(err).about(self.proof.display()))?;
        let checked = match bytes.starts_with(b"pactline/proof-bundle@") {
            true => Bundle::parse(&bytes).and_then(|it| {
                let (events, approval) = it.check(&policy)?;
                Ok(Checked { subject: it.subject, events, approval, checkpoint: it.checkpoint })
            }),
            false => Proof::parse(&bytes).and_then(|it| {
                let (event, approval) = it.check_event(&policy)?;
                Ok(Checked {
                    subject: String::new(),
                    events: vec![event],
                    approval,
                    checkpoint: it.checkpoint,
                })
            }),
        };
        let checked = checked.map_err(|err| refused(&err).about(self.proof.display()))?;
        let open = checked.open();
        match place.json {
            true => out::json(&document(&checked, &open))?,
            false => print(&checked, &open)?,
        }
        match open.first() {
            None => Ok(()),
            Some(first) => Err(Failure::incomplete(format!(
                "each event is proven, and {} that they rest on are not in the proof, such as {first}",
                open.len()
            ))),
        }
    }
}

impl Checked {
    /// What events of a trace cite that is not in it.
    fn open(&self) -> Vec<Citation> {
        if self.subject.is_empty() {
            return Vec::new();
        }
        let there: HashSet<(&str, u64)> =
            self.events.iter().map(|it| (&*it.leaf.stream, it.leaf.revision)).collect();
        let mut open = Vec::new();
        for record in self.events.iter().filter_map(record) {
            let Ok(event) = codec::decode_any(&record) else { continue };
            let cited = event.rests_on().into_iter().map(|(_, it)| it);
            open.extend(cited.filter(|it| !there.contains(&(it.stream.as_str(), it.revision))).cloned());
        }
        open
    }
}

/// The event as it is in the log, where the proof has it whole.
fn record(proven: &Proven) -> Option<Record> {
    let Proven { leaf, exhibit } = proven;
    Some(Record {
        position: Position(leaf.index),
        stream: leaf.stream.clone(),
        revision: leaf.revision,
        id: leaf.id,
        kind: leaf.kind.clone(),
        data: exhibit.data.clone()?,
        meta: exhibit.meta.clone().unwrap_or_else(Bytes::new),
        recorded_at: Timestamp::from_microsecond(leaf.recorded_at_us).ok()?,
    })
}

/// Too few witnesses may still sign; what is malformed is a file's fault; all else is a contradiction.
fn refused(err: &InvalidProof) -> Failure {
    match err {
        InvalidProof::Line { .. } | InvalidProof::TooLarge { .. } => Failure::usage(err.to_string()),
        InvalidProof::Refused(Refusal::NoQuorum { .. }) => Failure::incomplete(err.to_string()),
        other => Failure::tampered(other.to_string())
            .hint("the proof is not to be believed; the policy must name the log that you mean"),
    }
}

fn print(checked: &Checked, open: &[Citation]) -> std::io::Result<()> {
    for Proven { leaf, exhibit } in &checked.events {
        let at =
            Timestamp::from_microsecond(leaf.recorded_at_us).map(|it| it.to_string()).unwrap_or_default();
        let said = format!("{} {}@{}", out::strong(&leaf.kind), leaf.stream, leaf.revision);
        out::line(format_args!("{} {said}", out::good("✔")))?;
        out::line(out::faint(format_args!("  index {}, recorded {at}, event {}", leaf.index, leaf.id)))?;
        if checked.subject.is_empty() {
            match &exhibit.data {
                Some(data) => out::line(format_args!("  {}", String::from_utf8_lossy(data)))?,
                None => out::line("  its data is not shown: it was redacted or is withheld")?,
            }
        }
    }
    let head = checked.checkpoint.unverified().head;
    out::line(format_args!("signed by {} for {} events", checked.approval.log.name(), head.size))?;
    for Cosigned { witness, at_s } in &checked.approval.cosigned {
        let at = i64::try_from(*at_s).ok().and_then(|it| Timestamp::from_second(it).ok());
        let at = at.map(|it| it.to_string()).unwrap_or_default();
        out::line(format_args!("witnessed by {witness} at {at}"))?;
    }
    match open {
        [] => out::line(out::good(format_args!("✔ verified: {} events", checked.events.len()))),
        open => out::line(out::odd(format_args!("! incomplete: {} cited events are not in it", open.len()))),
    }
}

fn document(checked: &Checked, open: &[Citation]) -> serde_json::Value {
    let event = |Proven { leaf, exhibit }: &Proven| {
        let text = |it: &Option<Bytes>| it.as_ref().map(|it| String::from_utf8_lossy(it).into_owned());
        json!({
            "index": leaf.index,
            "id": leaf.id,
            "stream": *leaf.stream,
            "revision": leaf.revision,
            "type": *leaf.kind,
            "recorded_at": Timestamp::from_microsecond(leaf.recorded_at_us).map(|it| it.to_string()).ok(),
            "data": text(&exhibit.data),
            "meta": text(&exhibit.meta),
        })
    };
    let cosigned = |it: &Cosigned| json!({"witness": it.witness, "at_s": it.at_s});
    json!({
        "outcome": if open.is_empty() { "verified" } else { "incomplete" },
        "subject": checked.subject,
        "log": checked.approval.log.name(),
        "size": checked.checkpoint.unverified().head.size,
        "witnesses": checked.approval.cosigned.iter().map(cosigned).collect::<Vec<_>>(),
        "events": checked.events.iter().map(event).collect::<Vec<_>>(),
        "open": open.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
