//! Just enough memory of a meeting's past to decide its future.
use super::roster::{members, members_of};
use super::{Attendee, Event, Seat};
use crate::domain::Timestamp;
use crate::domain::charter::{ForumName, Fraction};
use crate::domain::citation::Citation;
use crate::domain::fact::{Fact, MeetingFact};
use crate::domain::id::{MeetingId, PartnerId};
use crate::domain::scope::Period;
use std::collections::BTreeSet;

/// A meeting as its events left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meeting {
    pub(super) days: Option<Period>,
    pub(super) roster: Vec<Seat>,
    pub(super) quorum: Option<Fraction>,
    pub(super) session: Session,
    pub(super) attendees: Vec<Attendee>,
    /// The figures that quorum was found with: members there, of the roster, needed.
    pub(super) found: Option<(u32, u32, u32)>,
}

/// How far a meeting is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Session {
    /// Nobody called it.
    #[default]
    Unheard,
    /// It is called.
    Convened,
    /// It goes on.
    Open,
    /// It is over.
    Closed,
}

impl Meeting {
    /// The members of the roster who are there.
    pub(super) fn present(&self) -> BTreeSet<PartnerId> {
        let there = members(self.attendees.iter().map(|it| (it.party, it.capacity)));
        there.intersection(&members_of(&self.roster)).copied().collect()
    }

    /// Members there, members of the roster, and members needed; without a quorum in the law, any one.
    pub(super) fn count(&self) -> (u32, u32, u32) {
        let of = members_of(&self.roster).len() as u64;
        let needed = self.quorum.map_or(1, |it| it.ceil_of(of));
        (self.present().len() as u32, of as u32, needed as u32)
    }

    /// Quorum was found, and nobody who was needed for it left since.
    fn quorate(&self) -> bool {
        let (present, _, needed) = self.count();
        self.found.is_some() && present >= needed
    }
}

pub(super) fn evolve(meeting: &mut Meeting, event: &Event, _at: Timestamp) {
    match event {
        Event::MeetingConvened { quorum, roster, days, .. } => {
            *meeting = Meeting {
                days: Some(*days),
                roster: roster.clone(),
                quorum: *quorum,
                session: Session::Convened,
                ..Meeting::default()
            };
        }
        Event::MeetingPostponed { days, .. } => meeting.days = Some(*days),
        Event::MeetingOpened {} => meeting.session = Session::Open,
        Event::AttendanceRecorded { attendees } => {
            meeting.attendees = attendees.clone();
            meeting.found = meeting.found.filter(|_| meeting.quorate());
        }
        Event::QuorumEstablished { present, of, needed } => meeting.found = Some((*present, *of, *needed)),
        Event::MeetingClosed {} => meeting.session = Session::Closed,
    }
}

/// A convened meeting stands for who is entitled and who is there now.
pub(super) fn attest(meeting: &Meeting, event: &Event, _at: Timestamp) -> Option<Fact> {
    let Event::MeetingConvened { meeting: id, forum, charter, roster, .. } = event else {
        return None;
    };
    Some(convened(meeting, *id, forum, charter, roster).into())
}

fn convened(
    meeting: &Meeting,
    id: MeetingId,
    forum: &ForumName,
    charter: &Citation,
    roster: &[Seat],
) -> MeetingFact {
    MeetingFact {
        id,
        forum: forum.clone(),
        charter: charter.clone(),
        roster: roster.to_vec(),
        present: meeting.present(),
        open: meeting.session == Session::Open,
        quorate: meeting.quorate(),
    }
}
