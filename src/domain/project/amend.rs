//! How a project comes under another edition of its charter: decided by one person, published by another.
use super::state::Stay;
use super::{Event, Project, Rejection, funds};
use crate::domain::charter::{Stage, StageName, TaskOrder};
use crate::domain::citation::Reference;
use crate::domain::fact::{Cited, EditionFact};
use crate::domain::text::Prose;
use crate::domain::{Given, Timestamp, after, next_after};
use std::sync::Arc;

/// An amendment as it is asked for.
pub(super) struct Asked {
    pub(super) charter: Reference,
    pub(super) stage: StageName,
    pub(super) from: Option<StageName>,
    pub(super) reason: Prose,
}

/// Four eyes: neither whoever proposed the project nor whoever published the edition decides.
pub(super) fn amend(project: &Project, given: &Given, asked: Asked) -> Result<Vec<Event>, Rejection> {
    let Asked { charter, stage, from, reason } = asked;
    let current = project.underway()?.charter.clone();
    let Cited { citation: charter, fact } = given.cited::<EditionFact>(&charter)?;
    if charter.stream != current.stream {
        return Err(Rejection::AnotherCharter { current });
    }
    let stay = project.stage.as_ref().ok_or(Rejection::NotProposed)?;
    if charter == current {
        return if stay.stage == stage { Ok(Vec::new()) } else { Err(Rejection::SameEdition { current }) };
    }
    if project.is_proposer(&given.by) {
        return Err(Rejection::IsProposer);
    }
    if fact.publisher.as_ref() == Some(&given.by) {
        return Err(Rejection::IsPublisher);
    }
    if let Some(stage) = from.as_ref().filter(|it| **it != stay.stage) {
        return Err(Rejection::StageNotCurrent { current: stay.stage.clone(), stage: stage.clone() });
    }
    let law = Arc::new(fact.law.projects.clone());
    let Some((_, entered)) = law.stage(&stage) else {
        return Err(Rejection::NoSuchStage { stage });
    };
    let goes_on = from.map(|_| stay);
    let (due_at, since) = (due_at(entered, goes_on, given.at), goes_on.map(|it| it.since));
    let (orders, approver) = (new_orders(project, stay, entered, goes_on), given.by.clone());
    let report_at = report_at(entered, goes_on, given.at);
    let amended =
        Event::LawAmended { charter, law, stage, reason, due_at, approver, since, orders, report_at };
    Ok(funds::and_funded(project, given, amended))
}

/// When the stage should be over under the new law. Where it goes on, the time already spent in it counts; but no
/// law ends a stage in the past: where it would, the old end stays, and where there was none, the new term runs
/// from now on.
fn due_at(entered: &Stage, goes_on: Option<&Stay>, at: Timestamp) -> Option<Timestamp> {
    let days = entered.deadline_days?;
    let Some(stay) = goes_on else {
        return Some(after(at, days));
    };
    match after(stay.since, days) {
        due_at if due_at > at => Some(due_at),
        _ => Some(stay.due_at.unwrap_or_else(|| after(at, days))),
    }
}

/// When the next report is due. Where the stage goes on, reports come round from when it began.
fn report_at(entered: &Stage, goes_on: Option<&Stay>, at: Timestamp) -> Option<Timestamp> {
    let days = entered.report.as_ref()?.every_days;
    let first = after(goes_on.map_or(at, |it| it.since), days);
    Some(if first > at { first } else { next_after(first, days, at) })
}

/// What `entered` orders and the law so far did not, where the project is in that stage already, under this name or
/// another: the task is there.
fn new_orders(project: &Project, stay: &Stay, entered: &Stage, goes_on: Option<&Stay>) -> Vec<TaskOrder> {
    let before = project.law().and_then(|law| law.stage(&stay.stage)).map(|(_, it)| it);
    let before = before.filter(|it| goes_on.is_some() || it.name == entered.name);
    let there = |it: &&TaskOrder| before.is_some_and(|old| old.tasks.iter().any(|old| old.kind == it.kind));
    entered.tasks.iter().filter(|it| !there(it)).cloned().collect()
}
