//! Who may sit in a forum: the check that every roster passes, of a meeting or of a consultation.
use super::{Seat, SeatAsked};
use crate::domain::charter::Standing;
use crate::domain::citation::{Reference, Uncitable};
use crate::domain::fact::{Capacity, Cited, PartnerFact};
use crate::domain::id::PartnerId;
use crate::domain::text::Name;
use crate::domain::{Category, Given};
use std::collections::BTreeSet;

/// Why a roster was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum BadRoster {
    /// Nobody in it could decide anything.
    #[error("the roster names no member: list everybody who is entitled, members first")]
    NoMembers,
    /// One party, one seat.
    #[error("{name} is on the roster twice: list every party once")]
    PartyTwice {
        /// Who.
        name: Name,
    },
    /// Partners prove that they are partners.
    #[error("the seat of {name} cites no admission: cite its PartnerAdmitted or ObserverStatusGranted")]
    AdmissionMissing {
        /// Who.
        name: Name,
    },
    /// The admission of somebody else.
    #[error("the seat of {name} cites the admission of another party: cite its own")]
    AdmissionOfAnother {
        /// Who.
        name: Name,
    },
    /// Not a partner any more.
    #[error("{name} withdrew: take it off the roster, or admit it again first")]
    PartnerWithdrew {
        /// Who.
        name: Name,
    },
    /// A seat with more or less of a say than the partner has.
    #[error("{name} is not a partner in that capacity now: list it as {is:?}")]
    CapacityDiffers {
        /// Who.
        name: Name,
        /// What it is.
        is: Capacity,
    },
    /// The admission cannot be cited.
    #[error(transparent)]
    Uncitable(#[from] Uncitable),
}

impl BadRoster {
    /// The reason for programs.
    pub fn reason(&self) -> &'static str {
        match self {
            BadRoster::Uncitable(why) => why.reason(),
            other => other.into(),
        }
    }

    /// How a caller should take it.
    pub fn category(&self) -> Category {
        match self {
            BadRoster::NoMembers | BadRoster::PartyTwice { .. } | BadRoster::AdmissionMissing { .. } => {
                Category::Invalid
            }
            BadRoster::AdmissionOfAnother { .. }
            | BadRoster::PartnerWithdrew { .. }
            | BadRoster::CapacityDiffers { .. }
            | BadRoster::Uncitable(_) => Category::Precondition,
        }
    }
}

/// The admissions that the seats cite.
pub(in crate::domain) fn admissions(roster: &[SeatAsked]) -> impl Iterator<Item = Reference> {
    roster.iter().filter_map(|it| it.partner.clone())
}

/// The seats as they are written down, once each is known to be rightly held.
pub(in crate::domain) fn seated(
    roster: Vec<SeatAsked>,
    standing: Standing,
    given: &Given,
) -> Result<Vec<Seat>, BadRoster> {
    if members(roster.iter().map(|it| (it.party, it.capacity))).is_empty() {
        return Err(BadRoster::NoMembers);
    }
    let mut known = BTreeSet::new();
    let mut seats = Vec::with_capacity(roster.len());
    for asked in roster {
        if !known.insert(asked.party) {
            return Err(BadRoster::PartyTwice { name: asked.name });
        }
        seats.push(seat(asked, standing, given)?);
    }
    Ok(seats)
}

fn seat(asked: SeatAsked, standing: Standing, given: &Given) -> Result<Seat, BadRoster> {
    let SeatAsked { party, name, capacity, partner } = asked;
    let Some(reference) = partner else {
        return match standing {
            Standing::Partners => Err(BadRoster::AdmissionMissing { name }),
            Standing::Listed => Ok(Seat { party, name, capacity, partner: None }),
        };
    };
    let Cited { citation, fact } = given.cited::<PartnerFact>(&reference)?;
    if fact.id != party {
        return Err(BadRoster::AdmissionOfAnother { name });
    }
    match fact.capacity {
        None => Err(BadRoster::PartnerWithdrew { name }),
        Some(is) if is != capacity => Err(BadRoster::CapacityDiffers { name, is }),
        Some(_) => Ok(Seat { party, name, capacity, partner: Some(citation) }),
    }
}

/// Those who have a say.
pub(in crate::domain) fn members(
    parties: impl IntoIterator<Item = (PartnerId, Capacity)>,
) -> BTreeSet<PartnerId> {
    parties
        .into_iter()
        .filter(|(_, capacity)| *capacity == Capacity::Member)
        .map(|(party, _)| party)
        .collect()
}

/// The members of a roster.
pub(in crate::domain) fn members_of(roster: &[Seat]) -> BTreeSet<PartnerId> {
    members(roster.iter().map(|it| (it.party, it.capacity)))
}
