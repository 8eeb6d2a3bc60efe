//! What can happen to a recommendation. These names and shapes are the storage format.
use crate::domain::charter::ForumName;
use crate::domain::citation::Citation;
use crate::domain::id::RecommendationId;
use crate::domain::text::{Digest, Name, Prose, Slug};
use crate::domain::{Edge, Rests};
use serde::{Deserialize, Serialize};

/// How far a recommendation got.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FollowUp {
    /// Somebody works on it.
    TakenUp,
    /// Part of it is done.
    UnderWay,
    /// It is done.
    Implemented,
    /// Nobody will do it.
    NotTakenUp,
}

/// A fact; it cannot be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
pub enum Event {
    /// A first text is there.
    RecommendationDrafted {
        /// Which it is.
        recommendation: RecommendationId,
        /// What it is called.
        title: Name,
        /// The text itself.
        text: Prose,
        /// Of the text's UTF-8 bytes.
        digest: Digest,
        /// On which pillar.
        pillar: Slug,
        /// The provisions it serves.
        provisions: Vec<Citation>,
        /// Under which edition.
        charter: Citation,
        /// The forums that must adopt it, in order, from the charter.
        forums: Vec<ForumName>,
    },
    /// Another text took its place.
    TextRevised {
        /// The text itself.
        text: Prose,
        /// Of the text's UTF-8 bytes.
        digest: Digest,
        /// The provisions that the new text serves.
        provisions: Vec<Citation>,
    },
    /// A paragraph is not agreed.
    ParagraphBracketed {
        /// Which.
        paragraph: Slug,
        /// Why.
        reason: Prose,
    },
    /// A paragraph is agreed.
    ParagraphAgreed {
        /// Which.
        paragraph: Slug,
    },
    /// It was taken back.
    RecommendationWithdrawn {
        /// Why.
        reason: Prose,
    },
    /// This became of it.
    FollowUpReported {
        /// How far it got.
        follow_up: FollowUp,
        /// What happened.
        report: Prose,
        /// The project that took it up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        project: Option<Citation>,
    },
}

impl Rests for Event {
    fn rests_on(&self) -> Vec<(Edge, &Citation)> {
        match self {
            Event::RecommendationDrafted { provisions, charter, .. } => {
                let provisions = provisions.iter().map(|it| (Edge::Provision, it));
                [(Edge::Charter, charter)].into_iter().chain(provisions).collect()
            }
            Event::TextRevised { provisions, .. } => {
                provisions.iter().map(|it| (Edge::Provision, it)).collect()
            }
            Event::FollowUpReported { project, .. } => {
                project.iter().map(|it| (Edge::FollowUp, it)).collect()
            }
            Event::ParagraphBracketed { .. }
            | Event::ParagraphAgreed { .. }
            | Event::RecommendationWithdrawn { .. } => Vec::new(),
        }
    }
}
