//! Consensus in the room: nobody who is there objects when the gavel falls.
use super::*;

const CLOSE: Command = Command::CloseConsultation;

fn reached() -> Event {
    reached_in(Rule::Consensus, Some(meeting()), Vec::new())
}

#[test]
fn the_gavel_adopts_when_nobody_present_objects() {
    story([consensus()]).when(CLOSE).then([reached()]);
    let because = NoConsensus::Objections(vec![party("iran")]);
    story([consensus(), objected("iran")]).when(CLOSE).then([failed(because)]);
    story([consensus(), objected("iran"), lifted("iran")]).when(CLOSE).then([reached()]);
}

#[test]
fn the_absent_do_not_block() {
    let without_iran = in_session(&["france", "kyrgyzstan"]);
    let story = story([consensus(), objected("iran")]).citing(meeting(), without_iran);
    story.when(CLOSE).then([reached()]);
}

#[test]
fn the_gavel_falls_only_in_a_meeting_that_is_quorate() {
    let full = || in_session(&["france", "iran"]);
    let few = MeetingFact { quorate: false, ..full() };
    let refused = Rejection::QuorumNotEstablished;
    story([consensus()]).citing(meeting(), few).when(CLOSE).then_rejected(refused);
}

#[test]
fn what_the_room_did_not_decide_before_the_meeting_ended_is_not_adopted() {
    let over = || MeetingFact { open: false, ..in_session(&["france", "iran", "kyrgyzstan"]) };
    let ended = || failed(NoConsensus::MeetingOver);
    story([consensus()]).citing(meeting(), over()).when(CLOSE).then([ended()]);
    story([majority()]).citing(meeting(), over()).when(CLOSE).then([ended()]);
}

#[test]
fn reservations_are_recorded_and_bounded_in_the_room_as_well() {
    let one = [consensus(), took("iran", reserve())];
    let reached = reached_in(Rule::Consensus, Some(meeting()), vec![reservation("iran")]);
    story(one.clone()).when(CLOSE).then([reached]);
    let two = one.into_iter().chain([took("france", reserve())]);
    let because = NoConsensus::TooManyReservations { found: 2, max: 1 };
    story(two).when(CLOSE).then([failed(because)]);
}
