//! How a project goes from stage to stage, rests, and ends.
use super::gate::{Sight, open};
use super::state::{Proposal, Stay};
use super::{Event, Project, Rejection};
use crate::domain::charter::{Consequence, Requirement, Stage, StageName};
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
    Ok(vec![enter(project, next, (Some(stage), cited), given.at)])
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

/// A stage whose time was up, and that rested because of that, has its whole time again.
pub(super) fn resume(project: &Project, given: &Given, reason: Prose) -> Answer {
    let law = &project.underway()?.law;
    if !project.suspended {
        return Ok(Vec::new());
    }
    let stopped = project.stage.as_ref().filter(|it| it.expired).and_then(|it| law.stage(&it.stage));
    let stopped = stopped.map(|(_, it)| it).filter(|it| it.on_expiry == Some(Consequence::Suspend));
    let due_at = stopped.and_then(|it| due_at(it, given.at));
    let stage = stopped.filter(|_| due_at.is_some()).map(|it| it.name.clone());
    Ok(vec![Event::ProjectResumed { reason, stage, due_at }])
}

pub(super) fn cancel(project: &Project, reason: Prose) -> Answer {
    project.underway()?;
    Ok(vec![Event::ProjectCancelled { reason }])
}

/// The entry into `stage` at `at`, and what it brings with it.
pub(super) fn enter(
    project: &Project,
    stage: &Stage,
    (left, tasks): (Option<StageName>, Vec<Citation>),
    at: Timestamp,
) -> Event {
    let (due_at, report_at) = (due_at(stage, at), report_at(stage, at));
    let asks_for_money = stage.gate.iter().any(|it| matches!(it, Requirement::Funded { .. }));
    let funded = asks_for_money && project.funded;
    let (stage, orders) = (stage.name.clone(), stage.tasks.clone());
    Event::StageEntered { stage, left, tasks, due_at, orders, report_at, funded }
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
