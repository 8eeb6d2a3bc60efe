//! What can be signed: what only a partner itself can decide.
use crate::domain::citation::Citation;
use crate::domain::consultation::{self, Position, Vote};
use crate::domain::id::{PartnerId, TransactionId};
use crate::domain::money::Money;
use crate::domain::project::{self, DonorAsked, Movement};
use crate::domain::text::{Name, Prose, Slug};
use crate::domain::{Date, Decider};
use serde::{Deserialize, Serialize};

/// What a partner decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Act {
    /// Agree, abstain, or agree with a reservation.
    TakePosition {
        /// What it says.
        position: Position,
    },
    /// Object.
    Object {
        /// Why.
        reason: Prose,
        /// The paragraphs that must be agreed before the objection lifts.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        conditional_on: Vec<Slug>,
    },
    /// Take an objection back.
    LiftObjection {
        /// The ParagraphAgreed of each paragraph that the objection was conditional on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        agreed: Vec<Citation>,
    },
    /// Ask for a vote.
    RequestVote {},
    /// Vote.
    CastVote {
        /// How.
        vote: Vote,
    },
    /// Correct one's vote.
    CorrectVote {
        /// How it should be.
        vote: Vote,
    },
    /// Commit money to a project.
    CommitFunds {
        /// What the donor is called.
        donor: Name,
        /// Its PartnerAdmitted.
        admission: Citation,
        /// The pledge that it fulfils.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pledge: Option<TransactionId>,
        /// Unique within the project.
        transaction: TransactionId,
        /// How much.
        amount: Money,
        /// The day whose rate and order count.
        value_date: Date,
    },
}

/// The same as a command of the stream that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "a command is decided and dropped; none are kept in bulk")]
pub enum Concern {
    /// Of a consultation.
    Consultation(consultation::Command),
    /// Of a project.
    Project(project::Command),
}

impl Concern {
    /// The kind of stream that it is about.
    pub fn kind(&self) -> &'static str {
        match self {
            Concern::Consultation(_) => consultation::Consultation::KIND,
            Concern::Project(_) => project::Project::KIND,
        }
    }
}

impl Act {
    /// What `party` asks with it.
    pub fn concern(&self, party: PartnerId) -> Concern {
        use consultation::Command as Asked;
        Concern::Consultation(match self.clone() {
            Act::TakePosition { position } => Asked::TakePosition { party, position },
            Act::Object { reason, conditional_on } => Asked::Object { party, reason, conditional_on },
            Act::LiftObjection { agreed } => {
                Asked::LiftObjection { party, agreed: agreed.iter().map(Citation::reference).collect() }
            }
            Act::RequestVote {} => Asked::RequestVote { party },
            Act::CastVote { vote } => Asked::CastVote { party, vote },
            Act::CorrectVote { vote } => Asked::CorrectVote { party, vote },
            Act::CommitFunds { donor, admission, pledge, transaction, amount, value_date } => {
                let donor = DonorAsked { name: donor, partner: Some(admission.reference()) };
                let movement = Movement { transaction, amount, value_date, origin: None };
                return Concern::Project(project::Command::CommitFunds { donor, pledge, movement });
            }
        })
    }

    /// Whether an event of a consultation is what `party` decided with it, word by word.
    pub fn is_in_consultation(&self, party: PartnerId, event: &consultation::Event) -> bool {
        use consultation::Event as It;
        let by = |it: &PartnerId| *it == party;
        match (self, event) {
            (Act::TakePosition { position }, It::PositionTaken { party, position: said }) => {
                by(party) && position == said
            }
            (
                Act::Object { reason, conditional_on },
                It::ObjectionRaised { party, reason: said, conditional_on: on },
            ) => by(party) && reason == said && conditional_on == on,
            (Act::Object { reason, .. }, It::StatementRecorded { party, statement }) => {
                by(party) && reason == statement
            }
            (Act::LiftObjection { agreed }, It::ObjectionLifted { party, agreed: found }) => {
                by(party) && agreed == found
            }
            (Act::RequestVote {}, It::VoteRequested { party, .. }) => by(party),
            (Act::CastVote { vote }, It::VoteCast { party, vote: said })
            | (Act::CorrectVote { vote }, It::VoteCorrected { party, vote: said }) => {
                by(party) && vote == said
            }
            (
                Act::TakePosition { .. }
                | Act::Object { .. }
                | Act::LiftObjection { .. }
                | Act::RequestVote {}
                | Act::CastVote { .. }
                | Act::CorrectVote { .. }
                | Act::CommitFunds { .. },
                _,
            ) => false,
        }
    }

    /// Whether an event of a project is what was decided with it, word by word.
    pub fn is_in_project(&self, event: &project::Event) -> bool {
        let Act::CommitFunds { donor, admission, pledge, transaction, amount, value_date } = self else {
            return false;
        };
        let project::Event::FundsCommitted { donor: by, pledge: of, movement, .. } = event else {
            return false;
        };
        let said = (&by.name, by.partner.as_ref(), of);
        said == (donor, Some(admission), pledge)
            && (movement.transaction, movement.amount) == (*transaction, *amount)
            && movement.value_date == *value_date
    }

    /// Whether an event of a project may follow from what was decided, in the same breath.
    pub fn leads_to(&self, event: &project::Event) -> bool {
        matches!((self, event), (Act::CommitFunds { .. }, project::Event::ProjectFunded { .. }))
    }
}
