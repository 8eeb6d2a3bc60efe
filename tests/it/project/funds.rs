//! What counts as money, what counts as funded, and what is flagged.
use super::world::*;
use pactline::domain::Date;
use pactline::domain::charter::FundingBasis;
use pactline::domain::fact::Citable;
use pactline::domain::money::{BadMoney, MINOR_MAX, Money};
use pactline::domain::project::*;
use pactline::domain::scope::BadPeriod;

pub fn pledge(n: u128, amount: Money) -> Command {
    Command::PledgeFunds { donor: asked_donor(), movement: moved(n, amount) }
}

pub fn commit(n: u128, pledge: Option<u128>, amount: Money) -> Command {
    let pledge = pledge.map(transaction);
    Command::CommitFunds { donor: asked_donor(), pledge, movement: moved(n, amount) }
}

pub fn receive(n: u128, commitment: Option<u128>, amount: Money) -> Command {
    let commitment = commitment.map(transaction);
    Command::ReceiveFunds { donor: asked_donor(), commitment, movement: moved(n, amount) }
}

pub fn spend(n: u128, amount: Money) -> Command {
    Command::RecordExpenditure { purpose: text("training"), movement: moved(n, amount) }
}

pub fn spent(n: u128, amount: Money, beyond: Option<Money>) -> Event {
    let movement = moved(n, amount);
    Event::ExpenditureRecorded { purpose: text("training"), movement, beyond_available: beyond }
}

fn funded(minor: i64) -> Event {
    Event::ProjectFunded {
        basis: FundingBasis::Committed,
        funded: usd(minor),
        budget: usd(100_000),
        stage: Some(slug("design")),
    }
}

#[test]
fn a_commitment_names_the_stage_it_was_made_under() {
    project([]).when(commit(1, None, usd(10))).then([committed(1, None, 10)]);
}

#[test]
fn a_commitment_names_the_latest_stage() {
    let past = [suspended(), entered("delivery", Some("design"), None)];
    let given = project(past).citing(own(3), in_stage("delivery"));
    let events = given.when(commit(1, None, usd(10))).events();
    assert!(matches!(&events[..], [Event::FundsCommitted { under, .. }] if *under == own(3)), "{events:?}");
}

#[test]
fn a_project_is_funded_when_the_threshold_is_reached_exactly_and_not_a_cent_before() {
    project([]).when(commit(1, None, usd(79_999))).then([committed(1, None, 79_999)]);
    project([]).when(commit(1, None, usd(80_000))).then([committed(1, None, 80_000), funded(80_000)]);
    let past = || project([committed(1, None, 79_999)]);
    past().when(commit(2, None, usd(1))).then([committed(2, None, 1), funded(80_000)]);
}

#[test]
fn a_project_becomes_funded_once() {
    let past = [committed(1, None, 80_000), funded(80_000), reversed(2, 1, -80_000)];
    project(past).when(commit(3, None, usd(80_000))).then([committed(3, None, 80_000)]);
}

#[test]
fn a_pledge_is_not_funding() {
    project([]).when(pledge(1, usd(100_000))).then([pledged(1, 100_000)]);
}

#[test]
fn money_that_came_in_without_a_commitment_is_funding_too_and_is_counted_once_with_one() {
    let past = || project([committed(1, None, 40_000)]);
    past().when(receive(2, Some(1), usd(40_000))).then([received(2, Some(1), 40_000)]);
    past().when(receive(2, None, usd(40_000))).then([received(2, None, 40_000), funded(80_000)]);
}

#[test]
fn where_the_law_counts_money_received_a_commitment_is_not_enough() {
    let mut law = law().projects;
    law.funding.basis = FundingBasis::Received;
    let given = || project_under(law.clone(), [committed(1, None, 90_000)]);
    let event = received(2, Some(1), 80_000);
    let (basis, budget) = (FundingBasis::Received, usd(100_000));
    let funded = Event::ProjectFunded { basis, funded: usd(80_000), budget, stage: Some(slug("design")) };
    given().when(receive(2, Some(1), usd(80_000))).then([event, funded]);
    assert_eq!(given().when(commit(2, None, usd(90_000))).events().len(), 1);
}

#[test]
fn other_currencies_are_recorded_and_are_not_part_of_the_budget() {
    let events = project([]).when(commit(1, None, money("EUR", 1_000_000))).events();
    assert_eq!(events.len(), 1, "{events:?}");
}

#[test]
fn a_smaller_budget_can_be_what_funds_a_project() {
    let revise = |minor| Command::ReviseBudget { budget: usd(minor), reason: why() };
    let revised = |minor| Event::BudgetRevised { budget: usd(minor), reason: why() };
    let past = || project([committed(1, None, 40_000)]);
    let (basis, budget) = (FundingBasis::Committed, usd(50_000));
    let funded = Event::ProjectFunded { basis, funded: usd(40_000), budget, stage: Some(slug("design")) };
    past().when(revise(50_000)).then([revised(50_000), funded]);
    past().when(revise(50_001)).then([revised(50_001)]);
}

#[test]
fn a_project_without_a_budget_is_never_funded() {
    let mut proposed = proposal(law().projects);
    if let Event::ProjectProposed { budget, .. } = &mut proposed {
        *budget = None;
    }
    let given = crate::given::given::<Project>([proposed, entered("design", None, None)]);
    let given = given.citing(own(1), in_stage("design"));
    given.when(commit(1, None, usd(1_000_000))).then([committed(1, None, 1_000_000)]);
}

#[test]
fn spending_beyond_what_is_available_is_recorded_and_flagged() {
    let past = || project([received(1, None, 100)]);
    past().when(spend(2, usd(100))).then([spent(2, usd(100), None)]);
    past().when(spend(2, usd(101))).then([spent(2, usd(101), Some(usd(1)))]);
    project([committed(1, None, 100)]).when(spend(2, usd(5))).then([spent(2, usd(5), Some(usd(5)))]);
    past().when(spend(2, money("EUR", 3))).then([spent(2, money("EUR", 3), Some(money("EUR", 3)))]);
}

#[test]
fn what_was_passed_on_is_not_available_any_more() {
    let disburse =
        |n, minor| Command::DisburseFunds { to: text("a ministry"), movement: moved(n, usd(minor)) };
    let disbursed = |n, minor, beyond: Option<i64>| Event::FundsDisbursed {
        to: text("a ministry"),
        movement: moved(n, usd(minor)),
        beyond_available: beyond.map(usd),
    };
    let past = || project([received(1, None, 100), disbursed(2, 70, None)]);
    past().when(disburse(3, 30)).then([disbursed(3, 30, None)]);
    past().when(disburse(3, 31)).then([disbursed(3, 31, Some(1))]);
    past().when(spend(3, usd(40))).then([spent(3, usd(40), Some(usd(10)))]);
    let deep = project([spent(1, usd(500), Some(usd(500)))]);
    deep.when(disburse(2, 7)).then([disbursed(2, 7, Some(7))]);
}

#[test]
fn amounts_are_more_than_nothing_and_not_absurd() {
    let nothing = Rejection::BadAmount(BadMoney::NotPositive);
    project([]).when(pledge(1, usd(0))).then_rejected(nothing);
    let absurd = Rejection::BadAmount(BadMoney::Absurd);
    project([]).when(pledge(1, usd(MINOR_MAX))).then_rejected(absurd.clone());
    project([]).when(pledge(1, usd(MINOR_MAX - 1))).then([pledged(1, MINOR_MAX - 1)]);
    let movement = Movement { origin: origin(), ..moved(1, usd(i64::MIN)) };
    let ask = Command::PledgeFunds { donor: asked_donor(), movement };
    project([]).when(ask).then_rejected(absurd);
}

#[test]
fn an_amount_is_negative_only_as_an_imported_fact() {
    project([]).when(spend(1, usd(-5))).then_rejected(Rejection::NegativeWithoutOrigin);
    let movement = Movement { origin: origin(), ..moved(1, usd(-5)) };
    let purpose = text("training");
    let ask = Command::RecordExpenditure { purpose, movement: movement.clone() };
    let event = spent(1, usd(-5), None);
    let Event::ExpenditureRecorded { purpose, .. } = event else { unreachable!() };
    project([]).when(ask).then([Event::ExpenditureRecorded { purpose, movement, beyond_available: None }]);
}

#[test]
fn value_dates_are_in_the_years_that_are_kept() {
    let ask = |date| {
        let movement = Movement { value_date: date, ..moved(1, usd(5)) };
        project([]).when(Command::PledgeFunds { donor: asked_donor(), movement })
    };
    let date = Date::constant(1899, 12, 31);
    ask(date).then_rejected(Rejection::BadValueDate { date, because: BadPeriod::Absurd });
    assert_eq!(ask(Date::constant(1900, 1, 1)).events().len(), 1);
}

#[test]
fn an_id_of_a_transaction_is_used_once_whatever_the_kind() {
    let twice = Rejection::TransactionTwice { transaction: transaction(1) };
    project([pledged(1, 5)]).when(spend(1, usd(5))).then_rejected(twice.clone());
    let reverse =
        Command::ReverseTransaction { transaction: transaction(1), of: transaction(1), reason: why() };
    project([pledged(1, 5)]).when(reverse).then_rejected(twice);
    let twice = Rejection::TransactionTwice { transaction: transaction(2) };
    project([pledged(1, 5), reversed(2, 1, -5)]).when(pledge(2, usd(5))).then_rejected(twice);
}

#[test]
fn a_donor_that_is_a_partner_is_known_by_its_admission() {
    let (admission, fact) = partner(3, &[]);
    let donor = DonorAsked { name: text("Norway"), partner: Some(admission.reference()) };
    let ask = Command::PledgeFunds { donor, movement: moved(1, usd(5)) };
    let donor = Donor { name: text("Norway"), partner: Some(admission.clone()) };
    let event = Event::FundsPledged { donor, movement: moved(1, usd(5)) };
    project([]).citing(admission.clone(), fact).when(ask.clone()).then([event]);
    let rejection = project([]).citing(admission, in_stage("design")).when(ask).rejection();
    assert!(rejection.to_string().contains(pactline::domain::fact::PartnerFact::NAME), "{rejection}");
}

#[test]
fn money_still_moves_when_a_project_is_over_and_nothing_is_promised_any_more() {
    let over = Rejection::Over { end: End::Cancelled };
    let past = || project([committed(9, None, 50), Event::ProjectCancelled { reason: why() }]);
    past().when(receive(1, None, usd(90_000))).then([received(1, None, 90_000)]);
    past().when(spend(1, usd(5))).then([spent(1, usd(5), Some(usd(5)))]);
    let (one, nine) = (transaction(1), transaction(9));
    let reverse = Command::ReverseTransaction { transaction: one, of: nine, reason: why() };
    past().when(reverse).then([reversed(1, 9, -50)]);
    past().when(pledge(1, usd(5))).then_rejected(over.clone());
    past().when(commit(1, None, usd(5))).then_rejected(over.clone());
    let disburse = Command::DisburseFunds { to: text("a ministry"), movement: moved(1, usd(5)) };
    past().when(disburse).then_rejected(over.clone());
    past().when(Command::WithdrawFunds { of: nine, reason: why() }).then_rejected(over);
}
