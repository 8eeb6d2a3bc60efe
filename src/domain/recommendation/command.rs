//! What can be asked of a recommendation.
use super::FollowUp;
use crate::domain::citation::Reference;
use crate::domain::id::RecommendationId;
use crate::domain::text::{Name, Prose, Slug};

/// A request; it may be refused.
#[derive(Debug, Clone, PartialEq, Eq, strum::VariantNames)]
pub enum Command {
    /// Put a first text forward.
    DraftRecommendation {
        /// Under which id.
        recommendation: RecommendationId,
        /// What it is called.
        title: Name,
        /// The text itself.
        text: Prose,
        /// One of the charter's pillars.
        pillar: Slug,
        /// The ProvisionDefined of each provision it serves; at least one.
        provisions: Vec<Reference>,
        /// The charter's edition.
        charter: Reference,
    },
    /// Put another text in its place. Brackets and agreements fall with the old one.
    ReviseText {
        /// The text itself.
        text: Prose,
        /// The provisions that the new text serves; at least one.
        provisions: Vec<Reference>,
    },
    /// Mark a paragraph as not agreed.
    BracketParagraph {
        /// Which, such as `1` or `2-a`.
        paragraph: Slug,
        /// Why.
        reason: Prose,
    },
    /// Mark a paragraph as agreed.
    AgreeParagraph {
        /// Which.
        paragraph: Slug,
    },
    /// Take it back.
    WithdrawRecommendation {
        /// Why.
        reason: Prose,
    },
    /// Say what became of it.
    ReportFollowUp {
        /// How far it got.
        follow_up: FollowUp,
        /// What happened.
        report: Prose,
        /// The ProjectProposed of the project that took it up.
        project: Option<Reference>,
    },
    /// Note that the last of its forums adopted it: it is ready for a priority. Decides nothing when another forum
    /// did, when another text was adopted, and when it was noted before.
    EndorseRecommendation {
        /// The ConsensusReached or AdoptedByVote.
        adoption: Reference,
    },
    /// Note that a priority answers it. Decides nothing when it was noted before.
    AnswerRecommendation {
        /// Its PrioritySet.
        priority: Reference,
    },
}
