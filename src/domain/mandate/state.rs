//! Just enough memory of a mandate's past to decide its future.
use super::{Event, Relation};
use crate::domain::Timestamp;
use crate::domain::citation::{Citation, StreamName};
use crate::domain::fact::{Fact, MandateFact, ProvisionFact};
use crate::domain::id::{MandateId, ProvisionId};
use crate::domain::scope::PartialDate;
use crate::domain::text::{Digest, Slug, Symbol, Text};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A mandate as its events left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mandate {
    pub(super) record: Option<(Symbol, PartialDate)>,
    pub(super) versions: BTreeMap<Slug, Option<Digest>>,
    pub(super) provisions: BTreeSet<ProvisionId>,
    pub(super) places: BTreeSet<(Slug, String)>,
    pub(super) links: HashSet<(ProvisionId, Relation, Citation)>,
    pub(super) superseded: Option<Superseded>,
    pub(super) retained: BTreeMap<StreamName, Timestamp>,
}

/// That a newer text stands in a mandate's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Superseded {
    pub(super) at: Timestamp,
    pub(super) by: Citation,
    pub(super) symbol: Symbol,
}

/// The id of the stream of the instrument with this symbol, however its letters and spaces were typed.
pub fn mandate_id(symbol: &Symbol) -> MandateId {
    MandateId::of(&symbol.as_str().to_uppercase().split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Where a provision is, in the form in which two places are compared.
pub(super) fn place(version: &Slug, locator: &Text<200>) -> (Slug, String) {
    let words = locator.as_str().to_lowercase();
    (version.clone(), words.split_whitespace().collect::<Vec<_>>().join(" "))
}

pub(super) fn evolve(mandate: &mut Mandate, event: &Event, at: Timestamp) {
    match event {
        Event::MandateRecorded { symbol, adopted_on, .. } => {
            mandate.record = Some((symbol.clone(), *adopted_on));
        }
        Event::TextVersionRecorded { version, digest } => {
            mandate.versions.insert(version.clone(), digest.clone());
        }
        Event::ProvisionDefined { provision, version, locator, .. } => {
            mandate.provisions.insert(*provision);
            mandate.places.insert(place(version, locator));
        }
        Event::ProvisionsLinked { provision, relation, to } => {
            mandate.links.insert((*provision, *relation, to.clone()));
        }
        Event::MandateSuperseded { by, symbol } => {
            mandate.superseded = Some(Superseded { at, by: by.clone(), symbol: symbol.clone() });
        }
        Event::CitationRetained { citing, .. } => {
            mandate.retained.entry(citing.clone()).or_insert(at);
        }
    }
}

/// The record stands for the instrument, a definition for its provision, both as they were at `at`.
pub(super) fn attest(mandate: &Mandate, event: &Event, at: Timestamp) -> Option<Fact> {
    let superseded_at = mandate.superseded.as_ref().map(|it| it.at).filter(|since| *since <= at);
    match event {
        Event::MandateRecorded { symbol, adopted_on, .. } => {
            let (symbol, adopted_on) = (symbol.clone(), *adopted_on);
            Some(MandateFact { id: mandate_id(&symbol), symbol, adopted_on, superseded_at }.into())
        }
        Event::ProvisionDefined { provision, .. } => {
            let (symbol, _) = mandate.record.clone()?;
            let kept = mandate.retained.iter().filter(|(_, since)| **since <= at);
            let retained_for = kept.map(|(citing, _)| citing.clone()).collect();
            let (mandate, provision) = (mandate_id(&symbol), *provision);
            Some(ProvisionFact { mandate, provision, symbol, superseded_at, retained_for }.into())
        }
        Event::TextVersionRecorded { .. }
        | Event::ProvisionsLinked { .. }
        | Event::MandateSuperseded { .. }
        | Event::CitationRetained { .. } => None,
    }
}
