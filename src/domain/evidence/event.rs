//! What can happen to a piece of evidence. These names and shapes are the storage format.
use crate::domain::citation::Citation;
use crate::domain::scope::{Country, Period};
use crate::domain::text::{Digest, Name, Prose, Slug, Source, Text};
use crate::domain::{Edge, Rests};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// So much of something. Kept in thousandths: 12.5 kg is 12500 thousandths of `kg`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Quantity {
    /// How many thousandths of the unit.
    pub thousandths: i64,
    /// The unit, such as `kg`, `ha`, `persons`.
    pub unit: Text<40>,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.thousandths < 0 { "-" } else { "" };
        let (whole, rest) = (self.thousandths.unsigned_abs() / 1000, self.thousandths.unsigned_abs() % 1000);
        let number = crate::domain::money::grouped(whole);
        match rest {
            0 => write!(f, "{sign}{number} {}", self.unit),
            rest => write!(f, "{sign}{number}.{} {}", format!("{rest:03}").trim_end_matches('0'), self.unit),
        }
    }
}

/// One thing that was measured.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Measure {
    /// What, such as `opium poppy cultivation`.
    pub name: Name,
    /// How much.
    pub quantity: Quantity,
}

/// Something that moved.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Flow {
    /// From where.
    pub from: Country,
    /// To where.
    pub to: Country,
    /// By which route, as a charter names it.
    pub route: Slug,
    /// What, such as `heroin`.
    pub substance: Name,
    /// How much.
    pub quantity: Quantity,
}

/// A fact; it cannot be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
pub enum Event {
    /// The findings are on record.
    EvidenceSubmitted {
        /// What kind it is.
        kind: Slug,
        /// What it is called.
        title: Name,
        /// Where it comes from.
        source: Source,
        /// Of the document.
        digest: Digest,
        /// Which days it speaks of.
        period: Period,
        /// Which countries it speaks of.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        places: BTreeSet<Country>,
        /// What was measured.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        measures: Vec<Measure>,
        /// What moved from where to where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        flow: Option<Flow>,
    },
    /// It should not be relied on any more.
    EvidenceWithdrawn {
        /// Why.
        reason: Prose,
    },
}

impl Rests for Event {
    fn rests_on(&self) -> Vec<(Edge, &Citation)> {
        Vec::new()
    }
}
