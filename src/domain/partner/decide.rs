//! The rules of partnership.
use super::{Command, Event, Partner, Party};
use crate::domain::citation::Reference;
use crate::domain::fact::Capacity;
use crate::domain::text::Name;
use crate::domain::{Category, Given};

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
}

impl crate::domain::Rejection for Rejection {
    fn reason(&self) -> &'static str {
        self.into()
    }
    fn category(&self) -> Category {
        match self {
            Rejection::AlreadyMember { .. } | Rejection::AlreadySeated { .. } => Category::AlreadyExists,
            Rejection::NotAPartner => Category::NotFound,
            Rejection::ObserversHoldNoRoles => Category::Precondition,
        }
    }
}

pub(super) fn cites(_partner: &Partner, _command: &Command) -> Vec<Reference> {
    Vec::new()
}

pub(super) fn decide(partner: &Partner, command: Command, _given: &Given) -> Result<Vec<Event>, Rejection> {
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
