//! What every entry of the register is: a fold of the events that concern it, with a place on record.
use crate::codec::{AnyEvent, Meta};
use crate::domain::Timestamp;
use crate::domain::charter::ForumName;
use crate::domain::citation::{Citation, StreamName};
use crate::log::Record;
use crate::views::{Seen, ViewError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use uuid::Uuid;

/// One kind of entry. `Default` is "nothing happened yet".
pub trait Entry: Default + Clone + Serialize + DeserializeOwned + Send + 'static {
    /// Tells the kinds apart in the file. Never change it without a new name for the view.
    const KIND: i64;
    /// What one is called, such as `project`.
    const NAME: &'static str;
    /// What lists can be ordered by; the first is the order that nobody asked for. At most three.
    const ORDERS: &'static [&'static str];

    /// The id of the entry that an event of `stream` concerns, if it concerns one.
    fn concerned(event: &AnyEvent, stream: Uuid) -> Option<Uuid>;

    /// Whether the event, not yet taken into account, surely leaves the listing as it is. Most do, and making a
    /// listing is most of the work.
    fn keeps_listing(&self, event: &AnyEvent) -> bool {
        let _ = event;
        false
    }

    /// Takes an event that concerns it into account.
    fn take(&mut self, scene: &Scene<'_>);

    /// Its place on record.
    fn place(&self) -> &Place;

    /// The same, to be moved on.
    fn place_mut(&mut self) -> &mut Place;

    /// What it is found by.
    fn listing(&self) -> Listing;
}

/// An event with all that an entry may want to know about it.
pub struct Scene<'a> {
    /// What happened.
    pub event: &'a AnyEvent,
    /// Who asked, when.
    pub meta: &'a Meta,
    /// Where it is on record.
    pub record: &'a Record,
    /// The id in the stream's name.
    pub stream: Uuid,
    /// What it does not say itself.
    pub known: Known,
}

/// What other entries know that an event does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// What the recommendation is called that a forum has before it.
    pub subject_title: Option<String>,
    /// The symbol of the instrument that a provision is in.
    pub symbol: Option<String>,
    /// The forum that adopted a text.
    pub forum: Option<ForumName>,
}

impl<'a> Scene<'a> {
    /// The event in `seen`.
    pub fn of(seen: &'a Seen) -> Result<Self, ViewError> {
        let id = seen.record.stream.split_once('-').and_then(|(_, id)| Uuid::try_parse(id).ok());
        let stream = id.ok_or_else(|| {
            ViewError::Contradiction(format!("{:?} is not a stream's name", seen.record.stream))
        })?;
        let (event, meta) = (seen.event()?, seen.meta()?);
        Ok(Self { event, meta, record: &seen.record, stream, known: Known::default() })
    }

    /// When it took effect.
    pub fn at(&self) -> Timestamp {
        self.meta.effective_at
    }

    /// The event as it is cited.
    pub fn citation(&self) -> Citation {
        let kind = self.record.stream.split_once('-').map_or("", |(kind, _)| kind);
        let stream = StreamName::new(kind, self.stream);
        Citation { event_id: self.record.id, stream, revision: self.record.revision }
    }
}

/// Where an entry is on record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The stream that it adds up; empty before the first event.
    pub stream: String,
    /// The revision of the last event of that stream that concerns it.
    pub revision: u64,
    /// Whether its past was recorded afterwards, from documents.
    pub historical: bool,
    /// When that event was recorded.
    pub recorded_at: Timestamp,
    /// The last event that it takes into account, of whatever stream.
    pub last: Last,
}

/// The latest that an entry takes into account, on each axis of time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// In the log.
    pub position: u64,
    /// On record.
    pub recorded_at: Timestamp,
    /// In effect.
    pub effective_at: Timestamp,
}

impl Place {
    /// Whether anything happened.
    pub fn is_taken(&self) -> bool {
        !self.stream.is_empty()
    }

    /// Whether `scene` is in a stream of another thing.
    pub fn is_elsewhere(&self, scene: &Scene<'_>) -> bool {
        self.is_taken() && *self.stream != *scene.record.stream
    }

    /// Moves on to the event in `scene`.
    pub fn move_to(&mut self, scene: &Scene<'_>) {
        if !self.is_taken() {
            self.stream = scene.record.stream.to_string();
            self.historical = scene.meta.historical;
            self.last.effective_at = scene.at();
        }
        if *self.stream == *scene.record.stream {
            self.revision = scene.record.revision;
            self.recorded_at = scene.record.recorded_at;
        }
        self.last.position = scene.record.position.0;
        self.last.recorded_at = scene.record.recorded_at;
        self.last.effective_at = self.last.effective_at.max(scene.at());
    }
}

/// What an entry is found by in lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// What it is ordered by, one for each of [`Entry::ORDERS`].
    pub keys: [String; 3],
    /// What it is filtered by.
    pub facets: Facets,
}

/// Names and values, a name as often as it has values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets(String);

/// Between two facets; no text of the domain has it.
const BETWEEN: char = '\u{1f}';

impl Facets {
    /// With one more.
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        // A text takes whatever is written to it.
        let _ = write!(self.0, "{name}={value}{BETWEEN}");
        self
    }

    /// With one more for each of `values`.
    pub fn with_all<V: std::fmt::Display>(self, name: &str, values: impl IntoIterator<Item = V>) -> Self {
        values.into_iter().fold(self, |facets, it| facets.with(name, it))
    }

    /// With the words of `text`, which searches look for in any case.
    pub fn with_words(self, text: &str) -> Self {
        self.with("words", text.to_lowercase())
    }

    /// The values under `name`.
    pub fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = move |it: &'a str| it.strip_prefix(name)?.strip_prefix('=');
        self.0.split(BETWEEN).filter_map(named)
    }

    /// Whether `name` has `value`.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.of(name).any(|it| it == value)
    }

    /// Whether every word of `text` is in its words, in any case.
    pub fn has_words(&self, text: &str) -> bool {
        text.to_lowercase().split_whitespace().all(|word| self.of("words").any(|it| it.contains(word)))
    }

    pub(super) fn stored(&self) -> &str {
        &self.0
    }

    pub(super) fn read(stored: String) -> Self {
        Self(stored)
    }
}

/// A time as a key: in the order of time, also before 1970.
pub(super) fn time_key(at: Timestamp) -> String {
    let shifted = i128::from(at.as_microsecond()) - i128::from(i64::MIN);
    format!("{shifted:020}")
}

/// A text as a key: in any case, numbers in it by their size.
pub(super) fn text_key(text: &str) -> String {
    let (mut key, mut digits) = (String::with_capacity(text.len() + 8), String::new());
    let flush = |key: &mut String, digits: &mut String| {
        if !digits.is_empty() {
            key.push_str(&format!("{digits:0>8}"));
            digits.clear();
        }
    };
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        flush(&mut key, &mut digits);
        key.extend(letter.to_lowercase());
    }
    flush(&mut key, &mut digits);
    key
}
