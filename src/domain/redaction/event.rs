//! What can happen to a redaction. These names and shapes are the storage format.
use super::Field;
use crate::domain::citation::Citation;
use crate::domain::text::{Digest, Name, PersonId, Prose};
use crate::domain::{Edge, Rests};
use serde::{Deserialize, Serialize};

/// What a payload was, and what is left of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wiped {
    /// SHA-256 of the bytes that were recorded: what proofs commit to.
    pub original: Digest,
    /// SHA-256 of the bytes that are left.
    pub remaining: Digest,
    /// Whether a salt is wiped with the text. Without one, a short text may be guessed from the hash.
    pub salted: bool,
}

/// A fact; it cannot be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
pub enum Event {
    /// Somebody asked.
    RedactionRequested {
        /// From which event.
        event: Citation,
        /// Which of its texts.
        fields: Vec<Field>,
        /// Why.
        reason: Prose,
        /// Under which law or rule.
        legal_basis: Name,
        /// Who asked.
        requester: PersonId,
    },
    /// Somebody else agreed. What an event's payload hashes to is explained by this from now on.
    RedactionApproved {
        /// From which event.
        event: Citation,
        /// Which of its texts.
        fields: Vec<Field>,
        /// What its data was and will be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<Wiped>,
        /// What its metadata was and will be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meta: Option<Wiped>,
        /// Under which law or rule.
        legal_basis: Name,
        /// Who asked.
        requester: PersonId,
        /// Who agreed.
        approver: PersonId,
    },
    /// Somebody else did not agree.
    RedactionDeclined {
        /// Why.
        reason: Prose,
    },
    /// The texts are in none of the log's files any more.
    RedactionCarriedOut {
        /// From which event they were.
        event: Citation,
    },
}

impl Rests for Event {
    fn rests_on(&self) -> Vec<(Edge, &Citation)> {
        Vec::new()
    }
}
