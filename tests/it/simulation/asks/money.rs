//! Commands about a project's money.
use super::*;
use pactline::domain::id::TransactionId;
use pactline::domain::money::Money;
use pactline::domain::project::{self, Command::*, DonorAsked, Event, Movement, Origin};

impl Scene<'_> {
    pub(super) fn money(&mut self, most: u64) -> Money {
        let code = if self.chance.percent(95) { "USD" } else { "EUR" };
        let minor = match self.chance.below(60) {
            0 => i64::MAX,
            1 => 0,
            _ => self.chance.between(1, most) as i64,
        };
        Money { currency: code.parse().unwrap(), minor }
    }

    pub(super) fn movement(&mut self, id: Uuid) -> project::Command {
        let of = self.transaction(id);
        let donor = self.donor();
        let reason = why();
        match self.chance.below(24) {
            0..4 => PledgeFunds { donor, movement: self.moves() },
            4..9 => {
                let pledge = self.chance.percent(40).then_some(of);
                CommitFunds { donor, pledge, movement: self.moves() }
            }
            9..13 => {
                let commitment = self.chance.percent(60).then_some(of);
                ReceiveFunds { donor, commitment, movement: self.moves() }
            }
            13..15 => ReduceFunds { of, by: self.money(300), reason },
            15 => WithdrawFunds { of, reason },
            16..18 => DisburseFunds { to: word("A field office"), movement: self.moves() },
            18..20 => RecordExpenditure { purpose: word("Training"), movement: self.moves() },
            20..22 => ReverseTransaction { transaction: self.new_transaction(), of, reason },
            _ => ReviseBudget { budget: self.money(1_000), reason },
        }
    }

    fn donor(&mut self) -> DonorAsked {
        let name = word(["Norway", "Japan"][self.chance.below(10) as usize / 9]);
        DonorAsked { name, partner: self.perhaps(30, As::Admission) }
    }

    fn moves(&mut self) -> Movement {
        let origin = Origin { source: word("iati"), external_id: word("1") };
        let mut amount = self.money(400);
        let imported = self.chance.percent(10);
        if imported && self.chance.percent(50) {
            amount.minor = -amount.minor;
        }
        Movement {
            transaction: self.new_transaction(),
            amount,
            value_date: Date::constant(2026, 3, 1),
            origin: imported.then_some(origin),
        }
    }

    fn new_transaction(&mut self) -> TransactionId {
        TransactionId(Uuid::from_u128(self.chance.below(40).into()))
    }

    /// A transaction of this project.
    fn transaction(&mut self, id: Uuid) -> TransactionId {
        let moved = self.known.about("project", id).into_iter().filter_map(|it| match &it.event {
            AnyEvent::Project(
                Event::FundsPledged { movement, .. }
                | Event::FundsCommitted { movement, .. }
                | Event::FundsReceived { movement, .. }
                | Event::FundsDisbursed { movement, .. }
                | Event::ExpenditureRecorded { movement, .. },
            ) => Some(movement.transaction),
            AnyEvent::Project(Event::TransactionReversed { transaction, .. }) => Some(*transaction),
            _ => None,
        });
        let moved: Vec<_> = moved.collect();
        self.chance.one(&moved).unwrap_or_else(|| self.new_transaction())
    }
}
