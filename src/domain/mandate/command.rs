//! What can be asked of a mandate.
use super::{Force, Instrument, Relation};
use crate::domain::citation::{Reference, StreamName};
use crate::domain::id::ProvisionId;
use crate::domain::scope::PartialDate;
use crate::domain::text::{Digest, Name, Prose, Slug, Symbol, Text};

/// A request; it may be refused.
#[derive(Debug, Clone, PartialEq, Eq, strum::VariantNames)]
pub enum Command {
    /// Take an instrument into the record.
    RecordMandate {
        /// Its symbol; the stream's id is derived from it.
        symbol: Symbol,
        /// Its title.
        title: Name,
        /// What kind of instrument it is.
        instrument: Instrument,
        /// Who adopted it, where that is known.
        organ: Option<Name>,
        /// When it was adopted, as exactly as it is known.
        adopted_on: PartialDate,
    },
    /// Say that a version of its text exists, and which bytes it has where they are at hand.
    RecordTextVersion {
        /// What the version is called, such as `en-2012` or `as-amended-1972`.
        version: Slug,
        /// Of the text; may be given once, later.
        digest: Option<Digest>,
    },
    /// Name a numbered part of a version.
    DefineProvision {
        /// Its id, made by the caller or derived.
        provision: ProvisionId,
        /// Of which version.
        version: Slug,
        /// Where it is, as the UN numbers paragraphs: `pillar I para. 9 (a)`, `art. 14 bis`.
        locator: Text<200>,
        /// What it is about, in a line.
        subject: Prose,
        /// Whether it asks for something.
        force: Force,
    },
    /// Say how a provision stands to one elsewhere.
    LinkProvisions {
        /// One of this mandate's.
        provision: ProvisionId,
        /// How it stands to the other.
        relation: Relation,
        /// The other's ProvisionDefined.
        to: Reference,
    },
    /// Record that a newer instrument stands in its place.
    SupersedeMandate {
        /// The newer one's MandateRecorded; adopted strictly later, so that no circle can arise.
        by: Reference,
    },
    /// Decide to keep citing it although it is superseded.
    RetainCitation {
        /// For which project, priority list or recommendation.
        citing: StreamName,
        /// Why.
        reason: Prose,
        /// Who decided.
        decided_by: Name,
    },
}
