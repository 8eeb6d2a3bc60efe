//! Just enough memory of a piece of evidence's past to decide its future.
use super::Event;
use crate::domain::Timestamp;
use crate::domain::fact::{EvidenceFact, Fact};
use crate::domain::id::EvidenceId;
use crate::domain::text::Digest;

/// A piece of evidence as its events left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    pub(super) digest: Option<Digest>,
    pub(super) withdrawn_at: Option<Timestamp>,
}

/// The id of the stream of the evidence in the document with this digest.
pub fn evidence_id(digest: &Digest) -> EvidenceId {
    EvidenceId::of(digest.as_str())
}

pub(super) fn evolve(evidence: &mut Evidence, event: &Event, at: Timestamp) {
    match event {
        Event::EvidenceSubmitted { digest, .. } => evidence.digest = Some(digest.clone()),
        Event::EvidenceWithdrawn { .. } => evidence.withdrawn_at = evidence.withdrawn_at.or(Some(at)),
    }
}

/// A submission stands for the evidence, withdrawn or not as it was at `at`.
pub(super) fn attest(evidence: &Evidence, event: &Event, at: Timestamp) -> Option<Fact> {
    match event {
        Event::EvidenceSubmitted { digest, .. } => {
            let withdrawn = evidence.withdrawn_at.is_some_and(|since| since <= at);
            Some(EvidenceFact { evidence: evidence_id(digest), withdrawn }.into())
        }
        Event::EvidenceWithdrawn { .. } => None,
    }
}
