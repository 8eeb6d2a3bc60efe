//! The parts that requests of more than one service are made of.
use super::Form;
use crate::api::proto as pb;
use crate::domain::Date;
use crate::domain::citation::Reference;
use crate::domain::evidence::Quantity;
use crate::domain::fact::Capacity;
use crate::domain::meeting::SeatAsked;
use crate::domain::scope::{Period, Scope, plausible};
use crate::domain::text::Source;

pub(in crate::api) fn reference(form: &mut Form, it: pb::EventReference) -> Option<Reference> {
    let stream = form.text("stream", it.stream);
    let event_id =
        if it.event_id.is_empty() { Some(None) } else { form.existing("event_id", it.event_id).map(Some) };
    Some(Reference { stream: stream?, revision: it.revision, event_id: event_id? })
}

pub(super) fn source(form: &mut Form, it: pb::Source) -> Option<Source> {
    let symbol = form.text("symbol", it.symbol);
    let locator = form.optional_text("locator", it.locator);
    let sha256 = form.optional_text("sha256", it.sha256);
    Some(Source { symbol: symbol?, locator: locator?, sha256: sha256? })
}

/// A whole day, `YYYY-MM-DD` and nothing else.
pub(super) fn day(form: &mut Form, field: &str, text: &str) -> Option<Date> {
    let date = if text.len() == 10 { text.parse().map_err(|_| ()) } else { Err(()) };
    match date.and_then(|it| plausible(it).map_err(|_| ())) {
        Ok(date) => Some(date),
        Err(()) => form.refuse(field, "must be a day from 1900 to 2200 such as 2012-02-16"),
    }
}

pub(super) fn period(form: &mut Form, it: pb::Period) -> Option<Period> {
    let from = day(form, "from", &it.from);
    let until = day(form, "until", &it.until);
    form.noted("", Period::new(from?, until?))
}

pub(super) fn quantity(form: &mut Form, it: pb::Quantity) -> Option<Quantity> {
    let unit = form.text("unit", it.unit);
    Some(Quantity { thousandths: it.thousandths, unit: unit? })
}

pub(super) fn scope(form: &mut Form, it: pb::Scope) -> Option<Scope> {
    let pillar = form.text("pillar", it.pillar);
    let routes = form.texts("routes", it.routes);
    let countries = form.texts("countries", it.countries);
    let period = form.part("period", it.period, period);
    Some(Scope { pillar: pillar?, routes: routes?, countries: countries?, period: period? })
}

pub(super) fn capacity(it: pb::Capacity) -> Option<Capacity> {
    match it {
        pb::Capacity::Unspecified => None,
        pb::Capacity::Member => Some(Capacity::Member),
        pb::Capacity::Observer => Some(Capacity::Observer),
    }
}

pub(super) fn seat(form: &mut Form, it: pb::Seat) -> Option<SeatAsked> {
    let party = form.text("party_id", it.party_id);
    let name = form.text("name", it.name);
    let capacity = form.choice("capacity", it.capacity, capacity);
    let partner = form.optional_part("partner", it.partner, reference);
    Some(SeatAsked { party: party?, name: name?, capacity: capacity?, partner: partner? })
}
