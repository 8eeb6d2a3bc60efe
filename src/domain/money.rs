//! Money in integer minor units of an ISO 4217 currency. No floating point anywhere.
use iso_currency::Currency as Iso;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A currency of ISO 4217 with minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(Iso);

impl Currency {
    /// The three-letter code.
    pub fn code(&self) -> &'static str {
        self.0.code()
    }

    /// How many digits its minor unit has: 2 for USD, 0 for JPY.
    pub fn exponent(&self) -> u16 {
        self.0.exponent().unwrap_or(0)
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

/// Why something is not money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMoney {
    /// Not a currency of ISO 4217.
    #[error("{0:?} is not a currency of ISO 4217; codes look like USD")]
    NoSuchCurrency(String),
    /// Zero, or negative where only a reversal may be.
    #[error("an amount must be more than zero")]
    NotPositive,
    /// Beyond anything that exists.
    #[error("an amount must be below {MINOR_MAX} minor units")]
    Absurd,
}

/// The largest amount of one transaction or budget: a million billions in a currency with cents.
pub const MINOR_MAX: i64 = 100_000_000_000_000_000;

impl FromStr for Currency {
    type Err = BadMoney;
    fn from_str(code: &str) -> Result<Self, BadMoney> {
        let known = Iso::from_code(code).filter(|it| it.exponent().is_some());
        known.map(Self).ok_or_else(|| BadMoney::NoSuchCurrency(code.chars().take(12).collect()))
    }
}

impl TryFrom<String> for Currency {
    type Error = BadMoney;
    fn try_from(code: String) -> Result<Self, BadMoney> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// An amount in minor units: USD 12.34 is 1234. May be zero or negative: sums are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Money {
    /// In which currency.
    pub currency: Currency,
    /// How many of its minor units.
    pub minor: i64,
}

impl Money {
    /// An amount as a person or a file states it: more than zero and not absurd.
    pub fn positive(currency: Currency, minor: i64) -> Result<Self, BadMoney> {
        match minor {
            ..=0 => Err(BadMoney::NotPositive),
            MINOR_MAX.. => Err(BadMoney::Absurd),
            _ => Ok(Self { currency, minor }),
        }
    }

    /// Whole units of the currency, as most sources give them.
    pub fn whole(currency: Currency, units: i64) -> Result<Self, BadMoney> {
        let minor = units.checked_mul(10_i64.pow(currency.exponent().into()));
        match minor {
            Some(minor @ 0..MINOR_MAX) => Ok(Self { currency, minor }),
            Some(..0) => Err(BadMoney::NotPositive),
            _ => Err(BadMoney::Absurd),
        }
    }
}

impl fmt::Display for Money {
    /// `USD 1,234.50`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_u64.pow(self.currency.exponent().into());
        let (units, rest) = (self.minor.unsigned_abs() / scale, self.minor.unsigned_abs() % scale);
        let sign = if self.minor < 0 { "-" } else { "" };
        write!(f, "{} {sign}{}", self.currency, grouped(units))?;
        match self.currency.exponent() {
            0 => Ok(()),
            digits => write!(f, ".{rest:0width$}", width = digits.into()),
        }
    }
}

/// `1234567` as `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = (0..digits.len().div_ceil(3))
        .rev()
        .map(|n| &digits[digits.len().saturating_sub(3 * n + 3)..digits.len() - 3 * n])
        .collect();
    groups.join(",")
}
