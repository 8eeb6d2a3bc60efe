//! How a project begins, what it takes, and where and when it is.
use super::citations::live_priority;
use super::state::Extent;
use super::{Command, Event, Project, Rejection, Sector, funds, review, stages};
use crate::domain::Given;
use crate::domain::citation::{Citation, Reference};
use crate::domain::fact::{Cited, EditionFact, ProjectFact};
use crate::domain::id::ProjectId;
use crate::domain::money::Money;
use crate::domain::text::Prose;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) fn propose(now: &Project, command: Command, given: &Given) -> Result<Vec<Event>, Rejection> {
    let Command::ProposeProject {
        project,
        code,
        title,
        summary,
        charter,
        priorities,
        countries,
        period,
        budget,
        sectors,
        parent,
        proposed_for,
        origin,
    } = command
    else {
        return Ok(Vec::new());
    };
    if now.proposal.is_some() {
        return Err(Rejection::AlreadyProposed { project });
    }
    let Cited { citation: charter, fact } = edition(given, &charter)?;
    let first = fact.law.projects.stages.first().ok_or(Rejection::NoStages)?;
    let entered = stages::enter(first, None, Vec::new(), given.at);
    sum_up(&sectors)?;
    let budget = budget.map(|it| Money::positive(it.currency, it.minor)).transpose()?;
    let priorities = live(given, &priorities, &charter)?;
    let parent = parent.map(|it| part_of(given, &it, project)).transpose()?;
    let proposed_for = proposed_for.map(|it| review::represented(given, &it)).transpose()?;
    let proposed_for = proposed_for.map(|it| it.citation);
    let (law, proposer) = (Arc::new(fact.law.projects.clone()), given.by.clone());
    let proposed = Event::ProjectProposed {
        project,
        code,
        title,
        summary,
        charter,
        law,
        priorities,
        countries,
        period,
        budget,
        sectors,
        parent,
        proposed_for,
        origin,
        proposer,
    };
    Ok(vec![proposed, entered])
}

pub(super) fn revise_budget(
    project: &Project,
    given: &Given,
    budget: Money,
    reason: Prose,
) -> Result<Vec<Event>, Rejection> {
    project.underway()?;
    let budget = Money::positive(budget.currency, budget.minor)?;
    if project.budget == Some(budget) {
        return Ok(Vec::new());
    }
    match project.budget.map(|it| it.currency).filter(|it| *it != budget.currency) {
        Some(currency) => Err(Rejection::AnotherCurrency { currency }),
        None => Ok(funds::and_funded(project, given, Event::BudgetRevised { budget, reason })),
    }
}

pub(super) fn revise_scope(
    project: &Project,
    extent: Extent,
    reason: Prose,
) -> Result<Vec<Event>, Rejection> {
    project.underway()?;
    sum_up(&extent.sectors)?;
    if project.extent.as_ref() == Some(&extent) {
        return Ok(Vec::new());
    }
    let Extent { countries, period, sectors } = extent;
    Ok(vec![Event::ScopeRevised { countries, period, sectors, reason }])
}

/// The edition, when something new may start under it.
fn edition(given: &Given, charter: &Reference) -> Result<Cited<EditionFact>, Rejection> {
    let cited = given.cited::<EditionFact>(charter)?;
    if cited.fact.retired {
        return Err(Rejection::CharterRetired);
    }
    match cited.fact.outdated {
        true => Err(Rejection::EditionOutdated { edition: cited.fact.edition }),
        false => Ok(cited),
    }
}

/// No sectors at all, or shares of a whole, each code once.
fn sum_up(sectors: &[Sector]) -> Result<(), Rejection> {
    let mut codes = BTreeSet::new();
    for sector in sectors {
        let code = sector.code.clone();
        if sector.percent == 0 {
            return Err(Rejection::SectorEmpty { code });
        }
        if !codes.insert(&sector.code) {
            return Err(Rejection::SectorTwice { code });
        }
    }
    match sectors.iter().map(|it| u64::from(it.percent)).sum() {
        100 => Ok(()),
        0 if sectors.is_empty() => Ok(()),
        found => Err(Rejection::SectorsDoNotSum { found }),
    }
}

fn live(given: &Given, priorities: &[Reference], charter: &Citation) -> Result<Vec<Citation>, Rejection> {
    let mut found = Vec::new();
    for priority in priorities {
        let citation = live_priority(given, priority, charter)?;
        if found.contains(&citation) {
            return Err(Rejection::AlreadyCited { citation });
        }
        found.push(citation);
    }
    Ok(found)
}

fn part_of(given: &Given, parent: &Reference, project: ProjectId) -> Result<Citation, Rejection> {
    let Cited { citation, fact } = given.cited::<ProjectFact>(parent)?;
    if fact.project == project {
        return Err(Rejection::OwnParent);
    }
    if fact.over { Err(Rejection::ParentOver { parent: fact.project }) } else { Ok(citation) }
}
