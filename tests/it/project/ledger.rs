//! Each unit of money once.
use super::funds::spent;
use super::world::*;
use pactline::domain::charter::FundingBasis;
use pactline::domain::project::*;
use proptest::prelude::*;

fn ledger(events: &[Event]) -> Ledger {
    let mut ledger = Ledger::default();
    events.iter().for_each(|it| ledger.apply(it));
    ledger
}

fn totals(events: &[Event]) -> Totals {
    ledger(events).total(usd(0).currency)
}

fn withdrawn(of: u128) -> Event {
    Event::FundsWithdrawn { of: transaction(of), reason: why() }
}

#[test]
fn money_that_moves_on_is_counted_once() {
    let sum = totals(&[pledged(1, 100), committed(2, Some(1), 60), received(3, Some(2), 25)]);
    assert_eq!((sum.pledged, sum.committed, sum.received), (100, 60, 25));
    assert_eq!((sum.promised, sum.outstanding, sum.uncommitted), (40, 35, 0));
    assert_eq!(sum.promised + sum.outstanding + sum.received, 100);
    assert_eq!((sum.funded(FundingBasis::Committed), sum.funded(FundingBasis::Received)), (60, 25));
}

#[test]
fn what_is_available_is_received_and_neither_passed_on_nor_spent() {
    let sum = totals(&[committed(1, None, 500), received(2, None, 100), spent(3, usd(30), None)]);
    assert_eq!((sum.available(), sum.spent), (70, 30));
    assert_eq!(totals(&[spent(3, usd(30), None)]).available(), -30);
}

#[test]
fn what_came_in_against_a_withdrawn_commitment_stays_committed() {
    let past = [pledged(9, 100), committed(1, Some(9), 100), received(2, Some(1), 30), withdrawn(1)];
    let sum = totals(&past);
    assert_eq!((sum.committed, sum.outstanding, sum.promised), (30, 0, 70));
    assert_eq!(ledger(&past).left(transaction(9)), Some(70));
}

#[test]
fn what_came_in_against_a_reversed_commitment_is_still_there() {
    let sum = totals(&[committed(1, None, 100), received(2, Some(1), 30), reversed(3, 1, -100)]);
    assert_eq!((sum.committed, sum.uncommitted, sum.funded(FundingBasis::Committed)), (0, 30, 30));
}

#[test]
fn currencies_are_summed_apart() {
    let euros = spent(2, money("EUR", 7), None);
    let sums = ledger(&[received(1, None, 100), euros]).totals();
    assert_eq!(sums[&usd(0).currency].available(), 100);
    assert_eq!(sums[&money("EUR", 0).currency].available(), -7);
}

#[test]
fn sums_are_beyond_the_largest_amount() {
    let huge: Vec<Event> = (0..200).map(|n| received(n, None, 99_999_999_999_999_999)).collect();
    assert_eq!(totals(&huge).received, 200 * 99_999_999_999_999_999_i128);
}

proptest! {
    #[test]
    fn the_sums_do_not_depend_on_the_order_of_the_movements(
        shuffled in Just(vec![
            pledged(1, 100),
            committed(2, Some(1), 60),
            committed(3, Some(1), 20),
            received(4, Some(2), 25),
            received(5, None, 7),
            withdrawn(3),
            reversed(6, 2, -60),
            spent(7, usd(11), None),
            Event::FundsReduced { of: transaction(1), by: usd(10), reason: why() },
        ]).prop_shuffle()
    ) {
        let expected = Totals {
            pledged: 90,
            promised: 90,
            committed: 0,
            outstanding: 0,
            received: 32,
            uncommitted: 32,
            disbursed: 0,
            spent: 11,
        };
        prop_assert_eq!(totals(&shuffled), expected);
    }
}
