//! Parties, as the register shows them.
use super::entry::{Entry, Facets, Listing, Place, Scene, text_key, time_key};
use crate::codec::AnyEvent;
use crate::domain::Timestamp;
use crate::domain::charter::RoleName;
use crate::domain::fact::Capacity;
use crate::domain::partner::{Event, Party};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A party to the initiative.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// Its id.
    pub id: Uuid,
    /// Who it is.
    pub party: Option<Party>,
    /// What it is called.
    pub name: String,
    /// With or without a say; `None` once it left.
    pub capacity: Option<Capacity>,
    /// The roles it holds.
    pub roles: BTreeSet<RoleName>,
    /// When it was first seated.
    pub admitted_at: Option<Timestamp>,
    /// When it left, if it did.
    pub withdrawn_at: Option<Timestamp>,
    /// Its place on record.
    pub place: Place,
}

impl Partner {
    fn seat(&mut self, party: &Party, name: String, capacity: Capacity, at: Timestamp) {
        (self.party, self.name, self.capacity) = (Some(party.clone()), name, Some(capacity));
        self.admitted_at.get_or_insert(at);
        self.withdrawn_at = None;
    }
}

impl Entry for Partner {
    const KIND: i64 = 1;
    const NAME: &'static str = "partner";
    const ORDERS: &'static [&'static str] = &["name", "admitted_at"];

    fn concerned(event: &AnyEvent, stream: Uuid) -> Option<Uuid> {
        matches!(event, AnyEvent::Partner(_)).then_some(stream)
    }

    fn take(&mut self, scene: &Scene<'_>) {
        let AnyEvent::Partner(event) = scene.event else { return };
        self.id = scene.stream;
        match event {
            Event::PartnerAdmitted { party, name } => {
                self.seat(party, name.to_string(), Capacity::Member, scene.at());
            }
            Event::ObserverStatusGranted { party, name } => {
                self.seat(party, name.to_string(), Capacity::Observer, scene.at());
            }
            Event::PartnerRenamed { name } => self.name = name.to_string(),
            Event::PartnerWithdrawn { .. } => {
                (self.capacity, self.withdrawn_at) = (None, Some(scene.at()));
                self.roles.clear();
            }
            Event::RoleGranted { role } => {
                self.roles.insert(role.clone());
            }
            Event::RoleRevoked { role } => {
                self.roles.remove(role);
            }
            Event::KeyProposed { .. } | Event::KeyConfirmed { .. } | Event::KeyRevoked { .. } => {}
        }
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn place_mut(&mut self) -> &mut Place {
        &mut self.place
    }

    fn listing(&self) -> Listing {
        let capacity = self.capacity.map(|it| match it {
            Capacity::Member => "member",
            Capacity::Observer => "observer",
        });
        let country = self.party.as_ref().and_then(|it| match it {
            Party::Country(country) => Some(country),
            Party::Organization(_) => None,
        });
        let facets = Facets::default()
            .with_all("capacity", capacity)
            .with_all("role", &self.roles)
            .with_all("country", country)
            .with_all("words", self.party.as_ref().map(|it| it.to_string().to_lowercase()))
            .with_words(&self.name);
        let admitted = self.admitted_at.map(time_key).unwrap_or_default();
        Listing { keys: [text_key(&self.name), admitted, String::new()], facets }
    }
}
