//! Where and when something applies: countries, pillars, routes, periods.
use super::Date;
use super::text::Slug;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A country of ISO 3166-1, as its alpha-3 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 3]);

impl Country {
    /// The alpha-3 code, such as `AFG`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

/// The code is not in ISO 3166-1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a country of ISO 3166-1; codes look like AFG")]
pub struct NoSuchCountry(pub String);

impl FromStr for Country {
    type Err = NoSuchCountry;
    /// Takes alpha-3 (`AFG`) or alpha-2 (`AF`), upper case.
    fn from_str(code: &str) -> Result<Self, NoSuchCountry> {
        let known = match code.len() {
            2 => rust_iso3166::from_alpha2(code),
            3 => rust_iso3166::from_alpha3(code),
            _ => None,
        };
        let bytes = known.and_then(|it| <[u8; 3]>::try_from(it.alpha3.as_bytes()).ok());
        bytes.map(Self).ok_or_else(|| NoSuchCountry(code.chars().take(12).collect()))
    }
}

impl TryFrom<String> for Country {
    type Error = NoSuchCountry;
    fn try_from(code: String) -> Result<Self, NoSuchCountry> {
        code.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> String {
        country.code().to_owned()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// From one day to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Span", into = "Span")]
pub struct Period {
    from: Date,
    until: Date,
}

/// A period as it is stored, not yet checked.
#[derive(Serialize, Deserialize)]
struct Span {
    from: Date,
    until: Date,
}

/// Why two days are not a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPeriod {
    /// It ends before it begins.
    #[error("a period must not end before it begins")]
    Backwards,
    /// Not a year in which policy is made.
    #[error("years must be from 1900 to 2200")]
    Absurd,
}

/// Whether a day is in the years that this system keeps.
pub fn plausible(date: Date) -> Result<Date, BadPeriod> {
    if (1900..=2200).contains(&date.year()) { Ok(date) } else { Err(BadPeriod::Absurd) }
}

impl Period {
    /// From `from` to `until`, both included.
    pub fn new(from: Date, until: Date) -> Result<Self, BadPeriod> {
        plausible(from)?;
        plausible(until)?;
        if until < from { Err(BadPeriod::Backwards) } else { Ok(Self { from, until }) }
    }

    /// The first day.
    pub fn from(&self) -> Date {
        self.from
    }

    /// The last day.
    pub fn until(&self) -> Date {
        self.until
    }

    /// Whether the two share a day.
    pub fn overlaps(&self, other: &Period) -> bool {
        self.from <= other.until && other.from <= self.until
    }
}

impl TryFrom<Span> for Period {
    type Error = BadPeriod;
    fn try_from(span: Span) -> Result<Self, BadPeriod> {
        Self::new(span.from, span.until)
    }
}

impl From<Period> for Span {
    fn from(period: Period) -> Span {
        Span { from: period.from, until: period.until }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.until)
    }
}

/// A date known to the day, the month or the year: instruments are often dated `2012-03`. Ordered by what is
/// known, so that `2012` is before `2012-03` is before `2012-03-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    year: i16,
    month: i8,
    day: i8,
}

/// The text is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a date from 1900 to 2200 such as 2012-02-16, 2012-02 or 2012")]
pub struct BadDate;

impl PartialDate {
    /// The year.
    pub fn year(&self) -> i16 {
        self.year
    }
}

impl FromStr for PartialDate {
    type Err = BadDate;
    fn from_str(text: &str) -> Result<Self, BadDate> {
        let full = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            10 => text.to_owned(),
            _ => return Err(BadDate),
        };
        let date: Date = full.parse().map_err(|_| BadDate)?;
        plausible(date).map_err(|_| BadDate)?;
        let month = if text.len() >= 7 { date.month() } else { 0 };
        let day = if text.len() == 10 { date.day() } else { 0 };
        Ok(Self { year: date.year(), month, day })
    }
}

impl TryFrom<String> for PartialDate {
    type Error = BadDate;
    fn try_from(text: String) -> Result<Self, BadDate> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> String {
        date.to_string()
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.month, self.day) {
            (0, _) => write!(f, "{:04}", self.year),
            (month, 0) => write!(f, "{:04}-{month:02}", self.year),
            (month, day) => write!(f, "{:04}-{month:02}-{day:02}", self.year),
        }
    }
}

/// What a priority is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// One of the charter's pillars.
    pub pillar: Slug,
    /// Some of the charter's routes.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub routes: BTreeSet<Slug>,
    /// For which countries; none means all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub countries: BTreeSet<Country>,
    /// When.
    pub period: Period,
}
