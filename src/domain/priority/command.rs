//! What can be asked of a list of priorities.
use crate::domain::Timestamp;
use crate::domain::citation::Reference;
use crate::domain::id::PriorityId;
use crate::domain::money::Money;
use crate::domain::scope::Scope;
use crate::domain::text::{Name, Prose, Slug};

/// A request; it may be refused.
#[derive(Debug, Clone, PartialEq, Eq, strum::VariantNames)]
pub enum Command {
    /// Put an adopted recommendation on the list.
    SetPriority {
        /// Its id.
        priority: PriorityId,
        /// The list's name; the stream's id is derived from it, the charter and the period.
        list: Slug,
        /// The charter's edition.
        charter: Reference,
        /// The admission of the partner that sets it, in the role that the charter asks for.
        set_by: Reference,
        /// What it is called.
        title: Name,
        /// The ConsensusReached or AdoptedByVote of the forum that the charter asks for.
        adoption: Reference,
        /// The recommendation's text as adopted: it must still be the current one.
        text: Reference,
        /// What it is about; the period is the list's.
        scope: Scope,
        /// Its place on the list, from one.
        rank: u32,
        /// What it would take.
        needs: Option<Money>,
    },
    /// Give it another place.
    RerankPriority {
        /// Which.
        priority: PriorityId,
        /// Its new place, from one.
        rank: u32,
    },
    /// Change what it is about or what it would take.
    RevisePriority {
        /// Which.
        priority: PriorityId,
        /// What it is about now.
        scope: Scope,
        /// What it would take now.
        needs: Option<Money>,
        /// Why.
        reason: Prose,
    },
    /// Take it off the list.
    RetirePriority {
        /// Which.
        priority: PriorityId,
        /// Why.
        reason: Prose,
    },
    /// Note that it is time to look at it again. Names the time, so that a stale one decides nothing.
    ExpectReview {
        /// Which.
        priority: PriorityId,
        /// When it was to be looked at.
        due_at: Timestamp,
    },
}
