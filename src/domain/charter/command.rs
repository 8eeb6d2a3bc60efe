//! What can be asked of a charter.
use super::Law;
use crate::domain::text::{Digest, Prose};

/// A request; it may be refused.
#[derive(Debug, Clone, PartialEq, Eq, strum::VariantNames)]
pub enum Command {
    /// Publish the next edition. Publishing the text of the latest edition again changes nothing.
    PublishCharter {
        /// What it says; the stream's id is derived from its name.
        law: Law,
        /// Of the text it was read from.
        digest: Digest,
    },
    /// Let nothing new start under it. What runs, runs on.
    RetireCharter {
        /// Why.
        reason: Prose,
    },
}
