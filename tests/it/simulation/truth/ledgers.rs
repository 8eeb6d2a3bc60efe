//! A project's money, counted by hand.
use super::Judge;
use pactline::codec::AnyEvent;
use pactline::domain::charter::FundingBasis;
use pactline::domain::citation::StreamName;
use pactline::domain::id::TransactionId;
use pactline::domain::money::{Currency, Money};
use pactline::domain::project::{Event, Ledger};
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Pledge,
    Commitment,
    Receipt,
    Outgoing,
    Reversal,
}

/// A line in the book.
struct Line {
    sort: Sort,
    amount: Money,
    of: Option<TransactionId>,
    less: i128,
    withdrawn: bool,
    undone: bool,
}

#[derive(Default)]
struct Book(BTreeMap<TransactionId, Line>);

impl Book {
    fn enter(&mut self, id: TransactionId, sort: Sort, amount: Money, of: Option<TransactionId>) -> bool {
        let line = Line { sort, amount, of, less: 0, withdrawn: false, undone: false };
        self.0.insert(id, line).is_none()
    }

    fn worth(&self, line: &Line) -> i128 {
        i128::from(line.amount.minor) - line.less
    }

    /// What came in on a commitment.
    fn received_on(&self, id: TransactionId) -> i128 {
        let on = |it: &&Line| it.sort == Sort::Receipt && it.of == Some(id) && !it.undone;
        self.0.values().filter(on).map(|it| self.worth(it)).sum()
    }

    fn sum(&self, currency: Currency, sort: Sort) -> i128 {
        let of = |it: &&Line| it.sort == sort && it.amount.currency == currency && !it.undone;
        self.0.values().filter(of).map(|it| self.worth(it)).sum()
    }

    /// Committed and standing, the received part of what was withdrawn, and what came in without a commitment.
    fn committed(&self, currency: Currency) -> i128 {
        let standing = |(id, it): (&TransactionId, &Line)| match it.sort {
            _ if it.undone || it.amount.currency != currency => 0,
            Sort::Commitment if it.withdrawn => self.received_on(*id),
            Sort::Commitment => self.worth(it),
            Sort::Receipt => {
                let on = it.of.and_then(|of| self.0.get(&of)).is_some_and(|it| !it.undone);
                if on { 0 } else { self.worth(it) }
            }
            Sort::Pledge | Sort::Outgoing | Sort::Reversal => 0,
        };
        self.0.iter().map(standing).sum()
    }

    fn at_hand(&self, currency: Currency) -> i128 {
        self.sum(currency, Sort::Receipt) - self.sum(currency, Sort::Outgoing)
    }
}

impl Judge<'_> {
    pub(super) fn ledger(&mut self, stream: &StreamName) {
        let (mut book, mut ledger) = (Book::default(), Ledger::default());
        let (mut funded, mut over, mut budget, mut law) = (false, false, None, None);
        let of = self.of(stream);
        for (past, next) in of.iter().zip(of.iter().skip(1).map(Some).chain([None])) {
            let AnyEvent::Project(event) = &past.event else { continue };
            if let Event::FundsDisbursed { movement, beyond_available, .. }
            | Event::ExpenditureRecorded { movement, beyond_available, .. } = event
            {
                let at_hand = book.at_hand(movement.amount.currency).max(0);
                let beyond = i128::from(movement.amount.minor) - at_hand;
                let told = beyond_available.map_or(0, |it| i128::from(it.minor));
                self.must(told == beyond.max(0), "what was not there is flagged", past);
            }
            self.must(moves(&mut book, event), "a transaction is entered once", past);
            ledger.apply(event);
            for (currency, totals) in ledger.totals() {
                let (came, went) = (book.sum(currency, Sort::Receipt), book.sum(currency, Sort::Outgoing));
                let right = totals.received == came
                    && totals.disbursed + totals.spent == went
                    && totals.committed + totals.uncommitted == book.committed(currency);
                self.must(right, "the sums are those of the movements", past);
            }
            match event {
                Event::ProjectProposed { budget: takes, law: governs, .. } => {
                    (budget, law) = (*takes, Some(governs.funding));
                }
                Event::BudgetRevised { budget: takes, .. } => budget = Some(*takes),
                Event::LawAmended { law: governs, .. } => law = Some(governs.funding),
                Event::ProjectCompleted { .. }
                | Event::ProjectCancelled { .. }
                | Event::ProjectRejected { .. } => {
                    over = true;
                }
                Event::ProjectFunded { .. } => {
                    self.must(!funded, "a project becomes funded once", past);
                    funded = true;
                }
                _ => {}
            }
            let (Some(budget), Some(law)) = (budget, law) else { continue };
            let there = match law.basis {
                FundingBasis::Committed => book.committed(budget.currency),
                FundingBasis::Received => book.sum(budget.currency, Sort::Receipt),
            };
            let enough = there * 100 >= i128::from(budget.minor) * i128::from(law.threshold_percent);
            let told =
                |it: &&&super::Past| matches!(it.event, AnyEvent::Project(Event::ProjectFunded { .. }));
            let follows = next.filter(told).is_some();
            self.must(!follows || enough, "funded is what has enough", past);
            let moved = matches!(
                event,
                Event::FundsCommitted { .. }
                    | Event::FundsReceived { .. }
                    | Event::TransactionReversed { .. }
                    | Event::BudgetRevised { .. }
                    | Event::LawAmended { .. }
            );
            if moved && !funded && !over {
                self.must(follows == enough, "what crosses the threshold says so", past);
            }
        }
    }
}

/// Enters what an event moves; false when that is entered already, or undone twice.
fn moves(book: &mut Book, event: &Event) -> bool {
    match event {
        Event::FundsPledged { movement, .. } => {
            book.enter(movement.transaction, Sort::Pledge, movement.amount, None)
        }
        Event::FundsCommitted { movement, pledge, .. } => {
            book.enter(movement.transaction, Sort::Commitment, movement.amount, *pledge)
        }
        Event::FundsReceived { movement, commitment, .. } => {
            book.enter(movement.transaction, Sort::Receipt, movement.amount, *commitment)
        }
        Event::FundsDisbursed { movement, .. } | Event::ExpenditureRecorded { movement, .. } => {
            book.enter(movement.transaction, Sort::Outgoing, movement.amount, None)
        }
        Event::FundsReduced { of, by, .. } => {
            book.0.get_mut(of).map(|it| it.less += i128::from(by.minor)).is_some()
        }
        Event::FundsWithdrawn { of, .. } => {
            book.0.get_mut(of).is_some_and(|it| !std::mem::replace(&mut it.withdrawn, true))
        }
        Event::TransactionReversed { transaction, of, amount, .. } => {
            let undone = book.0.get_mut(of).is_some_and(|it| !std::mem::replace(&mut it.undone, true));
            undone && book.enter(*transaction, Sort::Reversal, *amount, Some(*of))
        }
        _ => true,
    }
}
