//! How one event rests on another: by naming it exactly.
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The name of a stream: `{kind}-{uuid}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StreamName(String);

impl StreamName {
    /// The stream of the thing of `kind` with `id`.
    pub fn new(kind: &str, id: Uuid) -> Self {
        Self(format!("{kind}-{}", id.hyphenated()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What kind of thing the stream is about.
    pub fn kind(&self) -> &str {
        self.0.split_once('-').map_or("", |(kind, _)| kind)
    }

    /// The id of the thing the stream is about.
    pub fn id(&self) -> Uuid {
        self.0.split_once('-').and_then(|(_, id)| Uuid::try_parse(id).ok()).unwrap_or_default()
    }
}

/// The text is not a stream's name, or not a reference to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadReference {
    /// Not a stream's name.
    #[error("must be a stream, such as mandate-6f1d5c5e-4b0b-5a7e-9a51-70616374706c")]
    Stream,
    /// Not an event of a stream.
    #[error("must be a stream and a revision, such as mandate-6f1d5c5e-4b0b-5a7e-9a51-70616374706c@3")]
    Event,
}

impl TryFrom<String> for StreamName {
    type Error = BadReference;
    fn try_from(name: String) -> Result<Self, BadReference> {
        let good = name.split_once('-').is_some_and(|(kind, id)| {
            let named =
                !kind.is_empty() && kind.len() <= 32 && kind.bytes().all(|it| it.is_ascii_lowercase());
            named && id.len() == 36 && Uuid::try_parse(id).is_ok()
        });
        if good { Ok(Self(name.to_ascii_lowercase())) } else { Err(BadReference::Stream) }
    }
}

impl FromStr for StreamName {
    type Err = BadReference;
    fn from_str(name: &str) -> Result<Self, BadReference> {
        Self::try_from(name.to_owned())
    }
}

impl From<StreamName> for String {
    fn from(name: StreamName) -> String {
        name.0
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// An event named by a caller: where it is and, to be sure, which it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// In which stream.
    pub stream: StreamName,
    /// At which revision, counted from zero.
    pub revision: u64,
    /// Under which id; refused when another event is there.
    pub event_id: Option<Uuid>,
}

impl Reference {
    /// The event at `revision` of `stream`.
    pub fn new(stream: StreamName, revision: u64) -> Self {
        Self { stream, revision, event_id: None }
    }
}

impl FromStr for Reference {
    type Err = BadReference;
    /// `{stream}@{revision}`
    fn from_str(text: &str) -> Result<Self, BadReference> {
        let (stream, revision) = text.split_once('@').ok_or(BadReference::Event)?;
        let revision = revision.parse().map_err(|_| BadReference::Event)?;
        Ok(Self::new(stream.parse()?, revision))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.stream, self.revision)
    }
}

/// An event that another event rests on: looked up, found, and written down for ever.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Citation {
    /// Which event.
    pub event_id: Uuid,
    /// In which stream.
    pub stream: StreamName,
    /// At which revision, counted from zero.
    pub revision: u64,
}

impl Citation {
    /// The same event as a caller would name it.
    pub fn reference(&self) -> Reference {
        Reference { stream: self.stream.clone(), revision: self.revision, event_id: Some(self.event_id) }
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.stream, self.revision)
    }
}

/// Why an event cannot be cited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Uncitable {
    /// There is no such event.
    #[error(
        "there is no event {reference}: cite an event by the stream and revision that its command answered with"
    )]
    Missing {
        /// What was named.
        reference: Reference,
    },
    /// There is an event, and it is another one.
    #[error("the event {reference} has another id than the one given")]
    AnotherEvent {
        /// What was named.
        reference: Reference,
    },
    /// There is an event, and nothing of the wanted kind rests in it.
    #[error("the event {reference} is {found}, and {wanted} is asked for here")]
    WrongKind {
        /// What was named.
        reference: Reference,
        /// What the rule asks for, with its article.
        wanted: &'static str,
        /// What is there, with its article.
        found: &'static str,
    },
}

impl Uncitable {
    /// The reason for programs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "CITED_EVENT_MISSING",
            Self::AnotherEvent { .. } => "CITED_EVENT_DIFFERS",
            Self::WrongKind { .. } => "CITED_EVENT_OF_WRONG_KIND",
        }
    }
}
