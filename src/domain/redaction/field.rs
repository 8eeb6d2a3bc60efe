//! Which texts of an event can be wiped: those that people write freely, and no others.
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The most characters that a field's path may have.
const LENGTH_MAX: usize = 200;

/// What free texts are called in data. Nothing else is wiped: by ids, figures, dates and names of stages the rules
/// tell what happened. An event's digest of its rest goes by the names that are here when it is recorded: one that is
/// added is for new events alone.
const DATA: &[&str] = &[
    "name",
    "title",
    "reason",
    "statement",
    "subject",
    "text",
    "summary",
    "comment",
    "report",
    "outcome",
    "resolution",
    "purpose",
    "organ",
    "place",
    "to",
    "decided_by",
    "substance",
    "legal_basis",
];
/// What they are called in metadata: where a fact was taken from, and what a partner signed.
const META: &[&str] = &["/source/symbol", "/source/locator", "/envelope"];

/// One of the two payloads of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What happened.
    Data,
    /// Who asked, when, because of what.
    Meta,
}

/// A free text of an event, as a JSON pointer (RFC 6901) into `{"data": …, "meta": …}`, such as `/data/reason`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Field(String);

/// The text names no field that can be wiped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must name a free text, such as /data/reason, /data/position/reserve/statement or /meta/source/symbol: ids, \
     figures, dates and names that rules go by are not wiped"
)]
pub struct BadField;

impl Field {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The free text at `pointer` of a payload; `None` when what is there is not wiped.
    pub fn at(part: Part, pointer: &str) -> Option<Self> {
        let payload = match part {
            Part::Data => "/data",
            Part::Meta => "/meta",
        };
        Self::try_from([payload, pointer].concat()).ok()
    }

    /// In which payload it is, and where in that.
    pub fn within(&self) -> (Part, &str) {
        match self.0.strip_prefix("/data") {
            Some(inner) => (Part::Data, inner),
            None => (Part::Meta, self.0.strip_prefix("/meta").unwrap_or_default()),
        }
    }

    /// What a partner signed, word by word: it says again what the data says.
    pub fn envelope() -> Self {
        Self("/meta/envelope".into())
    }
}

impl TryFrom<String> for Field {
    type Error = BadField;
    fn try_from(path: String) -> Result<Self, BadField> {
        let free = match (path.strip_prefix("/data/"), path.strip_prefix("/meta")) {
            (Some(inner), _) => DATA.contains(&inner.rsplit('/').next().unwrap_or_default()),
            (None, Some(inner)) => META.contains(&inner),
            (None, None) => false,
        };
        let plain = |it: u8| it.is_ascii_alphanumeric() || b"/_-".contains(&it);
        let good = free && path.len() <= LENGTH_MAX && path.bytes().all(plain);
        if good { Ok(Self(path)) } else { Err(BadField) }
    }
}

impl FromStr for Field {
    type Err = BadField;
    fn from_str(path: &str) -> Result<Self, BadField> {
        Self::try_from(path.to_owned())
    }
}

impl From<Field> for String {
    fn from(field: Field) -> String {
        field.0
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
