//! Requests about meetings.
use super::Form;
use super::shared::{capacity, period, reference, seat};
use crate::api::proto as pb;
use crate::domain::id::MeetingId;
use crate::domain::meeting::{Attendee, Command, Meeting};

asked! {
    Meeting by meeting_id;
    ConveneMeeting = ConveneMeetingRequest opens meeting: MeetingId {
        title: text, forum: text, charter: part(reference), roster: each(seat), days: part(period),
        place: optional_text,
    }
    PostponeMeeting = PostponeMeetingRequest { days: part(period), reason: text }
    OpenMeeting = OpenMeetingRequest {}
    RecordAttendance = RecordAttendanceRequest { attendees: each(attendee) }
    EstablishQuorum = EstablishQuorumRequest {}
    CloseMeeting = CloseMeetingRequest {}
}

fn attendee(form: &mut Form, it: pb::Attendee) -> Option<Attendee> {
    let party = form.text("party_id", it.party_id);
    let capacity = form.choice("capacity", it.capacity, capacity);
    Some(Attendee { party: party?, capacity: capacity? })
}
