//! What is noted of a project without anybody's decision: reports that fall due, a basis that fell, an open gate.
use super::world::*;
use crate::given::Given;
use pactline::domain::charter::{Law, ProjectLaw, Reporting, TaskOrder};
use pactline::domain::fact::*;
use pactline::domain::id::MandateId;
use pactline::domain::project::*;
use std::sync::Arc;
use uuid::Uuid;

fn reporting(mut law: ProjectLaw, every_days: u32) -> ProjectLaw {
    law.stages[0].report = Some(Reporting { every_days, role: slug("donor"), escalate_to: None });
    law.steward = Some(slug("chair"));
    law
}

fn order(kind: &str) -> TaskOrder {
    let (title, role) = (text("A plan"), slug("donor"));
    TaskOrder { kind: slug(kind), title, role, due_days: Some(10), escalate_to: Some(slug("chair")) }
}

/// A project in the stage `design`, which asks for a report every seven days.
fn reporting_project(more: impl IntoIterator<Item = Event>) -> Given<Project> {
    let law = reporting(law().projects, 7);
    let (stage, report_at) = (slug("design"), Some(day(7)));
    let (left, tasks, orders) = (None, Vec::new(), Vec::new());
    let due_at = Some(day(30));
    project_under(law, [Event::StageEntered { stage, left, tasks, due_at, orders, report_at, funded: false }])
        .and_at(day(0), more)
}

fn expect(term: u32) -> Command {
    Command::ExpectReport { stage: slug("design"), term }
}

fn fell_due(term: u32, next: i64) -> Event {
    let (stage, role, escalate_to) = (slug("design"), slug("donor"), Some(slug("chair")));
    Event::ReportFellDue { stage, term, role, next_at: day(next), escalate_to }
}

#[test]
fn a_stage_that_is_entered_says_what_has_to_be_done_and_when_to_report() {
    let mut law = law();
    law.projects = reporting(law.projects, 7);
    law.projects.stages[0].tasks = vec![order("plan")];
    let (citation, fact) = edition(1, law);
    let (partner, member) = partner(1, &[]);
    let asking = crate::given::given_at::<Project>(day(1), []).citing(citation, fact).citing(partner, member);
    let events = asking.when(asked()).events();
    let [_, Event::StageEntered { orders, report_at, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((orders, *report_at), (&vec![order("plan")], Some(day(8))));
}

#[test]
fn a_report_falls_due_when_its_days_are_over_and_not_before() {
    reporting_project([]).at(day(6)).when(expect(1)).then_nothing();
    reporting_project([]).at(day(7)).when(expect(1)).then([fell_due(1, 14)]);
}

#[test]
fn a_report_falls_due_once_a_term() {
    let noted = || reporting_project([fell_due(1, 14)]);
    noted().at(day(9)).when(expect(1)).then_nothing();
    noted().at(day(14)).when(expect(1)).then_nothing();
    noted().at(day(13)).when(expect(2)).then_nothing();
    noted().at(day(14)).when(expect(2)).then([fell_due(2, 21)]);
}

#[test]
fn terms_that_nobody_noted_are_one() {
    reporting_project([]).at(day(28)).when(expect(1)).then([fell_due(1, 35)]);
    reporting_project([]).at(day(29)).when(expect(1)).then([fell_due(1, 35)]);
}

#[test]
fn no_report_is_asked_of_what_rests_is_over_or_went_on() {
    reporting_project([suspended()]).at(day(7)).when(expect(1)).then_nothing();
    let resumed = Event::ProjectResumed { reason: why(), stage: None, due_at: None };
    reporting_project([suspended(), resumed]).at(day(7)).when(expect(1)).then([fell_due(1, 14)]);
    reporting_project([completed()]).at(day(7)).when(expect(1)).then_nothing();
    let went_on = entered("delivery", Some("design"), None);
    reporting_project([went_on]).at(day(7)).when(expect(1)).then_nothing();
    project([]).at(day(7)).when(expect(1)).then_nothing();
}

#[test]
fn an_amendment_orders_what_was_not_ordered_before() {
    let mut old = law();
    old.projects.stages[0].tasks = vec![order("plan")];
    let mut new: Law = old.clone();
    new.projects.stages[0].tasks.push(order("budget"));
    new.projects.stages[1].tasks = vec![order("plan")];
    let (citation, fact) = edition(2, new.clone());
    let orders = |stage: &str| {
        let given = project_under(old.projects.clone(), []).citing(citation.clone(), fact.clone());
        let charter = citation.reference();
        let ask = Command::AmendLaw { charter, stage: slug(stage), from: None, reason: why() };
        let events = given.when(ask).events();
        let [Event::LawAmended { orders, law, .. }] = &events[..] else { panic!("{events:?}") };
        assert_eq!(*law, Arc::new(new.projects.clone()));
        orders.clone()
    };
    assert_eq!(orders("design"), [order("budget")], "the plan was ordered when the stage was entered");
    assert_eq!(orders("delivery"), [order("plan")], "another stage is another plan");
}

#[test]
fn a_stage_that_goes_on_under_another_name_keeps_its_tasks_and_the_rhythm_of_its_reports() {
    let mut old = law();
    old.projects.stages[0].tasks = vec![order("plan")];
    let mut new: Law = old.clone();
    new.projects.stages[0].name = slug("planning");
    new.projects.stages[0].tasks.push(order("budget"));
    new.projects.stages[0].report = Some(Reporting { every_days: 7, role: slug("donor"), escalate_to: None });
    let (citation, fact) = edition(2, new);
    let given = project_under(old.projects, []).at(day(10)).citing(citation.clone(), fact);
    let (stage, from) = (slug("planning"), Some(slug("design")));
    let ask = Command::AmendLaw { charter: citation.reference(), stage, from, reason: why() };
    let events = given.when(ask).events();
    let [Event::LawAmended { orders, report_at, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((orders.as_slice(), *report_at), (&[order("budget")][..], Some(day(14))));
}

fn flag(cited: &pactline::domain::citation::Citation) -> Command {
    Command::FlagCitation { cited: cited.reference() }
}

fn flagged(cited: &pactline::domain::citation::Citation, because: Flaw) -> Event {
    Event::CitationFlagged { cited: cited.clone(), because, steward: None }
}

#[test]
fn a_cited_priority_that_was_retired_is_flagged_once() {
    let (citation, retired) = priority(1, false);
    let cites = || Event::PriorityCited { priority: citation.clone() };
    let noted = flagged(&citation, Flaw::PriorityRetired);
    let given = |past: Vec<Event>| project(past).citing(citation.clone(), retired.clone());
    given(vec![cites()]).when(flag(&citation)).then([noted.clone()]);
    given(vec![cites(), noted.clone()]).when(flag(&citation)).then_nothing();
    project([cites()]).citing(citation.clone(), priority(1, true).1).when(flag(&citation)).then_nothing();
    given(vec![]).when(flag(&citation)).then_nothing();
    given(vec![cites(), completed()]).when(flag(&citation)).then_nothing();
    let revoked = Event::CitationRevoked { cited: citation.clone(), reason: why() };
    given(vec![cites(), noted.clone(), revoked.clone()]).when(flag(&citation)).then_nothing();
    given(vec![cites(), noted.clone(), revoked, cites()]).when(flag(&citation)).then([noted]);
}

#[test]
fn a_cited_text_that_was_superseded_is_flagged_unless_it_was_retained() {
    let (citation, superseded) = provision(Some(day(5)));
    let cites = |whole_document| Event::ProvisionCited {
        provision: citation.clone(),
        whole_document,
        reason: why(),
        decided_by: text("the chair"),
    };
    let given = |fact: ProvisionFact| project([cites(false)]).at(day(5)).citing(citation.clone(), fact);
    let noted = flagged(&citation, Flaw::TextSuperseded);
    given(superseded.clone()).when(flag(&citation)).then([noted.clone()]);
    given(provision(Some(day(6))).1).when(flag(&citation)).then_nothing();
    given(ProvisionFact { retained_for: [own_stream()].into(), ..superseded })
        .when(flag(&citation))
        .then_nothing();
    let (id, symbol, adopted_on) = (MandateId(Uuid::from_u128(400)), text("A/1"), "2009".parse().unwrap());
    let document = MandateFact { id, symbol, adopted_on, superseded_at: Some(day(5)) };
    let whole = || project([cites(true)]).citing(citation.clone(), document.clone());
    whole().at(day(5)).when(flag(&citation)).then([noted]);
    whole().at(day(4)).when(flag(&citation)).then_nothing();
}

#[test]
fn money_that_crosses_the_threshold_says_in_which_stage() {
    let given = project([]).at(day(1));
    let asked = Command::CommitFunds { donor: asked_donor(), pledge: None, movement: moved(1, usd(80_000)) };
    let events = given.when(asked).events();
    let [_, Event::ProjectFunded { stage, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(*stage, Some(slug("design")));
}

#[test]
fn a_gate_is_examined_in_the_stage_that_the_project_is_in() {
    let gate = r#"[{ funded = { percent = 80, basis = "committed" } }]"#;
    let examine = |stage| Command::ExamineGate { stage: slug(stage), tasks: Vec::new() };
    let given = |past: Vec<Event>| project_under(reporting(law_with_gate(gate), 7), past);
    let examined = |missing| {
        let (stage, steward) = (slug("design"), Some(slug("chair")));
        Event::GateExamined { stage, missing, steward }
    };
    given(vec![committed(1, None, 80_000)]).when(examine("design")).then([examined(Vec::new())]);
    let events = given(vec![committed(1, None, 79_999)]).when(examine("design")).events();
    let [Event::GateExamined { missing, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(missing.len(), 1);
    given(vec![]).when(examine("delivery")).then_nothing();
    given(vec![completed()]).when(examine("design")).then_nothing();
}
