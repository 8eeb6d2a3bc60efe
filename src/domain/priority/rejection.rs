//! Why a list of priorities refuses a command.
use crate::domain::Category;
use crate::domain::charter::{ForumName, RoleName};
use crate::domain::citation::{Citation, Uncitable};
use crate::domain::id::PriorityId;
use crate::domain::money::BadMoney;
use crate::domain::scope::Period;
use crate::domain::text::Slug;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rejection {
    /// What is cited is not there, or something else.
    #[error(transparent)]
    Uncitable(#[from] Uncitable),
    /// Needs of nothing, or absurd ones.
    #[error("what the priority needs is not right: {0}")]
    BadNeeds(#[from] BadMoney),
    /// Ids are used once.
    #[error("the priority {priority} was set before: rerank or revise it, or choose another id")]
    AlreadySet {
        /// Which.
        priority: PriorityId,
    },
    /// Never set on this list.
    #[error("there is no priority {priority} on this list: set it first, or check its id")]
    NoSuchPriority {
        /// Which.
        priority: PriorityId,
    },
    /// Nothing happens to a retired priority.
    #[error("the priority {priority} is retired: set a new one instead")]
    Retired {
        /// Which.
        priority: PriorityId,
    },
    /// A list has one name and one charter.
    #[error("this stream is the list {list} under another charter or name: derive the stream from its own")]
    AnotherList {
        /// The list that this stream is.
        list: Slug,
    },
    /// A list has one period.
    #[error("the list is for {period}: a priority for {found} belongs on the list of that period")]
    AnotherPeriod {
        /// The list's.
        period: Period,
        /// The one asked for.
        found: Period,
    },
    /// Nothing new starts under a retired charter.
    #[error("the charter is retired: no priority can be set under it")]
    CharterRetired,
    /// The edition that governed the adoption governs the priority.
    #[error("the recommendation was adopted under {adopted}: cite that edition and not {charter}")]
    AdoptedUnderAnotherEdition {
        /// The edition of the adoption.
        adopted: Citation,
        /// The edition cited.
        charter: Citation,
    },
    /// The charter says whose adoption counts.
    #[error("{forum} adopted the text, and the charter asks for the adoption by {basis}")]
    AdoptedByAnotherForum {
        /// Which did.
        forum: ForumName,
        /// Which should.
        basis: ForumName,
    },
    /// The adoption binds the adopted text alone.
    #[error("the cited adoption is not of the cited text: cite the text whose digest was adopted")]
    AnotherText,
    /// It was revised after its adoption.
    #[error("the adopted text was revised since: the forum must adopt the current one first")]
    TextRevised,
    /// It is gone.
    #[error("the recommendation was withdrawn: it cannot become a priority")]
    RecommendationWithdrawn,
    /// Observers and former partners set no priorities.
    #[error("the partner that sets the priority is not a member now")]
    NotAMember,
    /// The charter says who may.
    #[error("the partner does not hold the role {role}: grant it first, or cite a partner that does")]
    RoleNotHeld {
        /// Which role.
        role: RoleName,
    },
    /// Not in the charter.
    #[error("the charter has no pillar {pillar}")]
    NoSuchPillar {
        /// Which.
        pillar: Slug,
    },
    /// Not in the charter.
    #[error("the charter has no route {route}")]
    NoSuchRoute {
        /// Which.
        route: Slug,
    },
    /// Ranks start at one.
    #[error("a rank is one or more")]
    RankZero,
    /// Two live priorities never share a rank.
    #[error("the rank {rank} belongs to the priority {holder}: rerank or retire that one first")]
    RankTaken {
        /// Which rank.
        rank: u32,
        /// Whose it is.
        holder: PriorityId,
    },
}

impl crate::domain::Rejection for Rejection {
    fn reason(&self) -> &'static str {
        match self {
            Rejection::Uncitable(uncitable) => uncitable.reason(),
            other => other.into(),
        }
    }

    fn category(&self) -> Category {
        match self {
            Rejection::NoSuchPriority { .. } => Category::NotFound,
            Rejection::AlreadySet { .. } => Category::AlreadyExists,
            Rejection::NotAMember | Rejection::RoleNotHeld { .. } => Category::Forbidden,
            Rejection::BadNeeds(_)
            | Rejection::AnotherList { .. }
            | Rejection::AnotherPeriod { .. }
            | Rejection::AnotherText
            | Rejection::NoSuchPillar { .. }
            | Rejection::NoSuchRoute { .. }
            | Rejection::RankZero => Category::Invalid,
            Rejection::Uncitable(_)
            | Rejection::Retired { .. }
            | Rejection::CharterRetired
            | Rejection::AdoptedUnderAnotherEdition { .. }
            | Rejection::AdoptedByAnotherForum { .. }
            | Rejection::TextRevised
            | Rejection::RecommendationWithdrawn
            | Rejection::RankTaken { .. } => Category::Precondition,
        }
    }
}
