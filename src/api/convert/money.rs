//! Money as a request states it.
use super::Form;
use super::shared::{day, reference};
use crate::api::proto as pb;
use crate::domain::id::TransactionId;
use crate::domain::money::{BadMoney, Currency, MINOR_MAX, Money};
use crate::domain::project::{DonorAsked, Movement, Origin};

/// More than zero.
pub(super) fn money(form: &mut Form, it: pb::Money) -> Option<Money> {
    let currency: Currency = form.text("currency", it.currency)?;
    form.noted("minor", Money::positive(currency, it.minor))
}

/// Less than zero too: sources correct themselves by negative amounts.
fn imported(form: &mut Form, it: pb::Money) -> Option<Money> {
    let currency: Currency = form.text("currency", it.currency)?;
    match it.minor.checked_abs() {
        Some(1..MINOR_MAX) => Some(Money { currency, minor: it.minor }),
        Some(0) => form.refuse("minor", "an amount must not be zero"),
        _ => form.refuse("minor", BadMoney::Absurd),
    }
}

pub(super) fn movement(form: &mut Form, it: pb::Movement) -> Option<Movement> {
    let transaction = form.fresh("transaction_id", it.transaction_id, TransactionId::of);
    let sign = if it.origin.is_some() { imported } else { money };
    let amount = form.part("amount", it.amount, sign);
    let value_date = day(form, "value_date", &it.value_date);
    let origin = form.optional_part("origin", it.origin, origin);
    Some(Movement { transaction: transaction?, amount: amount?, value_date: value_date?, origin: origin? })
}

pub(super) fn origin(form: &mut Form, it: pb::Origin) -> Option<Origin> {
    let source = form.text("source", it.source);
    let external_id = form.text("external_id", it.external_id);
    Some(Origin { source: source?, external_id: external_id? })
}

pub(super) fn donor(form: &mut Form, it: pb::Donor) -> Option<DonorAsked> {
    let name = form.text("name", it.name);
    let partner = form.optional_part("partner", it.partner, reference);
    Some(DonorAsked { name: name?, partner: partner? })
}
