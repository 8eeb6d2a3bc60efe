//! The rules of partnership.
use super::keys;
use super::{Command, Event, Partner, Party};
use crate::domain::citation::Reference;
use crate::domain::fact::Capacity;
use crate::domain::text::{Digest, Name};
use crate::domain::{Category, Given, Timestamp};

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rejection {
    /// One live membership per party.
    #[error("{party} is a member already")]
    AlreadyMember {
        /// Who.
        party: Party,
    },
    /// A seat it has already, with or without a say.
    #[error("{party} has a seat already")]
    AlreadySeated {
        /// Who.
        party: Party,
    },
    /// Never admitted, or withdrawn.
    #[error("there is no such partner: admit it first, or check its code")]
    NotAPartner,
    /// Roles are held by members.
    #[error("an observer holds no roles")]
    ObserversHoldNoRoles,
    /// Every key is registered once, also after it was revoked.
    #[error("the key {key_id} was put forward before: make another one")]
    KeyTwice {
        /// Which.
        key_id: Digest,
    },
    /// The key would never count.
    #[error(
        "the key would be valid from {valid_from} until {valid_until}: it must end after it begins, and after now"
    )]
    KeyNeverValid {
        /// From when on.
        valid_from: Timestamp,
        /// Until when.
        valid_until: Timestamp,
    },
    /// Nobody put such a key forward.
    #[error("the partner has no key {key_id}: propose it first, or check its id")]
    NoSuchKey {
        /// Which.
        key_id: Digest,
    },
    /// Four eyes.
    #[error("who put a key forward cannot confirm it: have somebody else do that")]
    ProposerCannotConfirm,
    /// It ended before it began.
    #[error("the key {key_id} is revoked: make another one")]
    KeyRevokedBefore {
        /// Which.
        key_id: Digest,
    },
}

impl crate::domain::Rejection for Rejection {
    fn reason(&self) -> &'static str {
        self.into()
    }
    fn category(&self) -> Category {
        match self {
            Rejection::AlreadyMember { .. }
            | Rejection::AlreadySeated { .. }
            | Rejection::KeyTwice { .. } => Category::AlreadyExists,
            Rejection::NotAPartner | Rejection::NoSuchKey { .. } => Category::NotFound,
            Rejection::ProposerCannotConfirm => Category::Forbidden,
            Rejection::KeyNeverValid { .. } => Category::Invalid,
            Rejection::ObserversHoldNoRoles | Rejection::KeyRevokedBefore { .. } => Category::Precondition,
        }
    }
}

pub(super) fn cites(_partner: &Partner, _command: &Command) -> Vec<Reference> {
    Vec::new()
}

pub(super) fn decide(partner: &Partner, command: Command, given: &Given) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::AdmitPartner { party, name } => admit(partner, party, name),
        Command::GrantObserverStatus { party, name } => seat(partner, party, name),
        Command::RenamePartner { name } => {
            seated(partner)?;
            Ok(unless(partner.name.as_ref() == Some(&name), Event::PartnerRenamed { name }))
        }
        Command::WithdrawPartner { reason } => {
            seated(partner)?;
            Ok(vec![Event::PartnerWithdrawn { reason }])
        }
        Command::GrantRole { role } => match seated(partner)? {
            Capacity::Observer => Err(Rejection::ObserversHoldNoRoles),
            Capacity::Member => Ok(unless(partner.roles.contains(&role), Event::RoleGranted { role })),
        },
        Command::RevokeRole { role } => {
            seated(partner)?;
            Ok(unless(!partner.roles.contains(&role), Event::RoleRevoked { role }))
        }
        Command::ProposeKey { key, valid_from, valid_until } => {
            seated(partner)?;
            keys::propose(&partner.keys, key, (valid_from, valid_until), given)
        }
        Command::ConfirmKey { key_id } => keys::confirm(&partner.keys, key_id, given),
        Command::RevokeKey { key_id, reason } => keys::revoke(&partner.keys, key_id, reason),
    }
}

fn admit(partner: &Partner, party: Party, name: Name) -> Result<Vec<Event>, Rejection> {
    match partner.capacity {
        Some(Capacity::Member) => Err(Rejection::AlreadyMember { party }),
        Some(Capacity::Observer) | None => Ok(vec![Event::PartnerAdmitted { party, name }]),
    }
}

fn seat(partner: &Partner, party: Party, name: Name) -> Result<Vec<Event>, Rejection> {
    match partner.capacity {
        Some(_) => Err(Rejection::AlreadySeated { party }),
        None => Ok(vec![Event::ObserverStatusGranted { party, name }]),
    }
}

fn seated(partner: &Partner) -> Result<Capacity, Rejection> {
    partner.capacity.ok_or(Rejection::NotAPartner)
}

/// Nothing when it already holds; what was asked for otherwise.
fn unless(holds: bool, event: Event) -> Vec<Event> {
    if holds { Vec::new() } else { vec![event] }
}
