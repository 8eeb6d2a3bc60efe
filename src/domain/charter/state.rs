//! Just enough memory of a charter's past to decide its future.
use super::{Event, Law};
use crate::domain::Timestamp;
use crate::domain::fact::{EditionFact, Fact};
use crate::domain::id::CharterId;
use crate::domain::text::Slug;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A charter as its events left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Charter {
    pub(super) latest: Option<Arc<Law>>,
    /// When each edition was published.
    pub(super) editions: BTreeMap<u32, Timestamp>,
    pub(super) retired_at: Option<Timestamp>,
}

/// The id of the stream of the charter with this name.
pub fn charter_id(name: &Slug) -> CharterId {
    CharterId::of(name.as_str())
}

pub(super) fn evolve(charter: &mut Charter, event: &Event, at: Timestamp) {
    match event {
        Event::CharterPublished { edition, law, .. } => {
            charter.latest = Some(law.clone());
            charter.editions.insert(*edition, at);
        }
        Event::CharterRetired { .. } => charter.retired_at = charter.retired_at.or(Some(at)),
    }
}

/// A publication stands for its edition, outdated or not as it was at `at`.
pub(super) fn attest(charter: &Charter, event: &Event, at: Timestamp) -> Option<Fact> {
    match event {
        Event::CharterPublished { edition, law, publisher, .. } => {
            let retired = charter.retired_at.is_some_and(|since| since <= at);
            let outdated = charter.editions.iter().any(|(other, since)| other > edition && *since <= at);
            let since = charter.editions.get(edition).copied().unwrap_or(at);
            let (charter, edition, law) = (charter_id(&law.name), *edition, law.clone());
            let publisher = publisher.clone();
            Some(EditionFact { charter, edition, law, since, retired, outdated, publisher }.into())
        }
        Event::CharterRetired { .. } => None,
    }
}
