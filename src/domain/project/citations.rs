//! What a project rests on: priorities, and provisions by exception.
use super::state::{Cites, What};
use super::{Event, Project, Rejection};
use crate::domain::citation::{Citation, Reference, StreamName, Uncitable};
use crate::domain::fact::{Cited, Facts, MandateFact, PriorityFact, ProvisionFact};
use crate::domain::text::{Name, Prose};
use crate::domain::{Given, Timestamp};

pub(super) fn cite_priority(
    project: &Project,
    given: &Given,
    priority: &Reference,
) -> Result<Vec<Event>, Rejection> {
    let charter = project.underway()?.charter.clone();
    let priority = live_priority(given, priority, &charter)?;
    new(project, &priority)?;
    Ok(vec![Event::PriorityCited { priority }])
}

pub(super) fn cite_provision(
    project: &Project,
    given: &Given,
    provision: &Reference,
    (reason, decided_by): (Prose, Name),
) -> Result<Vec<Event>, Rejection> {
    let stream = super::state::stream(project.underway()?.project);
    let (provision, what) = match given.cited::<ProvisionFact>(provision) {
        Ok(it) if is_in_force(&it.fact, &stream, given.at) => (it.citation, What::Provision),
        Ok(it) => return Err(Rejection::ProvisionSuperseded { citation: it.citation }),
        Err(Uncitable::WrongKind { .. }) => (mandate(&given.facts, given.at, provision)?, What::Document),
        Err(uncitable) => return Err(uncitable.into()),
    };
    new(project, &provision)?;
    let whole_document = what == What::Document;
    Ok(vec![Event::ProvisionCited { provision, whole_document, reason, decided_by }])
}

pub(super) fn revoke(project: &Project, cited: Reference, reason: Prose) -> Result<Vec<Event>, Rejection> {
    project.underway()?;
    let is = |it: &&Cites| {
        let same = it.citation.stream == cited.stream && it.citation.revision == cited.revision;
        same && cited.event_id.is_none_or(|id| id == it.citation.event_id)
    };
    match project.citations.iter().find(is) {
        Some(it) => Ok(vec![Event::CitationRevoked { cited: it.citation.clone(), reason }]),
        None => Err(Rejection::NotCited { cited }),
    }
}

/// The priority, when it was not retired and is of the same pipeline: whatever its edition, of the project's
/// charter.
pub(super) fn live_priority(
    given: &Given,
    priority: &Reference,
    charter: &Citation,
) -> Result<Citation, Rejection> {
    let Cited { citation, fact } = given.cited::<PriorityFact>(priority)?;
    if fact.charter.stream != charter.stream {
        return Err(Rejection::PriorityOfAnotherCharter { citation, charter: charter.stream.clone() });
    }
    if fact.live { Ok(citation) } else { Err(Rejection::PriorityRetired { citation }) }
}

/// The cited priorities that are live now.
pub(super) fn live_priorities(project: &Project, facts: &Facts) -> Vec<Citation> {
    let priorities = project.citations.iter().filter(|it| it.what == What::Priority);
    let facts = priorities.filter_map(|it| facts.cited::<PriorityFact>(&it.citation.reference()).ok());
    facts.filter(|it| it.fact.live).map(|it| it.citation).collect()
}

/// What an approval can rest on now: live priorities, and what is cited by exception and still in force.
pub(super) fn basis(project: &Project, facts: &Facts, at: Timestamp) -> Vec<Citation> {
    let mut basis = live_priorities(project, facts);
    let Some(stream) = project.stream() else {
        return basis;
    };
    let holds = |it: &&Cites| {
        let cited = it.citation.reference();
        match it.what {
            What::Priority => false,
            What::Provision => {
                facts.cited::<ProvisionFact>(&cited).is_ok_and(|it| is_in_force(&it.fact, &stream, at))
            }
            What::Document => mandate(facts, at, &cited).is_ok(),
        }
    };
    basis.extend(project.citations.iter().filter(holds).map(|it| it.citation.clone()));
    basis
}

/// Whether the provision can be cited by `stream` at `at`: its text stands, or somebody decided to retain it.
pub(super) fn is_in_force(provision: &ProvisionFact, stream: &StreamName, at: Timestamp) -> bool {
    provision.superseded_at.is_none_or(|since| since > at) || provision.retained_for.contains(stream)
}

/// The document as a whole, when no newer text stands in its place.
fn mandate(facts: &Facts, at: Timestamp, mandate: &Reference) -> Result<Citation, Rejection> {
    let Cited { citation, fact } = facts.cited::<MandateFact>(mandate)?;
    match fact.superseded_at.is_none_or(|since| since > at) {
        true => Ok(citation),
        false => Err(Rejection::ProvisionSuperseded { citation }),
    }
}

fn new(project: &Project, citation: &Citation) -> Result<(), Rejection> {
    match project.citations.iter().any(|it| it.citation == *citation) {
        true => Err(Rejection::AlreadyCited { citation: citation.clone() }),
        false => Ok(()),
    }
}
