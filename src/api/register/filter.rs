//! Which entries a list lets through, and how a request says so.
use crate::api::convert::Form;
use crate::api::proto as pb;
use crate::api::query::{self, Moment};
use crate::views::register::{Entry, Facets, List, Order, Snapshot};
use crate::views::{Token, ViewError};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// A list as it is asked for.
pub(super) struct Listing {
    pub(super) moment: Moment,
    pub(super) list: List,
    /// All that was asked but the page: what a token is good for.
    pub(super) question: String,
    pub(super) filter: Filter,
}

/// A request for a list.
pub(super) trait Asks: Clone + Debug {
    /// What it lists.
    type Entry: Entry;
    /// Takes out what all lists have: as of when, which page, in which order.
    fn take(&mut self) -> (Option<pb::QueryContext>, Option<pb::Page>, String);
    /// Reads the rest.
    fn filter(self, form: &mut Form) -> Option<Filter>;
}

pub(super) fn read<R: Asks>(form: &mut Form, mut request: R) -> Option<Listing> {
    let (context, page, order_by) = request.take();
    let as_of = context.map(|it| it.as_of);
    let question = format!("{request:?} {as_of:?} {order_by}");
    let moment = query::moment(form, context);
    let order = order::<R::Entry>(form, &order_by);
    let query::Page { size, token } = query::page(page);
    let after = match token.as_str() {
        "" => Some(None),
        token => form.noted("page.token", Token::read(token, &question)).map(Some),
    };
    let filter = request.filter(form);
    let list = List { order: order?, size, after: after? };
    Some(Listing { moment: moment?, list, question, filter: filter? })
}

fn order<E: Entry>(form: &mut Form, order_by: &str) -> Option<Order> {
    let (name, down) = match order_by.strip_suffix(" desc") {
        Some(name) => (name, true),
        None => (order_by, false),
    };
    let nth = if name.is_empty() { Some(0) } else { E::ORDERS.iter().position(|it| *it == name) };
    match nth {
        Some(nth) if down => Some(Order::Down(nth)),
        Some(nth) => Some(Order::Up(nth)),
        None => {
            let known = E::ORDERS.join(", ");
            form.refuse("order_by", format!("must be one of {known}, with \" desc\" behind it or not"))
        }
    }
}

/// Conditions that an entry must all meet.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    has: Vec<(&'static str, String)>,
    has_or_all: Vec<(&'static str, String)>,
    present: Vec<&'static str>,
    absent: Vec<&'static str>,
    text: String,
    lookups: Vec<Lookup>,
}

/// A condition that depends on other entries.
#[derive(Debug, Clone)]
pub(super) enum Lookup {
    /// A provision that recommendations on this pillar serve.
    ServedOn(String),
    /// A provision on which a live project rests.
    Answered,
    /// A provision on which none does.
    Unanswered,
    /// A project that answers a priority on this pillar.
    AnswersOn(String),
    /// A project that answers this priority.
    Answers(String),
}

/// A condition once the other entries were looked at: one of these must be among the values, or none.
enum Found {
    Among(&'static str, BTreeSet<String>),
    NotAmong(&'static str, BTreeSet<String>),
}

impl Filter {
    /// The facet must have this value; empty asks for nothing.
    pub(super) fn has(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.has.extend(Some((name, value.into())).filter(|(_, it)| !it.is_empty()));
        self
    }

    /// The facet must have this value, or none at all, which stands for all of them.
    pub(super) fn has_or_all(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.has_or_all.extend(Some((name, value.into())).filter(|(_, it)| !it.is_empty()));
        self
    }

    /// The facet must be there.
    pub(super) fn present(mut self, name: &'static str) -> Self {
        self.present.push(name);
        self
    }

    /// The facet must not be there.
    pub(super) fn absent(mut self, name: &'static str) -> Self {
        self.absent.push(name);
        self
    }

    /// Every word of `text` must be there.
    pub(super) fn text(self, text: String) -> Self {
        Self { text, ..self }
    }

    /// The condition must be met.
    pub(super) fn lookup(mut self, lookup: Option<Lookup>) -> Self {
        self.lookups.extend(lookup);
        self
    }

    /// The filter with all that it must look up.
    pub(super) fn made(self, snapshot: &Snapshot<'_>) -> Result<impl Fn(&Facets) -> bool + use<>, ViewError> {
        let found = self.lookups.iter().map(|it| it.found(snapshot)).collect::<Result<Vec<_>, _>>()?;
        Ok(move |facets: &Facets| {
            let all = |name: &str, value: &str| facets.has(name, value) || facets.of(name).next().is_none();
            self.has.iter().all(|(name, value)| facets.has(name, value))
                && self.has_or_all.iter().all(|(name, value)| all(name, value))
                && self.present.iter().all(|name| facets.of(name).next().is_some())
                && self.absent.iter().all(|name| facets.of(name).next().is_none())
                && facets.has_words(&self.text)
                && found.iter().all(|it| it.lets(facets))
        })
    }
}

impl Lookup {
    fn found(&self, snapshot: &Snapshot<'_>) -> Result<Found, ViewError> {
        let answered = || snapshot.answers().map(|it| it.provisions().map(str::to_owned).collect());
        Ok(match self {
            Lookup::ServedOn(pillar) => Found::Among("event", snapshot.provisions_on(pillar)?),
            Lookup::Answered => Found::Among("event", answered()?),
            Lookup::Unanswered => Found::NotAmong("event", answered()?),
            Lookup::AnswersOn(pillar) => {
                Found::Among("priority", snapshot.priorities(|_, it| it.has("pillar", pillar))?)
            }
            Lookup::Answers(id) => {
                Found::Among("priority", snapshot.priorities(|priority, _| priority.to_string() == *id)?)
            }
        })
    }
}

impl Found {
    fn lets(&self, facets: &Facets) -> bool {
        match self {
            Found::Among(name, values) => facets.of(name).any(|it| values.contains(it)),
            Found::NotAmong(name, values) => !facets.of(name).any(|it| values.contains(it)),
        }
    }
}
