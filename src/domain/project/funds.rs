//! Money promised, committed, received, passed on, spent and undone.
use super::ledger::{Entry, Kind};
use super::state::Proposal;
use super::{Donor, DonorAsked, Event, Movement, Project, Rejection};
use crate::domain::citation::Uncitable;
use crate::domain::fact::{EditionFact, PartnerFact, StageFact};
use crate::domain::id::TransactionId;
use crate::domain::money::{BadMoney, Currency, MINOR_MAX, Money};
use crate::domain::scope::plausible;
use crate::domain::text::{Name, Prose};
use crate::domain::{Decider, Given, Unvouched, Vouched};

type Answer = Result<Vec<Event>, Rejection>;

pub(super) fn pledge(project: &Project, given: &Given, donor: DonorAsked, movement: Movement) -> Answer {
    project.underway()?;
    sound(project, &movement)?;
    Ok(vec![Event::FundsPledged { donor: known(given, donor)?, movement }])
}

pub(super) fn commit(
    project: &Project,
    given: &Given,
    donor: DonorAsked,
    (pledge, movement): (Option<TransactionId>, Movement),
) -> Answer {
    project.underway()?;
    sound(project, &movement)?;
    fulfils(project, pledge, Kind::Pledge, &donor, &movement)?;
    vouched(project, given, &donor)?;
    let stage = project.stage_reference().ok_or(Rejection::NotProposed)?;
    let under = given.cited::<StageFact>(&stage)?.citation;
    let donor = known(given, donor)?;
    Ok(and_funded(project, given, Event::FundsCommitted { donor, pledge, movement, under }))
}

/// Where the project's law asks for it, a donor signs what it commits; what it committed before there was that law is
/// taken from documents. What a signature vouches for is the signer's
/// own money.
fn vouched(project: &Project, given: &Given, donor: &DonorAsked) -> Result<(), Rejection> {
    let Proposal { law, charter, .. } = project.proposed()?;
    let party = match &given.vouched {
        Vouched::Signature { party, .. } => party,
        Vouched::Word | Vouched::Source if !law.funding.signed => return Ok(()),
        Vouched::Word => return Err(Unvouched::SignatureMissing.into()),
        Vouched::Source => {
            let edition = given.cited::<EditionFact>(&charter.reference())?;
            return Ok(Unvouched::by_document(given.at, edition.fact.since)?);
        }
    };
    let partner = donor.partner.as_ref().map(|it| given.cited::<PartnerFact>(it)).transpose()?;
    match partner {
        Some(partner) if partner.fact.id == *party => Ok(()),
        Some(_) | None => Err(Unvouched::SignedByAnother.into()),
    }
}

/// Money comes in even when the project is over.
pub(super) fn receive(
    project: &Project,
    given: &Given,
    donor: DonorAsked,
    (commitment, movement): (Option<TransactionId>, Movement),
) -> Answer {
    project.proposed()?;
    sound(project, &movement)?;
    fulfils(project, commitment, Kind::Commitment, &donor, &movement)?;
    let donor = known(given, donor)?;
    Ok(and_funded(project, given, Event::FundsReceived { donor, commitment, movement }))
}

pub(super) fn reduce(project: &Project, of: TransactionId, by: Money, reason: Prose) -> Answer {
    project.underway()?;
    let by = Money::positive(by.currency, by.minor)?;
    let (entry, left) = promise(project, of)?;
    same_currency(entry, by)?;
    let asked = i128::from(by.minor);
    if asked > left {
        let left = money(by.currency, left);
        return Err(Rejection::BeyondWhatIsLeft { transaction: of, asked: by, left });
    }
    if asked == left {
        return Err(Rejection::LeavesNothing { transaction: of, by });
    }
    Ok(vec![Event::FundsReduced { of, by, reason }])
}

pub(super) fn withdraw(project: &Project, of: TransactionId, reason: Prose) -> Answer {
    project.underway()?;
    promise(project, of)?;
    Ok(vec![Event::FundsWithdrawn { of, reason }])
}

pub(super) fn disburse(project: &Project, to: Name, movement: Movement) -> Answer {
    project.underway()?;
    sound(project, &movement)?;
    let beyond_available = beyond(project, movement.amount);
    Ok(vec![Event::FundsDisbursed { to, movement, beyond_available }])
}

/// What was spent is written down even when the project is over.
pub(super) fn spend(project: &Project, purpose: Name, movement: Movement) -> Answer {
    project.proposed()?;
    sound(project, &movement)?;
    let beyond_available = beyond(project, movement.amount);
    Ok(vec![Event::ExpenditureRecorded { purpose, movement, beyond_available }])
}

/// Mistakes are undone even when the project is over.
pub(super) fn reverse(
    project: &Project,
    given: &Given,
    (transaction, of): (TransactionId, TransactionId),
    reason: Prose,
) -> Answer {
    project.proposed()?;
    unused(project, transaction)?;
    let entry = project.ledger.entry(of).ok_or(Rejection::NoSuchTransaction { transaction: of })?;
    if entry.kind == Kind::Reversal {
        return Err(Rejection::WrongTransaction { transaction: of, kind: entry.kind });
    }
    if project.ledger.is_reversed(of) {
        return Err(Rejection::AlreadyReversed { transaction: of });
    }
    let amount = Money { minor: entry.amount.minor.saturating_neg(), ..entry.amount };
    Ok(and_funded(project, given, Event::TransactionReversed { transaction, of, amount, reason }))
}

/// `event`, and ProjectFunded when it takes the project over the threshold of its law, for the first time or after
/// it fell back. A project that is over, or has no budget, never becomes funded.
pub(super) fn and_funded(project: &Project, given: &Given, event: Event) -> Vec<Event> {
    let mut after = project.clone();
    after.evolve(&event, given.at);
    let crossed = crossed(&after).filter(|_| !after.funded && after.end.is_none());
    [Some(event), crossed].into_iter().flatten().collect()
}

fn crossed(project: &Project) -> Option<Event> {
    let budget = project.budget?;
    let law = project.proposal.as_ref()?.law.funding;
    let funded = project.ledger.total(budget.currency).funded(law.basis);
    let stage = project.stage.as_ref().map(|it| it.stage.clone());
    let funded_is = |funded| Event::ProjectFunded { basis: law.basis, funded, budget, stage };
    reaches(funded, law.threshold_percent, budget).then(|| funded_is(money(budget.currency, funded)))
}

/// Whether `event` may leave less than there was, or ask for more.
pub(super) fn may_take_back(event: &Event) -> bool {
    match event {
        Event::FundsReduced { .. }
        | Event::FundsWithdrawn { .. }
        | Event::TransactionReversed { .. }
        | Event::BudgetRevised { .. }
        | Event::LawAmended { .. } => true,
        Event::FundsCommitted { movement, .. } | Event::FundsReceived { movement, .. } => {
            movement.amount.minor < 0
        }
        _ => false,
    }
}

/// Whether the project is over the threshold of its law.
pub(super) fn is_funded(project: &Project) -> bool {
    crossed(project).is_some()
}

/// Whether `funded` minor units are at least `percent` of `budget`.
pub(super) fn reaches(funded: i128, percent: u8, budget: Money) -> bool {
    funded.saturating_mul(100) >= i128::from(budget.minor) * i128::from(percent)
}

/// A sum as money; one beyond 64 bits is shown as the nearest that fits.
pub(super) fn money(currency: Currency, minor: i128) -> Money {
    let nearest = if minor < 0 { i64::MIN } else { i64::MAX };
    Money { currency, minor: i64::try_from(minor).unwrap_or(nearest) }
}

/// How much of `amount` is not there.
fn beyond(project: &Project, amount: Money) -> Option<Money> {
    let available = project.ledger.total(amount.currency).available().max(0);
    let beyond = i128::from(amount.minor) - available;
    (beyond > 0).then(|| money(amount.currency, beyond))
}

fn sound(project: &Project, movement: &Movement) -> Result<(), Rejection> {
    let minor = movement.amount.minor;
    if minor == 0 {
        return Err(BadMoney::NotPositive.into());
    }
    if minor < 0 && movement.origin.is_none() {
        return Err(Rejection::NegativeWithoutOrigin);
    }
    if minor.unsigned_abs() >= MINOR_MAX.unsigned_abs() {
        return Err(BadMoney::Absurd.into());
    }
    let date = movement.value_date;
    plausible(date).map_err(|because| Rejection::BadValueDate { date, because })?;
    unused(project, movement.transaction)
}

fn unused(project: &Project, transaction: TransactionId) -> Result<(), Rejection> {
    match project.ledger.entry(transaction) {
        Some(_) => Err(Rejection::TransactionTwice { transaction }),
        None => Ok(()),
    }
}

fn known(given: &Given, donor: DonorAsked) -> Result<Donor, Uncitable> {
    let partner = donor.partner.map(|it| given.cited::<PartnerFact>(&it)).transpose()?;
    Ok(Donor { name: donor.name, partner: partner.map(|it| it.citation) })
}

/// The promise `of` is of this kind, by this donor, and enough of it is left.
fn fulfils(
    project: &Project,
    of: Option<TransactionId>,
    kind: Kind,
    donor: &DonorAsked,
    movement: &Movement,
) -> Result<(), Rejection> {
    let Some(transaction) = of else {
        return Ok(());
    };
    let (asked, (entry, left)) = (movement.amount, promise(project, transaction)?);
    if entry.kind != kind {
        return Err(Rejection::WrongTransaction { transaction, kind: entry.kind });
    }
    if let Some(by) = entry.donor.as_ref().filter(|it| **it != donor.name) {
        return Err(Rejection::AnotherDonor { transaction, donor: by.clone() });
    }
    same_currency(entry, asked)?;
    match i128::from(asked.minor) > left {
        true => Err(Rejection::BeyondWhatIsLeft { transaction, asked, left: money(asked.currency, left) }),
        false => Ok(()),
    }
}

/// A pledge or commitment of which something is left, and how much.
fn promise(project: &Project, transaction: TransactionId) -> Result<(&Entry, i128), Rejection> {
    let entry = project.ledger.entry(transaction).ok_or(Rejection::NoSuchTransaction { transaction })?;
    match project.ledger.left(transaction) {
        None => Err(Rejection::WrongTransaction { transaction, kind: entry.kind }),
        Some(left) if left <= 0 => Err(Rejection::NothingLeft { transaction }),
        Some(left) => Ok((entry, left)),
    }
}

fn same_currency(entry: &Entry, money: Money) -> Result<(), Rejection> {
    let currency = entry.amount.currency;
    if currency == money.currency { Ok(()) } else { Err(Rejection::AnotherCurrency { currency }) }
}
