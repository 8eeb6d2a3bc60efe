//! What can be asked of a redaction.
use super::{Field, Wiped};
use crate::domain::citation::Reference;
use crate::domain::id::RedactionId;
use crate::domain::text::{Name, Prose};

/// A request; it may be refused.
#[derive(Debug, Clone, PartialEq, Eq, strum::VariantNames)]
pub enum Command {
    /// Ask that texts be wiped from an event.
    RequestRedaction {
        /// Which event; the stream's id is derived from its place.
        event: Reference,
        /// Which of its texts.
        fields: Vec<Field>,
        /// Why, without saying again what is to be wiped.
        reason: Prose,
        /// Under which law or rule, such as `GDPR Art. 17`.
        legal_basis: Name,
    },
    /// Approve what somebody else asked for.
    ApproveRedaction {
        /// What the payloads are and what will be left of them, as found in the log when this is decided.
        found: Found,
    },
    /// Decline it; another request may follow.
    DeclineRedaction {
        /// Why.
        reason: Prose,
    },
    /// Take note that the texts are wiped.
    ConcludeRedaction,
}

/// What an event's payloads are, and what will be left of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The data; `None` when nothing in it is wiped.
    pub data: Option<Wiped>,
    /// The metadata; `None` when nothing in it is wiped.
    pub meta: Option<Wiped>,
}

/// The id of the stream about what is wiped from `event`: the same for whoever asks.
pub fn redaction_id(event: &Reference) -> RedactionId {
    RedactionId::of(&event.to_string())
}
