//! How a project goes from stage to stage, rests, and ends.
use super::gate::{Sight, after, open};
use super::state::{Proposal, Stay};
use super::{Event, Project, Rejection};
use crate::domain::Given;
use crate::domain::charter::{Consequence, Stage, StageName};
use crate::domain::citation::{Citation, Reference};
use crate::domain::fact::{Cited, TaskFact};
use crate::domain::text::Prose;

type Answer = Result<Vec<Event>, Rejection>;

pub(super) fn pass(project: &Project, given: &Given, stage: StageName, tasks: &[Reference]) -> Answer {
    let (proposal, stay) = active(project)?;
    let current = stay.stage.clone();
    if current != stage {
        return Err(Rejection::StageNotCurrent { current, stage });
    }
    let next = next(proposal, &stage)?.ok_or_else(|| Rejection::LastStage { stage: stage.clone() })?;
    let cited = finished(project, given, tasks)?;
    satisfied(project, given, tasks)?;
    let due_at = next.deadline_days.map(|days| after(given.at, days));
    Ok(vec![Event::StageEntered { stage: next.name.clone(), left: Some(stage), tasks: cited, due_at }])
}

pub(super) fn complete(project: &Project, given: &Given, tasks: &[Reference]) -> Answer {
    let (proposal, stay) = active(project)?;
    if next(proposal, &stay.stage)?.is_some() {
        let last = proposal.law.stages.last().map_or_else(|| stay.stage.clone(), |it| it.name.clone());
        return Err(Rejection::NotInLastStage { current: stay.stage.clone(), last });
    }
    let cited = finished(project, given, tasks)?;
    satisfied(project, given, tasks)?;
    Ok(vec![Event::ProjectCompleted { tasks: cited }])
}

pub(super) fn suspend(project: &Project, reason: Prose) -> Answer {
    project.underway()?;
    Ok(if project.suspended { Vec::new() } else { vec![Event::ProjectSuspended { reason }] })
}

pub(super) fn resume(project: &Project, reason: Prose) -> Answer {
    project.underway()?;
    Ok(if project.suspended { vec![Event::ProjectResumed { reason }] } else { Vec::new() })
}

pub(super) fn cancel(project: &Project, reason: Prose) -> Answer {
    project.underway()?;
    Ok(vec![Event::ProjectCancelled { reason }])
}

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
    let effect = match consequence {
        Consequence::Suspend if !project.suspended => reason.map(|reason| Event::ProjectSuspended { reason }),
        Consequence::Cancel => reason.map(|reason| Event::ProjectCancelled { reason }),
        Consequence::Suspend | Consequence::Escalate(_) => None,
    };
    Ok([Some(Event::StageExpired { stage, consequence }), effect].into_iter().flatten().collect())
}

fn active(project: &Project) -> Result<(&Proposal, &Stay), Rejection> {
    let proposal = project.underway()?;
    if project.suspended {
        return Err(Rejection::Suspended);
    }
    Ok((proposal, project.stage.as_ref().ok_or(Rejection::NotProposed)?))
}

/// The stage after this one.
fn next<'a>(proposal: &'a Proposal, stage: &StageName) -> Result<Option<&'a Stage>, Rejection> {
    let found = proposal.law.stage(stage);
    let (place, _) = found.ok_or_else(|| Rejection::NoSuchStage { stage: stage.clone() })?;
    Ok(proposal.law.stages.get(place + 1))
}

/// The finished tasks, each once, all about this project.
fn finished(project: &Project, given: &Given, tasks: &[Reference]) -> Result<Vec<Citation>, Rejection> {
    let mut found = Vec::new();
    for Cited { citation, fact } in given.all_cited::<TaskFact>(tasks)? {
        if project.stream().as_ref() != Some(&fact.subject) {
            return Err(Rejection::ForeignTask { task: citation, subject: fact.subject });
        }
        if !found.contains(&citation) {
            found.push(citation);
        }
    }
    Ok(found)
}

fn satisfied(project: &Project, given: &Given, tasks: &[Reference]) -> Result<(), Rejection> {
    let missing = open(project, &Sight { facts: &given.facts, tasks, at: given.at });
    match project.stage.as_ref().filter(|_| !missing.is_empty()) {
        Some(stay) => Err(Rejection::GateClosed { stage: stay.stage.clone(), missing }),
        None => Ok(()),
    }
}
