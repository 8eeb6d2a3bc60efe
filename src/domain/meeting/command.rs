//! What can be asked of a meeting.
use super::{Attendee, SeatAsked};
use crate::domain::charter::ForumName;
use crate::domain::citation::Reference;
use crate::domain::id::MeetingId;
use crate::domain::scope::Period;
use crate::domain::text::{Name, Prose};

/// A request; it may be refused.
#[derive(Debug, Clone, PartialEq, Eq, strum::VariantNames)]
pub enum Command {
    /// Call the meeting and write down who is entitled to sit in it.
    ConveneMeeting {
        /// Under which id.
        meeting: MeetingId,
        /// What it is called.
        title: Name,
        /// Of which of the charter's forums.
        forum: ForumName,
        /// The charter's edition.
        charter: Reference,
        /// Who is entitled. Where standing is for partners, every seat cites its admission.
        roster: Vec<SeatAsked>,
        /// When.
        days: Period,
        /// Where; absent when it is held online.
        place: Option<Name>,
    },
    /// Move it.
    PostponeMeeting {
        /// To when.
        days: Period,
        /// Why.
        reason: Prose,
    },
    /// Begin.
    OpenMeeting,
    /// Write down who is there; the latest list holds.
    RecordAttendance {
        /// Members of the roster, or marked as observers.
        attendees: Vec<Attendee>,
    },
    /// Find that enough members are there for what the forum's law asks.
    EstablishQuorum,
    /// End. Decisions are taken only while it is open.
    CloseMeeting,
}
