//! Unanimity: every member of the roster says yes.
use super::*;

const CLOSE: Command = Command::CloseConsultation;

fn yes(who: &str) -> Event {
    took(who, Position::Agree)
}

fn missing(who: &[&str]) -> Event {
    let mut who: Vec<_> = who.iter().map(|it| party(it)).collect();
    who.sort();
    failed(NoConsensus::NotUnanimous(who))
}

#[test]
fn every_member_must_say_yes_and_a_yes_with_a_reservation_is_one() {
    let past = [unanimity(), yes("france"), yes("iran"), took("kyrgyzstan", reserve())];
    let reached = reached_in(Rule::Unanimity, None, vec![reservation("kyrgyzstan")]);
    story(past).when(CLOSE).then([reached]);
}

#[test]
fn silence_and_abstention_are_not_yes() {
    let past = [unanimity(), yes("france"), took("iran", Position::Abstain)];
    story(past).when(CLOSE).then([missing(&["iran", "kyrgyzstan"])]);
}

#[test]
fn an_objection_takes_a_yes_back() {
    let past = || vec![unanimity(), yes("france"), yes("iran"), yes("kyrgyzstan"), objected("iran")];
    story(past()).when(CLOSE).then([missing(&["iran"])]);
    let lifted = past().into_iter().chain([lifted("iran")]);
    story(lifted).when(CLOSE).then([missing(&["iran"])]);
}

#[test]
fn a_yes_on_the_old_text_is_none_on_the_new_one() {
    let old = [unanimity(), yes("france"), yes("iran"), yes("kyrgyzstan"), revised(2, None)];
    let mut all = vec![party("france"), party("iran"), party("kyrgyzstan")];
    all.sort();
    let because = NoConsensus::NotUnanimous(all);
    story(old).when(CLOSE).then([Event::ConsensusNotReached { subject: subject(2), because }]);
}
