//! The parts that a project's commands and events are made of.
use crate::domain::Date;
use crate::domain::citation::{Citation, Reference};
use crate::domain::id::TransactionId;
use crate::domain::money::Money;
use crate::domain::text::{Name, Text};
use serde::{Deserialize, Serialize};

/// A share of a project in a sector.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sector {
    /// The sector's code, such as `16063` of the OECD DAC list (narcotics control).
    pub code: Text<20>,
    /// How much of the project, in percent.
    pub percent: u8,
}

/// Where something was imported from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// Whose data it is, such as `uninfo`.
    pub source: Text<80>,
    /// Its id there.
    pub external_id: Text<200>,
}

/// Who gives, as a caller states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DonorAsked {
    /// What it is called.
    pub name: Name,
    /// Its admission, when it is a partner.
    pub partner: Option<Reference>,
}

/// Who gives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Donor {
    /// What it is called.
    pub name: Name,
    /// Its admission, when it is a partner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<Citation>,
}

/// One movement of money.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Movement {
    /// Unique within the project.
    pub transaction: TransactionId,
    /// How much. Negative only as an imported fact.
    pub amount: Money,
    /// The day whose rate and order count.
    pub value_date: Date,
    /// Where it was imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// What a review came to.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    /// Good as it is.
    Passed,
    /// Good once changed.
    ChangesAsked,
    /// Not to go on.
    Objection,
}

/// What a check of a result came to.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Verification {
    /// It is so.
    Confirmed,
    /// It is not so.
    Refuted,
}

/// How something that a project cites fell away.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Flaw {
    /// The priority is off its list.
    PriorityRetired,
    /// A newer text stands in its place, and nobody decided to keep citing the old one.
    TextSuperseded,
}
