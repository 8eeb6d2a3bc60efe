//! Just enough memory of a partner's past to decide its future.
use super::keys::{self, Key};
use super::{Event, Party};
use crate::domain::Timestamp;
use crate::domain::charter::RoleName;
use crate::domain::fact::{Capacity, Fact, PartnerFact};
use crate::domain::text::{Digest, Name};
use std::collections::{BTreeMap, BTreeSet};

/// A partner as its events left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partner {
    pub(super) party: Option<Party>,
    pub(super) name: Option<Name>,
    pub(super) capacity: Option<Capacity>,
    pub(super) roles: BTreeSet<RoleName>,
    pub(super) keys: BTreeMap<Digest, Key>,
}

pub(super) fn evolve(partner: &mut Partner, event: &Event, at: Timestamp) {
    match event {
        Event::PartnerAdmitted { party, name } => enter(partner, party, name, Capacity::Member),
        Event::ObserverStatusGranted { party, name } => enter(partner, party, name, Capacity::Observer),
        Event::PartnerRenamed { name } => partner.name = Some(name.clone()),
        Event::PartnerWithdrawn { .. } => {
            partner.capacity = None;
            partner.roles.clear();
        }
        Event::RoleGranted { role } => {
            partner.roles.insert(role.clone());
        }
        Event::RoleRevoked { role } => {
            partner.roles.remove(role);
        }
        Event::KeyProposed { .. } | Event::KeyConfirmed { .. } | Event::KeyRevoked { .. } => {
            keys::evolve(&mut partner.keys, event, at);
        }
    }
}

fn enter(partner: &mut Partner, party: &Party, name: &Name, capacity: Capacity) {
    partner.party = Some(party.clone());
    partner.name = Some(name.clone());
    partner.capacity = Some(capacity);
}

/// An admission or observer status stands for what the partner is now.
pub(super) fn attest(partner: &Partner, event: &Event, _at: Timestamp) -> Option<Fact> {
    let (Event::PartnerAdmitted { party, .. } | Event::ObserverStatusGranted { party, .. }) = event else {
        return None;
    };
    let fact = PartnerFact { id: party.id(), capacity: partner.capacity, roles: partner.roles.clone() };
    Some(fact.into())
}
