//! How a project goes from stage to stage, rests, and ends.
use super::gate::{Sight, open};
use super::state::{Proposal, Stay};
use super::{Event, Project, Rejection, funds};
use crate::domain::charter::{Stage, StageName, TaskOrder};
use crate::domain::citation::{Citation, Reference};
use crate::domain::fact::{Cited, EditionFact, TaskFact};
use crate::domain::text::Prose;
use crate::domain::{Given, Timestamp, after};
use std::sync::Arc;

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

pub(super) fn amend(
    project: &Project,
    given: &Given,
    charter: &Reference,
    (stage, reason): (StageName, Prose),
) -> Answer {
    let current = project.underway()?.charter.clone();
    if project.is_proposer(&given.by) {
        return Err(Rejection::IsProposer);
    }
    let Cited { citation: charter, fact } = given.cited::<EditionFact>(charter)?;
    if charter.stream != current.stream {
        return Err(Rejection::AnotherCharter { current });
    }
    if charter == current {
        let there = project.stage.as_ref().is_some_and(|it| it.stage == stage);
        return if there { Ok(Vec::new()) } else { Err(Rejection::SameEdition { current }) };
    }
    let law = Arc::new(fact.law.projects.clone());
    let Some((_, entered)) = law.stage(&stage) else {
        return Err(Rejection::NoSuchStage { stage });
    };
    let (due_at, report_at) = (due_at(entered, given.at), report_at(entered, given.at));
    let (orders, approver) = (new_orders(project, entered), given.by.clone());
    let amended = Event::LawAmended { charter, law, stage, reason, due_at, approver, orders, report_at };
    Ok(funds::and_funded(project, given, amended))
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

fn report_at(stage: &Stage, at: Timestamp) -> Option<Timestamp> {
    stage.report.as_ref().map(|it| after(at, it.every_days))
}

/// What `entered` orders and the law so far did not, where the project is in a stage of that name already: the
/// task is there.
fn new_orders(project: &Project, entered: &Stage) -> Vec<TaskOrder> {
    let law = project.proposal.as_ref().map(|it| &it.law);
    let stay = project.stage.as_ref().filter(|it| it.stage == entered.name);
    let before = law.zip(stay).and_then(|(law, stay)| law.stage(&stay.stage)).map(|(_, it)| it);
    let there =
        |it: &&TaskOrder| before.is_some_and(|stage| stage.tasks.iter().any(|old| old.kind == it.kind));
    entered.tasks.iter().filter(|it| !there(it)).cloned().collect()
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
