//! How promises are fulfilled, made smaller, taken back and undone.
use super::funds::{commit, receive};
use super::world::*;
use pactline::domain::money::{BadMoney, Money};
use pactline::domain::project::*;

fn reduce(of: u128, by: Money) -> Command {
    Command::ReduceFunds { of: transaction(of), by, reason: why() }
}

fn reduced(of: u128, minor: i64) -> Event {
    Event::FundsReduced { of: transaction(of), by: usd(minor), reason: why() }
}

fn withdraw(of: u128) -> Command {
    Command::WithdrawFunds { of: transaction(of), reason: why() }
}

fn withdrawn(of: u128) -> Event {
    Event::FundsWithdrawn { of: transaction(of), reason: why() }
}

fn reverse(of: u128) -> Command {
    Command::ReverseTransaction { transaction: transaction(99), of: transaction(of), reason: why() }
}

fn beyond(n: u128, asked: i64, left: i64) -> Rejection {
    Rejection::BeyondWhatIsLeft { transaction: transaction(n), asked: usd(asked), left: usd(left) }
}

#[test]
fn a_pledge_is_fulfilled_up_to_what_is_left_of_it() {
    let past = || project([pledged(1, 100), committed(2, Some(1), 60)]);
    past().when(commit(3, Some(1), usd(40))).then([committed(3, Some(1), 40)]);
    past().when(commit(3, Some(1), usd(41))).then_rejected(beyond(1, 41, 40));
    let smaller = past().and_at(day(0), [reduced(1, 10)]);
    smaller.when(commit(3, Some(1), usd(31))).then_rejected(beyond(1, 31, 30));
}

#[test]
fn a_commitment_is_fulfilled_up_to_what_is_left_of_it() {
    let past = || project([committed(1, None, 100), received(2, Some(1), 60)]);
    past().when(receive(3, Some(1), usd(40))).then([received(3, Some(1), 40)]);
    past().when(receive(3, Some(1), usd(41))).then_rejected(beyond(1, 41, 40));
    let undone = past().and_at(day(0), [reversed(3, 2, -60)]);
    undone.when(receive(4, Some(1), usd(100))).then([received(4, Some(1), 100)]);
}

#[test]
fn nothing_is_left_of_what_was_fulfilled_withdrawn_or_reversed() {
    let nothing = Rejection::NothingLeft { transaction: transaction(1) };
    for end in [committed(2, Some(1), 100), withdrawn(1), reversed(2, 1, -100)] {
        let past = || project([pledged(1, 100), end.clone()]);
        past().when(commit(3, Some(1), usd(1))).then_rejected(nothing.clone());
        past().when(withdraw(1)).then_rejected(nothing.clone());
        past().when(reduce(1, usd(1))).then_rejected(nothing.clone());
    }
}

#[test]
fn only_a_pledge_is_committed_and_only_a_commitment_is_received() {
    let is = |kind| Rejection::WrongTransaction { transaction: transaction(1), kind };
    let commitment = project([committed(1, None, 100)]);
    commitment.when(commit(2, Some(1), usd(1))).then_rejected(is(Kind::Commitment));
    project([pledged(1, 100)]).when(receive(2, Some(1), usd(1))).then_rejected(is(Kind::Pledge));
    project([received(1, None, 100)]).when(withdraw(1)).then_rejected(is(Kind::Receipt));
    let unknown = Rejection::NoSuchTransaction { transaction: transaction(1) };
    project([]).when(commit(2, Some(1), usd(1))).then_rejected(unknown.clone());
    project([]).when(reverse(1)).then_rejected(unknown);
}

#[test]
fn whoever_promised_fulfils_in_the_currency_of_the_promise() {
    let donor = DonorAsked { name: text("Japan"), partner: None };
    let pledge = Some(transaction(1));
    let other = Command::CommitFunds { donor, pledge, movement: moved(2, usd(1)) };
    let rejection = Rejection::AnotherDonor { transaction: transaction(1), donor: text("Norway") };
    project([pledged(1, 100)]).when(other).then_rejected(rejection);
    let rejection = Rejection::AnotherCurrency { currency: usd(1).currency };
    project([pledged(1, 100)]).when(commit(2, Some(1), money("EUR", 1))).then_rejected(rejection.clone());
    project([pledged(1, 100)]).when(reduce(1, money("EUR", 1))).then_rejected(rejection);
}

#[test]
fn a_reduction_leaves_something() {
    let past = || project([pledged(1, 100), committed(2, Some(1), 60)]);
    past().when(reduce(1, usd(39))).then([reduced(1, 39)]);
    let by = usd(40);
    past().when(reduce(1, by)).then_rejected(Rejection::LeavesNothing { transaction: transaction(1), by });
    past().when(reduce(1, usd(41))).then_rejected(beyond(1, 41, 40));
    past().when(reduce(1, usd(0))).then_rejected(Rejection::BadAmount(BadMoney::NotPositive));
}

#[test]
fn a_promise_is_taken_back_for_what_is_left_of_it() {
    project([pledged(1, 100), committed(2, Some(1), 60)]).when(withdraw(1)).then([withdrawn(1)]);
}

#[test]
fn a_transaction_is_reversed_once_by_its_negative() {
    project([received(1, None, 70)]).when(reverse(1)).then([reversed(99, 1, -70)]);
    let rejection = Rejection::AlreadyReversed { transaction: transaction(1) };
    project([received(1, None, 70), reversed(2, 1, -70)]).when(reverse(1)).then_rejected(rejection);
}

#[test]
fn a_reversal_is_not_reversed() {
    let rejection = Rejection::WrongTransaction { transaction: transaction(2), kind: Kind::Reversal };
    project([received(1, None, 70), reversed(2, 1, -70)]).when(reverse(2)).then_rejected(rejection);
}
