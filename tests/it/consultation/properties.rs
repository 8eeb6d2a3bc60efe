//! What holds for every history, however unlikely.
use super::*;
use crate::given::person;
use pactline::domain::charter::Majority;
use pactline::domain::consultation::passes;
use pactline::domain::fact::Facts;
use pactline::domain::{self, Decider};
use proptest::prelude::*;
use proptest::sample::select;

const PARTIES: [&str; 4] = ["france", "iran", "interpol", "peru"];

fn said(who: &str) -> Vec<Event> {
    let corrected = Event::VoteCorrected { party: party(who), vote: Vote::No };
    let (party, majority) = (party(who), two_thirds());
    let requested = Event::VoteRequested { party, majority, present: 3, of: 3 };
    let positions = [took(who, Position::Agree), took(who, Position::Abstain), took(who, reserve())];
    let votes = [voted(who, Vote::Yes), voted(who, Vote::Abstain), corrected, requested];
    let objections = [objected(who), objected_until(who, "3"), lifted(who), stated(who)];
    positions.into_iter().chain(votes).chain(objections).collect()
}

fn common() -> Vec<Event> {
    let declared = tally(1, 0, 0);
    vec![
        silence(),
        consensus(),
        unanimity(),
        majority(),
        revised(2, Some(hour(60))),
        revised(1, None),
        Event::DeadlineExtended { deadline: hour(72) },
        Event::TallyDeclared { declared },
        Event::TallyDisputed { declared, recorded: tally(2, 0, 0) },
        failed(NoConsensus::TextGone),
        reached_in(Rule::Silence, None, Vec::new()),
    ]
}

fn history() -> impl Strategy<Value = Vec<(Event, i64)>> {
    let events: Vec<_> = PARTIES.iter().flat_map(|it| said(it)).chain(common()).collect();
    prop::collection::vec((select(events), 0..100_i64), 0..25)
}

/// Votes and voices only: what may happen between the opening and the close.
fn run() -> impl Strategy<Value = Vec<Event>> {
    let opening = select(vec![silence(), consensus(), unanimity(), majority()]);
    let events: Vec<_> =
        PARTIES.iter().flat_map(|it| said(it)).chain(common().split_off(6).into_iter().take(3)).collect();
    (opening, prop::collection::vec(select(events), 0..25))
        .prop_map(|(first, rest)| [vec![first], rest].concat())
}

fn fold(mut state: Consultation, events: &[(Event, i64)]) -> Consultation {
    events.iter().for_each(|(event, at)| state.evolve(event, hour(*at)));
    state
}

fn close(state: &Consultation, at: Timestamp, by: &str) -> Result<Vec<Event>, Rejection> {
    let mut facts = Facts::default();
    facts.insert(text(1), Some(text_fact(1).into()));
    facts.insert(text(2), Some(text_fact(2).into()));
    facts.insert(meeting(), Some(in_session(&["france", "iran"]).into()));
    let given = domain::Given { at, by: person(by), on_behalf_of: None, vouched: Default::default(), facts };
    state.decide(Command::CloseConsultation, &given)
}

proptest! {
    #[test]
    fn a_history_is_remembered_the_same_in_one_piece_or_in_two(events in history(), cut in 0..25_usize) {
        let (before, after) = events.split_at(cut.min(events.len()));
        let whole = fold(Consultation::default(), &events);
        prop_assert_eq!(fold(fold(Consultation::default(), before), after), whole);
    }

    #[test]
    fn a_history_that_cannot_have_been_is_still_answered(events in history(), at in 0..100_i64) {
        let state = fold(Consultation::default(), &events);
        if let Ok(events) = close(&state, hour(at), "anybody") {
            prop_assert_eq!(events.len(), 1);
        }
        for (event, _) in &events {
            let fact = state.attest(event, hour(at));
            let adopts = matches!(event, Event::ConsensusReached { .. });
            prop_assert_eq!(fact.is_some(), adopts && state != Consultation::default());
        }
    }

    #[test]
    fn the_outcome_depends_on_what_was_recorded_and_on_when_it_closes(events in run(), at in 0..100_i64) {
        let mut state = Consultation::default();
        events.iter().for_each(|event| state.evolve(event, start()));
        let mut later = Consultation::default();
        events.iter().for_each(|event| later.evolve(event, hour(99)));
        prop_assert_eq!(&state, &later, "clocks of the recorded events decide nothing");
        let once = close(&state, hour(at), "chair");
        prop_assert_eq!(close(&state, hour(at), "somebody-else"), once.clone());
        prop_assert_eq!(close(&later, hour(at), "chair"), once);
    }

    #[test]
    fn statements_decide_nothing(events in run(), at in 0..100_i64) {
        let stated: Vec<_> = events.iter().flat_map(|it| [it.clone(), stated("peru")]).collect();
        let remember = |events: &[Event]| {
            let mut state = Consultation::default();
            events.iter().for_each(|event| state.evolve(event, start()));
            close(&state, hour(at), "chair")
        };
        prop_assert_eq!(remember(&stated), remember(&events));
    }

    #[test]
    fn abstentions_never_matter_and_a_yes_never_hurts(
        (of, parts, strict) in (1..9_u16).prop_flat_map(|of| (Just(of), 1..=of, any::<bool>())),
        yes in 0..200_u32, no in 0..200_u32, abstain in any::<u32>(),
    ) {
        let majority = Majority { share: fraction(&format!("{parts}/{of}")), strict };
        let passed = passes(&majority, &tally(yes, no, 0));
        prop_assert_eq!(passes(&majority, &tally(yes, no, abstain)), passed);
        prop_assert!(!passed || passes(&majority, &tally(yes + 1, no, 0)));
        prop_assert!(!passed || yes > 0);
    }
}
