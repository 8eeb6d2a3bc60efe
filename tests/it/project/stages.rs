//! How a project goes from stage to stage, rests, and ends.
use super::world::*;
use crate::given::{Given, person};
use pactline::domain::charter::{Consequence, Law};
use pactline::domain::citation::StreamName;
use pactline::domain::fact::*;
use pactline::domain::id::TaskId;
use pactline::domain::project::*;
use std::sync::Arc;
use uuid::Uuid;

fn pass(stage: &str) -> Command {
    Command::PassGate { stage: slug(stage), tasks: Vec::new() }
}

fn in_delivery() -> Given<Project> {
    project([entered("delivery", Some("design"), None)])
}

const COMPLETE: Command = Command::CompleteProject { tasks: Vec::new() };

#[test]
fn an_open_gate_leads_to_the_next_stage() {
    project([]).when(pass("design")).then([entered("delivery", Some("design"), None)]);
}

#[test]
fn the_next_stage_is_due_when_its_days_are_over() {
    let mut law = law().projects;
    law.stages[1].deadline_days = Some(7);
    let given = project_under(law, []).at(day(3));
    given.when(pass("design")).then([entered("delivery", Some("design"), Some(day(10)))]);
}

#[test]
fn asking_twice_passes_one_gate() {
    let (current, stage) = (slug("delivery"), slug("design"));
    in_delivery().when(pass("design")).then_rejected(Rejection::StageNotCurrent { current, stage });
}

#[test]
fn from_the_last_stage_a_project_is_completed_and_from_no_other() {
    in_delivery().when(pass("delivery")).then_rejected(Rejection::LastStage { stage: slug("delivery") });
    in_delivery().when(COMPLETE).then([completed()]);
    let (current, last) = (slug("design"), slug("delivery"));
    project([]).when(COMPLETE).then_rejected(Rejection::NotInLastStage { current, last });
}

#[test]
fn a_project_is_completed_through_the_gate_of_its_last_stage() {
    let law = law_with_gate(r#"[{ document_attached = { kind = "report" } }]"#);
    let law = {
        let mut law = law;
        law.stages.truncate(1);
        law
    };
    let rejection = project_under(law.clone(), []).when(COMPLETE).rejection();
    assert!(matches!(rejection, Rejection::GateClosed { .. }));
    let attached = Event::DocumentAttached { kind: slug("report"), document: document() };
    project_under(law, [attached]).when(COMPLETE).then([completed()]);
}

#[test]
fn a_suspended_project_passes_no_gate_until_it_is_resumed() {
    project([suspended()]).when(pass("design")).then_rejected(Rejection::Suspended);
    in_delivery().and_at(day(0), [suspended()]).when(COMPLETE).then_rejected(Rejection::Suspended);
    let resumed = Event::ProjectResumed { reason: why() };
    let given = project([suspended(), resumed]);
    given.when(pass("design")).then([entered("delivery", Some("design"), None)]);
}

#[test]
fn what_rests_already_is_not_suspended_again() {
    let (suspend, resume) =
        (Command::SuspendProject { reason: why() }, Command::ResumeProject { reason: why() });
    project([]).when(suspend.clone()).then([suspended()]);
    project([suspended()]).when(suspend).then_nothing();
    project([]).when(resume.clone()).then_nothing();
    project([suspended()]).when(resume).then([Event::ProjectResumed { reason: why() }]);
}

#[test]
fn a_cancelled_project_goes_nowhere() {
    let cancel = Command::CancelProject { reason: why() };
    let cancelled = Event::ProjectCancelled { reason: why() };
    project([]).when(cancel).then([cancelled.clone()]);
    project([cancelled]).when(pass("design")).then_rejected(Rejection::Over { end: End::Cancelled });
}

#[test]
fn a_task_about_something_else_opens_nothing() {
    let (task, subject) = (event("task", 900, 3), StreamName::new("project", Uuid::from_u128(1)));
    let id = TaskId(Uuid::from_u128(900));
    let (kind, role, worker) = (slug("audit"), slug("chair"), person("wes"));
    let fact = TaskFact { task: id, kind, subject: subject.clone(), role, worker };
    let ask = Command::PassGate { stage: slug("design"), tasks: vec![task.reference()] };
    let rejection = Rejection::ForeignTask { task: task.clone(), subject };
    project([]).citing(task, fact).when(ask).then_rejected(rejection);
}

fn expire() -> Command {
    Command::ExpireStage { stage: slug("design") }
}

fn expired(consequence: Consequence) -> Event {
    Event::StageExpired { stage: slug("design"), consequence }
}

fn with_consequence(consequence: Consequence) -> Given<Project> {
    let mut law = law().projects;
    law.stages[0].on_expiry = Some(consequence);
    project_under(law, []).at(day(30))
}

#[test]
fn a_stage_expires_when_it_is_due_and_not_a_second_before() {
    let early = day(30).checked_sub(jiff::SignedDuration::from_secs(1)).unwrap();
    project([]).at(early).when(expire()).then_nothing();
    let events = project([]).at(day(30)).when(expire()).events();
    assert!(
        matches!(&events[..], [it, Event::ProjectSuspended { .. }] if *it == expired(Consequence::Suspend))
    );
}

#[test]
fn the_law_says_what_comes_of_it() {
    let escalate = Consequence::Escalate(slug("chair"));
    with_consequence(escalate.clone()).when(expire()).then([expired(escalate)]);
    let events = with_consequence(Consequence::Cancel).when(expire()).events();
    assert!(matches!(&events[..], [_, Event::ProjectCancelled { .. }]), "{events:?}");
    let suspended = with_consequence(Consequence::Suspend).and_at(day(30), [suspended()]);
    suspended.when(expire()).then([expired(Consequence::Suspend)]);
}

#[test]
fn a_late_clock_decides_nothing() {
    in_delivery().at(day(99)).when(expire()).then_nothing();
    project([expired(Consequence::Suspend)]).at(day(99)).when(expire()).then_nothing();
    project([completed()]).at(day(99)).when(expire()).then_nothing();
    let delivery = Command::ExpireStage { stage: slug("delivery") };
    in_delivery().at(day(99)).when(delivery).then_nothing();
}

fn amend(charter: u128, revision: u64, stage: &str) -> Command {
    let charter = event("charter", charter, revision).reference();
    Command::AmendLaw { charter, stage: slug(stage), from: None, reason: why() }
}

fn amended(law: Law, stage: &str) -> Event {
    let (law, due_at) = (Arc::new(law.projects), Some(day(40)));
    let (charter, approver) = (event("charter", 100, 1), person("tester"));
    let (orders, report_at, stage) = (Vec::new(), None, slug(stage));
    Event::LawAmended { charter, law, stage, reason: why(), due_at, approver, orders, report_at, since: None }
}

fn new_law() -> Law {
    let mut new = law();
    new.projects.stages[0].name = slug("planning");
    new
}

#[test]
fn another_edition_puts_the_project_in_one_of_its_stages() {
    let (citation, fact) = edition(2, new_law());
    let ask = |command| project([]).at(day(10)).citing(citation.clone(), fact.clone()).when(command);
    ask(amend(100, 1, "planning")).then([amended(new_law(), "planning")]);
    ask(amend(100, 1, "design")).then_rejected(Rejection::NoSuchStage { stage: slug("design") });
}

#[test]
fn after_an_amendment_the_new_law_counts_and_money_is_committed_under_it() {
    let given = || project([amended(new_law(), "planning")]).citing(own(2), in_stage("planning"));
    given().when(pass("planning")).then([entered("delivery", Some("planning"), None)]);
    let events = given().when(super::funds::commit(1, None, usd(5))).events();
    assert!(matches!(&events[..], [Event::FundsCommitted { under, .. }] if *under == own(2)));
}

#[test]
fn nobody_amends_the_law_of_their_own_proposal() {
    let (citation, fact) = edition(2, new_law());
    let given = project([]).by("pat").citing(citation, fact);
    given.when(amend(100, 1, "planning")).then_rejected(Rejection::IsProposer);
}

#[test]
fn whoever_published_an_edition_puts_no_project_under_it() {
    let (citation, fact) = edition(2, new_law());
    let given = project([]).by("pia").citing(citation, fact);
    given.when(amend(100, 1, "planning")).then_rejected(Rejection::IsPublisher);
}

/// At day `at`, the stage that was due on day 30 goes on under a law that gives it `days`: since when it is, and
/// when it is due.
fn goes_on(past: &[Event], at: i64, days: Option<u32>) -> (Option<i64>, Option<i64>) {
    let mut new = new_law();
    new.projects.stages[0].deadline_days = days;
    let (citation, fact) = edition(2, new);
    let ask = Command::AmendLaw {
        charter: citation.reference(),
        stage: slug("planning"),
        from: Some(slug("design")),
        reason: why(),
    };
    let given = project(past.to_vec()).at(day(at)).citing(citation, fact);
    let events = given.when(ask).events();
    let [Event::LawAmended { since, due_at, .. }] = &events[..] else { panic!("{events:?}") };
    let day_of = |it: &pactline::domain::Timestamp| it.as_second() / 86_400;
    (since.as_ref().map(day_of), due_at.as_ref().map(day_of))
}

#[test]
fn the_time_spent_in_a_stage_counts_under_the_new_law() {
    assert_eq!(goes_on(&[], 10, Some(60)), (Some(0), Some(60)));
    assert_eq!(goes_on(&[], 10, Some(20)), (Some(0), Some(20)));
    assert_eq!(goes_on(&[], 10, None), (Some(0), None));
}

#[test]
fn no_law_ends_a_stage_in_the_past() {
    assert_eq!(goes_on(&[], 10, Some(5)), (Some(0), Some(30)));
    assert_eq!(goes_on(&[], 40, Some(20)), (Some(0), Some(30)));
    let mut old = law().projects;
    (old.stages[0].deadline_days, old.stages[0].on_expiry) = (None, None);
    let (citation, fact) = edition(2, law());
    let begun = [proposal(old), entered("design", None, None)];
    let given = crate::given::given_at::<Project>(day(0), begun).at(day(99)).citing(citation.clone(), fact);
    let (stage, from) = (slug("design"), Some(slug("design")));
    let ask = Command::AmendLaw { charter: citation.reference(), stage, from, reason: why() };
    let events = given.when(ask).events();
    let [Event::LawAmended { due_at, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(*due_at, Some(day(99 + 30)));
}

#[test]
fn what_came_of_a_deadline_does_not_come_again_under_another_law() {
    let past = [expired(Consequence::Suspend), suspended()];
    assert_eq!(goes_on(&past, 40, Some(20)).1, Some(30));
    let amended = |due_at| Event::LawAmended {
        charter: event("charter", 100, 1),
        law: Arc::new(law().projects),
        stage: slug("design"),
        reason: why(),
        due_at: Some(due_at),
        approver: person("tester"),
        since: Some(day(0)),
        orders: Vec::new(),
        report_at: None,
    };
    let given = |due_at| project(past.clone()).and_at(day(40), [amended(due_at)]).at(day(99));
    given(day(30)).when(expire()).then_nothing();
    assert_eq!(given(day(60)).when(expire()).events(), [expired(Consequence::Suspend)]);
}

#[test]
fn an_amendment_that_believes_the_project_elsewhere_decides_nothing() {
    let (citation, fact) = edition(2, new_law());
    let (stage, from) = (slug("planning"), Some(slug("design")));
    let ask = Command::AmendLaw { charter: citation.reference(), stage, from, reason: why() };
    let refusal = Rejection::StageNotCurrent { current: slug("delivery"), stage: slug("design") };
    in_delivery().citing(citation, fact).when(ask).then_rejected(refusal);
}

#[test]
fn an_amendment_is_of_the_same_charter() {
    let (_, fact) = edition(2, new_law());
    let current = event("charter", 100, 0);
    let given = project([]).citing(event("charter", 101, 0), fact);
    given.when(amend(101, 0, "planning")).then_rejected(Rejection::AnotherCharter { current });
}

#[test]
fn an_amendment_is_not_a_way_around_a_gate() {
    let (citation, fact) = edition(1, law());
    let ask = |stage| project([]).citing(citation.clone(), fact.clone()).when(amend(100, 0, stage));
    ask("design").then_nothing();
    ask("delivery").then_rejected(Rejection::SameEdition { current: citation.clone() });
}
