//! The rules of evidence: one record per document, and what was withdrawn stays withdrawn.
use super::{Command, Event, Evidence, Flow, Measure};
use crate::domain::citation::Reference;
use crate::domain::scope::Country;
use crate::domain::text::{Digest, Name};
use crate::domain::{Category, Given};
use std::collections::BTreeSet;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rejection {
    /// One record per document.
    #[error("the document {digest} is on record already: cite its submission")]
    AlreadySubmitted {
        /// Of the document.
        digest: Digest,
    },
    /// Nothing is on record under this id.
    #[error("there is no such evidence: submit it first, or check the document's digest")]
    NotSubmitted,
    /// What was withdrawn does not come back.
    #[error(
        "this evidence was withdrawn for good: submit the corrected document, which has a digest of its own"
    )]
    Withdrawn,
    /// One measure per name.
    #[error(
        "{name:?} is measured twice: give each measure a name of its own, such as one with its unit or year"
    )]
    MeasuredTwice {
        /// What, as it was written the second time.
        name: Name,
    },
    /// A flow leads somewhere.
    #[error("a flow must lead from one country to another, and this one stays in {country}")]
    FlowInPlace {
        /// Where.
        country: Country,
    },
    /// Something moves in a flow.
    #[error("a flow must be of more than nothing: state how much moved, or leave the flow out")]
    FlowOfNothing,
}

impl crate::domain::Rejection for Rejection {
    fn reason(&self) -> &'static str {
        self.into()
    }
    fn category(&self) -> Category {
        match self {
            Rejection::AlreadySubmitted { .. } => Category::AlreadyExists,
            Rejection::NotSubmitted => Category::NotFound,
            Rejection::Withdrawn => Category::Precondition,
            Rejection::MeasuredTwice { .. } | Rejection::FlowInPlace { .. } | Rejection::FlowOfNothing => {
                Category::Invalid
            }
        }
    }
}

pub(super) fn cites(_evidence: &Evidence, _command: &Command) -> Vec<Reference> {
    Vec::new()
}

pub(super) fn decide(evidence: &Evidence, command: Command, _given: &Given) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::SubmitEvidence { kind, title, source, digest, period, places, measures, flow } => {
            fresh(evidence)?;
            distinct(&measures)?;
            flow.as_ref().map_or(Ok(()), moving)?;
            let submitted =
                Event::EvidenceSubmitted { kind, title, source, digest, period, places, measures, flow };
            Ok(vec![submitted])
        }
        Command::WithdrawEvidence { reason } => match (&evidence.digest, evidence.withdrawn_at) {
            (None, _) => Err(Rejection::NotSubmitted),
            (Some(_), Some(_)) => Ok(Vec::new()),
            (Some(_), None) => Ok(vec![Event::EvidenceWithdrawn { reason }]),
        },
    }
}

fn fresh(evidence: &Evidence) -> Result<(), Rejection> {
    match (&evidence.digest, evidence.withdrawn_at) {
        (_, Some(_)) => Err(Rejection::Withdrawn),
        (Some(digest), None) => Err(Rejection::AlreadySubmitted { digest: digest.clone() }),
        (None, None) => Ok(()),
    }
}

/// Names that differ only in case or spacing are one name: a reader could not tell the figures apart.
fn distinct(measures: &[Measure]) -> Result<(), Rejection> {
    let mut seen = BTreeSet::new();
    let folded = |name: &Name| name.as_str().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    match measures.iter().find(|it| !seen.insert(folded(&it.name))) {
        Some(twice) => Err(Rejection::MeasuredTwice { name: twice.name.clone() }),
        None => Ok(()),
    }
}

fn moving(flow: &Flow) -> Result<(), Rejection> {
    if flow.from == flow.to {
        return Err(Rejection::FlowInPlace { country: flow.from });
    }
    if flow.quantity.thousandths <= 0 { Err(Rejection::FlowOfNothing) } else { Ok(()) }
}
