//! What is asked at random: often what could be granted as things stand, often not.
mod bodies;
mod initiative;
mod money;
mod projects;
mod texts;
mod voices;
mod work;

use super::ask::Ask;
use super::chance::Chance;
use super::known::{As, Known};
use pactline::codec::AnyEvent;
use pactline::domain::citation::Reference;
use pactline::domain::fact::Capacity;
use pactline::domain::id::PartnerId;
use pactline::domain::meeting::SeatAsked;
use pactline::domain::partner::{self, Party};
use pactline::domain::scope::Period;
use pactline::domain::text::{PersonId, Prose, Slug, Text};
use pactline::domain::{Date, Timestamp};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a generator may look at.
pub struct Scene<'a> {
    pub chance: &'a mut Chance,
    pub known: &'a Known,
    pub now: Timestamp,
    /// The kind of thing to ask something of, and always the same one; any where there is none.
    pub hot: Option<&'static str>,
}

impl Scene<'_> {
    /// A command to some thing, or to what it must rest on first.
    pub fn ask(&mut self) -> Ask {
        let there = |what| self.known.has(what);
        let (law, provision, text) = (there(As::Edition), there(As::Provision), there(As::Text));
        if text && self.chance.percent(15) {
            return self.onward();
        }
        let hot = self.hot.filter(|it| !self.known.ids(it).is_empty());
        let kind = match hot {
            Some("meeting") => 15,
            Some("recommendation") => 24,
            Some("consultation") => 31,
            Some("priority") => 58,
            Some("project") => 67,
            Some("task") => 99,
            _ => self.chance.below(100),
        };
        match kind {
            15.. if !law && self.chance.percent(80) => self.charter(),
            24.. if !provision && self.chance.percent(80) => self.mandate(),
            31..67 if !text && self.chance.percent(80) => self.recommendation(),
            58..67 if !there(As::Adoption) && self.chance.percent(80) => self.consultation(),
            0..6 => self.partner(),
            6..12 => self.mandate(),
            12..14 => self.evidence(),
            14..15 => self.charter(),
            15..24 => self.meeting(),
            24..31 => self.recommendation(),
            31..58 => self.consultation(),
            58..67 => self.priority(),
            67..90 => self.project(),
            _ => self.task(),
        }
    }

    /// Things of all kinds are called alike, so that a mistake between kinds would be noticed.
    fn new_id(&mut self, kind: &str) -> Uuid {
        let there = self.known.ids(kind).len() as u64;
        Uuid::from_u128(1 + u128::from(self.chance.below(there + 4)))
    }

    /// Something of a kind that is on record, or, rarely, is not.
    fn some(&mut self, kind: &str) -> Uuid {
        let (known, living) = (self.known.ids(kind), self.known.living(kind));
        let some = if self.hot == Some(kind) { living.last().copied() } else { self.chance.one(living) };
        let some = some.filter(|_| self.chance.percent(90));
        match some.or_else(|| self.chance.one(known)) {
            Some(id) if !self.chance.percent(2) => id,
            _ => self.new_id(kind),
        }
    }

    fn cite(&mut self, what: As) -> Reference {
        self.known.cite(self.chance, what)
    }

    fn perhaps(&mut self, percent: u64, what: As) -> Option<Reference> {
        self.chance.percent(percent).then(|| self.cite(what))
    }

    fn party(&mut self) -> Party {
        PARTIES.get(self.chance.below(6) as usize).map_or_else(
            || Party::Organization(word("INTERPOL")),
            |code| Party::Country(code.parse().unwrap()),
        )
    }

    /// Who could sit in a forum: some of those who were admitted or may observe.
    fn roster(&mut self) -> Vec<SeatAsked> {
        let mut seats = BTreeMap::new();
        for past in self.known.citable(As::Admission) {
            let AnyEvent::Partner(event) = &past.event else { continue };
            let (party, name, capacity) = match event {
                partner::Event::PartnerAdmitted { party, name } => (party, name, Capacity::Member),
                partner::Event::ObserverStatusGranted { party, name } => (party, name, Capacity::Observer),
                _ => continue,
            };
            let (party, name, partner) = (party.id(), name.clone(), Some(past.reference()));
            seats.insert(party, SeatAsked { party, name, capacity, partner });
        }
        let mut roster: Vec<_> = seats.into_values().filter(|_| self.chance.percent(85)).collect();
        if self.chance.percent(2) && !roster.is_empty() {
            roster.push(roster[0].clone());
        }
        if self.chance.percent(2)
            && let Some(first) = roster.first_mut()
        {
            first.capacity = Capacity::Observer;
        }
        roster
    }

    /// One of `parties`, or, rarely, any.
    fn member(&mut self, parties: &[PartnerId]) -> PartnerId {
        let any = self.party().id();
        match self.chance.one(parties) {
            Some(party) if !self.chance.percent(4) => party,
            _ => any,
        }
    }

    fn soon(&mut self) -> Timestamp {
        let ms = self.chance.between(1, 80_000_000);
        self.now + jiff::SignedDuration::from_millis(ms as i64)
    }
}

pub const PARTIES: [&str; 5] = ["AFG", "AUT", "FRA", "IRN", "TJK"];
pub const ROLES: [&str; 4] = ["coordinator", "donor", "expert", "recipient"];

pub fn word<const MAX: usize>(text: &str) -> Text<MAX> {
    text.try_into().unwrap()
}

pub fn slug(text: &str) -> Slug {
    text.try_into().unwrap()
}

/// The `n`th person.
pub fn person(n: u64) -> PersonId {
    format!("person:{n}").try_into().unwrap()
}

fn why() -> Prose {
    word("it is so")
}

fn year(n: i16) -> Period {
    Period::new(Date::constant(n, 1, 1), Date::constant(n, 12, 31)).unwrap()
}
