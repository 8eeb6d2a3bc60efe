//! Consultations: three members and an observer decide on a text.
mod forwarding;
mod opening;
mod properties;
mod revision;
mod room;
mod signing;
mod silence;
mod unanimity;
mod voice;
mod vote;

use crate::given::{Given, given_at};
use crate::pact::*;
use jiff::SignedDuration;
use pactline::domain::Timestamp;
use pactline::domain::charter::{Forum, Rule};
use pactline::domain::citation::Citation;
use pactline::domain::consultation::{
    Command, Consultation, Event, NoConsensus, Position, Rejection, Reservation, Subject, SubjectAsked,
    Tally, Vote,
};
use pactline::domain::fact::{Capacity, MeetingFact, TextFact};
use pactline::domain::id::{ConsultationId, MeetingId, RecommendationId};
use pactline::domain::text::Digest;
use strum::VariantNames;

fn id() -> ConsultationId {
    ConsultationId::of("one")
}

/// When it opens.
fn start() -> Timestamp {
    "2023-12-11T09:00:00Z".parse().unwrap()
}

/// So many hours after it opened.
fn hour(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

/// When silence ends in the expert group.
fn deadline() -> Timestamp {
    hour(48)
}

fn just_after(at: Timestamp) -> Timestamp {
    at + SignedDuration::from_micros(1)
}

fn just_before(at: Timestamp) -> Timestamp {
    at - SignedDuration::from_micros(1)
}

fn recommendation() -> RecommendationId {
    RecommendationId::of("one")
}

/// The event that holds the `n`th text.
fn text(n: u64) -> Citation {
    event("recommendation", "one", n)
}

fn text_fact(n: u64) -> TextFact {
    TextFact {
        recommendation: recommendation(),
        digest: Digest::of(&n.to_be_bytes()),
        charter: charter(),
        forums: law().recommendations.forums,
        pillar: slug("precursors"),
        current: true,
        withdrawn: false,
        brackets: [].into(),
    }
}

fn subject(n: u64) -> Subject {
    Subject::Recommendation { recommendation: recommendation(), text: text(n), digest: text_fact(n).digest }
}

fn subject_asked(n: u64) -> SubjectAsked {
    SubjectAsked::Recommendation(text(n).reference())
}

fn document(symbol_of: &str, words: &str) -> Subject {
    let digest = Digest::of(words.as_bytes());
    Subject::Document { symbol: symbol(symbol_of), title: name("A draft"), digest }
}

fn document_asked(symbol_of: &str, words: &str) -> SubjectAsked {
    let digest = Digest::of(words.as_bytes());
    SubjectAsked::Document { symbol: symbol(symbol_of), title: name("A draft"), digest }
}

fn meeting() -> Citation {
    event("meeting", "17th", 0)
}

fn in_session(present: &[&str]) -> MeetingFact {
    MeetingFact {
        id: MeetingId::of("17th"),
        forum: slug("expert-group"),
        charter: charter(),
        roster: roster(),
        present: present.iter().map(|it| party(it)).collect(),
        open: true,
        quorate: true,
    }
}

fn opened_in(forum: Forum, rule: Rule, meeting: Option<Citation>) -> Event {
    Event::ConsultationOpened {
        consultation: id(),
        charter: charter(),
        forum,
        rule,
        subject: subject(1),
        previous: None,
        meeting,
        roster: roster(),
        deadline: (rule == Rule::Silence).then(deadline),
    }
}

fn silence() -> Event {
    opened_in(expert_group(), Rule::Silence, None)
}

fn consensus() -> Event {
    opened_in(expert_group(), Rule::Consensus, Some(meeting()))
}

fn unanimity() -> Event {
    opened_in(expert_group(), Rule::Unanimity, None)
}

fn majority() -> Event {
    opened_in(expert_group(), Rule::Majority(simple_majority()), Some(meeting()))
}

/// A past in which everybody is what the roster says, the first text holds and the meeting is full.
fn story(past: impl IntoIterator<Item = Event>) -> Given<Consultation> {
    let start = given_at(start(), past).citing(charter(), edition());
    let start = start.citing(text(1), text_fact(1)).citing(text(2), text_fact(2));
    let start = start.citing(meeting(), in_session(&["france", "iran", "kyrgyzstan"]));
    roster().into_iter().fold(start, |it, seat| {
        let who = seat.name.as_str().to_owned();
        it.citing(admission(&who), partner(&who, Some(seat.capacity)))
    })
}

fn object(who: &str) -> Command {
    Command::Object { party: party(who), reason: prose("not now"), conditional_on: Vec::new() }
}

fn objected(who: &str) -> Event {
    Event::ObjectionRaised { party: party(who), reason: prose("not now"), conditional_on: Vec::new() }
}

fn objected_until(who: &str, paragraph: &str) -> Event {
    let conditional_on = vec![slug(paragraph)];
    Event::ObjectionRaised { party: party(who), reason: prose("not now"), conditional_on }
}

fn stated(who: &str) -> Event {
    Event::StatementRecorded { party: party(who), statement: prose("not now") }
}

fn lift(who: &str) -> Command {
    Command::LiftObjection { party: party(who), agreed: Vec::new() }
}

fn lifted(who: &str) -> Event {
    Event::ObjectionLifted { party: party(who), agreed: Vec::new() }
}

fn take(who: &str, position: Position) -> Command {
    Command::TakePosition { party: party(who), position }
}

fn took(who: &str, position: Position) -> Event {
    Event::PositionTaken { party: party(who), position }
}

fn reserve() -> Position {
    Position::Reserve { paragraphs: vec![slug("3")], statement: prose("in our reading") }
}

fn reservation(who: &str) -> Reservation {
    Reservation { party: party(who), paragraphs: vec![slug("3")], statement: prose("in our reading") }
}

fn revise(n: u64, deadline: Option<Timestamp>) -> Command {
    Command::ReviseText { subject: subject_asked(n), deadline }
}

fn revised(n: u64, deadline: Option<Timestamp>) -> Event {
    Event::TextRevised { subject: subject(n), deadline }
}

fn extend(deadline: Timestamp) -> Command {
    Command::ExtendDeadline { deadline }
}

fn request(who: &str) -> Command {
    Command::RequestVote { party: party(who) }
}

fn cast(who: &str, vote: Vote) -> Command {
    Command::CastVote { party: party(who), vote }
}

fn voted(who: &str, vote: Vote) -> Event {
    Event::VoteCast { party: party(who), vote }
}

fn tally(yes: u32, no: u32, abstain: u32) -> Tally {
    Tally { yes, no, abstain }
}

fn reached_in(rule: Rule, meeting: Option<Citation>, reservations: Vec<Reservation>) -> Event {
    Event::ConsensusReached { rule, subject: subject(1), previous: None, meeting, reservations }
}

fn failed(because: NoConsensus) -> Event {
    Event::ConsensusNotReached { subject: subject(1), because }
}

fn observer() -> Option<Capacity> {
    Some(Capacity::Observer)
}

#[test]
fn every_refusal_of_a_consultation_has_its_story() {
    assert_eq!(unprovoked("Rejection", Rejection::VARIANTS, "consultation"), Vec::<String>::new());
}
