//! What nobody decides and everybody should know: a term ran out, a basis fell, a gate could be passed.
//!
//! Whoever asks for these may be late, early, or the second to ask: each decides nothing unless it is so.
use super::citations::is_in_force;
use super::gate::{Sight, open};
use super::state::{Cites, Proposal, Stay, What};
use super::{Event, Flaw, Project, Rejection};
use crate::domain::charter::{Consequence, StageName};
use crate::domain::citation::Reference;
use crate::domain::fact::{MandateFact, PriorityFact, ProvisionFact};
use crate::domain::text::Prose;
use crate::domain::{Given, next_after};

type Answer = Result<Vec<Event>, Rejection>;

/// Decides nothing when the stage is not the current one, has no end, is not due yet or expired before, and
/// when the project is over: the clock that asks may be late.
pub(super) fn expire(project: &Project, given: &Given, stage: StageName) -> Answer {
    let law = &project.proposed()?.law;
    let due =
        |it: &&Stay| it.stage == stage && !it.expired && it.due_at.is_some_and(|due_at| given.at >= due_at);
    let is_due = project.end.is_none() && project.stage.as_ref().filter(due).is_some();
    let Some(consequence) = law.stage(&stage).and_then(|(_, it)| it.on_expiry.clone()).filter(|_| is_due)
    else {
        return Ok(Vec::new());
    };
    let reason = Prose::try_from(format!("the time for the stage {stage} is up")).ok();
    let effect = match &consequence {
        Consequence::Suspend if !project.suspended => reason.map(|reason| Event::ProjectSuspended { reason }),
        Consequence::Cancel => reason.map(|reason| Event::ProjectCancelled { reason }),
        Consequence::Suspend | Consequence::Escalate(_) => None,
    };
    let steward = law.steward.clone().filter(|_| consequence == Consequence::Suspend);
    let expired = Event::StageExpired { stage, consequence, steward };
    Ok([Some(expired), effect].into_iter().flatten().collect())
}

/// Decides nothing when another stage or term has begun, when it is too early, and while the project rests or is
/// over. Terms that nobody noted, because nothing ran, are one: nobody reports twice at once.
pub(super) fn expect_report(project: &Project, given: &Given, stage: StageName, term: u32) -> Answer {
    let Some((proposal, _)) = going(project, &stage)?.filter(|_| !project.suspended) else {
        return Ok(Vec::new());
    };
    let expected = project.report.filter(|it| it.term == term && given.at >= it.due_at);
    let law = proposal.law.stage(&stage).and_then(|(_, it)| it.report.clone());
    let Some((expected, law)) = expected.zip(law) else {
        return Ok(Vec::new());
    };
    let next_at = next_after(expected.due_at, law.every_days, given.at);
    let escalate_to = proposal.law.sees_to(&law.role, law.escalate_to.as_ref());
    Ok(vec![Event::ReportFellDue { stage, term, role: law.role, next_at, escalate_to }])
}

/// Decides nothing when the project does not cite it, is over, has it flagged already, and when all is well.
pub(super) fn flag(project: &Project, given: &Given, cited: &Reference) -> Answer {
    let proposal = project.proposed()?;
    let is = |it: &&Cites| it.citation.stream == cited.stream && it.citation.revision == cited.revision;
    let found = project.citations.iter().find(is).filter(|it| !it.flagged && project.end.is_none());
    let Some((cites, because)) = found.and_then(|it| Some((it, flaw(project, it, given)?))) else {
        return Ok(Vec::new());
    };
    let steward = proposal.law.steward.clone();
    Ok(vec![Event::CitationFlagged { cited: cites.citation.clone(), because, steward }])
}

/// Decides nothing when the project is over or in another stage.
pub(super) fn examine(project: &Project, given: &Given, stage: StageName, tasks: &[Reference]) -> Answer {
    let Some((proposal, _)) = going(project, &stage)? else {
        return Ok(Vec::new());
    };
    let missing = open(project, &Sight { facts: &given.facts, tasks, at: given.at });
    Ok(vec![Event::GateExamined { stage, missing, steward: proposal.law.steward.clone() }])
}

/// The law and the stay, when the project is in `stage` and not over.
fn going<'a>(project: &'a Project, stage: &StageName) -> Result<Option<(&'a Proposal, &'a Stay)>, Rejection> {
    let stay = project.stage.as_ref().filter(|it| it.stage == *stage && project.end.is_none());
    stay.map(|stay| Ok((project.proposed()?, stay))).transpose()
}

/// What is wrong with what the project cites, if anything is.
fn flaw(project: &Project, cites: &Cites, given: &Given) -> Option<Flaw> {
    let (cited, stream) = (cites.citation.reference(), project.stream()?);
    match cites.what {
        What::Priority => {
            let priority = given.cited::<PriorityFact>(&cited).ok()?;
            (!priority.fact.live).then_some(Flaw::PriorityRetired)
        }
        What::Provision => {
            let provision = given.cited::<ProvisionFact>(&cited).ok()?;
            (!is_in_force(&provision.fact, &stream, given.at)).then_some(Flaw::TextSuperseded)
        }
        What::Document => {
            let superseded_at = given.cited::<MandateFact>(&cited).ok()?.fact.superseded_at;
            superseded_at.is_some_and(|since| since <= given.at).then_some(Flaw::TextSuperseded)
        }
    }
}
