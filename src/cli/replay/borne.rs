//! What the record itself must bear out: that a wiped text was approved to be wiped, and that partners signed what they
//! are said to have signed.
use crate::cli::failure::{Exit, Failure};
use crate::cli::out;
use crate::cli::place::Place;
use crate::domain::decision::Origin;
use crate::log::Log;
use crate::scrutiny::{Counts, Redacted, Redactions, SignedDecisions};
use futures::TryStreamExt;
use serde_json::json;
use std::sync::Arc;

/// How many faults are shown.
const SHOWN_MAX: usize = 50;

/// What came of it.
pub(super) struct Borne {
    counts: Counts,
    redacted: Vec<Redacted>,
    /// What is not borne out, each with the event that it is about.
    faults: Vec<String>,
}

/// Reads all of `log`. Decisions must have been signed for the log that `--origin` names, where it does.
pub(super) async fn out_by(log: Arc<dyn Log>, place: &Place) -> Result<Borne, Failure> {
    let origin = place.origin.clone().map(Origin::try_from).transpose();
    let origin = origin.map_err(|err| Failure::usage(err.to_string()).about("--origin"))?;
    let (mut decisions, mut redactions) = (SignedDecisions::new(origin), Redactions::default());
    let bar = out::progress(log.head().await?.map_or(0, |it| it.0), "decisions");
    let (mut faults, mut index) = (Vec::new(), 0);
    let mut chunks = log.read_all(None);
    while let Some(chunk) = chunks.try_next().await? {
        for record in &chunk {
            let fault = decisions.take(index, record);
            faults.extend(fault.map(|it| format!("{}@{}: {}", it.stream, it.revision, it.why)));
            redactions.take(index, record);
            index += 1;
            bar.set_position(record.position.0);
        }
    }
    bar.finish_and_clear();
    let redacted = redactions.finish();
    let altered = redacted.iter().filter(|it| it.covered_by.is_none());
    faults.extend(altered.map(|it| {
        let why = "says that it was redacted, and nothing on record approves that: it was altered";
        format!("{}: {why}", place_of(it))
    }));
    Ok(Borne { counts: decisions.finish(), redacted, faults })
}

impl Borne {
    pub(super) fn print(&self, place: &Place) -> std::io::Result<()> {
        if place.json {
            return out::json(&self.document());
        }
        for it in &self.redacted {
            if let Some(by) = &it.covered_by {
                out::line(format_args!("{} was redacted, as {} approved", place_of(it), by.stream))?;
            }
        }
        for fault in self.faults.iter().take(SHOWN_MAX) {
            out::line(format_args!("{} {fault}", out::bad("✘")))?;
        }
        let more = self.faults.len().saturating_sub(SHOWN_MAX);
        if more > 0 {
            out::line(format_args!("{} {more} more: --json names them all", out::bad("✘")))?;
        }
        let Counts { signed, redacted } = self.counts;
        let wiped = if redacted == 0 { String::new() } else { format!(", {redacted} more were wiped") };
        match self.faults.is_empty() {
            true => out::line(format_args!("{signed} signed decisions hold{wiped}")),
            false => Ok(()),
        }
    }

    /// Fails where there is something that the record does not bear out.
    pub(super) fn judge(&self) -> Result<(), Failure> {
        let n = self.faults.len();
        if n == 0 {
            return Ok(());
        }
        Err(Failure::new(Exit::Corrupt, format!("the record does not bear out {n} of its events"))
            .hint("change nothing; compare with another copy, or an export"))
    }

    fn document(&self) -> serde_json::Value {
        let redacted = |it: &Redacted| {
            let approved_by = it.covered_by.as_ref().map(|by| by.event.to_string());
            json!({"event": it.event.to_string(), "place": place_of(it), "approved_by": approved_by})
        };
        json!({
            "signed_decisions": self.counts.signed,
            "wiped_decisions": self.counts.redacted,
            "redacted": self.redacted.iter().map(redacted).collect::<Vec<_>>(),
            "faults": self.faults,
        })
    }
}

fn place_of(it: &Redacted) -> String {
    format!("{}@{}", it.stream, it.revision)
}
