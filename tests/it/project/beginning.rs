//! How a project begins, and what can be changed about it.
use super::world::*;
use crate::given::{Given, given};
use pactline::domain::charter::Law;
use pactline::domain::citation::Uncitable;
use pactline::domain::fact::*;
use pactline::domain::money::BadMoney;
use pactline::domain::project::*;
use pactline::domain::{Decider, Rejection as _};

fn world() -> Given<Project> {
    let ((charter, edition), (admission, partner)) = (edition(1, law()), partner(1, &[]));
    given([]).by("pat").citing(charter, edition).citing(admission, partner)
}

fn under(change: impl Fn(&mut EditionFact)) -> Given<Project> {
    let (citation, mut fact) = edition(1, law());
    change(&mut fact);
    world().citing(citation, fact)
}

fn with_sectors(shares: &[(&str, u8)]) -> Command {
    let mut command = asked();
    if let Command::ProposeProject { sectors, .. } = &mut command {
        *sectors = shares_of(shares);
    }
    command
}

fn shares_of(shares: &[(&str, u8)]) -> Vec<Sector> {
    shares.iter().map(|(code, percent)| Sector { code: text(code), percent: *percent }).collect()
}

fn rescoped(shares: &[(&str, u8)]) -> Command {
    let sectors = shares_of(shares);
    Command::ReviseScope { countries: Default::default(), period: year(2024), sectors, reason: why() }
}

#[test]
fn a_project_enters_the_first_stage_and_carries_its_law() {
    let begun = [proposal(law().projects), entered("design", None, Some(day(30)))];
    world().when(asked()).then(begun);
}

#[test]
fn a_project_is_proposed_once() {
    project([]).when(asked()).then_rejected(Rejection::AlreadyProposed { project: PROJECT });
}

#[test]
fn nothing_happens_to_a_project_before_it_is_proposed() {
    let reject = Command::RejectProject { reason: why() };
    given::<Project>([]).when(reject).then_rejected(Rejection::NotProposed);
    let expire = Command::ExpireStage { stage: slug("design") };
    given::<Project>([]).when(expire).then_rejected(Rejection::NotProposed);
}

#[test]
fn nothing_starts_under_a_retired_charter_or_an_outdated_edition() {
    under(|it| it.retired = true).when(asked()).then_rejected(Rejection::CharterRetired);
    let outdated = Rejection::EditionOutdated { edition: 1 };
    under(|it| it.outdated = true).when(asked()).then_rejected(outdated);
}

#[test]
fn a_law_without_stages_governs_no_project() {
    let mut empty: Law = law();
    empty.projects.stages.clear();
    let (citation, fact) = edition(1, empty);
    world().citing(citation, fact).when(asked()).then_rejected(Rejection::NoStages);
}

#[test]
fn sectors_are_shares_of_a_whole() {
    let short = Rejection::SectorsDoNotSum { found: 99 };
    world().when(with_sectors(&[("16063", 60), ("15130", 39)])).then_rejected(short);
    let long = Rejection::SectorsDoNotSum { found: 101 };
    world().when(with_sectors(&[("16063", 60), ("15130", 41)])).then_rejected(long);
    // 100 modulo 256, so that no narrow sum lets it through.
    let round = Rejection::SectorsDoNotSum { found: 356 };
    world().when(with_sectors(&[("16063", 200), ("15130", 156)])).then_rejected(round);
    assert_eq!(world().when(with_sectors(&[("16063", 60), ("15130", 40)])).events().len(), 2);
}

#[test]
fn no_sector_is_there_twice_or_without_a_share() {
    let twice = Rejection::SectorTwice { code: text("16063") };
    world().when(with_sectors(&[("16063", 50), ("16063", 50)])).then_rejected(twice);
    let empty = Rejection::SectorEmpty { code: text("15130") };
    world().when(with_sectors(&[("16063", 100), ("15130", 0)])).then_rejected(empty);
}

#[test]
fn a_budget_is_more_than_nothing() {
    let mut command = asked();
    if let Command::ProposeProject { budget, .. } = &mut command {
        *budget = Some(usd(0));
    }
    world().when(command).then_rejected(Rejection::BadAmount(BadMoney::NotPositive));
}

fn answering(priorities_asked: Vec<pactline::domain::citation::Citation>) -> Command {
    let mut command = asked();
    if let Command::ProposeProject { priorities, .. } = &mut command {
        *priorities = priorities_asked.iter().map(|it| it.reference()).collect();
    }
    command
}

#[test]
fn the_priorities_of_a_proposal_are_distinct_and_live() {
    let ((one, live), (two, retired)) = (priority(1, true), priority(2, false));
    let world = || world().citing(one.clone(), live.clone()).citing(two.clone(), retired.clone());
    assert_eq!(world().when(answering(vec![one.clone()])).events().len(), 2);
    let twice = Rejection::AlreadyCited { citation: one.clone() };
    world().when(answering(vec![one.clone(), one.clone()])).then_rejected(twice);
    let gone = Rejection::PriorityRetired { citation: two.clone() };
    world().when(answering(vec![one.clone(), two.clone()])).then_rejected(gone);
}

fn part_of(n: u128) -> Command {
    let mut command = asked();
    if let Command::ProposeProject { parent, .. } = &mut command {
        *parent = Some(event("project", n, 0).reference());
    }
    command
}

#[test]
fn a_parent_is_another_project_that_is_not_over() {
    let parent = pactline::domain::id::ProjectId(uuid::Uuid::from_u128(701));
    let with = |project, over, n| world().citing(event("project", n, 0), ProjectFact { project, over });
    assert_eq!(with(parent, false, 701).when(part_of(701)).events().len(), 2);
    with(parent, true, 701).when(part_of(701)).then_rejected(Rejection::ParentOver { parent });
    with(PROJECT, false, 700).when(part_of(700)).then_rejected(Rejection::OwnParent);
}

#[test]
fn projects_are_proposed_for_members() {
    let (admission, fact) = partner(1, &[]);
    let rejection = Rejection::NotAMember { partner: fact.id };
    let guest = PartnerFact { capacity: Some(Capacity::Observer), ..fact };
    world().citing(admission, guest).when(asked()).then_rejected(rejection);
}

#[test]
fn a_charter_that_nobody_published_governs_nothing() {
    let rejection = given::<Project>([]).when(asked()).rejection();
    assert!(matches!(rejection, Rejection::Uncitable(Uncitable::Missing { .. })));
    assert_eq!(rejection.reason(), "CITED_EVENT_MISSING");
}

#[test]
fn a_budget_is_revised_in_its_own_currency() {
    let revise = |budget| Command::ReviseBudget { budget, reason: why() };
    let revised = Event::BudgetRevised { budget: usd(5), reason: why() };
    project([]).when(revise(usd(5))).then([revised]);
    project([]).when(revise(usd(100_000))).then_nothing();
    let rejection = Rejection::AnotherCurrency { currency: usd(1).currency };
    project([]).when(revise(money("EUR", 5))).then_rejected(rejection);
    project([]).when(revise(usd(-1))).then_rejected(Rejection::BadAmount(BadMoney::NotPositive));
}

#[test]
fn a_revised_scope_is_a_whole_again() {
    let whole = [("16063", 100)];
    let revised = Event::ScopeRevised {
        countries: Default::default(),
        period: year(2024),
        sectors: shares_of(&whole),
        reason: why(),
    };
    project([]).when(rescoped(&whole)).then([revised.clone()]);
    project([revised]).when(rescoped(&whole)).then_nothing();
    let rejection = Rejection::SectorsDoNotSum { found: 99 };
    project([]).when(rescoped(&[("16063", 99)])).then_rejected(rejection);
}

#[test]
fn whoever_cites_a_project_learns_whether_it_is_over_and_a_stage_which_it_was() {
    let proposed = proposal(law().projects);
    let fact = |over| Some(Fact::from(ProjectFact { project: PROJECT, over }));
    assert_eq!(project([]).state().attest(&proposed, day(0)), fact(false));
    assert_eq!(project([completed()]).state().attest(&proposed, day(0)), fact(true));
    let stage = entered("design", None, None);
    assert_eq!(project([]).state().attest(&stage, day(0)), Some(in_stage("design").into()));
    assert_eq!(project([]).state().attest(&completed(), day(0)), None);
}
