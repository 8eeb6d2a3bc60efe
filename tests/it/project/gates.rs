//! What a gate may ask: each requirement, open and closed.
use super::results::{defined, reported, verified};
use super::world::*;
use crate::given::{Given, When};
use pactline::domain::charter::TaskOrder;
use pactline::domain::citation::Reference;
use pactline::domain::fact::*;
use pactline::domain::id::{PartnerId, TaskId};
use pactline::domain::project::*;
use uuid::Uuid;

/// A project whose first stage has this gate of one requirement.
fn gate(requirement: &str, past: impl IntoIterator<Item = Event>) -> Given<Project> {
    project_under(law_with_gate(&format!("[{requirement}]")), past)
}

fn knock(given: Given<Project>) -> When<Project> {
    knock_with(given, Vec::new())
}

fn knock_with(given: Given<Project>, tasks: Vec<Reference>) -> When<Project> {
    given.when(Command::PassGate { stage: slug("design"), tasks })
}

#[track_caller]
fn opens(given: Given<Project>) {
    knock(given).then([entered("delivery", Some("design"), None)]);
}

#[track_caller]
fn stays_shut(given: Given<Project>, because: &str) {
    let rejection = knock(given).rejection();
    let Rejection::GateClosed { stage, missing } = &rejection else { panic!("{rejection}") };
    let found: Vec<&str> = missing.iter().map(|it| it.because.as_str()).collect();
    assert_eq!((stage, found), (&slug("design"), vec![because]));
}

const REVIEW: &str = r#"{ review_passed = { kind = "technical", role = "chair" } }"#;

#[test]
fn the_latest_review_of_the_kind_and_role_passed() {
    let by = |kind, role, verdict| review(kind, role, "rae", verdict);
    opens(gate(REVIEW, [by("technical", "chair", Verdict::Passed)]));
    stays_shut(gate(REVIEW, []), "there is no technical review as chair");
    let other = [by("legal", "chair", Verdict::Passed), by("technical", "donor", Verdict::Passed)];
    stays_shut(gate(REVIEW, other), "there is no technical review as chair");
    let asked = "the latest technical review as chair came to changes_asked";
    let changed =
        [by("technical", "chair", Verdict::Passed), by("technical", "chair", Verdict::ChangesAsked)];
    stays_shut(gate(REVIEW, changed), asked);
    let better = [
        review("technical", "chair", "rae", Verdict::ChangesAsked),
        review("technical", "chair", "sue", Verdict::Passed),
    ];
    opens(gate(REVIEW, better));
}

#[test]
fn the_proposers_own_review_opens_nothing() {
    let own = review("technical", "chair", "pat", Verdict::Passed);
    stays_shut(gate(REVIEW, [own]), "there is no technical review as chair");
}

#[test]
fn enough_distinct_partners_approved_in_the_role() {
    let two = r#"{ approvals = { role = "donor", count = 2 } }"#;
    opens(gate(two, [approved_by(2, "ann"), approved_by(3, "bo")]));
    stays_shut(gate(two, [approved(2), approved(2)]), "1 of 2 partners approved as donor");
    let chairs = r#"{ approvals = { role = "chair", count = 1 } }"#;
    stays_shut(gate(chairs, [approved(2)]), "0 of 1 partner approved as chair");
}

#[test]
fn the_proposing_partners_approval_does_not_count() {
    let one = r#"{ approvals = { role = "donor", count = 1 } }"#;
    stays_shut(gate(one, [approved(1)]), "0 of 1 partner approved as donor");
}

#[test]
fn one_person_is_one_voice_whatever_partners_they_spoke_for() {
    let two = r#"{ approvals = { role = "donor", count = 2 } }"#;
    stays_shut(
        gate(two, [approved_by(2, "ann"), approved_by(3, "ann")]),
        "1 of 2 partners approved as donor",
    );
    let proposers = [approved_by(2, "pat"), approved_by(3, "bo")];
    stays_shut(gate(two, proposers), "1 of 2 partners approved as donor");
}

#[test]
fn a_cited_priority_is_live_now() {
    let ask = |live| {
        let (citation, fact) = priority(0, live);
        let cited = Event::PriorityCited { priority: citation.clone() };
        gate(r#""cites_live_priority""#, [cited]).citing(citation, fact)
    };
    opens(ask(true));
    stays_shut(ask(false), "no cited priority is live");
}

fn citing(fact: ProvisionFact, whole_document: bool) -> Given<Project> {
    let citation = event("mandate", 400, 2);
    let (provision, reason, decided_by) = (citation.clone(), why(), text("the chair"));
    let cited = Event::ProvisionCited { provision, whole_document, reason, decided_by };
    gate(r#""cites_provision_in_force""#, [cited]).citing(citation, fact)
}

#[test]
fn a_cited_provision_is_in_force_now_or_was_retained_for_this_project() {
    opens(citing(provision(None).1, false));
    let none = "no provision in force is cited";
    stays_shut(citing(provision(Some(day(0))).1, false), none);
    let mut elsewhere = provision(Some(day(0))).1;
    elsewhere.retained_for.insert(event("project", 1, 0).stream);
    stays_shut(citing(elsewhere.clone(), false), none);
    elsewhere.retained_for.insert(own_stream());
    opens(citing(elsewhere, false));
    stays_shut(citing(provision(None).1, true), none);
}

#[test]
fn enough_of_the_budget_is_there() {
    let half = r#"{ funded = { percent = 50, basis = "received" } }"#;
    opens(gate(half, [received(1, None, 50_000)]));
    let short = "USD 499.99 of USD 1,000.00 is received, and 50 percent is asked for";
    stays_shut(gate(half, [committed(1, None, 90_000), received(2, Some(1), 49_999)]), short);
    let half = r#"{ funded = { percent = 50, basis = "committed" } }"#;
    opens(gate(half, [committed(1, None, 50_000)]));
    let none = "USD 0.00 of USD 1,000.00 is committed, and 50 percent is asked for";
    stays_shut(gate(half, [pledged(1, 100_000)]), none);
}

#[test]
fn no_share_of_no_budget_is_there() {
    let half = r#"{ funded = { percent = 50, basis = "received" } }"#;
    let mut proposed = proposal(law_with_gate(&format!("[{half}]")));
    if let Event::ProjectProposed { budget, .. } = &mut proposed {
        *budget = None;
    }
    let given =
        crate::given::given::<Project>([proposed, entered("design", None, None), received(1, None, 5)]);
    stays_shut(given, "there is no budget, so that no share of it can be there");
}

#[test]
fn a_document_of_the_kind_is_attached() {
    let asked = r#"{ document_attached = { kind = "budget" } }"#;
    let attached = |kind| Event::DocumentAttached { kind: slug(kind), document: document() };
    opens(gate(asked, [attached("budget")]));
    stays_shut(gate(asked, [attached("photo")]), "no document of the kind budget is attached");
}

#[test]
fn enough_indicators_have_a_verified_result() {
    let asked = "{ results_reported = { indicators = 2, verified = true } }";
    let past = [defined(1), defined(2), reported(1, 1), reported(2, 1), reported(3, 2)];
    let confirmed = |n| verified(n, Verification::Confirmed);
    let and = |more: [Event; 2]| past.clone().into_iter().chain(more);
    opens(gate(asked, and([confirmed(1), confirmed(3)])));
    let one = "1 indicator has a verified result, and 2 are asked for";
    stays_shut(gate(asked, and([confirmed(1), confirmed(2)])), one);
    stays_shut(gate(asked, and([confirmed(1), verified(3, Verification::Refuted)])), one);
}

#[test]
fn enough_indicators_have_a_result_that_nobody_refuted() {
    let asked = "{ results_reported = { indicators = 1 } }";
    opens(gate(asked, [defined(1), reported(1, 1)]));
    let refuted = [defined(1), reported(1, 1), verified(1, Verification::Refuted)];
    stays_shut(gate(asked, refuted), "0 indicators have a result, and 1 is asked for");
}

#[test]
fn the_days_in_the_stage_are_over() {
    let asked = "{ date_reached = { days = 10 } }";
    opens(gate(asked, []).at(day(10)));
    let early = day(10).checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap();
    let because = "10 days in the stage are over at 1970-01-11T00:00:00Z";
    stays_shut(gate(asked, []).at(early), because);
}

#[test]
fn no_reviewers_latest_word_is_an_objection() {
    let asked = r#""no_open_objection""#;
    opens(gate(asked, []));
    let objected = review("legal", "chair", "rae", Verdict::Objection);
    let other = review("legal", "chair", "sue", Verdict::Passed);
    let open = "1 objection of a reviewer is open";
    stays_shut(gate(asked, [objected.clone(), other]), open);
    opens(gate(asked, [objected, review("legal", "chair", "rae", Verdict::Passed)]));
}

const AUDITED: &str = r#"{ task_done = { kind = "audit" } }"#;

/// The stage, entered with an audit for the chair.
fn ordered() -> Event {
    let (kind, title, role) = (slug("audit"), text("Audit it"), slug("chair"));
    let orders = vec![TaskOrder { kind, title, role, due_days: None, escalate_to: None }];
    let (stage, tasks) = (slug("design"), Vec::new());
    Event::StageEntered { stage, left: None, tasks, due_at: None, orders, report_at: None, funded: false }
}

#[test]
fn a_task_that_the_law_ordered_is_done_by_somebody_else_than_the_proposer() {
    let task = event("task", 900, 3);
    let ask = |kind, role, worker| {
        let id = TaskId(Uuid::from_u128(900));
        let (role, worker) = (slug(role), crate::given::person(worker));
        let fact = TaskFact { task: id, kind: slug(kind), subject: own_stream(), role, worker };
        gate(AUDITED, [ordered()]).citing(task.clone(), fact)
    };
    let (stage, left) = (slug("delivery"), Some(slug("design")));
    let passed = Event::StageEntered {
        stage,
        left,
        tasks: vec![task.clone()],
        due_at: None,
        orders: Vec::new(),
        report_at: None,
        funded: false,
    };
    let audit = || ask("audit", "chair", "wes");
    knock_with(audit(), vec![task.reference(), task.reference()]).then([passed]);
    stays_shut(audit(), "no finished audit task about this project is cited");
    let shut = |given| match knock_with(given, vec![task.reference()]).rejection() {
        Rejection::GateClosed { missing, .. } => missing[0].because.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(shut(ask("visit", "chair", "wes")), "no finished audit task about this project is cited");
    let made_up = "the audit task was done as donor, and the law asks chair";
    assert_eq!(shut(ask("audit", "donor", "wes")), made_up);
    let own = "the audit task was done by whoever proposed the project";
    assert_eq!(shut(ask("audit", "chair", "pat")), own);
}

#[test]
fn a_closed_gate_names_all_that_is_missing_at_once() {
    let both = format!("{REVIEW}, \"cites_live_priority\", \"no_open_objection\"");
    let rejection = knock(gate(&both, [])).rejection();
    let message =
        "the gate of design is closed: there is no technical review as chair; no cited priority is live";
    assert_eq!(rejection.to_string(), message);
}

#[test]
fn the_findings_tell_what_holds_and_what_does_not() {
    let both = format!("{REVIEW}, \"no_open_objection\"");
    let given = gate(&both, []);
    let facts = Facts::default();
    let found = findings(given.state(), &Sight { facts: &facts, tasks: &[], at: day(0) });
    let holds: Vec<bool> = found.iter().map(|it| it.holds).collect();
    assert_eq!(holds, [false, true]);
    assert!(found.iter().all(|it| it.rests_on.is_empty()), "{found:?}");
    assert_eq!(open(given.state(), &Sight { facts: &facts, tasks: &[], at: day(0) }).len(), 1);
}

/// What the one requirement of a gate rests on: the revisions of the project's own events, and other events.
fn rests_on(given: &Given<Project>, facts: &Facts, tasks: &[Reference]) -> (Vec<u64>, Vec<Reference>) {
    let found = findings(given.state(), &Sight { facts, tasks, at: day(40) });
    let [finding] = &found[..] else { panic!("{found:?}") };
    assert!(finding.holds, "{finding:?}");
    let own = |it: &&Reference| it.stream == own_stream();
    let (own, others): (Vec<&Reference>, Vec<&Reference>) = finding.rests_on.iter().partition(own);
    (own.into_iter().map(|it| it.revision).collect(), others.into_iter().cloned().collect())
}

#[test]
fn every_finding_names_the_events_it_rests_on() {
    let own = |requirement: &str, past: Vec<Event>| {
        let (own, others) = rests_on(&gate(requirement, past), &Facts::default(), &[]);
        assert_eq!(others, []);
        own
    };
    let other = review("legal", "chair", "rae", Verdict::Passed);
    assert_eq!(own(REVIEW, vec![other.clone(), review("technical", "chair", "rae", Verdict::Passed)]), [3]);
    let donors = r#"{ approvals = { role = "donor", count = 1 } }"#;
    assert_eq!(own(donors, vec![other.clone(), approved(1), approved(2)]), [4]);
    let budget = Event::DocumentAttached { kind: slug("budget"), document: document() };
    assert_eq!(own(r#"{ document_attached = { kind = "budget" } }"#, vec![other.clone(), budget]), [3]);
    let half = r#"{ funded = { percent = 50, basis = "committed" } }"#;
    let money =
        vec![pledged(1, 100_000), committed(2, Some(1), 60_000), committed(3, None, 9), reversed(4, 3, -9)];
    assert_eq!(own(half, money), [3]);
    let results = "{ results_reported = { indicators = 1, verified = true } }";
    let reported = vec![defined(1), reported(1, 1), other, verified(1, Verification::Confirmed)];
    assert_eq!(own(results, reported), [3, 5]);
    assert_eq!(own("{ date_reached = { days = 40 } }", vec![]), [1]);
    assert_eq!(own(r#""no_open_objection""#, vec![]), [0_u64; 0]);
}

#[test]
fn what_rests_on_other_streams_names_both_ends() {
    let (live, gone) = (priority(0, true), priority(1, false));
    let cited = |it: &(_, _)| Event::PriorityCited { priority: Clone::clone(&it.0) };
    let given = gate(r#""cites_live_priority""#, [cited(&gone), cited(&live)]);
    let mut facts = Facts::default();
    facts.insert(live.0.clone(), Some(live.1.into()));
    facts.insert(gone.0.clone(), Some(gone.1.into()));
    assert_eq!(rests_on(&given, &facts, &[]), (vec![3], vec![live.0.reference()]));
    let task = event("task", 900, 3);
    let id = TaskId(Uuid::from_u128(900));
    let (kind, role, worker) = (slug("audit"), slug("chair"), crate::given::person("wes"));
    let fact = TaskFact { task: id, kind, subject: own_stream(), role, worker };
    facts.insert(task.clone(), Some(fact.into()));
    let given = gate(AUDITED, [ordered()]);
    assert_eq!(rests_on(&given, &facts, &[task.reference()]), (vec![], vec![task.reference()]));
}

/// Who could do something about the one requirement of a gate.
fn who(requirement: &str, past: Vec<Event>) -> Able {
    let given = gate(requirement, past);
    let asked = given.state().law().unwrap().stages[0].gate[0].clone();
    able(given.state(), &asked, &Sight { facts: &Facts::default(), tasks: &[], at: day(0) })
}

#[test]
fn who_could_open_a_gate_is_told_from_who_may_not() {
    let person = |id| Somebody::Person(crate::given::person(id));
    let partner = |n| Somebody::Partner(PartnerId(Uuid::from_u128(n)));
    assert_eq!(who(REVIEW, vec![]).barred, [(person("pat"), Bar::Proposer)]);
    let two = r#"{ approvals = { role = "donor", count = 2 } }"#;
    let one_given = who(two, vec![approved_by(2, "ann")]);
    assert_eq!((one_given.role, one_given.more), (Some(slug("donor")), 1));
    let barred = [
        (person("pat"), Bar::Proposer),
        (partner(1), Bar::ProposingPartner),
        (partner(2), Bar::Approved),
        (person("ann"), Bar::SpokeForAnother),
    ];
    assert_eq!(one_given.barred, barred);
    let objected = vec![review("legal", "chair", "rae", Verdict::Objection)];
    assert_eq!(who(r#""no_open_objection""#, objected).only, [crate::given::person("rae")]);
    let results = "{ results_reported = { indicators = 1, verified = true } }";
    let unverified = who(results, vec![defined(1), reported(1, 1)]);
    assert!(matches!(&unverified.barred[..], [(Somebody::Person(_), Bar::Reporter)]), "{unverified:?}");
    assert!(unverified.anybody && !unverified.how.is_empty());
    let half = r#"{ funded = { percent = 50, basis = "committed" } }"#;
    let money = who(half, vec![committed(1, None, 20_001)]);
    let how = "record what a donor, a partner or not, commits: USD 299.99 more";
    assert_eq!((money.anybody, money.how.as_str()), (true, how));
    assert!(!who(REVIEW, vec![]).anybody, "the law names a role");
    assert_eq!(who("{ date_reached = { days = 3 } }", vec![]).at, Some(day(3)));
    let task = r#"{ task_done = { kind = "audit" } }"#;
    assert_eq!(who(task, vec![]).role, None);
}

#[test]
fn a_closed_gate_says_what_is_missing_as_data_too() {
    use pactline::domain::Rejection as _;
    let unmet = knock(gate(&format!("{REVIEW}, \"cites_live_priority\""), [])).rejection().unmet();
    let told: Vec<_> = unmet.iter().map(|it| (it.kind, &*it.subject, &*it.description)).collect();
    let review =
        ("review_passed", "a review (technical) as chair passed", "there is no technical review as chair");
    assert_eq!(
        told,
        [review, ("cites_live_priority", "a live priority is cited", "no cited priority is live")]
    );
    assert_eq!(Rejection::Suspended.unmet(), []);
}
