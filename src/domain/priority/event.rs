//! What can happen to a list of priorities. These names and shapes are the storage format.
use crate::domain::charter::RoleName;
use crate::domain::citation::Citation;
use crate::domain::id::{ListId, PriorityId, RecommendationId};
use crate::domain::money::Money;
use crate::domain::scope::{Period, Scope};
use crate::domain::text::{Name, Prose, Slug};
use crate::domain::{Edge, Rests, Timestamp};
use serde::{Deserialize, Serialize};

/// The id of the list of this name, under this charter (by its stream's name), for this period.
pub fn list_id(charter: &crate::domain::citation::StreamName, list: &Slug, period: &Period) -> ListId {
    ListId::of(&format!("{charter}/{list}/{}/{}", period.from(), period.until()))
}

/// A fact; it cannot be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
pub enum Event {
    /// An adopted recommendation is on the list.
    PrioritySet {
        /// Which.
        priority: PriorityId,
        /// The list's name.
        list: Slug,
        /// Under which edition.
        charter: Citation,
        /// The admission of the partner that set it.
        set_by: Citation,
        /// What it is called.
        title: Name,
        /// The decision that adopted its recommendation.
        adoption: Citation,
        /// Which recommendation.
        recommendation: RecommendationId,
        /// What it is about.
        scope: Scope,
        /// Its place.
        rank: u32,
        /// What it would take.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        needs: Option<Money>,
        /// When it is to be looked at again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        review_at: Option<Timestamp>,
    },
    /// It has another place.
    PriorityReranked {
        /// Which.
        priority: PriorityId,
        /// Its place.
        rank: u32,
    },
    /// It is about something else, or takes something else.
    PriorityRevised {
        /// Which.
        priority: PriorityId,
        /// What it is about.
        scope: Scope,
        /// What it would take.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        needs: Option<Money>,
        /// Why.
        reason: Prose,
        /// When it is to be looked at again, counted anew.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        review_at: Option<Timestamp>,
    },
    /// It is time to look at it again.
    ReviewFellDue {
        /// Which.
        priority: PriorityId,
        /// Who sets priorities.
        role: RoleName,
        /// When it is to be looked at again after that.
        next_at: Timestamp,
        /// Who sees to it when nobody looked by then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        escalate_to: Option<RoleName>,
    },
    /// It is off the list.
    PriorityRetired {
        /// Which.
        priority: PriorityId,
        /// Why.
        reason: Prose,
    },
}

impl Rests for Event {
    fn rests_on(&self) -> Vec<(Edge, &Citation)> {
        match self {
            Event::PrioritySet { charter, set_by, adoption, .. } => {
                vec![(Edge::Charter, charter), (Edge::Partner, set_by), (Edge::Adoption, adoption)]
            }
            Event::PriorityReranked { .. }
            | Event::PriorityRevised { .. }
            | Event::ReviewFellDue { .. }
            | Event::PriorityRetired { .. } => Vec::new(),
        }
    }
}
