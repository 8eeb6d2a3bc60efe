//! The rules of the record: what was adopted stays as it was, and newer texts stand in the place of older ones.
use super::state::place;
use super::{Command, Event, Force, Mandate, Relation, mandate_id};
use crate::domain::citation::{Reference, StreamName, Uncitable};
use crate::domain::fact::{MandateFact, ProvisionFact};
use crate::domain::id::ProvisionId;
use crate::domain::scope::PartialDate;
use crate::domain::text::{Digest, Name, Prose, Slug, Symbol, Text};
use crate::domain::{Category, Given};

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rejection {
    /// One record per symbol.
    #[error("{symbol} is on record already")]
    AlreadyRecorded {
        /// The symbol it is on record under.
        symbol: Symbol,
    },
    /// Nothing is on record under this id.
    #[error("there is no such mandate: record it first, or check its symbol")]
    NotRecorded,
    /// The bytes of a version never change.
    #[error(
        "the version {version} has the digest {known}, not {given}: record another text as another version"
    )]
    DigestDiffers {
        /// Which version.
        version: Slug,
        /// On record.
        known: Digest,
        /// What came.
        given: Digest,
    },
    /// A provision is a part of a version that is on record.
    #[error("there is no version {version} of this mandate: record the text version first")]
    NoSuchVersion {
        /// Which was named.
        version: Slug,
    },
    /// One provision per place.
    #[error("{locator} of the version {version} is defined already: cite the provision that is there")]
    LocatorTaken {
        /// Of which version.
        version: Slug,
        /// Where.
        locator: Text<200>,
    },
    /// One place per provision.
    #[error("the provision {provision} is defined already: give this one an id of its own")]
    ProvisionTaken {
        /// Which.
        provision: ProvisionId,
    },
    /// Only a provision of this mandate can be linked from here.
    #[error("there is no provision {provision} in this mandate: define it first")]
    NoSuchProvision {
        /// Which was named.
        provision: ProvisionId,
    },
    /// A provision stands in no relation to itself.
    #[error("a provision cannot be linked to itself: cite the other provision's definition")]
    LinkedToItself,
    /// A mandate takes no one's place but another's.
    #[error("a mandate cannot supersede itself: cite the newer instrument's record")]
    SupersededByItself,
    /// Only a newer text takes an older one's place.
    #[error(
        "adopted on {theirs}, it is not later than this mandate of {own}: only an instrument adopted later supersedes"
    )]
    NotLater {
        /// When this mandate was adopted.
        own: PartialDate,
        /// When the other one was.
        theirs: PartialDate,
    },
    /// One successor per mandate.
    #[error("it is superseded by {by} already: supersede that one instead")]
    AlreadySuperseded {
        /// The successor's symbol.
        by: Symbol,
    },
    /// A text in force needs no decision to be cited.
    #[error("this mandate is in force and can be cited as it is")]
    NotSuperseded,
    /// What was cited is not what is asked for.
    #[error(transparent)]
    Uncitable(#[from] Uncitable),
}

impl crate::domain::Rejection for Rejection {
    fn reason(&self) -> &'static str {
        match self {
            Rejection::Uncitable(why) => why.reason(),
            other => other.into(),
        }
    }
    fn category(&self) -> Category {
        match self {
            Rejection::AlreadyRecorded { .. }
            | Rejection::LocatorTaken { .. }
            | Rejection::ProvisionTaken { .. } => Category::AlreadyExists,
            Rejection::NotRecorded => Category::NotFound,
            Rejection::LinkedToItself | Rejection::SupersededByItself => Category::Invalid,
            Rejection::DigestDiffers { .. }
            | Rejection::NoSuchVersion { .. }
            | Rejection::NoSuchProvision { .. }
            | Rejection::NotLater { .. }
            | Rejection::AlreadySuperseded { .. }
            | Rejection::NotSuperseded
            | Rejection::Uncitable(_) => Category::Precondition,
        }
    }
}

type Answer = Result<Vec<Event>, Rejection>;

pub(super) fn cites(_mandate: &Mandate, command: &Command) -> Vec<Reference> {
    match command {
        Command::LinkProvisions { to, .. } => vec![to.clone()],
        Command::SupersedeMandate { by } => vec![by.clone()],
        Command::RecordMandate { .. }
        | Command::RecordTextVersion { .. }
        | Command::DefineProvision { .. }
        | Command::RetainCitation { .. } => Vec::new(),
    }
}

pub(super) fn decide(mandate: &Mandate, command: Command, given: &Given) -> Answer {
    match command {
        Command::RecordMandate { symbol, title, instrument, organ, adopted_on } => match &mandate.record {
            Some((symbol, _)) => Err(Rejection::AlreadyRecorded { symbol: symbol.clone() }),
            None => Ok(vec![Event::MandateRecorded { symbol, title, instrument, organ, adopted_on }]),
        },
        Command::RecordTextVersion { version, digest } => record_version(mandate, version, digest),
        Command::DefineProvision { provision, version, locator, subject, force } => {
            define(mandate, Definition { provision, version, locator, subject, force })
        }
        Command::LinkProvisions { provision, relation, to } => link(mandate, provision, relation, &to, given),
        Command::SupersedeMandate { by } => supersede(mandate, &by, given),
        Command::RetainCitation { citing, reason, decided_by } => retain(mandate, citing, reason, decided_by),
    }
}

fn recorded(mandate: &Mandate) -> Result<&(Symbol, PartialDate), Rejection> {
    mandate.record.as_ref().ok_or(Rejection::NotRecorded)
}

/// A digest may come later than the version; once there, it is there for good.
fn record_version(mandate: &Mandate, version: Slug, digest: Option<Digest>) -> Answer {
    recorded(mandate)?;
    match (mandate.versions.get(&version), digest) {
        (Some(Some(known)), Some(given)) if *known != given => {
            Err(Rejection::DigestDiffers { version, known: known.clone(), given })
        }
        (Some(Some(_)), _) | (Some(None), None) => Ok(Vec::new()),
        (_, digest) => Ok(vec![Event::TextVersionRecorded { version, digest }]),
    }
}

struct Definition {
    provision: ProvisionId,
    version: Slug,
    locator: Text<200>,
    subject: Prose,
    force: Force,
}

fn define(mandate: &Mandate, definition: Definition) -> Answer {
    recorded(mandate)?;
    let Definition { provision, version, locator, subject, force } = definition;
    if !mandate.versions.contains_key(&version) {
        return Err(Rejection::NoSuchVersion { version });
    }
    if mandate.provisions.contains(&provision) {
        return Err(Rejection::ProvisionTaken { provision });
    }
    if mandate.places.contains(&place(&version, &locator)) {
        return Err(Rejection::LocatorTaken { version, locator });
    }
    Ok(vec![Event::ProvisionDefined { provision, version, locator, subject, force }])
}

fn link(
    mandate: &Mandate,
    provision: ProvisionId,
    relation: Relation,
    to: &Reference,
    given: &Given,
) -> Answer {
    let (symbol, _) = recorded(mandate)?;
    if !mandate.provisions.contains(&provision) {
        return Err(Rejection::NoSuchProvision { provision });
    }
    let to = given.cited::<ProvisionFact>(to)?;
    if to.fact.mandate == mandate_id(symbol) && to.fact.provision == provision {
        return Err(Rejection::LinkedToItself);
    }
    let link = (provision, relation, to.citation);
    if mandate.links.contains(&link) {
        return Ok(Vec::new());
    }
    let (provision, relation, to) = link;
    Ok(vec![Event::ProvisionsLinked { provision, relation, to }])
}

/// Supersession is acyclic by construction: dates of adoption are in a total order and never change, and
/// every supersession leads to a strictly later one, so that no chain of them can come back to its start.
fn supersede(mandate: &Mandate, by: &Reference, given: &Given) -> Answer {
    let (symbol, own) = recorded(mandate)?;
    let by = given.cited::<MandateFact>(by)?;
    if by.fact.id == mandate_id(symbol) {
        return Err(Rejection::SupersededByItself);
    }
    if by.fact.adopted_on <= *own {
        return Err(Rejection::NotLater { own: *own, theirs: by.fact.adopted_on });
    }
    match &mandate.superseded {
        Some(known) if known.by == by.citation => Ok(Vec::new()),
        Some(known) => Err(Rejection::AlreadySuperseded { by: known.symbol.clone() }),
        None => Ok(vec![Event::MandateSuperseded { by: by.citation, symbol: by.fact.symbol }]),
    }
}

fn retain(mandate: &Mandate, citing: StreamName, reason: Prose, decided_by: Name) -> Answer {
    recorded(mandate)?;
    if mandate.superseded.is_none() {
        return Err(Rejection::NotSuperseded);
    }
    if mandate.retained.contains_key(&citing) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::CitationRetained { citing, reason, decided_by }])
}
