//! A share of a roster or of the votes, in whole numbers.
use serde::{Deserialize, Serialize};
use std::fmt;

/// A share in integers, written `2/3`; more than nothing and at most everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fraction {
    parts: u16,
    of: u16,
}

impl Fraction {
    /// Everything.
    pub(super) const WHOLE: Self = Self { parts: 1, of: 1 };

    /// The numerator.
    pub fn parts(&self) -> u64 {
        self.parts.into()
    }

    /// The denominator; never zero.
    pub fn of(&self) -> u64 {
        self.of.into()
    }

    /// The least whole number that is this share of `whole`.
    pub fn ceil_of(&self, whole: u64) -> u64 {
        (whole * self.parts()).div_ceil(self.of())
    }
}

/// The text is not a fraction between nothing and one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a fraction such as 2/3: whole numbers, more than 0, at most 1")]
pub struct BadFraction;

impl TryFrom<String> for Fraction {
    type Error = BadFraction;
    fn try_from(text: String) -> Result<Self, BadFraction> {
        let (parts, of) = text.split_once('/').ok_or(BadFraction)?;
        let parts: u16 = parts.trim().parse().map_err(|_| BadFraction)?;
        let of: u16 = of.trim().parse().map_err(|_| BadFraction)?;
        if parts == 0 || parts > of { Err(BadFraction) } else { Ok(Self { parts, of }) }
    }
}

impl From<Fraction> for String {
    fn from(fraction: Fraction) -> String {
        fraction.to_string()
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.parts, self.of)
    }
}
