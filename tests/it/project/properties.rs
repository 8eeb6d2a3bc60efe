//! What holds for any history of a project, in any order.
use super::funds::spent;
use super::results::{defined, reported, verified};
use super::world::*;
use crate::given::person;
use pactline::domain::charter::{Consequence, FundingBasis};
use pactline::domain::fact::Facts;
use pactline::domain::id::IndicatorId;
use pactline::domain::project::*;
use pactline::domain::{Decider, Given};
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::Arc;

fn movement() -> impl Strategy<Value = Event> {
    let amount = prop_oneof![Just(i64::MIN), Just(i64::MAX), -500_i64..100_000];
    (0..6_u128, proptest::option::of(0..6_u128), amount, 0..8).prop_map(|(n, of, minor, kind)| match kind {
        0 => pledged(n, minor),
        1 => committed(n, of, minor),
        2 => received(n, of, minor),
        3 => reversed(n, of.unwrap_or(n), minor),
        4 => Event::FundsReduced { of: transaction(n), by: usd(minor), reason: why() },
        5 => Event::FundsWithdrawn { of: transaction(n), reason: why() },
        6 => Event::FundsDisbursed { to: text("x"), movement: moved(n, usd(minor)), beyond_available: None },
        _ => spent(n, usd(minor), None),
    })
}

fn rest() -> impl Strategy<Value = Event> {
    let (priority, _) = priority(0, true);
    let cited = event("mandate", 400, 2);
    let (indicator, period) = (IndicatorId(uuid::Uuid::from_u128(1)), year(2024));
    let value = pactline::domain::evidence::Quantity { thousandths: 1, unit: text("persons") };
    let law = Arc::new(law().projects);
    prop::sample::select(vec![
        proposal(law_with_gate(r#"["cites_live_priority", "no_open_objection"]"#)),
        entered("design", None, Some(day(30))),
        entered("nowhere", Some("design"), None),
        Event::PriorityCited { priority: priority.clone() },
        Event::ProvisionCited {
            provision: cited,
            whole_document: true,
            reason: why(),
            decided_by: text("x"),
        },
        Event::CitationRevoked { cited: priority, reason: why() },
        review("legal", "chair", "rae", Verdict::Objection),
        Event::DocumentAttached { kind: slug("budget"), document: document() },
        approved(1),
        approved(2),
        Event::ProjectRejected { reason: why() },
        Event::ProjectFunded { basis: FundingBasis::Received, funded: usd(1), budget: usd(1), stage: None },
        suspended(),
        Event::ProjectResumed { reason: why(), stage: None, due_at: None },
        completed(),
        Event::ProjectCancelled { reason: why() },
        Event::BudgetRevised { budget: usd(i64::MAX), reason: why() },
        Event::ScopeRevised { countries: [].into(), period, sectors: Vec::new(), reason: why() },
        defined(1),
        Event::TargetSet { indicator, period, value },
        reported(1, 1),
        verified(1, Verification::Confirmed),
        Event::LawAmended {
            charter: event("charter", 100, 1),
            law,
            stage: slug("delivery"),
            reason: why(),
            due_at: None,
            approver: person("ann"),
            since: None,
            orders: Vec::new(),
            report_at: Some(day(1)),
        },
        Event::StageExpired { stage: slug("design"), consequence: Consequence::Cancel, steward: None },
        Event::ReportFellDue {
            stage: slug("design"),
            term: 1,
            role: slug("donor"),
            next_at: day(2),
            escalate_to: None,
        },
        Event::CitationFlagged {
            cited: event("priority", 300, 0),
            because: Flaw::PriorityRetired,
            steward: None,
        },
        Event::GateExamined { stage: slug("design"), missing: Vec::new(), steward: None },
    ])
}

fn history() -> impl Strategy<Value = Vec<Event>> {
    vec(prop_oneof![movement(), rest()], 0..40)
}

fn fold(mut from: Project, events: &[Event]) -> Project {
    events.iter().for_each(|it| from.evolve(it, day(1)));
    from
}

fn questions() -> Vec<Command> {
    let of = transaction(0);
    vec![
        Command::PassGate { stage: slug("design"), tasks: Vec::new() },
        Command::CompleteProject { tasks: Vec::new() },
        Command::ReviseBudget { budget: usd(1), reason: why() },
        super::funds::receive(77, Some(0), usd(1)),
        super::funds::spend(77, usd(99_999)),
        Command::ReduceFunds { of, by: usd(1), reason: why() },
        Command::ReverseTransaction { transaction: transaction(77), of, reason: why() },
        Command::ExpireStage { stage: slug("design") },
        Command::ExpectReport { stage: slug("design"), term: 1 },
        Command::FlagCitation { cited: event("priority", 300, 0).reference() },
        Command::ExamineGate { stage: slug("design"), tasks: Vec::new() },
    ]
}

proptest! {
    #[test]
    fn any_history_folds_and_answers_without_panic(events in history()) {
        let project = fold(Project::default(), &events);
        let at = day(31);
        let given = Given { at, by: person("tester"), on_behalf_of: None, vouched: Default::default(), facts: Facts::default() };
        for command in questions() {
            let _ = project.cites(&command);
            if let Ok(answer) = project.decide(command, &given) {
                fold(project.clone(), &answer);
            }
        }
        events.iter().for_each(|it| { let _ = project.attest(it, at); });
        let sums = project.ledger().total(usd(0).currency);
        prop_assert_eq!(sums.available(), sums.received - sums.disbursed - sums.spent);
    }

    #[test]
    fn a_history_folds_in_parts_as_it_does_whole(a in history(), b in history()) {
        let whole: Vec<Event> = a.iter().chain(&b).cloned().collect();
        prop_assert_eq!(fold(Project::default(), &whole), fold(fold(Project::default(), &a), &b));
    }
}
