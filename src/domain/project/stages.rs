//! How a project goes from stage to stage, rests, and ends.
use super::gate::{Sight, open};
use super::state::{Proposal, Stay};
use super::{Event, Project, Rejection};
use crate::domain::charter::{Stage, StageName};
use crate::domain::citation::{Citation, Reference};
use crate::domain::fact::{Cited, TaskFact};
use crate::domain::text::Prose;
use crate::domain::{Given, Timestamp, after};

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
    Ok(vec![enter(next, Some(stage), cited, given.at)])
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

/// The entry into `stage` at `at`, and what it brings with it.
pub(super) fn enter(stage: &Stage, left: Option<StageName>, tasks: Vec<Citation>, at: Timestamp) -> Event {
    let (due_at, report_at) = (due_at(stage, at), report_at(stage, at));
    let (stage, orders) = (stage.name.clone(), stage.tasks.clone());
    Event::StageEntered { stage, left, tasks, due_at, orders, report_at }
}

fn due_at(stage: &Stage, at: Timestamp) -> Option<Timestamp> {
    stage.deadline_days.map(|days| after(at, days))
}

pub(super) fn report_at(stage: &Stage, at: Timestamp) -> Option<Timestamp> {
    stage.report.as_ref().map(|it| after(at, it.every_days))
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
