//! Just enough memory of a list's past to decide its future.
use super::Event;
use crate::domain::Timestamp;
use crate::domain::citation::{Citation, StreamName};
use crate::domain::fact::{Fact, PriorityFact};
use crate::domain::id::PriorityId;
use crate::domain::money::Money;
use crate::domain::scope::{Period, Scope};
use crate::domain::text::Slug;
use std::collections::BTreeMap;

/// A list of priorities as its events left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriorityList {
    /// Fixed by the first priority.
    pub(super) head: Option<Head>,
    pub(super) priorities: BTreeMap<PriorityId, Priority>,
}

/// What all priorities of a list share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) list: Slug,
    pub(super) charter: StreamName,
    pub(super) period: Period,
}

/// A priority as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Priority {
    /// The edition it was set under.
    pub(super) charter: Citation,
    pub(super) scope: Scope,
    pub(super) rank: u32,
    pub(super) needs: Option<Money>,
    pub(super) live: bool,
    pub(super) review_at: Option<Timestamp>,
}

pub(super) fn evolve(list: &mut PriorityList, event: &Event, _at: Timestamp) {
    match event {
        Event::PrioritySet { priority, list: name, charter, scope, rank, needs, review_at, .. } => {
            list.head.get_or_insert_with(|| Head {
                list: name.clone(),
                charter: charter.stream.clone(),
                period: scope.period,
            });
            let (charter, scope) = (charter.clone(), scope.clone());
            let (rank, needs, review_at) = (*rank, *needs, *review_at);
            let set = Priority { charter, scope, rank, needs, live: true, review_at };
            list.priorities.insert(*priority, set);
        }
        Event::PriorityReranked { priority, rank } => {
            list.priorities.entry(*priority).and_modify(|it| it.rank = *rank);
        }
        Event::PriorityRevised { priority, scope, needs, review_at, .. } => {
            list.priorities.entry(*priority).and_modify(|it| {
                it.scope = scope.clone();
                (it.needs, it.review_at) = (*needs, *review_at);
            });
        }
        Event::ReviewFellDue { priority, next_at, .. } => {
            list.priorities.entry(*priority).and_modify(|it| it.review_at = Some(*next_at));
        }
        Event::PriorityRetired { priority, .. } => {
            list.priorities.entry(*priority).and_modify(|it| it.live = false);
        }
    }
}

/// A priority's first event stands for what it is about now, and whether it is still on the list.
pub(super) fn attest(list: &PriorityList, event: &Event, _at: Timestamp) -> Option<Fact> {
    let Event::PrioritySet { priority, list: name, charter, recommendation, adoption, .. } = event else {
        return None;
    };
    let (head, now) = (list.head.as_ref()?, list.priorities.get(priority)?);
    let fact = PriorityFact {
        list: super::list_id(&head.charter, name, &head.period),
        priority: *priority,
        scope: now.scope.clone(),
        live: now.live,
        charter: charter.clone(),
        recommendation: *recommendation,
        adoption: adoption.clone(),
    };
    Some(fact.into())
}
