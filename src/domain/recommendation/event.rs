//! What can happen to a recommendation. These names and shapes are the storage format.
use crate::domain::charter::{ForumName, RoleName};
use crate::domain::citation::Citation;
use crate::domain::id::RecommendationId;
use crate::domain::text::{Digest, Name, Prose, Slug};
use crate::domain::{Edge, Rests, Timestamp};
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
        /// The decision that had endorsed the old text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endorsed: Option<Citation>,
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
        /// The decision that had endorsed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endorsed: Option<Citation>,
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
        /// The decision that endorsed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endorsed: Option<Citation>,
    },
    /// The last of its forums adopted the current text: it is ready for a priority.
    RecommendationEndorsed {
        /// The decision.
        adoption: Citation,
        /// Who has to take it up; absent when somebody did already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        take_up: Option<TakeUp>,
        /// Whether it had endorsed the text before, which was revised away and put back since.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
    /// A priority answers it.
    RecommendationAnswered {
        /// Which.
        priority: Citation,
        /// The decision that the priority rests on.
        adoption: Citation,
        /// The same, where it is what endorsed the current text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endorsed: Option<Citation>,
    },
}

/// What an endorsed recommendation asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeUp {
    /// The role that sets priorities.
    pub role: RoleName,
    /// By when somebody should have taken it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Which role hears of it when nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_to: Option<RoleName>,
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
            | Event::RecommendationWithdrawn { .. }
            | Event::RecommendationEndorsed { .. }
            | Event::RecommendationAnswered { .. } => Vec::new(),
        }
    }
}
