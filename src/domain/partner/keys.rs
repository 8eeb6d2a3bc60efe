//! The keys that a partner signs with: put forward by one person, confirmed by another, valid for a time, revoked at
//! once.
use super::{Event, Partner, Rejection};
use crate::domain::decision::{PublicKey, Sealed};
use crate::domain::text::{Digest, PersonId, Prose};
use crate::domain::{Given, Timestamp};
use std::collections::BTreeMap;

/// Keys by their ids.
pub type Keys = BTreeMap<Digest, Key>;

/// A key and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    key: PublicKey,
    valid_from: Timestamp,
    valid_until: Timestamp,
    proposer: PersonId,
    confirmed: bool,
    revoked_at: Option<Timestamp>,
}

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum KeyFault {
    /// The partner has no such key.
    #[error("the partner has no key {key_id}")]
    UnknownKey {
        /// As the envelope names it.
        key_id: String,
    },
    /// The key did not sign this.
    #[error("the key {key_id} did not sign this: the envelope was changed, or signed with another key")]
    WrongSignature {
        /// Which.
        key_id: Digest,
    },
    /// Nobody confirmed the key.
    #[error("the key {key_id} is not confirmed")]
    UnconfirmedKey {
        /// Which.
        key_id: Digest,
    },
    /// The key does not count yet, or not any more.
    #[error("the key {key_id} is valid from {from} until {until}, not at {at}")]
    KeyOutOfTime {
        /// Which.
        key_id: Digest,
        /// From when on.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
        /// When it would have had to be.
        at: Timestamp,
    },
    /// The key was revoked.
    #[error("the key {key_id} was revoked at {revoked_at}")]
    RevokedKey {
        /// Which.
        key_id: Digest,
        /// When.
        revoked_at: Timestamp,
    },
}

impl Partner {
    /// The keys it has, or had.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}

/// Takes an event about a key into account.
pub fn evolve(keys: &mut Keys, event: &Event, at: Timestamp) {
    match event {
        Event::KeyProposed { key_id, key, valid_from, valid_until, proposer } => {
            let (key, proposer) = (key.clone(), proposer.clone());
            let (valid_from, valid_until) = (*valid_from, *valid_until);
            let new = Key { key, valid_from, valid_until, proposer, confirmed: false, revoked_at: None };
            keys.insert(key_id.clone(), new);
        }
        Event::KeyConfirmed { key_id, .. } => {
            if let Some(key) = keys.get_mut(key_id) {
                key.confirmed = true;
            }
        }
        Event::KeyRevoked { key_id, .. } => {
            if let Some(key) = keys.get_mut(key_id) {
                key.revoked_at = Some(at);
            }
        }
        Event::PartnerAdmitted { .. }
        | Event::ObserverStatusGranted { .. }
        | Event::PartnerRenamed { .. }
        | Event::PartnerWithdrawn { .. }
        | Event::RoleGranted { .. }
        | Event::RoleRevoked { .. } => {}
    }
}

/// Whether one of `keys` signed it, whatever became of that key.
pub fn signed(keys: &Keys, sealed: &Sealed) -> Result<Digest, KeyFault> {
    let named = sealed.key_id();
    let unknown =
        || KeyFault::UnknownKey { key_id: named.clone().map_or("without an id".into(), String::from) };
    let key_id = named.clone().ok_or_else(unknown)?;
    let key = keys.get(&key_id).ok_or_else(unknown)?;
    if sealed.is_signed_by(&key.key) { Ok(key_id) } else { Err(KeyFault::WrongSignature { key_id }) }
}

/// Whether what the key `key_id` signs counts at `at`.
pub fn counts(keys: &Keys, key_id: &Digest, at: Timestamp) -> Result<(), KeyFault> {
    let key_id = key_id.clone();
    let Some(key) = keys.get(&key_id) else {
        return Err(KeyFault::UnknownKey { key_id: key_id.into() });
    };
    if !key.confirmed {
        return Err(KeyFault::UnconfirmedKey { key_id });
    }
    if let Some(revoked_at) = key.revoked_at {
        return Err(KeyFault::RevokedKey { key_id, revoked_at });
    }
    let (from, until) = (key.valid_from, key.valid_until);
    if at < from || at > until {
        return Err(KeyFault::KeyOutOfTime { key_id, from, until, at });
    }
    Ok(())
}

pub(super) fn propose(
    keys: &Keys,
    key: PublicKey,
    (valid_from, valid_until): (Timestamp, Timestamp),
    given: &Given,
) -> Result<Vec<Event>, Rejection> {
    let key_id = key.id();
    if keys.contains_key(&key_id) {
        return Err(Rejection::KeyTwice { key_id });
    }
    if valid_from >= valid_until || valid_until <= given.at {
        return Err(Rejection::KeyNeverValid { valid_from, valid_until });
    }
    let proposer = given.by.clone();
    Ok(vec![Event::KeyProposed { key_id, key, valid_from, valid_until, proposer }])
}

pub(super) fn confirm(keys: &Keys, key_id: Digest, given: &Given) -> Result<Vec<Event>, Rejection> {
    let Some(key) = keys.get(&key_id) else { return Err(Rejection::NoSuchKey { key_id }) };
    if key.revoked_at.is_some() {
        return Err(Rejection::KeyRevokedBefore { key_id });
    }
    if key.proposer == given.by {
        return Err(Rejection::ProposerCannotConfirm);
    }
    let confirmer = given.by.clone();
    Ok(if key.confirmed { Vec::new() } else { vec![Event::KeyConfirmed { key_id, confirmer }] })
}

pub(super) fn revoke(keys: &Keys, key_id: Digest, reason: Prose) -> Result<Vec<Event>, Rejection> {
    match keys.get(&key_id) {
        None => Err(Rejection::NoSuchKey { key_id }),
        Some(key) if key.revoked_at.is_some() => Ok(Vec::new()),
        Some(_) => Ok(vec![Event::KeyRevoked { key_id, reason }]),
    }
}
