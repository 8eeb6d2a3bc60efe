//! Votes: who may ask for one, how it is counted, and what the chair declares.
use super::*;
use Vote::{Abstain, No, Yes};
use pactline::domain::charter::Majority;
use pactline::domain::consultation::passes;

const CLOSE: Command = Command::CloseConsultation;

fn requested(majority: Majority) -> Event {
    Event::VoteRequested { party: party("iran"), majority, present: 3, of: 3 }
}

/// A vote that is open, with these votes cast.
fn voting(votes: &[(&str, Vote)]) -> Vec<Event> {
    let votes = votes.iter().map(|(who, vote)| voted(who, *vote));
    [majority(), requested(simple_majority())].into_iter().chain(votes).collect()
}

fn declare(declared: Tally) -> Command {
    Command::DeclareTally { declared }
}

fn declared(past: Vec<Event>, declared: Tally) -> Vec<Event> {
    past.into_iter().chain([Event::TallyDeclared { declared }]).collect()
}

fn adopted(majority: Majority, recorded: Tally, disputed: Option<Tally>) -> Event {
    Event::AdoptedByVote {
        majority,
        subject: subject(1),
        previous: None,
        meeting: Some(meeting()),
        recorded,
        disputed,
        reservations: Vec::new(),
    }
}

fn vote_failed(recorded: Tally, disputed: Option<Tally>) -> Event {
    failed(NoConsensus::VoteFailed { recorded, disputed })
}

#[test]
fn any_member_turns_silence_consensus_and_unanimity_into_a_vote_where_the_law_falls_back() {
    for rule in [Rule::Silence, Rule::Consensus, Rule::Unanimity] {
        let past = opened_in(expert_group(), rule, Some(meeting()));
        story([past]).when(request("iran")).then([requested(two_thirds())]);
        let past = opened_in(policy_group(), rule, Some(meeting()));
        let refused = Rejection::NoFallback { forum: slug("policy-group") };
        story([past]).when(request("iran")).then_rejected(refused);
    }
}

#[test]
fn where_a_majority_is_the_rule_asking_opens_the_vote() {
    story([majority()]).when(request("iran")).then([requested(simple_majority())]);
    story(voting(&[])).when(request("france")).then_nothing();
}

#[test]
fn no_vote_is_asked_for_once_silence_is_over() {
    let past = || opened_in(expert_group(), Rule::Silence, Some(meeting()));
    story([past()]).at(deadline()).when(request("iran")).then([requested(two_thirds())]);
    let refused = Rejection::SilenceOver { deadline: deadline() };
    story([past()]).at(just_after(deadline())).when(request("iran")).then_rejected(refused);
}

#[test]
fn a_vote_opens_with_exactly_the_quorum_and_not_below_it() {
    let with = |present: &[&str]| story([majority()]).citing(meeting(), in_session(present));
    let (party, majority) = (party("iran"), simple_majority());
    let opened = Event::VoteRequested { party, majority, present: 2, of: 3 };
    with(&["france", "iran"]).when(request("iran")).then([opened]);
    let refused = || Rejection::NoQuorum { present: 1, of: 3, needed: 2 };
    with(&["iran"]).when(request("iran")).then_rejected(refused());
    with(&["iran", "interpol", "peru"]).when(request("iran")).then_rejected(refused());
}

#[test]
fn without_a_quorum_in_the_law_any_one_member_there_suffices() {
    let past = || opened_in(commission(), Rule::Majority(simple_majority()), Some(meeting()));
    let with = |present: &[&str]| story([past()]).citing(meeting(), in_session(present));
    let (party, majority) = (party("france"), simple_majority());
    let opened = Event::VoteRequested { party, majority, present: 1, of: 3 };
    with(&["france"]).when(request("france")).then([opened]);
    let refused = Rejection::NoQuorum { present: 0, of: 3, needed: 1 };
    with(&[]).when(request("iran")).then_rejected(refused);
}

#[test]
fn a_vote_opens_in_a_meeting_that_is_in_session() {
    let over = MeetingFact { open: false, ..in_session(&["iran", "france"]) };
    let refused = Rejection::MeetingNotInSession;
    story([majority()]).citing(meeting(), over).when(request("iran")).then_rejected(refused);
}

#[test]
fn outside_a_meeting_a_vote_opens_only_where_no_quorum_is_asked_for() {
    story([silence()]).when(request("iran")).then_rejected(Rejection::MeetingMissing);
    let (party, majority) = (party("iran"), simple_majority());
    let opened = Event::VoteRequested { party, majority, present: 0, of: 3 };
    let past = opened_in(commission(), Rule::Silence, None);
    story([past]).when(request("iran")).then([opened]);
}

#[test]
fn one_member_has_one_vote_and_corrects_it_before_the_declaration() {
    let correct = |vote| Command::CorrectVote { party: party("iran"), vote };
    let corrected = Event::VoteCorrected { party: party("iran"), vote: No };
    story(voting(&[])).when(cast("iran", Yes)).then([voted("iran", Yes)]);
    let once = || voting(&[("iran", Yes)]);
    story(once()).when(cast("iran", Yes)).then_nothing();
    let refused = Rejection::AlreadyVoted { name: name("iran") };
    story(once()).when(cast("iran", No)).then_rejected(refused);
    story(once()).when(correct(No)).then([corrected]);
    story(once()).when(correct(Yes)).then_nothing();
    story(voting(&[])).when(correct(No)).then_rejected(Rejection::NotVoted { name: name("iran") });
    let tally = tally(1, 0, 0);
    let refused = || Rejection::TallyAlreadyDeclared { declared: tally };
    story(declared(once(), tally)).when(correct(No)).then_rejected(refused());
    story(declared(once(), tally)).when(cast("france", No)).then_rejected(refused());
    story(declared(once(), tally)).when(declare(self::tally(2, 0, 0))).then_rejected(refused());
    story(declared(once(), tally)).when(revise(2, None)).then_rejected(refused());
}

#[test]
fn a_corrected_vote_counts_as_corrected() {
    let corrected = Event::VoteCorrected { party: party("iran"), vote: No };
    let past = voting(&[("iran", Yes)]).into_iter().chain([corrected]);
    story(past).when(declare(tally(0, 1, 0))).then([Event::TallyDeclared { declared: tally(0, 1, 0) }]);
}

#[test]
fn nobody_votes_before_a_vote_is_asked_for() {
    let correct = Command::CorrectVote { party: party("iran"), vote: Yes };
    for command in [cast("iran", Yes), correct, declare(tally(0, 0, 0)), CLOSE] {
        story([majority()]).when(command).then_rejected(Rejection::VoteNotOpen);
    }
}

#[test]
fn once_a_vote_is_open_objections_and_extensions_are_over() {
    story(voting(&[])).when(object("iran")).then_rejected(Rejection::VotingBegan);
    let past = [silence(), requested(two_thirds())];
    story(past).when(extend(hour(72))).then_rejected(Rejection::VotingBegan);
}

#[test]
fn a_vote_outlives_the_deadline_of_the_silence_it_replaced() {
    let past = || [silence(), requested(two_thirds())];
    story(past()).at(hour(99)).when(cast("iran", Yes)).then([voted("iran", Yes)]);
    story(past()).at(hour(99)).when(CLOSE).then_rejected(Rejection::TallyNotDeclared);
}

#[test]
fn a_vote_is_closed_after_the_declaration_only() {
    let votes = voting(&[("france", Yes), ("iran", Yes), ("kyrgyzstan", No)]);
    story(votes.clone()).when(CLOSE).then_rejected(Rejection::TallyNotDeclared);
    let tally = tally(2, 1, 0);
    story(votes.clone()).when(declare(tally)).then([Event::TallyDeclared { declared: tally }]);
    story(declared(votes.clone(), tally)).when(declare(tally)).then_nothing();
    story(declared(votes, tally)).when(CLOSE).then([adopted(simple_majority(), tally, None)]);
}

#[test]
fn the_recorded_names_decide_where_the_chair_says_otherwise() {
    let said = tally(1, 2, 0);
    let votes = voting(&[("france", Yes), ("iran", Yes), ("kyrgyzstan", No)]);
    let disputed = Event::TallyDisputed { declared: said, recorded: tally(2, 1, 0) };
    story(votes.clone()).when(declare(said)).then([disputed.clone()]);
    let past = votes.into_iter().chain([disputed]);
    story(past).when(CLOSE).then([adopted(simple_majority(), tally(2, 1, 0), Some(said))]);
    let votes = voting(&[("france", No)]);
    let disputed = Event::TallyDisputed { declared: said, recorded: tally(0, 1, 0) };
    let past = votes.into_iter().chain([disputed]);
    story(past).when(CLOSE).then([vote_failed(tally(0, 1, 0), Some(said))]);
}

#[test]
fn a_tie_and_a_vote_of_abstentions_fail() {
    let tie = declared(voting(&[("france", Yes), ("iran", No)]), tally(1, 1, 0));
    story(tie).when(CLOSE).then([vote_failed(tally(1, 1, 0), None)]);
    let none = declared(voting(&[]), tally(0, 0, 0));
    story(none).when(CLOSE).then([vote_failed(tally(0, 0, 0), None)]);
    let abstaining = declared(voting(&[("france", Abstain)]), tally(0, 0, 1));
    story(abstaining).when(CLOSE).then([vote_failed(tally(0, 0, 1), None)]);
}

#[test]
fn a_text_that_is_gone_is_not_adopted_by_vote_either() {
    let past = declared(voting(&[("france", Yes)]), tally(1, 0, 0));
    let gone = TextFact { withdrawn: true, ..text_fact(1) };
    story(past).citing(text(1), gone).when(CLOSE).then([failed(NoConsensus::TextGone)]);
}

#[test]
fn exactly_the_share_is_enough_unless_more_is_asked_for() {
    assert!(passes(&two_thirds(), &tally(2, 1, 50)));
    assert!(!passes(&Majority { strict: true, ..two_thirds() }, &tally(2, 1, 0)));
    assert!(!passes(&two_thirds(), &tally(199, 100, 0)));
    assert!(passes(&two_thirds(), &tally(200, 100, 0)));
    assert!(passes(&simple_majority(), &tally(30, 3, 18)));
    assert!(passes(&two_thirds(), &tally(u32::MAX, u32::MAX / 2, u32::MAX)));
    assert!(!passes(&two_thirds(), &tally(0, 0, 7)));
}

#[test]
fn who_is_not_in_the_room_neither_asks_for_a_vote_nor_casts_one() {
    let absent = Rejection::NotPresent { name: name("kyrgyzstan") };
    let without = || in_session(&["france", "iran"]);
    let asked = story([consensus()]).citing(meeting(), without()).when(request("kyrgyzstan"));
    asked.then_rejected(absent.clone());
    let vote = || cast("kyrgyzstan", Vote::Yes);
    story(voting(&[])).citing(meeting(), without()).when(vote()).then_rejected(absent);
    let over = MeetingFact { open: false, ..in_session(&["kyrgyzstan"]) };
    story(voting(&[])).citing(meeting(), over).when(vote()).then_rejected(Rejection::MeetingNotInSession);
}

#[test]
fn nobody_votes_in_the_name_of_a_party_they_do_not_act_for() {
    let refused = Rejection::SpeaksForAnother { party: party("iran"), on_behalf_of: party("france") };
    let asked = || story(voting(&[])).on_behalf_of(party("france"));
    asked().when(cast("iran", Vote::Yes)).then_rejected(refused);
    asked().when(cast("france", Vote::Yes)).then([voted("france", Vote::Yes)]);
}
