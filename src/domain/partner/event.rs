//! What can happen to a partner. These names and shapes are the storage format.
use crate::domain::charter::RoleName;
use crate::domain::citation::Citation;
use crate::domain::decision::PublicKey;
use crate::domain::id::PartnerId;
use crate::domain::scope::Country;
use crate::domain::text::{Digest, Name, PersonId, Prose, Text};
use crate::domain::{Edge, Rests, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who a partner is, under whatever name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// A country of ISO 3166-1.
    Country(Country),
    /// An organization, by its acronym.
    Organization(Text<40>),
}

impl Party {
    /// The id of its stream: one party, one membership.
    pub fn id(&self) -> PartnerId {
        match self {
            Party::Country(country) => PartnerId::of(&format!("country:{country}")),
            Party::Organization(acronym) => {
                PartnerId::of(&format!("organization:{}", acronym.as_str().to_uppercase()))
            }
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Country(country) => country.fmt(f),
            Party::Organization(acronym) => acronym.fmt(f),
        }
    }
}

/// A fact; it cannot be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
pub enum Event {
    /// The party is a member from now on.
    PartnerAdmitted {
        /// Who.
        party: Party,
        /// Its name.
        name: Name,
    },
    /// The party has a seat from now on, and no say.
    ObserverStatusGranted {
        /// Who.
        party: Party,
        /// Its name.
        name: Name,
    },
    /// The party is called otherwise from now on.
    PartnerRenamed {
        /// The new name.
        name: Name,
    },
    /// The party left, and its roles ended with that.
    PartnerWithdrawn {
        /// Why.
        reason: Prose,
    },
    /// The partner may act in a role.
    RoleGranted {
        /// Which.
        role: RoleName,
    },
    /// The partner may no longer act in a role.
    RoleRevoked {
        /// Which.
        role: RoleName,
    },
    /// A key was put forward; it does not count yet.
    KeyProposed {
        /// Which: SHA-256 of its bytes.
        key_id: Digest,
        /// The key.
        key: PublicKey,
        /// From when on its signatures count.
        valid_from: Timestamp,
        /// Until when, at the latest.
        valid_until: Timestamp,
        /// Who put it forward.
        proposer: PersonId,
    },
    /// Somebody else confirmed a key: its signatures count from now on.
    KeyConfirmed {
        /// Which: SHA-256 of its bytes.
        key_id: Digest,
        /// Who confirmed it.
        confirmer: PersonId,
    },
    /// The signatures of a key do not count any more. What was signed before stands.
    KeyRevoked {
        /// Which: SHA-256 of its bytes.
        key_id: Digest,
        /// Why.
        reason: Prose,
    },
}

impl Rests for Event {
    fn rests_on(&self) -> Vec<(Edge, &Citation)> {
        Vec::new()
    }
}
