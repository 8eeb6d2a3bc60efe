//! What a project is measured by, what it reached, and who checked.
use super::{Event, Project, Rejection, Verification};
use crate::domain::Given;
use crate::domain::citation::{Citation, Reference};
use crate::domain::evidence::Quantity;
use crate::domain::fact::{Cited, EvidenceFact, ProvisionFact};
use crate::domain::id::{IndicatorId, ResultId};
use crate::domain::scope::Period;
use crate::domain::text::{Name, Prose};

type Answer = Result<Vec<Event>, Rejection>;

pub(super) fn define(
    project: &Project,
    given: &Given,
    indicator: IndicatorId,
    (title, baseline, provision): (Name, Quantity, Option<Reference>),
) -> Answer {
    project.underway()?;
    if project.indicators.contains_key(&indicator) {
        return Err(Rejection::IndicatorTwice { indicator });
    }
    let provision = provision.map(|it| given.cited::<ProvisionFact>(&it)).transpose()?;
    let provision = provision.map(|it| it.citation);
    Ok(vec![Event::IndicatorDefined { indicator, title, baseline, provision }])
}

pub(super) fn aim(project: &Project, indicator: IndicatorId, period: Period, value: Quantity) -> Answer {
    project.underway()?;
    measured(project, indicator, &value)?;
    Ok(vec![Event::TargetSet { indicator, period, value }])
}

/// A result as it is reported.
pub(super) struct Asked {
    pub(super) result: ResultId,
    pub(super) indicator: IndicatorId,
    pub(super) period: Period,
    pub(super) value: Quantity,
    pub(super) evidence: Option<Reference>,
}

pub(super) fn report(project: &Project, given: &Given, asked: Asked) -> Answer {
    project.underway()?;
    let Asked { result, indicator, period, value, evidence } = asked;
    if project.results.contains_key(&result) {
        return Err(Rejection::ResultTwice { result });
    }
    measured(project, indicator, &value)?;
    let evidence = evidence.map(|it| reliable(given, &it)).transpose()?;
    let reporter = given.by.clone();
    Ok(vec![Event::ResultReported { result, indicator, period, value, evidence, reporter }])
}

/// Results are checked even when the project is over.
pub(super) fn verify(
    project: &Project,
    given: &Given,
    result: ResultId,
    (verification, comment): (Verification, Option<Prose>),
) -> Answer {
    project.proposed()?;
    let reported = project.results.get(&result).ok_or(Rejection::NoSuchResult { result })?;
    if reported.reporter == given.by {
        return Err(Rejection::IsReporter);
    }
    if reported.verification.is_some() {
        return Err(Rejection::AlreadyVerified { result });
    }
    let verifier = given.by.clone();
    Ok(vec![Event::ResultVerified { result, verification, comment, verifier }])
}

/// The indicator exists, and the value is in its unit.
fn measured(project: &Project, indicator: IndicatorId, value: &Quantity) -> Result<(), Rejection> {
    let unit = project.indicators.get(&indicator).ok_or(Rejection::NoSuchIndicator { indicator })?;
    match *unit == value.unit {
        true => Ok(()),
        false => Err(Rejection::AnotherUnit { unit: unit.clone(), found: value.unit.clone() }),
    }
}

fn reliable(given: &Given, evidence: &Reference) -> Result<Citation, Rejection> {
    let Cited { citation: evidence, fact } = given.cited::<EvidenceFact>(evidence)?;
    if fact.withdrawn { Err(Rejection::EvidenceWithdrawn { evidence }) } else { Ok(evidence) }
}
