//! What was reached, and who checked.
use super::world::*;
use crate::given::person;
use pactline::domain::evidence::Quantity;
use pactline::domain::fact::EvidenceFact;
use pactline::domain::id::{EvidenceId, IndicatorId, ResultId};
use pactline::domain::project::*;
use uuid::Uuid;

fn so_many(unit: &str) -> Quantity {
    Quantity { thousandths: 12_000, unit: text(unit) }
}

fn indicator(n: u128) -> IndicatorId {
    IndicatorId(Uuid::from_u128(n))
}

pub fn result(n: u128) -> ResultId {
    ResultId(Uuid::from_u128(n))
}

pub fn defined(n: u128) -> Event {
    let (indicator, title, baseline) = (indicator(n), text("officers trained"), so_many("persons"));
    Event::IndicatorDefined { indicator, title, baseline, provision: None }
}

/// The `n`th result, on an indicator, by `rob`.
pub fn reported(n: u128, on: u128) -> Event {
    let (result, indicator, reporter) = (result(n), indicator(on), person("rob"));
    let (period, value) = (year(2024), so_many("persons"));
    Event::ResultReported { result, indicator, period, value, evidence: None, reporter }
}

pub fn verified(n: u128, verification: Verification) -> Event {
    Event::ResultVerified { result: result(n), verification, comment: None, verifier: person("vera") }
}

fn report(n: u128, on: u128, unit: &str, evidence: bool) -> Command {
    let evidence = evidence.then(|| event("evidence", 800, 0).reference());
    let (result, indicator, period) = (result(n), indicator(on), year(2024));
    Command::ReportResult { result, indicator, period, value: so_many(unit), evidence }
}

fn verify(n: u128) -> Command {
    let verification = Verification::Confirmed;
    Command::VerifyResult { result: result(n), verification, comment: None }
}

#[test]
fn an_indicator_may_measure_a_provision_and_is_defined_once() {
    let (citation, fact) = provision(None);
    let (title, baseline) = (text("officers trained"), so_many("persons"));
    let provision = Some(citation.reference());
    let ask = Command::DefineIndicator { indicator: indicator(1), title, baseline, provision };
    let events = project([]).citing(citation.clone(), fact.clone()).when(ask.clone()).events();
    assert!(matches!(&events[..], [Event::IndicatorDefined { provision: Some(it), .. }] if *it == citation));
    let rejection = Rejection::IndicatorTwice { indicator: indicator(1) };
    project([defined(1)]).citing(citation, fact).when(ask).then_rejected(rejection);
}

#[test]
fn a_target_is_on_an_indicator_in_its_unit() {
    let aim = |unit| {
        let (indicator, period) = (indicator(1), year(2024));
        Command::SetTarget { indicator, period, value: so_many(unit) }
    };
    let (period, value) = (year(2024), so_many("persons"));
    let set = Event::TargetSet { indicator: indicator(1), period, value };
    project([defined(1)]).when(aim("persons")).then([set]);
    let unit = Rejection::AnotherUnit { unit: text("persons"), found: text("kg") };
    project([defined(1)]).when(aim("kg")).then_rejected(unit);
    let unknown = Rejection::NoSuchIndicator { indicator: indicator(1) };
    project([]).when(aim("persons")).then_rejected(unknown);
}

#[test]
fn a_result_is_reported_once_on_an_indicator_in_its_unit() {
    let past = || project([defined(1)]).by("rob");
    past().when(report(1, 1, "persons", false)).then([reported(1, 1)]);
    let unit = Rejection::AnotherUnit { unit: text("persons"), found: text("ha") };
    past().when(report(1, 1, "ha", false)).then_rejected(unit);
    let unknown = Rejection::NoSuchIndicator { indicator: indicator(2) };
    past().when(report(1, 2, "persons", false)).then_rejected(unknown);
    let twice = Rejection::ResultTwice { result: result(1) };
    past().and_at(day(0), [reported(1, 1)]).when(report(1, 1, "persons", false)).then_rejected(twice);
}

#[test]
fn a_result_does_not_rely_on_withdrawn_evidence() {
    let evidence = event("evidence", 800, 0);
    let fact = |withdrawn| EvidenceFact { evidence: EvidenceId(Uuid::from_u128(800)), withdrawn };
    let ask =
        |it| project([defined(1)]).citing(evidence.clone(), fact(it)).when(report(1, 1, "persons", true));
    assert_eq!(ask(false).events().len(), 1);
    ask(true).then_rejected(Rejection::EvidenceWithdrawn { evidence: evidence.clone() });
}

#[test]
fn a_results_verifier_is_not_its_reporter() {
    let past = || project([defined(1), reported(1, 1)]);
    past().by("rob").when(verify(1)).then_rejected(Rejection::IsReporter);
    past().by("vera").when(verify(1)).then([verified(1, Verification::Confirmed)]);
    past().by("vera").when(verify(2)).then_rejected(Rejection::NoSuchResult { result: result(2) });
}

#[test]
fn a_result_is_verified_once() {
    let past = project([defined(1), reported(1, 1), verified(1, Verification::Refuted)]).by("victor");
    past.when(verify(1)).then_rejected(Rejection::AlreadyVerified { result: result(1) });
}

#[test]
fn results_are_checked_after_the_end_and_not_reported_any_more() {
    let past = || project([defined(1), reported(1, 1), completed()]).by("vera");
    past().when(verify(1)).then([verified(1, Verification::Confirmed)]);
    let over = Rejection::Over { end: End::Completed };
    past().when(report(2, 1, "persons", false)).then_rejected(over);
}
