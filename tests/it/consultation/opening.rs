//! Opening: the law, the rule, the roster and the deadline.
use super::*;
use pactline::domain::Rejection as _;
use pactline::domain::charter::Method;
use pactline::domain::citation::Reference;
use pactline::domain::meeting::{BadRoster, Seat, SeatAsked};

/// What a story asks for where it says nothing else: the recommendation's first text, by silence.
struct Asked {
    forum: &'static str,
    method: Option<Method>,
    subject: SubjectAsked,
    previous: Option<Reference>,
    meeting: Option<Citation>,
    roster: Vec<SeatAsked>,
    deadline: Option<Timestamp>,
}

impl Default for Asked {
    fn default() -> Self {
        Asked {
            forum: "expert-group",
            method: None,
            subject: subject_asked(1),
            previous: None,
            meeting: None,
            roster: roster_asked(),
            deadline: Some(deadline()),
        }
    }
}

impl From<Asked> for Command {
    fn from(asked: Asked) -> Command {
        Command::OpenConsultation {
            consultation: id(),
            charter: charter().reference(),
            forum: slug(asked.forum),
            method: asked.method,
            subject: asked.subject,
            previous: asked.previous,
            meeting: asked.meeting.map(|it| it.reference()),
            roster: asked.roster,
            deadline: asked.deadline,
        }
    }
}

/// By `method`, in the meeting, without a deadline.
fn in_meeting(method: Method) -> Asked {
    let meeting = Some(meeting());
    Asked { method: Some(method), meeting, roster: Vec::new(), deadline: None, ..Asked::default() }
}

/// On a document, in a forum that recommendations do not pass.
fn on_document() -> Asked {
    Asked { subject: document_asked("L.6", "words"), ..Asked::default() }
}

#[test]
fn a_consultation_opens_with_the_forums_law_and_its_usual_rule() {
    story([]).when(Asked::default().into()).then([silence()]);
    story([silence()]).when(Asked::default().into()).then_rejected(Rejection::AlreadyOpened);
}

#[test]
fn it_may_be_held_by_any_rule_of_the_forum_and_by_no_other() {
    story([]).when(in_meeting(Method::Consensus).into()).then([consensus()]);
    story([]).when(in_meeting(Method::Majority).into()).then([majority()]);
    let unanimous = Asked { method: Some(Method::Unanimity), deadline: None, ..Asked::default() };
    story([]).when(unanimous.into()).then([unanimity()]);
    let ballot = Asked { forum: "policy-group", method: Some(Method::Majority), ..on_document() };
    let (forum, method) = (slug("policy-group"), Method::Majority);
    let refused = Rejection::MethodNotAllowed { forum, method, known: "silence, consensus".to_owned() };
    story([]).when(ballot.into()).then_rejected(refused);
}

#[test]
fn a_forum_without_a_rule_decides_nothing() {
    let asked = Asked { forum: "undecided", ..on_document() };
    let refused = Rejection::ForumWithoutRule { forum: slug("undecided") };
    story([]).when(asked.into()).then_rejected(refused);
}

#[test]
fn a_forum_is_one_of_the_charters() {
    let asked = Asked { forum: "plenary", ..on_document() };
    let known = "expert-group, policy-group, commission, undecided".to_owned();
    let refused = Rejection::NoSuchForum { forum: slug("plenary"), known };
    story([]).when(asked.into()).then_rejected(refused);
}

#[test]
fn a_document_is_decided_on_under_the_latest_edition() {
    let retired = story([]).citing(charter(), retired());
    retired.when(on_document().into()).then_rejected(Rejection::CharterRetired);
    let outdated = story([]).citing(charter(), outdated());
    outdated.when(on_document().into()).then_rejected(Rejection::EditionOutdated { edition: 2 });
}

#[test]
fn a_recommendation_is_decided_on_under_the_edition_it_was_drafted_under() {
    let outdated = story([]).citing(charter(), outdated());
    outdated.when(Asked::default().into()).then([silence()]);
    let newer = event("charter", "pact", 2);
    let other = TextFact { charter: newer.clone(), ..text_fact(1) };
    let refused = Rejection::AnotherEdition { wanted: newer.to_string() };
    story([]).citing(text(1), other).when(Asked::default().into()).then_rejected(refused);
}

#[test]
fn silence_of_exactly_the_shortest_length_is_enough_and_less_is_not() {
    let until = |deadline| Asked { deadline, ..Asked::default() };
    story([]).when(until(Some(hour(48))).into()).then([silence()]);
    let short = Rejection::SilenceTooShort { hours: 48, earliest: hour(48) };
    story([]).when(until(Some(just_before(hour(48)))).into()).then_rejected(short);
    let none = Rejection::DeadlineMissing { earliest: hour(48) };
    story([]).when(until(None).into()).then_rejected(none);
}

#[test]
fn silence_lasts_three_days_where_the_law_does_not_say() {
    let until = |it| Asked { forum: "policy-group", deadline: Some(it), ..on_document() };
    assert_eq!(story([]).when(until(hour(72)).into()).events().len(), 1);
    let short = Rejection::SilenceTooShort { hours: 72, earliest: hour(72) };
    story([]).when(until(just_before(hour(72))).into()).then_rejected(short);
}

#[test]
fn nothing_but_silence_has_a_deadline() {
    for method in [Method::Consensus, Method::Majority, Method::Unanimity] {
        let asked = Asked { deadline: Some(hour(99)), ..in_meeting(method) };
        story([]).when(asked.into()).then_rejected(Rejection::DeadlineNotAllowed);
    }
}

#[test]
fn consensus_and_majority_need_a_meeting() {
    for method in [Method::Consensus, Method::Majority] {
        let asked = Asked { meeting: None, ..in_meeting(method) };
        story([]).when(asked.into()).then_rejected(Rejection::MeetingMissing);
    }
}

#[test]
fn the_meeting_is_of_the_forum_and_in_session_and_brings_the_roster() {
    let asked = || in_meeting(Method::Consensus);
    let full = || in_session(&["iran"]);
    let (wanted, found) = (slug("expert-group"), slug("policy-group"));
    let other = MeetingFact { forum: found.clone(), ..full() };
    let refused = Rejection::MeetingOfAnotherForum { wanted: wanted.clone(), found };
    story([]).citing(meeting(), other).when(asked().into()).then_rejected(refused);
    let foreign = MeetingFact { charter: event("charter", "other", 0), ..full() };
    let refused = Rejection::MeetingOfAnotherForum { found: wanted.clone(), wanted };
    story([]).citing(meeting(), foreign).when(asked().into()).then_rejected(refused);
    let over = MeetingFact { open: false, ..full() };
    let refused = Rejection::MeetingNotInSession;
    story([]).citing(meeting(), over).when(asked().into()).then_rejected(refused);
    let twice = Asked { roster: roster_asked(), ..asked() };
    story([]).when(twice.into()).then_rejected(Rejection::RosterGivenTwice);
}

#[test]
fn outside_a_meeting_the_roster_is_checked_like_a_meetings() {
    let asked = Asked { roster: Vec::new(), ..Asked::default() };
    story([]).when(asked.into()).then_rejected(Rejection::Roster(BadRoster::NoMembers));
    let gone = story([]).citing(admission("iran"), partner("iran", None));
    let refused = gone.when(Asked::default().into()).rejection();
    assert_eq!(refused.reason(), "PARTNER_WITHDREW");
}

#[test]
fn a_body_outside_the_initiative_lists_its_members() {
    let listed: Vec<_> = roster().into_iter().map(|it| Seat { partner: None, ..it }).collect();
    let of_commission =
        MeetingFact { forum: slug("commission"), roster: listed.clone(), ..in_session(&["france", "iran"]) };
    let asked = Asked {
        forum: "commission",
        subject: document_asked("L.6", "words"),
        ..in_meeting(Method::Majority)
    };
    let opened = Event::ConsultationOpened {
        consultation: id(),
        charter: charter(),
        forum: commission(),
        rule: Rule::Majority(simple_majority()),
        subject: document("L.6", "words"),
        previous: None,
        meeting: Some(meeting()),
        roster: listed,
        deadline: None,
    };
    let story = |past: Vec<Event>| story(past).citing(meeting(), of_commission.clone());
    story(vec![]).when(asked.into()).then([opened.clone()]);
    let (party, majority) = (party("iran"), simple_majority());
    let requested = Event::VoteRequested { party, majority, present: 2, of: 3 };
    story(vec![opened]).when(request("iran")).then([requested]);
}
