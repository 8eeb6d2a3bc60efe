//! The rules of a list of priorities.
use super::state::{Head, Priority};
use super::{Command, Event, PriorityList, Rejection};
use crate::domain::charter::{Law, RoleName};
use crate::domain::citation::{Citation, Reference};
use crate::domain::fact::{AdoptionFact, Capacity, Cited, EditionFact, PartnerFact, TextFact};
use crate::domain::id::{PriorityId, RecommendationId};
use crate::domain::money::Money;
use crate::domain::scope::{Period, Scope};
use crate::domain::text::{Prose, Slug};
use crate::domain::{Given, Timestamp, after, next_after};

pub(super) fn cites(list: &PriorityList, command: &Command) -> Vec<Reference> {
    match command {
        Command::SetPriority { charter, set_by, adoption, text, .. } => {
            [charter, set_by, adoption, text].map(Clone::clone).into()
        }
        Command::RevisePriority { priority, .. } | Command::ExpectReview { priority, .. } => {
            list.priorities.get(priority).map(|it| it.charter.reference()).into_iter().collect()
        }
        Command::RerankPriority { .. } | Command::RetirePriority { .. } => Vec::new(),
    }
}

pub(super) fn decide(list: &PriorityList, command: Command, given: &Given) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::SetPriority { .. } => set(list, command, given),
        Command::RerankPriority { priority, rank } => rerank(list, priority, rank),
        Command::RevisePriority { priority, scope, needs, reason } => {
            revise(list, given, priority, (scope, needs), reason)
        }
        Command::ExpectReview { priority, due_at } => expect_review(list, given, priority, due_at),
        Command::RetirePriority { priority, reason } => {
            live(list, priority)?;
            Ok(vec![Event::PriorityRetired { priority, reason }])
        }
    }
}

fn set(asked_of: &PriorityList, command: Command, given: &Given) -> Result<Vec<Event>, Rejection> {
    let Command::SetPriority { priority, list, charter, set_by, title, adoption, text, scope, rank, needs } =
        command
    else {
        return Ok(Vec::new());
    };
    if asked_of.priorities.contains_key(&priority) {
        return Err(Rejection::AlreadySet { priority });
    }
    let edition: Cited<EditionFact> = given.cited(&charter)?;
    belongs(asked_of.head.as_ref(), &list, &edition.citation, scope.period)?;
    if edition.fact.retired {
        return Err(Rejection::CharterRetired);
    }
    let law = &edition.fact.law;
    let set_by = entitled(given.cited(&set_by)?, &law.priorities.set_by)?;
    let adopted: Cited<AdoptionFact> = given.cited(&adoption)?;
    let recommendation = based(law, &edition.citation, &adopted.fact, given.cited(&text)?.fact)?;
    sorted(law, &scope)?;
    free(asked_of, priority, rank)?;
    needed(needs)?;
    let review_at = law.priorities.review_days.map(|days| after(given.at, days));
    let (charter, adoption) = (edition.citation, adopted.citation);
    Ok(vec![Event::PrioritySet {
        priority,
        list,
        charter,
        set_by,
        title,
        adoption,
        recommendation,
        scope,
        rank,
        needs,
        review_at,
    }])
}

fn rerank(list: &PriorityList, priority: PriorityId, rank: u32) -> Result<Vec<Event>, Rejection> {
    if live(list, priority)?.rank == rank {
        return Ok(Vec::new());
    }
    free(list, priority, rank)?;
    Ok(vec![Event::PriorityReranked { priority, rank }])
}

fn revise(
    list: &PriorityList,
    given: &Given,
    priority: PriorityId,
    (scope, needs): (Scope, Option<Money>),
    reason: Prose,
) -> Result<Vec<Event>, Rejection> {
    let now = live(list, priority)?;
    if now.scope == scope && now.needs == needs {
        return Ok(Vec::new());
    }
    same_period(now.scope.period, scope.period)?;
    let edition: Cited<EditionFact> = given.cited(&now.charter.reference())?;
    sorted(&edition.fact.law, &scope)?;
    needed(needs)?;
    let review_at = edition.fact.law.priorities.review_days.map(|days| after(given.at, days));
    Ok(vec![Event::PriorityRevised { priority, scope, needs, reason, review_at }])
}

/// Decides nothing when it is too early, when the term began anew, and when the priority is off the list.
fn expect_review(
    list: &PriorityList,
    given: &Given,
    priority: PriorityId,
    due_at: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    let now = list.priorities.get(&priority).ok_or(Rejection::NoSuchPriority { priority })?;
    if !now.live || now.review_at != Some(due_at) || given.at < due_at {
        return Ok(Vec::new());
    }
    let law = given.cited::<EditionFact>(&now.charter.reference())?.fact.law;
    let Some(days) = law.priorities.review_days else {
        return Ok(Vec::new());
    };
    let (role, next_at) = (law.priorities.set_by.clone(), next_after(due_at, days, given.at));
    let escalate_to = law.projects.sees_to(&role, law.priorities.escalate_to.as_ref());
    Ok(vec![Event::ReviewFellDue { priority, role, next_at, escalate_to }])
}

fn live(list: &PriorityList, priority: PriorityId) -> Result<&Priority, Rejection> {
    let found = list.priorities.get(&priority).ok_or(Rejection::NoSuchPriority { priority })?;
    if found.live { Ok(found) } else { Err(Rejection::Retired { priority }) }
}

/// The first priority fixes the list's name, charter and period; the others must agree.
fn belongs(head: Option<&Head>, list: &Slug, charter: &Citation, period: Period) -> Result<(), Rejection> {
    let Some(head) = head else {
        return Ok(());
    };
    if head.list != *list || head.charter != charter.stream {
        return Err(Rejection::AnotherList { list: head.list.clone() });
    }
    same_period(head.period, period)
}

fn same_period(period: Period, found: Period) -> Result<(), Rejection> {
    if period == found { Ok(()) } else { Err(Rejection::AnotherPeriod { period, found }) }
}

fn entitled(partner: Cited<PartnerFact>, role: &RoleName) -> Result<Citation, Rejection> {
    if partner.fact.capacity != Some(Capacity::Member) {
        return Err(Rejection::NotAMember);
    }
    match partner.fact.roles.contains(role) {
        true => Ok(partner.citation),
        false => Err(Rejection::RoleNotHeld { role: role.clone() }),
    }
}

/// The adoption is by the right forum, under this edition, of this text, and the text still stands.
fn based(
    law: &Law,
    charter: &Citation,
    adopted: &AdoptionFact,
    text: TextFact,
) -> Result<RecommendationId, Rejection> {
    if adopted.charter != *charter {
        let (adopted, charter) = (adopted.charter.clone(), charter.clone());
        return Err(Rejection::AdoptedUnderAnotherEdition { adopted, charter });
    }
    if adopted.forum != law.priorities.basis {
        let (forum, basis) = (adopted.forum.clone(), law.priorities.basis.clone());
        return Err(Rejection::AdoptedByAnotherForum { forum, basis });
    }
    if adopted.recommendation != Some(text.recommendation) || adopted.digest != text.digest {
        return Err(Rejection::AnotherText);
    }
    if text.withdrawn {
        return Err(Rejection::RecommendationWithdrawn);
    }
    if text.current { Ok(text.recommendation) } else { Err(Rejection::TextRevised) }
}

/// Pillar and routes are words of the charter.
fn sorted(law: &Law, scope: &Scope) -> Result<(), Rejection> {
    if !law.pillars.contains(&scope.pillar) {
        return Err(Rejection::NoSuchPillar { pillar: scope.pillar.clone() });
    }
    match scope.routes.iter().find(|it| !law.routes.contains(it)) {
        Some(route) => Err(Rejection::NoSuchRoute { route: route.clone() }),
        None => Ok(()),
    }
}

/// No other live priority has the rank.
fn free(list: &PriorityList, priority: PriorityId, rank: u32) -> Result<(), Rejection> {
    if rank == 0 {
        return Err(Rejection::RankZero);
    }
    let holds = |(id, it): &(&PriorityId, &Priority)| **id != priority && it.live && it.rank == rank;
    match list.priorities.iter().find(holds) {
        Some((holder, _)) => Err(Rejection::RankTaken { rank, holder: *holder }),
        None => Ok(()),
    }
}

fn needed(needs: Option<Money>) -> Result<(), Rejection> {
    needs.map(|it| Money::positive(it.currency, it.minor)).transpose()?;
    Ok(())
}
