//! What can happen to a consultation. These names and shapes are the storage format.
use crate::domain::charter::{Forum, Majority, Rule};
use crate::domain::citation::{Citation, Reference};
use crate::domain::id::{ConsultationId, PartnerId, RecommendationId};
use crate::domain::meeting::Seat;
use crate::domain::text::{Digest, Name, Prose, Slug, Symbol};
use crate::domain::{Edge, Rests, Timestamp};
use serde::{Deserialize, Serialize};

/// What a caller puts before a forum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectAsked {
    /// A recommendation's RecommendationDrafted or TextRevised.
    Recommendation(Reference),
    /// A document outside this system.
    Document {
        /// Its symbol, such as `E/CN.7/2025/L.6/Rev.1`.
        symbol: Symbol,
        /// Its title.
        title: Name,
        /// Of its text.
        digest: Digest,
    },
}

/// What is decided on. A decision binds this text alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// One text of a recommendation.
    Recommendation {
        /// Which recommendation.
        recommendation: RecommendationId,
        /// The event that holds the text.
        text: Citation,
        /// Of the text.
        digest: Digest,
    },
    /// A document outside this system.
    Document {
        /// Its symbol.
        symbol: Symbol,
        /// Its title.
        title: Name,
        /// Of its text.
        digest: Digest,
    },
}

impl Subject {
    /// Of the text that is decided on.
    pub fn digest(&self) -> &Digest {
        match self {
            Subject::Recommendation { digest, .. } | Subject::Document { digest, .. } => digest,
        }
    }

    /// The event that holds the text, for a recommendation.
    pub fn text(&self) -> Option<&Citation> {
        match self {
            Subject::Recommendation { text, .. } => Some(text),
            Subject::Document { .. } => None,
        }
    }

    /// The recommendation, if it is one.
    pub fn recommendation(&self) -> Option<RecommendationId> {
        match self {
            Subject::Recommendation { recommendation, .. } => Some(*recommendation),
            Subject::Document { .. } => None,
        }
    }
}

/// What a member says on the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Yes.
    Agree,
    /// Neither yes nor no.
    Abstain,
    /// Yes, but not to everything; does not block.
    Reserve {
        /// To which paragraphs; none means the whole.
        #[serde(default)]
        paragraphs: Vec<Slug>,
        /// In which words.
        statement: Prose,
    },
}

/// How a member votes.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Vote {
    /// In favour.
    Yes,
    /// Against.
    No,
    /// Present and not voting, in the sense of rule 58.
    Abstain,
}

/// How many voted how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Tally {
    /// In favour.
    pub yes: u32,
    /// Against.
    pub no: u32,
    /// Abstaining.
    pub abstain: u32,
}

/// A reservation that a decision was taken with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Whose.
    pub party: PartnerId,
    /// To which paragraphs; none means the whole.
    #[serde(default)]
    pub paragraphs: Vec<Slug>,
    /// In which words.
    pub statement: Prose,
}

/// Why there was no decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoConsensus {
    /// These objected and did not lift.
    Objections(Vec<PartnerId>),
    /// More reservations than the forum's law bears.
    TooManyReservations {
        /// How many there are.
        found: u32,
        /// How many it bears.
        max: u32,
    },
    /// These members did not say yes, where all must.
    NotUnanimous(Vec<PartnerId>),
    /// Too few yes votes.
    VoteFailed {
        /// What the recorded names add up to.
        recorded: Tally,
        /// What the chair declared, where it is another figure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disputed: Option<Tally>,
    },
    /// The text was revised away or withdrawn before it could be decided on.
    TextGone,
    /// The meeting ended before the room decided.
    MeetingOver,
}

/// A fact; it cannot be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
pub enum Event {
    /// A text is before a forum.
    ConsultationOpened {
        /// Which it is.
        consultation: ConsultationId,
        /// Under which edition.
        charter: Citation,
        /// The forum and its law, as the charter had it.
        forum: Forum,
        /// The rule that decides.
        rule: Rule,
        /// What is decided on.
        subject: Subject,
        /// The decision of the forum before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<Citation>,
        /// The meeting it is held in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meeting: Option<Citation>,
        /// Who is entitled.
        roster: Vec<Seat>,
        /// When silence ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<Timestamp>,
    },
    /// A member said what it thinks.
    PositionTaken {
        /// Which member.
        party: PartnerId,
        /// What it said.
        position: Position,
    },
    /// A member objects.
    ObjectionRaised {
        /// Which member.
        party: PartnerId,
        /// Why.
        reason: Prose,
        /// What must be agreed before it lifts.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        conditional_on: Vec<Slug>,
    },
    /// A member does not object any more.
    ObjectionLifted {
        /// Which member.
        party: PartnerId,
        /// The agreed paragraphs it rests on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        agreed: Vec<Citation>,
    },
    /// Another text is before the forum; what was said on the old one fell.
    TextRevised {
        /// What is decided on now.
        subject: Subject,
        /// When the new silence ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<Timestamp>,
    },
    /// Silence lasts longer.
    DeadlineExtended {
        /// Until when.
        deadline: Timestamp,
    },
    /// The decision is taken by vote from now on.
    VoteRequested {
        /// Who asked.
        party: PartnerId,
        /// What is enough.
        majority: Majority,
        /// Members there.
        present: u32,
        /// Members of the roster.
        of: u32,
    },
    /// A member voted.
    VoteCast {
        /// Which.
        party: PartnerId,
        /// How.
        vote: Vote,
    },
    /// A member corrected its vote.
    VoteCorrected {
        /// Which.
        party: PartnerId,
        /// How it should be.
        vote: Vote,
    },
    /// The chair's figures, equal to the recorded names.
    TallyDeclared {
        /// The figures.
        declared: Tally,
    },
    /// The chair's figures, different from the recorded names.
    TallyDisputed {
        /// What the chair said.
        declared: Tally,
        /// What the names add up to.
        recorded: Tally,
    },
    /// The text is adopted without a vote.
    ConsensusReached {
        /// By which rule.
        rule: Rule,
        /// What was adopted.
        subject: Subject,
        /// The decision of the forum before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<Citation>,
        /// The meeting it was taken in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meeting: Option<Citation>,
        /// What members reserved.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reservations: Vec<Reservation>,
    },
    /// The text is adopted by vote.
    AdoptedByVote {
        /// What was enough.
        majority: Majority,
        /// What was adopted.
        subject: Subject,
        /// The decision of the forum before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<Citation>,
        /// The meeting it was taken in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meeting: Option<Citation>,
        /// What the recorded names add up to.
        recorded: Tally,
        /// What the chair declared, where it is another figure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disputed: Option<Tally>,
        /// What members reserved.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reservations: Vec<Reservation>,
    },
    /// The text is not adopted.
    ConsensusNotReached {
        /// What was not adopted.
        subject: Subject,
        /// Why.
        because: NoConsensus,
    },
    /// A party said something; it decides nothing.
    StatementRecorded {
        /// Who.
        party: PartnerId,
        /// What.
        statement: Prose,
    },
}

impl Event {
    /// Whether a member says something in words of its own, beside what it decides.
    pub fn is_in_own_words(&self) -> bool {
        matches!(
            self,
            Event::ObjectionRaised { .. }
                | Event::StatementRecorded { .. }
                | Event::PositionTaken { position: Position::Reserve { .. }, .. }
        )
    }
}

impl Rests for Event {
    fn rests_on(&self) -> Vec<(Edge, &Citation)> {
        match self {
            Event::ConsultationOpened { charter, subject, previous, meeting, roster, .. } => {
                let seats = roster.iter().filter_map(|it| it.partner.as_ref());
                let mut edges = vec![(Edge::Charter, charter)];
                edges.extend(decided(subject, previous, meeting));
                edges.extend(seats.map(|it| (Edge::Partner, it)));
                edges
            }
            Event::ConsensusReached { subject, previous, meeting, .. }
            | Event::AdoptedByVote { subject, previous, meeting, .. } => decided(subject, previous, meeting),
            Event::TextRevised { subject, .. } | Event::ConsensusNotReached { subject, .. } => {
                decided(subject, &None, &None)
            }
            Event::ObjectionLifted { agreed, .. } => agreed.iter().map(|it| (Edge::Text, it)).collect(),
            Event::PositionTaken { .. }
            | Event::ObjectionRaised { .. }
            | Event::DeadlineExtended { .. }
            | Event::VoteRequested { .. }
            | Event::VoteCast { .. }
            | Event::VoteCorrected { .. }
            | Event::TallyDeclared { .. }
            | Event::TallyDisputed { .. }
            | Event::StatementRecorded { .. } => Vec::new(),
        }
    }
}

fn decided<'a>(
    subject: &'a Subject,
    previous: &'a Option<Citation>,
    meeting: &'a Option<Citation>,
) -> Vec<(Edge, &'a Citation)> {
    let text = subject.text().map(|it| (Edge::Text, it));
    let previous = previous.as_ref().map(|it| (Edge::Previous, it));
    let meeting = meeting.as_ref().map(|it| (Edge::Meeting, it));
    [text, previous, meeting].into_iter().flatten().collect()
}
