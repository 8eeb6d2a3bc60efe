//! Commands about meetings.
use super::*;
use pactline::domain::id::MeetingId;
use pactline::domain::meeting::{self, Attendee, Seat};

impl Scene<'_> {
    pub(super) fn meeting(&mut self) -> Ask {
        use meeting::Command::*;
        if self.known.ids("meeting").is_empty() || self.chance.percent(25) {
            return self.convene();
        }
        let id = self.some("meeting");
        let command = match self.chance.below(20) {
            0..5 => OpenMeeting,
            5..6 => PostponeMeeting { days: year(2027), reason: why() },
            6..12 => RecordAttendance { attendees: self.attendees(id) },
            12..19 => EstablishQuorum,
            _ => CloseMeeting,
        };
        Ask::Meeting(id, command)
    }

    fn convene(&mut self) -> Ask {
        let id = self.new_id("meeting");
        let convene = meeting::Command::ConveneMeeting {
            meeting: MeetingId(id),
            title: word("A meeting"),
            forum: slug(["experts", "policy"][self.chance.below(2) as usize]),
            charter: self.cite(As::Edition),
            roster: self.roster(),
            days: year(2026),
            place: None,
        };
        Ask::Meeting(id, convene)
    }

    fn attendees(&mut self, id: Uuid) -> Vec<Attendee> {
        let seats = convened(self.known, id).unwrap_or_default();
        let mut there: Vec<Attendee> = Vec::new();
        for seat in seats {
            if self.chance.percent(75) {
                there.push(Attendee { party: seat.party, capacity: seat.capacity });
            }
        }
        if self.chance.percent(10) {
            let capacity = [Capacity::Member, Capacity::Observer][self.chance.below(2) as usize];
            there.push(Attendee { party: self.party().id(), capacity });
        }
        there
    }
}

/// The roster of a meeting.
pub(super) fn convened(known: &Known, id: Uuid) -> Option<Vec<Seat>> {
    known.about("meeting", id).first().and_then(|it| match &it.event {
        AnyEvent::Meeting(meeting::Event::MeetingConvened { roster, .. }) => Some(roster.clone()),
        _ => None,
    })
}
