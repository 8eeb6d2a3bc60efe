//! Words with rules: bounded text, slugs, person ids, digests, sources.
use super::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// Why a text is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// Over the limit, in characters.
    #[error("must have at most {max} characters and has {found}")]
    TooLong {
        /// The limit.
        max: usize,
        /// What came.
        found: usize,
    },
    /// A control character other than a line break or tab.
    #[error("has a control character at character {at}")]
    Control {
        /// Where, counted from one.
        at: usize,
    },
    /// Not of the form that this kind of word has.
    #[error("{0}")]
    Form(&'static str),
}

/// How many there are of what is called `one`: `1 day`, `2 days`.
pub fn counted(many: impl fmt::Display, one: &str) -> String {
    let many = many.to_string();
    let end = if many == "1" { "" } else { "s" };
    format!("{many} {one}{end}")
}

/// Trimmed, not empty, at most `MAX` characters, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

/// A title or a name.
pub type Name = Text<600>;
/// A paragraph, a reason, a recommendation.
pub type Prose = Text<20_000>;
/// The symbol of a document as the UN prints it, such as `A/RES/S-30/1`.
pub type Symbol = Text<120>;

impl<const MAX: usize> Text<MAX> {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A text that stands in for one that could not be read.
    pub(super) fn numbered(nth: usize) -> Self {
        Self(nth.to_string())
    }
}

impl Prose {
    /// What the rules themselves have to say: words of this program and a moment.
    pub(in crate::domain) fn with_moment(words: &'static str, at: Timestamp) -> Self {
        Self(format!("{words} {at}"))
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = BadText;
    fn try_from(text: String) -> Result<Self, BadText> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(BadText::Empty);
        }
        let found = trimmed.chars().count();
        if found > MAX {
            return Err(BadText::TooLong { max: MAX, found });
        }
        if let Some(at) = trimmed.chars().position(|it| it.is_control() && !matches!(it, '\n' | '\r' | '\t'))
        {
            return Err(BadText::Control { at: at + 1 });
        }
        Ok(if trimmed.len() == text.len() { Self(text) } else { Self(trimmed.to_owned()) })
    }
}

/// A name that machines compare: lower-case letters, digits and inner hyphens, at most 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name that stands in for one that could not be read.
    pub(super) fn numbered(nth: usize) -> Self {
        Self(format!("unread-{nth}"))
    }
}

impl TryFrom<String> for Slug {
    type Error = BadText;
    fn try_from(text: String) -> Result<Self, BadText> {
        let good = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
        let form =
            BadText::Form("must be lower-case letters, digits and inner hyphens, such as expert-group");
        match text.as_bytes() {
            [] => Err(BadText::Empty),
            bytes if bytes.len() > 64 => Err(BadText::TooLong { max: 64, found: bytes.len() }),
            bytes if !bytes.iter().copied().all(good) => Err(form),
            [b'-', ..] | [.., b'-'] => Err(form),
            _ => Ok(Self(text)),
        }
    }
}

/// Who did something, as an opaque id: letters, digits and `. _ - @ :`, at most 128 characters. Names of
/// people never enter events.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonId(String);

impl PersonId {
    /// Nobody: what follows by itself is asked for by this program.
    pub fn program() -> Self {
        Self("pactline".to_owned())
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is no opaque id but a mail address, which says who somebody is.
    pub fn is_address(&self) -> bool {
        let named = |host: &str| host.rsplit_once('.').is_some_and(|(_, last)| last.parse::<u64>().is_err());
        self.0.rsplit_once('@').is_some_and(|(_, host)| named(host))
    }
}

impl TryFrom<String> for PersonId {
    type Error = BadText;
    fn try_from(text: String) -> Result<Self, BadText> {
        let good = |it: u8| it.is_ascii_alphanumeric() || b"._-@:".contains(&it);
        match text.as_bytes() {
            [] => Err(BadText::Empty),
            bytes if bytes.len() > 128 => Err(BadText::TooLong { max: 128, found: bytes.len() }),
            bytes if !bytes.iter().copied().all(good) => {
                Err(BadText::Form("must be letters, digits and . _ - @ : only, such as person:4711"))
            }
            _ => Ok(Self(text)),
        }
    }
}

/// SHA-256 of a document or text, 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from(<[u8; 32]>::from(Sha256::digest(bytes)))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<[u8; 32]> for Digest {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes.iter().map(|it| format!("{it:02x}")).collect())
    }
}

impl TryFrom<String> for Digest {
    type Error = BadText;
    fn try_from(text: String) -> Result<Self, BadText> {
        let good = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
        match text.len() {
            64 if text.bytes().all(good) => Ok(Self(text)),
            _ => Err(BadText::Form("must be a SHA-256: 64 lower-case hexadecimal digits")),
        }
    }
}

macro_rules! plain_text {
    ($([$($generics:tt)*] $name:ty;)*) => {$(
        impl<$($generics)*> FromStr for $name {
            type Err = BadText;
            fn from_str(text: &str) -> Result<Self, BadText> {
                Self::try_from(text.to_owned())
            }
        }
        impl<$($generics)*> TryFrom<&str> for $name {
            type Error = BadText;
            fn try_from(text: &str) -> Result<Self, BadText> {
                Self::try_from(text.to_owned())
            }
        }
        impl<$($generics)*> From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }
        impl<$($generics)*> fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    )*};
}

plain_text! {
    [const MAX: usize] Text<MAX>;
    [] Slug;
    [] PersonId;
    [] Digest;
}

/// The document a fact was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// What it is called or where it is found: a symbol such as `E/CN.7/2020/CRP.8`, or an address.
    pub symbol: Text<500>,
    /// Where in it, such as `para. 16.10`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locator: Option<Text<200>>,
    /// What it was, byte by byte, when it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
}
