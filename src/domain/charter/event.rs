//! What can happen to a charter. These names and shapes are the storage format.
use super::Law;
use crate::domain::citation::Citation;
use crate::domain::text::{Digest, PersonId, Prose};
use crate::domain::{Edge, Rests};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A fact; it cannot be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
pub enum Event {
    /// An edition is law for whatever starts under it.
    CharterPublished {
        /// Which, counted from one.
        edition: u32,
        /// What it says.
        law: Arc<Law>,
        /// Of the text it was read from.
        digest: Digest,
        /// Who published it; what runs is put under it by somebody else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        publisher: Option<PersonId>,
    },
    /// Nothing new starts under it.
    CharterRetired {
        /// Why.
        reason: Prose,
    },
}

impl Rests for Event {
    fn rests_on(&self) -> Vec<(Edge, &Citation)> {
        Vec::new()
    }
}
