//! Evidence: one record per document, and what was withdrawn stays withdrawn.
use crate::given::{Given, given, given_at};
use pactline::domain::evidence::{Command, Event, Evidence, Flow, Measure, Quantity, Rejection, evidence_id};
use pactline::domain::fact::{EvidenceFact, Fact};
use pactline::domain::scope::Period;
use pactline::domain::text::{Digest, Source};
use pactline::domain::{Category, Decider, Rejection as _, Timestamp};
use std::collections::BTreeSet;

fn quantity(thousandths: i64) -> Quantity {
    Quantity { thousandths, unit: "kg".parse().unwrap() }
}
fn measure(name: &str) -> Measure {
    Measure { name: name.parse().unwrap(), quantity: quantity(12_500) }
}
fn flow(from: &str, to: &str, thousandths: i64) -> Flow {
    Flow {
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        route: "balkan".parse().unwrap(),
        substance: "heroin".parse().unwrap(),
        quantity: quantity(thousandths),
    }
}
fn digest() -> Digest {
    Digest::of(b"survey")
}
fn source() -> Source {
    Source { symbol: "E/CN.7/2020/CRP.8".parse().unwrap(), locator: None, sha256: None }
}
fn period() -> Period {
    Period::new("2020-01-01".parse().unwrap(), "2020-12-31".parse().unwrap()).unwrap()
}
fn submit(measures: &[Measure], flow: Option<Flow>) -> Command {
    Command::SubmitEvidence {
        kind: "opium-survey".parse().unwrap(),
        title: "Survey".parse().unwrap(),
        source: source(),
        digest: digest(),
        period: period(),
        places: BTreeSet::from(["AFG".parse().unwrap()]),
        measures: measures.to_vec(),
        flow,
    }
}
fn submitted(measures: &[Measure], flow: Option<Flow>) -> Event {
    Event::EvidenceSubmitted {
        kind: "opium-survey".parse().unwrap(),
        title: "Survey".parse().unwrap(),
        source: source(),
        digest: digest(),
        period: period(),
        places: BTreeSet::from(["AFG".parse().unwrap()]),
        measures: measures.to_vec(),
        flow,
    }
}
fn withdraw() -> Command {
    Command::WithdrawEvidence { reason: "a figure was wrong".parse().unwrap() }
}
fn withdrawn() -> Event {
    Event::EvidenceWithdrawn { reason: "a figure was wrong".parse().unwrap() }
}
fn evidence(past: impl IntoIterator<Item = Event>) -> Given<Evidence> {
    given(past)
}

#[test]
fn a_document_is_submitted_once() {
    let (measures, route) = ([measure("opium poppy")], flow("AFG", "IRN", 1));
    evidence([]).when(submit(&measures, Some(route.clone()))).then([submitted(&measures, Some(route))]);
    let refusal = Rejection::AlreadySubmitted { digest: digest() };
    assert_eq!(refusal.category(), Category::AlreadyExists);
    evidence([submitted(&[], None)]).when(submit(&[], None)).then_rejected(refusal);
}

#[test]
fn a_measure_has_a_name_of_its_own_in_any_spelling() {
    let twice = [measure("opium poppy"), measure("heroin"), measure("Opium  poppy")];
    let refusal = Rejection::MeasuredTwice { name: "Opium  poppy".parse().unwrap() };
    evidence([]).when(submit(&twice, None)).then_rejected(refusal);
}

#[test]
fn a_flow_leads_from_one_country_to_another_and_is_of_something() {
    let refusal = Rejection::FlowInPlace { country: "AFG".parse().unwrap() };
    evidence([]).when(submit(&[], Some(flow("AFG", "AFG", 1)))).then_rejected(refusal);
    for nothing in [0, -1] {
        let route = flow("AFG", "IRN", nothing);
        evidence([]).when(submit(&[], Some(route))).then_rejected(Rejection::FlowOfNothing);
    }
}

#[test]
fn a_withdrawal_is_final() {
    evidence([]).when(withdraw()).then_rejected(Rejection::NotSubmitted);
    evidence([submitted(&[], None)]).when(withdraw()).then([withdrawn()]);
    evidence([submitted(&[], None), withdrawn()]).when(withdraw()).then_nothing();
    evidence([submitted(&[], None), withdrawn()]).when(submit(&[], None)).then_rejected(Rejection::Withdrawn);
}

#[test]
fn a_submission_can_be_cited_and_says_whether_it_was_withdrawn() {
    let later = Timestamp::from_second(60).unwrap();
    let given =
        given_at::<Evidence>(Timestamp::UNIX_EPOCH, [submitted(&[], None)]).and_at(later, [withdrawn()]);
    let on = |at| given.state().attest(&submitted(&[], None), at);
    let fact = |withdrawn| Some(Fact::Evidence(EvidenceFact { evidence: evidence_id(&digest()), withdrawn }));
    assert_eq!(on(Timestamp::UNIX_EPOCH), fact(false));
    assert_eq!(on(later), fact(true));
    assert_eq!(given.state().attest(&withdrawn(), later), None);
}

#[test]
fn a_quantity_is_printed_in_its_unit() {
    assert_eq!(quantity(12_500).to_string(), "12.5 kg");
    assert_eq!(quantity(1_234_567_000).to_string(), "1,234,567 kg");
    assert_eq!(quantity(-7).to_string(), "-0.007 kg");
    assert_eq!(quantity(i64::MIN).to_string(), "-9,223,372,036,854,775.808 kg");
}
