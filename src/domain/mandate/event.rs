//! What can happen to a mandate. These names and shapes are the storage format.
use crate::domain::citation::{Citation, StreamName};
use crate::domain::id::ProvisionId;
use crate::domain::scope::PartialDate;
use crate::domain::text::{Digest, Name, Prose, Slug, Symbol, Text};
use crate::domain::{Edge, Rests};
use serde::{Deserialize, Serialize};

/// What kind of instrument a mandate is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Instrument {
    /// A treaty.
    Convention,
    /// A political or ministerial declaration.
    Declaration,
    /// A statement.
    Statement,
    /// A resolution.
    Resolution,
    /// A decision.
    Decision,
    /// A set of goals and targets.
    Agenda,
}

/// Whether a provision asks for something.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Force {
    /// It does.
    Operative,
    /// It says why.
    Preambular,
}

/// How one provision stands to another.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Relation {
    /// It carries the other out.
    Implements,
    /// It says the same again.
    Reaffirms,
    /// It points the same way.
    AlignsWith,
}

/// A fact; it cannot be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
pub enum Event {
    /// The instrument is in the record.
    MandateRecorded {
        /// Its symbol.
        symbol: Symbol,
        /// Its title.
        title: Name,
        /// What kind of instrument it is.
        instrument: Instrument,
        /// Who adopted it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organ: Option<Name>,
        /// When it was adopted.
        adopted_on: PartialDate,
    },
    /// A version of its text is known.
    TextVersionRecorded {
        /// Which.
        version: Slug,
        /// Of its text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<Digest>,
    },
    /// A numbered part of it can be cited.
    ProvisionDefined {
        /// Which.
        provision: ProvisionId,
        /// Of which version.
        version: Slug,
        /// Where.
        locator: Text<200>,
        /// About what.
        subject: Prose,
        /// Whether it asks for something.
        force: Force,
    },
    /// One of its provisions stands to another in some way.
    ProvisionsLinked {
        /// Which.
        provision: ProvisionId,
        /// How.
        relation: Relation,
        /// To which.
        to: Citation,
    },
    /// A newer instrument stands in its place.
    MandateSuperseded {
        /// The newer one.
        by: Citation,
        /// The newer one's symbol.
        symbol: Symbol,
    },
    /// Somebody decided to keep citing it.
    CitationRetained {
        /// Where.
        citing: StreamName,
        /// Why.
        reason: Prose,
        /// Who decided.
        decided_by: Name,
    },
}

impl Rests for Event {
    fn rests_on(&self) -> Vec<(Edge, &Citation)> {
        match self {
            Event::ProvisionsLinked { to, .. } => vec![(Edge::Link, to)],
            Event::MandateSuperseded { by, .. } => vec![(Edge::Supersession, by)],
            Event::MandateRecorded { .. }
            | Event::TextVersionRecorded { .. }
            | Event::ProvisionDefined { .. }
            | Event::CitationRetained { .. } => Vec::new(),
        }
    }
}
