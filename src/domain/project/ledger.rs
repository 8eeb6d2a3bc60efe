//! Pledged, committed, received, disbursed, spent: each unit of money once.
use super::{Donor, Event, Movement};
use crate::domain::Date;
use crate::domain::charter::FundingBasis;
use crate::domain::id::TransactionId;
use crate::domain::money::{Currency, Money};
use crate::domain::text::Name;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The movements of one project's money. Its sums do not depend on the order in which the events came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    entries: BTreeMap<TransactionId, Entry>,
    reduced: BTreeMap<TransactionId, i128>,
    withdrawn: BTreeSet<TransactionId>,
    reversed: BTreeSet<TransactionId>,
}

/// One movement as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What kind of movement.
    pub kind: Kind,
    /// Who gives; `None` for money that goes out.
    pub donor: Option<Name>,
    /// How much was recorded, before any reduction.
    pub amount: Money,
    /// When it counts; `None` for a reversal.
    pub value_date: Option<Date>,
    /// The pledge that a commitment fulfils, the commitment that a receipt fulfils, or what a reversal undoes.
    pub of: Option<TransactionId>,
}

/// The kinds of movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// Promised.
    Pledge,
    /// Legally committed.
    Commitment,
    /// In the account.
    Receipt,
    /// Passed on.
    Disbursement,
    /// Spent.
    Expenditure,
    /// The negative of another movement.
    Reversal,
}

/// The sums in one currency, in its minor units. Money moves from pledged to committed to received, so these
/// must not be added up; `promised + outstanding + received` counts each unit of incoming money once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// All that was pledged and is neither reduced, withdrawn nor reversed, committed since or not.
    pub pledged: i128,
    /// The part of `pledged` that no commitment fulfils yet.
    pub promised: i128,
    /// All that was committed and is neither reduced, withdrawn nor reversed, received since or not.
    pub committed: i128,
    /// The part of `committed` that was not received yet.
    pub outstanding: i128,
    /// All that came in.
    pub received: i128,
    /// The part of `received` that fulfils no standing commitment.
    pub uncommitted: i128,
    /// All that was passed on.
    pub disbursed: i128,
    /// All that was spent.
    pub spent: i128,
}

impl Totals {
    /// What is at hand: received, less what was passed on and what was spent. A commitment is not at hand.
    /// Negative once more went out than came in.
    pub fn available(&self) -> i128 {
        self.received - self.disbursed - self.spent
    }

    /// What counts as funding. Money that came in without a commitment is at least as good as committed; a
    /// pledge is not funding.
    pub fn funded(&self, basis: FundingBasis) -> i128 {
        match basis {
            FundingBasis::Committed => self.committed + self.uncommitted,
            FundingBasis::Received => self.received,
        }
    }
}

impl Ledger {
    /// Takes an event of the project into account. One that moves no money changes nothing.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::FundsPledged { donor, movement } => self.give(Kind::Pledge, donor, movement, None),
            Event::FundsCommitted { donor, pledge, movement, .. } => {
                self.give(Kind::Commitment, donor, movement, *pledge);
            }
            Event::FundsReceived { donor, commitment, movement } => {
                self.give(Kind::Receipt, donor, movement, *commitment);
            }
            Event::FundsDisbursed { movement, .. } => self.enter(Kind::Disbursement, None, movement, None),
            Event::ExpenditureRecorded { movement, .. } => {
                self.enter(Kind::Expenditure, None, movement, None);
            }
            Event::FundsReduced { of, by, .. } => {
                *self.reduced.entry(*of).or_default() += i128::from(by.minor);
            }
            Event::FundsWithdrawn { of, .. } => {
                self.withdrawn.insert(*of);
            }
            Event::TransactionReversed { transaction, of, amount, .. } => {
                self.reversed.insert(*of);
                let (kind, amount, of) = (Kind::Reversal, *amount, Some(*of));
                let entry = Entry { kind, donor: None, amount, value_date: None, of };
                self.entries.entry(*transaction).or_insert(entry);
            }
            Event::ProjectProposed { .. }
            | Event::PriorityCited { .. }
            | Event::ProvisionCited { .. }
            | Event::CitationRevoked { .. }
            | Event::ReviewRecorded { .. }
            | Event::DocumentAttached { .. }
            | Event::ProjectApproved { .. }
            | Event::ProjectRejected { .. }
            | Event::ProjectFunded { .. }
            | Event::StageEntered { .. }
            | Event::ProjectSuspended { .. }
            | Event::ProjectResumed { .. }
            | Event::ProjectCompleted { .. }
            | Event::ProjectCancelled { .. }
            | Event::BudgetRevised { .. }
            | Event::ScopeRevised { .. }
            | Event::IndicatorDefined { .. }
            | Event::TargetSet { .. }
            | Event::ResultReported { .. }
            | Event::ResultVerified { .. }
            | Event::LawAmended { .. }
            | Event::StageExpired { .. }
            | Event::ReportFellDue { .. }
            | Event::CitationFlagged { .. }
            | Event::GateExamined { .. } => {}
        }
    }

    /// The sums per currency.
    pub fn totals(&self) -> BTreeMap<Currency, Totals> {
        let fulfilled = self.all_fulfilled();
        let mut sums: BTreeMap<Currency, Totals> = BTreeMap::new();
        for (id, entry) in &self.entries {
            if !self.reversed.contains(id) {
                let fulfilled = fulfilled.get(id).copied().unwrap_or_default();
                self.add(sums.entry(entry.amount.currency).or_default(), *id, entry, fulfilled);
            }
        }
        sums
    }

    /// The sums in one currency.
    pub fn total(&self, currency: Currency) -> Totals {
        self.totals().remove(&currency).unwrap_or_default()
    }

    /// Every movement, by its id.
    pub fn entries(&self) -> impl Iterator<Item = (TransactionId, &Entry)> {
        self.entries.iter().map(|(id, entry)| (*id, entry))
    }

    /// The movement with this id.
    pub fn entry(&self, id: TransactionId) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// Whether the movement was undone.
    pub fn is_reversed(&self, id: TransactionId) -> bool {
        self.reversed.contains(&id)
    }

    /// How much of a pledge or commitment is neither fulfilled nor reduced, withdrawn or reversed, in minor
    /// units; `None` when there is none under this id.
    pub fn left(&self, id: TransactionId) -> Option<i128> {
        let entry = self.entries.get(&id).filter(|it| matches!(it.kind, Kind::Pledge | Kind::Commitment))?;
        if self.reversed.contains(&id) || self.withdrawn.contains(&id) {
            return Some(0);
        }
        Some(self.standing(id, entry) - self.fulfilled(id))
    }

    fn give(&mut self, kind: Kind, donor: &Donor, movement: &Movement, of: Option<TransactionId>) {
        self.enter(kind, Some(donor.name.clone()), movement, of);
    }

    fn enter(&mut self, kind: Kind, donor: Option<Name>, movement: &Movement, of: Option<TransactionId>) {
        let (amount, value_date) = (movement.amount, Some(movement.value_date));
        let entry = Entry { kind, donor, amount, value_date, of };
        self.entries.entry(movement.transaction).or_insert(entry);
    }

    fn add(&self, sum: &mut Totals, id: TransactionId, entry: &Entry, fulfilled: i128) {
        let standing = if self.withdrawn.contains(&id) { fulfilled } else { self.standing(id, entry) };
        match entry.kind {
            Kind::Pledge => {
                sum.pledged += standing;
                sum.promised += standing - fulfilled;
            }
            Kind::Commitment => {
                sum.committed += standing;
                sum.outstanding += standing - fulfilled;
            }
            Kind::Receipt => {
                sum.received += standing;
                sum.uncommitted += if self.fulfils(entry).is_some() { 0 } else { standing };
            }
            Kind::Disbursement => sum.disbursed += standing,
            Kind::Expenditure => sum.spent += standing,
            Kind::Reversal => {}
        }
    }

    fn standing(&self, id: TransactionId, entry: &Entry) -> i128 {
        i128::from(entry.amount.minor) - self.reduced.get(&id).copied().unwrap_or_default()
    }

    /// The pledge or commitment that `entry` fulfils, while it was not undone.
    fn fulfils(&self, entry: &Entry) -> Option<TransactionId> {
        let of = entry.of.filter(|it| !self.reversed.contains(it))?;
        let fulfilled = self.entries.get(&of)?;
        let fits = matches!(
            (entry.kind, fulfilled.kind),
            (Kind::Commitment, Kind::Pledge) | (Kind::Receipt, Kind::Commitment)
        );
        (fits && entry.amount.currency == fulfilled.amount.currency).then_some(of)
    }

    fn fulfilled(&self, id: TransactionId) -> i128 {
        let of = |(by, entry): &(&TransactionId, &Entry)| {
            entry.of == Some(id) && !self.reversed.contains(by) && self.fulfils(entry).is_some()
        };
        self.entries.iter().filter(of).map(|(by, entry)| self.standing_of(*by, entry)).sum()
    }

    fn all_fulfilled(&self) -> BTreeMap<TransactionId, i128> {
        let mut fulfilled = BTreeMap::new();
        for (by, entry) in self.entries.iter().filter(|(by, _)| !self.reversed.contains(by)) {
            if let Some(of) = self.fulfils(entry) {
                *fulfilled.entry(of).or_default() += self.standing_of(*by, entry);
            }
        }
        fulfilled
    }

    /// How much of a movement counts against what it fulfils: a withdrawn commitment gives its pledge back
    /// what was never received.
    fn standing_of(&self, id: TransactionId, entry: &Entry) -> i128 {
        match entry.kind {
            Kind::Commitment if self.withdrawn.contains(&id) => self.fulfilled(id),
            _ => self.standing(id, entry),
        }
    }
}
