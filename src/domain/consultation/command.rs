//! What can be asked of a consultation.
use super::{SubjectAsked, Tally, Vote};
use crate::domain::Timestamp;
use crate::domain::charter::{ForumName, Method};
use crate::domain::citation::Reference;
use crate::domain::id::{ConsultationId, PartnerId};
use crate::domain::meeting::SeatAsked;
use crate::domain::text::{Prose, Slug};

/// A request; it may be refused.
#[derive(Debug, Clone, PartialEq, Eq, strum::VariantNames)]
#[allow(clippy::large_enum_variant, reason = "a command is decided and dropped; none are kept in bulk")]
pub enum Command {
    /// Put a text before a forum.
    OpenConsultation {
        /// Under which id.
        consultation: ConsultationId,
        /// The charter's edition.
        charter: Reference,
        /// Which of its forums.
        forum: ForumName,
        /// By which of the forum's rules; absent means its usual one.
        method: Option<Method>,
        /// What is decided on.
        subject: SubjectAsked,
        /// The decision of the forum before this one, where there is one.
        previous: Option<Reference>,
        /// The MeetingConvened of the meeting it is held in; its roster is taken over.
        meeting: Option<Reference>,
        /// Who is entitled, when it is held outside a meeting.
        roster: Vec<SeatAsked>,
        /// When silence ends; for silence only.
        deadline: Option<Timestamp>,
    },
    /// Agree, abstain, or agree with a reservation. The latest position of a member holds.
    TakePosition {
        /// Which member.
        party: PartnerId,
        /// What it says.
        position: super::Position,
    },
    /// Object. After the deadline or the close this is only a statement.
    Object {
        /// Which member.
        party: PartnerId,
        /// Why.
        reason: Prose,
        /// The paragraphs that must be agreed before the objection lifts: a package deal.
        conditional_on: Vec<Slug>,
    },
    /// Take an objection back.
    LiftObjection {
        /// Which member.
        party: PartnerId,
        /// The ParagraphAgreed of each paragraph that the objection was conditional on.
        agreed: Vec<Reference>,
    },
    /// Put another text in the old one's place: everything said on the old one falls, silence starts anew.
    ReviseText {
        /// The new text, of the same recommendation or document.
        subject: SubjectAsked,
        /// When the new silence ends; for silence only.
        deadline: Option<Timestamp>,
    },
    /// Give silence more time; only before its end.
    ExtendDeadline {
        /// The new end, later than the old one.
        deadline: Timestamp,
    },
    /// Ask for a vote (rule 57), or open the vote where a majority is the rule.
    RequestVote {
        /// Which member asks.
        party: PartnerId,
    },
    /// Vote; once a member.
    CastVote {
        /// Which member.
        party: PartnerId,
        /// How.
        vote: Vote,
    },
    /// Correct one's vote; only before the tally is declared.
    CorrectVote {
        /// Which member.
        party: PartnerId,
        /// How it should be.
        vote: Vote,
    },
    /// Write down what the chair declared. It is compared with the recorded names.
    DeclareTally {
        /// What the chair said.
        declared: Tally,
    },
    /// Strike the gavel, or note that silence is over.
    CloseConsultation,
    /// Write down what a party said; it decides nothing. Open to observers and after the close.
    RecordStatement {
        /// Who.
        party: PartnerId,
        /// What.
        statement: Prose,
    },
}
