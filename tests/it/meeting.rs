//! Meetings: who may sit in them, when they are open, and when enough members are there.
use crate::given::{Given, given};
use crate::pact::*;
use pactline::domain::charter::Fraction;
use pactline::domain::citation::Uncitable;
use pactline::domain::fact::{Capacity, Fact, MeetingFact};
use pactline::domain::id::MeetingId;
use pactline::domain::meeting::{Attendee, BadRoster, Command, Event, Meeting, Rejection, Seat, SeatAsked};
use pactline::domain::{Category, Decider, Rejection as _, Timestamp};
use strum::VariantNames;

fn id() -> MeetingId {
    MeetingId::of("17th")
}

fn convene(forum: &str, roster: Vec<SeatAsked>) -> Command {
    Command::ConveneMeeting {
        meeting: id(),
        title: name("17th meeting"),
        forum: slug(forum),
        charter: charter().reference(),
        roster,
        days: day(11),
        place: None,
    }
}

fn convened_with(forum: &str, quorum: Option<Fraction>, roster: Vec<Seat>) -> Event {
    Event::MeetingConvened {
        meeting: id(),
        title: name("17th meeting"),
        forum: slug(forum),
        charter: charter(),
        quorum,
        roster,
        days: day(11),
        place: None,
    }
}

fn convened() -> Event {
    convened_with("expert-group", Some(fraction("2/3")), roster())
}

fn there(who: &[&str]) -> Vec<Attendee> {
    who.iter().map(|it| Attendee { party: party(it), capacity: Capacity::Member }).collect()
}

fn attended(who: &[&str]) -> Event {
    Event::AttendanceRecorded { attendees: there(who) }
}

fn open(more: impl IntoIterator<Item = Event>) -> Given<Meeting> {
    given([convened(), Event::MeetingOpened {}].into_iter().chain(more))
}

/// Nothing happened, and everybody on the roster is what it says.
fn nothing() -> Given<Meeting> {
    let start = given::<Meeting>([]).citing(charter(), edition());
    roster().into_iter().fold(start, |it, seat| {
        let who = seat.name.as_str().to_owned();
        it.citing(admission(&who), partner(&who, Some(seat.capacity)))
    })
}

fn postpone() -> Command {
    Command::PostponeMeeting { days: day(12), reason: prose("a strike") }
}

#[test]
fn a_meeting_is_convened_with_the_roster_and_the_quorum_of_its_forum() {
    nothing().when(convene("expert-group", roster_asked())).then([convened()]);
}

#[test]
fn a_forum_whose_members_are_listed_asks_for_no_admissions() {
    let listed: Vec<_> = roster().into_iter().map(|it| Seat { partner: None, ..it }).collect();
    let roster = listed.iter().map(asked).collect();
    nothing().when(convene("commission", roster)).then([convened_with("commission", None, listed)]);
}

#[test]
fn a_meeting_is_convened_once() {
    let again = nothing().and_at(Timestamp::UNIX_EPOCH, [convened()]);
    again.when(convene("expert-group", roster_asked())).then_rejected(Rejection::AlreadyConvened);
}

#[test]
fn no_meeting_is_convened_under_a_retired_or_outdated_charter() {
    let meeting = || convene("expert-group", roster_asked());
    nothing().citing(charter(), retired()).when(meeting()).then_rejected(Rejection::CharterRetired);
    let outdated = nothing().citing(charter(), outdated());
    outdated.when(meeting()).then_rejected(Rejection::EditionOutdated { edition: 2 });
}

#[test]
fn a_forum_that_the_charter_does_not_know_cannot_meet() {
    let known = "expert-group, policy-group, commission, undecided".to_owned();
    let refused = Rejection::NoSuchForum { forum: slug("plenary"), known };
    nothing().when(convene("plenary", roster_asked())).then_rejected(refused);
}

#[test]
fn what_is_cited_must_be_there() {
    let refused = given::<Meeting>([]).when(convene("expert-group", roster_asked())).rejection();
    assert_eq!((refused.reason(), refused.category()), ("CITED_EVENT_MISSING", Category::Precondition));
    let why = Uncitable::Missing { reference: charter().reference() };
    given::<Meeting>([])
        .when(convene("expert-group", roster_asked()))
        .then_rejected(Rejection::Uncitable(why));
}

#[test]
fn a_roster_without_a_member_is_refused() {
    let observers = vec![asked(&seat("interpol", Capacity::Observer))];
    for roster in [Vec::new(), observers] {
        let meeting = convene("expert-group", roster);
        nothing().when(meeting).then_rejected(Rejection::Roster(BadRoster::NoMembers));
    }
}

#[test]
fn every_party_has_one_seat() {
    let twice = roster_asked().into_iter().chain(roster_asked().into_iter().take(1)).collect();
    let refused = Rejection::Roster(BadRoster::PartyTwice { name: name("france") });
    nothing().when(convene("expert-group", twice)).then_rejected(refused);
}

#[test]
fn partners_prove_their_seats() {
    let mut roster = roster_asked();
    roster[1].partner = None;
    let refused = BadRoster::AdmissionMissing { name: name("iran") };
    nothing().when(convene("expert-group", roster)).then_rejected(Rejection::Roster(refused));
    let mut roster = roster_asked();
    roster[1].partner = Some(admission("france").reference());
    let refused = BadRoster::AdmissionOfAnother { name: name("iran") };
    nothing().when(convene("expert-group", roster)).then_rejected(Rejection::Roster(refused));
    let mut roster = roster_asked();
    roster[1].partner = Some(nowhere("partner"));
    let why = Uncitable::Missing { reference: nowhere("partner") };
    let refused = Rejection::Roster(BadRoster::Uncitable(why));
    assert_eq!(refused.reason(), "CITED_EVENT_MISSING");
    nothing().when(convene("expert-group", roster)).then_rejected(refused);
}

#[test]
fn a_seat_is_what_the_partner_is_now() {
    let meeting = || convene("expert-group", roster_asked());
    let gone = nothing().citing(admission("iran"), partner("iran", None));
    gone.when(meeting()).then_rejected(Rejection::Roster(BadRoster::PartnerWithdrew { name: name("iran") }));
    let observing = nothing().citing(admission("iran"), partner("iran", Some(Capacity::Observer)));
    let refused = BadRoster::CapacityDiffers { name: name("iran"), is: Capacity::Observer };
    observing.when(meeting()).then_rejected(Rejection::Roster(refused));
}

#[test]
fn a_meeting_is_postponed_only_before_it_begins() {
    let postponed = Event::MeetingPostponed { days: day(12), reason: prose("a strike") };
    given::<Meeting>([convened()]).when(postpone()).then([postponed.clone()]);
    given::<Meeting>([convened(), postponed]).when(postpone()).then_nothing();
    open([]).when(postpone()).then_rejected(Rejection::AlreadyOpen);
}

#[test]
fn a_meeting_is_opened_once_and_closed_for_good() {
    given::<Meeting>([convened()]).when(Command::OpenMeeting).then([Event::MeetingOpened {}]);
    open([]).when(Command::OpenMeeting).then_rejected(Rejection::AlreadyOpen);
    open([]).when(Command::CloseMeeting).then([Event::MeetingClosed {}]);
    let over = || open([Event::MeetingClosed {}]);
    let attend = Command::RecordAttendance { attendees: Vec::new() };
    for command in [Command::OpenMeeting, Command::CloseMeeting, Command::EstablishQuorum, attend, postpone()]
    {
        over().when(command).then_rejected(Rejection::MeetingClosed);
    }
}

#[test]
fn nothing_happens_in_a_meeting_that_nobody_convened_or_opened() {
    let attend = Command::RecordAttendance { attendees: Vec::new() };
    for command in [attend, Command::EstablishQuorum, Command::CloseMeeting] {
        given::<Meeting>([]).when(command.clone()).then_rejected(Rejection::NotConvened);
        given::<Meeting>([convened()]).when(command).then_rejected(Rejection::NotOpen);
    }
    given::<Meeting>([]).when(Command::OpenMeeting).then_rejected(Rejection::NotConvened);
    given::<Meeting>([]).when(postpone()).then_rejected(Rejection::NotConvened);
}

#[test]
fn the_same_attendance_again_changes_nothing() {
    let attend = Command::RecordAttendance { attendees: there(&["france"]) };
    open([]).when(attend.clone()).then([attended(&["france"])]);
    open([attended(&["france"])]).when(attend).then_nothing();
}

#[test]
fn who_is_no_member_of_the_roster_attends_as_an_observer() {
    for who in ["interpol", "peru"] {
        let attend = Command::RecordAttendance { attendees: there(&[who]) };
        open([]).when(attend).then_rejected(Rejection::NotAMember { party: party(who) });
        let attendees = vec![Attendee { party: party(who), capacity: Capacity::Observer }];
        let attend = Command::RecordAttendance { attendees: attendees.clone() };
        open([]).when(attend).then([Event::AttendanceRecorded { attendees }]);
    }
}

#[test]
fn nobody_attends_twice() {
    let attend = Command::RecordAttendance { attendees: there(&["france", "france"]) };
    open([]).when(attend).then_rejected(Rejection::AttendeeTwice { party: party("france") });
}

#[test]
fn exactly_two_thirds_of_the_members_are_a_quorum_and_fewer_are_not() {
    let established = Event::QuorumEstablished { present: 2, of: 3, needed: 2 };
    let two = attended(&["france", "iran"]);
    open([two.clone()]).when(Command::EstablishQuorum).then([established.clone()]);
    open([two, established]).when(Command::EstablishQuorum).then_nothing();
    let refused = Rejection::NoQuorum { present: 1, of: 3, needed: 2 };
    open([attended(&["iran"])]).when(Command::EstablishQuorum).then_rejected(refused);
}

#[test]
fn without_a_quorum_in_the_law_any_one_member_suffices() {
    let open = |more: Vec<Event>| {
        let start = [convened_with("policy-group", None, roster()), Event::MeetingOpened {}];
        given::<Meeting>(start.into_iter().chain(more)).when(Command::EstablishQuorum)
    };
    let found = Event::QuorumEstablished { present: 1, of: 3, needed: 1 };
    open(vec![attended(&["iran"])]).then([found]);
    open(vec![]).then_rejected(Rejection::NoQuorum { present: 0, of: 3, needed: 1 });
}

#[test]
fn a_meeting_stands_for_who_is_there_and_whether_they_are_enough() {
    let fact = |given: Given<Meeting>| match given.state().attest(&convened(), Timestamp::UNIX_EPOCH) {
        Some(Fact::Meeting(fact)) => fact,
        other => panic!("{other:?}"),
    };
    let found = Event::QuorumEstablished { present: 2, of: 3, needed: 2 };
    let full = || open([attended(&["france", "iran"]), found.clone()]);
    let expected = MeetingFact {
        id: id(),
        forum: slug("expert-group"),
        charter: charter(),
        roster: roster(),
        present: [party("france"), party("iran")].into(),
        open: true,
        quorate: true,
    };
    assert_eq!(fact(full()), expected);
    assert!(!fact(full().and_at(Timestamp::UNIX_EPOCH, [Event::MeetingClosed {}])).open);
    let left = full().and_at(Timestamp::UNIX_EPOCH, [attended(&["iran"])]);
    assert!(!fact(left).quorate, "a quorum that walked out is none");
    assert!(!fact(open([attended(&["france", "iran"])])).quorate, "nobody established it");
    assert_eq!(full().state().attest(&found, Timestamp::UNIX_EPOCH), None);
}

#[test]
fn every_refusal_of_a_meeting_has_its_story() {
    assert_eq!(unprovoked("Rejection", Rejection::VARIANTS, "meeting.rs"), Vec::<String>::new());
    assert_eq!(unprovoked("BadRoster", BadRoster::VARIANTS, "meeting.rs"), Vec::<String>::new());
}
