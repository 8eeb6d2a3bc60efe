//! Charters: published in editions, sound as a whole, with the place of every fault.
mod drawn;
mod faults;
mod text;
mod together;

use crate::given::{Given, given, given_at, person};
use pactline::domain::charter::{Charter, Command, Event, Law, Rejection, charter_id, check_text, faults};
use pactline::domain::fact::{EditionFact, Fact};
use pactline::domain::text::Digest;
use pactline::domain::{Category, Decider, Rejection as _, Timestamp};
use std::sync::Arc;

/// The charter that comes with pactline.
const PARIS_PACT: &str = include_str!("../../../charters/paris-pact.toml");

fn paris_pact() -> Law {
    check_text(PARIS_PACT).unwrap()
}
fn longer() -> Law {
    let mut law = paris_pact();
    law.routes.push("western".parse().unwrap());
    law
}
fn digest() -> Digest {
    Digest::of(PARIS_PACT.as_bytes())
}
fn publish(law: Law) -> Command {
    Command::PublishCharter { law, digest: digest() }
}
fn published(edition: u32, law: Law) -> Event {
    Event::CharterPublished {
        edition,
        law: Arc::new(law),
        digest: digest(),
        publisher: Some(person("tester")),
    }
}
fn retire() -> Command {
    Command::RetireCharter { reason: "the initiative ended".parse().unwrap() }
}
fn retired() -> Event {
    Event::CharterRetired { reason: "the initiative ended".parse().unwrap() }
}
fn charter(past: impl IntoIterator<Item = Event>) -> Given<Charter> {
    given(past)
}

#[test]
fn the_charter_of_the_paris_pact_is_sound() {
    let law = paris_pact();
    assert_eq!(faults(&law), []);
    assert_eq!(law.pillars.len(), 4);
    assert_eq!(law.recommendations.forums.last(), Some(&law.priorities.basis));
}

#[test]
fn editions_are_numbered_from_one() {
    charter([]).when(publish(paris_pact())).then([published(1, paris_pact())]);
    charter([published(1, paris_pact())]).when(publish(longer())).then([published(2, longer())]);
}

#[test]
fn the_latest_law_again_is_no_new_edition() {
    charter([published(1, paris_pact())]).when(publish(paris_pact())).then_nothing();
    charter([published(1, paris_pact()), published(2, longer())])
        .when(publish(paris_pact()))
        .then([published(3, paris_pact())]);
}

#[test]
fn a_charter_keeps_its_name() {
    let mut law = paris_pact();
    law.name = "london-pact".parse().unwrap();
    let refusal = Rejection::AnotherName { known: paris_pact().name, given: law.name.clone() };
    charter([published(1, paris_pact())]).when(publish(law)).then_rejected(refusal);
}

#[test]
fn an_unsound_charter_is_refused_with_every_fault() {
    let mut law = paris_pact();
    law.roles.clear();
    law.projects.funding.threshold_percent = 0;
    let refusal = charter([]).when(publish(law.clone())).rejection();
    assert_eq!((refusal.reason(), refusal.category()), ("UNSOUND", Category::Invalid));
    let expected = faults(&law);
    assert!(expected.len() > 2);
    assert!(expected.iter().all(|it| refusal.to_string().contains(&it.to_string())));
    assert_eq!(refusal, Rejection::Unsound { faults: expected });
}

#[test]
fn nothing_is_published_after_the_end() {
    charter([]).when(retire()).then_rejected(Rejection::NotPublished);
    charter([published(1, paris_pact())]).when(retire()).then([retired()]);
    charter([published(1, paris_pact()), retired()]).when(retire()).then_nothing();
    charter([published(1, paris_pact()), retired()])
        .when(publish(longer()))
        .then_rejected(Rejection::Retired);
}

#[test]
fn an_edition_says_whether_it_is_the_latest() {
    let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
    let given = given_at::<Charter>(at(1), [published(1, paris_pact())])
        .and_at(at(2), [published(2, longer())])
        .and_at(at(3), [retired()]);
    let fact = |edition, law, retired, outdated| {
        let (charter, law) = (charter_id(&paris_pact().name), Arc::new(law));
        Some(Fact::Edition(EditionFact {
            charter,
            edition,
            law,
            since: at(edition.into()),
            retired,
            outdated,
            publisher: Some(person("tester")),
        }))
    };
    let first = published(1, paris_pact());
    assert_eq!(given.state().attest(&first, at(1)), fact(1, paris_pact(), false, false));
    assert_eq!(given.state().attest(&first, at(2)), fact(1, paris_pact(), false, true));
    assert_eq!(given.state().attest(&published(2, longer()), at(3)), fact(2, longer(), true, false));
    assert_eq!(given.state().attest(&retired(), at(3)), None);
}
