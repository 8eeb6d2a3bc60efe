//! What can happen to a meeting. These names and shapes are the storage format.
use crate::domain::charter::{ForumName, Fraction};
use crate::domain::citation::{Citation, Reference};
use crate::domain::fact::Capacity;
use crate::domain::id::{MeetingId, PartnerId};
use crate::domain::scope::Period;
use crate::domain::text::{Name, Prose};
use crate::domain::{Edge, Rests};
use serde::{Deserialize, Serialize};

/// An entitlement that a caller states; the rules check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatAsked {
    /// Whose.
    pub party: PartnerId,
    /// What it was called then.
    pub name: Name,
    /// With or without a say.
    pub capacity: Capacity,
    /// The party's PartnerAdmitted or ObserverStatusGranted; absent in a forum whose members are listed.
    pub partner: Option<Reference>,
}

/// An entitlement to sit in a forum, as it was when the roster was drawn up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Whose.
    pub party: PartnerId,
    /// What it was called then.
    pub name: Name,
    /// With or without a say.
    pub capacity: Capacity,
    /// The admission that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<Citation>,
}

/// Somebody who is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Attendee {
    /// Who.
    pub party: PartnerId,
    /// As a member of the roster, or as an observer.
    pub capacity: Capacity,
}

/// A fact; it cannot be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
pub enum Event {
    /// It is called.
    MeetingConvened {
        /// Which it is.
        meeting: MeetingId,
        /// What it is called.
        title: Name,
        /// Of which forum.
        forum: ForumName,
        /// Under which edition.
        charter: Citation,
        /// The share of members that makes a quorum, from the charter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quorum: Option<Fraction>,
        /// Who is entitled.
        roster: Vec<Seat>,
        /// When.
        days: Period,
        /// Where; absent when it is held online.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Name>,
    },
    /// It is held at another time.
    MeetingPostponed {
        /// When.
        days: Period,
        /// Why.
        reason: Prose,
    },
    /// It began.
    MeetingOpened {},
    /// These are there.
    AttendanceRecorded {
        /// Who, and as what.
        attendees: Vec<Attendee>,
    },
    /// Enough members are there.
    QuorumEstablished {
        /// Members there.
        present: u32,
        /// Members of the roster.
        of: u32,
        /// Members needed.
        needed: u32,
    },
    /// It ended.
    MeetingClosed {},
}

impl Rests for Event {
    fn rests_on(&self) -> Vec<(Edge, &Citation)> {
        match self {
            Event::MeetingConvened { charter, roster, .. } => {
                let seats = roster.iter().filter_map(|it| it.partner.as_ref());
                [(Edge::Charter, charter)].into_iter().chain(seats.map(|it| (Edge::Partner, it))).collect()
            }
            Event::MeetingPostponed { .. }
            | Event::MeetingOpened {}
            | Event::AttendanceRecorded { .. }
            | Event::QuorumEstablished { .. }
            | Event::MeetingClosed {} => Vec::new(),
        }
    }
}
