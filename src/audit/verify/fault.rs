//! What an examination can find, in words.
use super::align::Edit;
use super::event::Event;
use std::fmt;
use uuid::Uuid;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// An event says something else than what was signed.
    Altered,
    /// An event that was signed is not there.
    Missing,
    /// An event is there that was never signed, before others that were.
    Inserted,
    /// Two events have taken each other's places.
    Swapped,
    /// An event is at another place than it was signed at.
    Moved,
    /// Something stands where an event should, and cannot be read as one.
    Unreadable,
    /// A file of the tree, or the log's own index, is not what it should be; the events may be.
    File,
    /// A checkpoint that was signed does not fit the record, or another one.
    Checkpoint,
    /// A signature is not what it says.
    Signature,
    /// A decision is not what a partner signed, or had to be signed and is not.
    Decision,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of thing.
    pub kind: Kind,
    /// The index of the event that it is about, as it was signed, or where it is found when it never was.
    pub index: Option<u64>,
    /// The event that it is about, as far as it can be told.
    pub event: Option<Named>,
    /// What it is, in a sentence without the event's name.
    pub why: String,
}

/// An event by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: Uuid,
    /// Its stream.
    pub stream: String,
    /// Its revision.
    pub revision: u64,
    /// Its type.
    pub kind: String,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{} ({}, event {})", self.stream, self.revision, self.kind, self.id)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(index) = self.index {
            write!(f, "index {index}: ")?;
        }
        if let Some(event) = &self.event {
            write!(f, "{event} ")?;
        }
        f.write_str(&self.why)
    }
}

impl Fault {
    /// One that is about no event.
    pub fn general(kind: Kind, why: impl Into<String>) -> Self {
        Self { kind, index: None, event: None, why: why.into() }
    }

    fn of(kind: Kind, event: &Event, why: impl Into<String>) -> Self {
        Self { kind, index: Some(event.place), event: event.named(), why: why.into() }
    }

    pub(super) fn from_edit(edit: &Edit<Event>) -> Self {
        match edit {
            Edit::Altered { sealed, found } => match &found.unreadable {
                Some(why) => Self::of(Kind::Unreadable, sealed, format!("cannot be read: {why}")),
                None => {
                    let differs = sealed.differs_in(found).join(", ");
                    Self::of(Kind::Altered, sealed, format!("was altered: {differs}"))
                }
            },
            Edit::Missing(sealed) => Self::of(Kind::Missing, sealed, "is missing"),
            Edit::Inserted(found) => {
                Self::of(Kind::Inserted, found, "was never signed, and stands before events that were")
            }
            Edit::Moved { sealed, found } => {
                Self::of(Kind::Moved, sealed, format!("was moved: it is now at index {}", found.place))
            }
            Edit::Swapped { first, second } => {
                let other = second.named().map_or_else(String::new, |it| format!(", {it}"));
                Self::of(
                    Kind::Swapped,
                    first,
                    format!("has changed places with index {}{other}", second.place),
                )
            }
        }
    }
}
