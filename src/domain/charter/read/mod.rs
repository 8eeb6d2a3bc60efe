//! Reads a charter's text piece by piece and goes on after a fault, so that one answer names them all.
mod law;

pub(super) use law::law;

use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;
use strum::VariantNames;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What could not be read so far.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) misread: Vec<Misread>,
    stand_ins: usize,
}

/// A piece of the text that cannot be meant.
#[derive(Debug)]
pub(super) struct Misread {
    pub(super) path: String,
    /// Its bytes in the text; those of the table around it where it is missing.
    pub(super) span: Range<usize>,
    pub(super) message: String,
    /// Whether it is a word too many: nothing of the law is unknown for it.
    pub(super) stray: bool,
}

/// What stands in for a piece that could not be read, so that the rest can be judged. A law with one of these
/// is never handed out.
pub(super) trait StandIn {
    /// The `nth` of the text; names differ from each other.
    fn stand_in(nth: usize) -> Self;
}

impl<T> StandIn for Vec<T> {
    fn stand_in(_: usize) -> Self {
        Vec::new()
    }
}

impl Notes {
    fn note(&mut self, path: &str, span: Range<usize>, message: String) {
        self.misread.push(Misread { path: path.to_owned(), span, message, stray: false });
    }

    fn stray(&mut self, path: String, span: Range<usize>, message: String) {
        self.misread.push(Misread { path, span, message, stray: true });
    }

    fn stand_in<T: StandIn>(&mut self) -> T {
        self.stand_ins += 1;
        T::stand_in(self.stand_ins)
    }
}

/// One value of the text. Every reader answers `None` after it noted what is wrong, and only then.
pub(super) struct At<'n, 't> {
    notes: &'n mut Notes,
    path: String,
    value: &'t Spanned<DeValue<'t>>,
}

/// The keys of one table. Which are known is what was asked for.
pub(super) struct Fields<'n, 't> {
    notes: &'n mut Notes,
    path: String,
    table: &'t DeTable<'t>,
    span: Range<usize>,
    known: Vec<&'static str>,
}

impl<'n, 't> At<'n, 't> {
    fn refuse<T>(self, message: impl Display) -> Option<T> {
        self.notes.note(&self.path, self.value.span(), message.to_string());
        None
    }

    fn must_be<T>(self, what: &str) -> Option<T> {
        let found = kind(self.value.get_ref());
        self.refuse(format!("must be {what}, and is {found}"))
    }

    /// A text that `read` makes sense of.
    fn by<T, E: Display>(self, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        match self.value.get_ref() {
            DeValue::String(text) => match read(text) {
                Ok(it) => Some(it),
                Err(err) => self.refuse(err),
            },
            _ => self.must_be("a text in quotes"),
        }
    }

    /// A list, every item of which is read, also after a fault.
    fn items<T: StandIn>(self, read: impl Fn(At<'_, 't>) -> Option<T>) -> Option<Vec<T>> {
        let DeValue::Array(items) = self.value.get_ref() else {
            return self.must_be("a list in [ ]");
        };
        let (notes, path) = (self.notes, self.path);
        let mut found = Vec::with_capacity(items.len());
        for (n, value) in items.iter().enumerate() {
            let item = read(At { notes, path: format!("{path}[{n}]"), value });
            found.push(item.unwrap_or_else(|| notes.stand_in()));
        }
        Some(found)
    }

    /// A table whose keys `read` asks for; any other key is a fault.
    fn table<T>(self, read: impl FnOnce(&mut Fields<'_, 't>) -> T) -> Option<T> {
        match self.value.get_ref() {
            DeValue::Table(table) => {
                let span = self.value.span();
                Some(Fields::of(self.notes, self.path, table, span).read(read))
            }
            _ => self.must_be("a table in { } or under a heading in [ ]"),
        }
    }

    /// A word by itself, or a word with something inside: `"suspend"`, or `{ escalate = "chair" }`.
    fn tagged(self) -> Option<(&'t str, Result<At<'n, 't>, Self>)> {
        match self.value.get_ref() {
            DeValue::String(word) => Some((word, Err(self))),
            DeValue::Table(table) if table.len() == 1 => {
                let (key, value) = table.iter().next()?;
                let path = self.path;
                Some((key.get_ref(), Ok(At { notes: self.notes, path, value })))
            }
            DeValue::Table(table) => {
                let found = table.len();
                self.refuse(format!(
                    "must say one thing, and has {found} keys: write each in a table of its own"
                ))
            }
            _ => self.must_be("a word in quotes, or a table with one key"),
        }
    }
}

impl<'n, 't> Fields<'n, 't> {
    /// The keys of `table`, which is at `path`.
    pub(super) fn of(notes: &'n mut Notes, path: String, table: &'t DeTable<'t>, span: Range<usize>) -> Self {
        Self { notes, path, table, span, known: Vec::new() }
    }

    /// What `read` makes of them; whatever it does not ask for is a fault.
    pub(super) fn read<T>(mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let found = read(&mut self);
        let known = self.known.join(", ");
        for key in self.table.keys().filter(|it| !self.known.contains(&it.get_ref().as_ref())) {
            let path = within(&self.path, key.get_ref());
            let message = format!("nobody knows this word here: take one of {known}, or drop it");
            self.notes.stray(path, key.span(), message);
        }
        found
    }

    fn at(&mut self, key: &'static str) -> Option<At<'_, 't>> {
        self.known.push(key);
        let value = self.table.get(key)?;
        Some(At { notes: self.notes, path: within(&self.path, key), value })
    }

    /// What must be there.
    fn required<T: StandIn>(&mut self, key: &'static str, read: impl FnOnce(At<'_, 't>) -> Option<T>) -> T {
        let found = match self.at(key) {
            Some(at) => read(at),
            None => {
                let path = within(&self.path, key);
                self.notes.note(&path, self.span.clone(), "is missing: add it".to_owned());
                None
            }
        };
        found.unwrap_or_else(|| self.notes.stand_in())
    }

    /// What may be there.
    fn optional<T>(&mut self, key: &'static str, read: impl FnOnce(At<'_, 't>) -> Option<T>) -> Option<T> {
        self.at(key).and_then(read)
    }
}

/// A word of the domain; its own parser says what is wrong with it.
fn word<T: FromStr<Err: Display>>(at: At<'_, '_>) -> Option<T> {
    at.by(str::parse)
}

/// One of a closed list of words.
fn choice<T: FromStr + VariantNames>(at: At<'_, '_>) -> Option<T> {
    let known = T::VARIANTS.join(", ");
    at.by(|word| word.parse().map_err(|_| format!("must be one of {known}, not {word:?}")))
}

/// A whole number that fits where it goes.
fn count<T: TryFrom<i64>>(at: At<'_, '_>) -> Option<T> {
    let DeValue::Integer(number) = at.value.get_ref() else {
        return at.must_be("a whole number");
    };
    let read = i64::from_str_radix(number.as_str(), number.radix()).ok();
    match read.and_then(|it| T::try_from(it).ok()) {
        Some(it) => Some(it),
        None => {
            let beyond = format!("{number} is too large, or below zero: take a smaller whole number");
            at.refuse(beyond)
        }
    }
}

/// `true` or `false`.
fn flag(at: At<'_, '_>) -> Option<bool> {
    match at.value.get_ref() {
        DeValue::Boolean(it) => Some(*it),
        _ => at.must_be("true or false"),
    }
}

fn within(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
