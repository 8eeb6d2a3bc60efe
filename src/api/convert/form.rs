//! Reads a request field by field and goes on after a fault, so that one answer names them all.
use super::violations::{Violation, Violations};
use crate::domain::Timestamp;
use crate::domain::scope::plausible;
use std::fmt::Display;
use std::str::FromStr;
use uuid::Uuid;

/// The most items that one list of a request may have.
pub const ITEMS_MAX: usize = 10_000;

/// The longest lease or wait, in milliseconds: 366 days.
const MILLIS_MAX: u64 = 366 * 24 * 60 * 60 * 1000;

/// A request being read. Every reader answers `None` after it noted a violation, and only then.
#[derive(Debug)]
pub struct Form {
    command_id: Uuid,
    path: String,
    violations: Vec<Violation>,
}

impl Form {
    /// A form for the command of this id, from which ids are derived that the caller leaves to the server.
    pub fn new(command_id: Uuid) -> Self {
        Self { command_id, path: String::new(), violations: Vec::new() }
    }

    /// Ends the reading: what was read, or everything that is wrong.
    pub fn done<T>(mut self, read: Option<T>) -> Result<T, Violations> {
        match read {
            Some(read) if self.violations.is_empty() => Ok(read),
            Some(_) => Err(Violations(self.violations)),
            None => {
                if self.violations.is_empty() {
                    self.refuse::<()>("", "the request cannot be read");
                }
                Err(Violations(self.violations))
            }
        }
    }

    /// Notes that `field` is wrong; an empty one stands for the message being read.
    pub fn refuse<T>(&mut self, field: &str, reason: impl Display) -> Option<T> {
        let dot = if self.path.is_empty() || field.is_empty() { "" } else { "." };
        let field = format!("{}{dot}{field}", self.path);
        self.violations.push(Violation { field, reason: reason.to_string() });
        None
    }

    /// What `read` makes of the inside of `field`.
    pub fn within<T>(&mut self, field: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let outside = self.path.len();
        if outside > 0 {
            self.path.push('.');
        }
        self.path.push_str(field);
        let read = read(self);
        self.path.truncate(outside);
        read
    }

    /// `result`, or its error as a violation of `field`.
    pub fn noted<T, E: Display>(&mut self, field: &str, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(it) => Some(it),
            Err(err) => self.refuse(field, err),
        }
    }

    /// A word of the domain; its own parser says what is wrong with it.
    pub fn text<T: FromStr<Err: Display>>(&mut self, field: &str, text: String) -> Option<T> {
        self.noted(field, text.parse())
    }

    /// A word that may be absent; a word that is there and empty is a word.
    pub fn optional_text<T: FromStr<Err: Display>>(
        &mut self,
        field: &str,
        text: Option<String>,
    ) -> Option<Option<T>> {
        text.map_or(Some(None), |it| self.text(field, it).map(Some))
    }

    /// A word where empty means none.
    pub fn text_or_none<T: FromStr<Err: Display>>(&mut self, field: &str, text: String) -> Option<Option<T>> {
        if text.is_empty() { Some(None) } else { self.text(field, text).map(Some) }
    }

    /// Words; each fault is named with the word's place.
    pub fn texts<T: FromStr<Err: Display>, C: FromIterator<T>>(
        &mut self,
        field: &str,
        texts: Vec<String>,
    ) -> Option<C> {
        self.each(field, texts, |form, it| form.text("", it))
    }

    /// A message that must be there.
    pub fn part<W, T>(
        &mut self,
        field: &str,
        part: Option<W>,
        read: impl FnOnce(&mut Self, W) -> Option<T>,
    ) -> Option<T> {
        match part {
            Some(part) => self.within(field, |form| read(form, part)),
            None => self.refuse(field, "must be given"),
        }
    }

    /// A message that may be absent.
    pub fn optional_part<W, T>(
        &mut self,
        field: &str,
        part: Option<W>,
        read: impl FnOnce(&mut Self, W) -> Option<T>,
    ) -> Option<Option<T>> {
        part.map_or(Some(None), |part| self.within(field, |form| read(form, part)).map(Some))
    }

    /// Messages; each fault is named with the message's place. All are read, also after a fault.
    pub fn each<W, T, C: FromIterator<T>>(
        &mut self,
        field: &str,
        parts: Vec<W>,
        mut read: impl FnMut(&mut Self, W) -> Option<T>,
    ) -> Option<C> {
        if parts.len() > ITEMS_MAX {
            return self
                .refuse(field, format!("must have at most {ITEMS_MAX} items and has {}", parts.len()));
        }
        let read: Vec<Option<T>> = parts
            .into_iter()
            .enumerate()
            .map(|(n, part)| self.within(&format!("{field}[{n}]"), |form| read(form, part)))
            .collect();
        read.into_iter().collect()
    }

    /// One of an enumeration's values, and not the unspecified one.
    pub fn choice<W: TryFrom<i32>, T>(
        &mut self,
        field: &str,
        value: i32,
        read: impl FnOnce(W) -> Option<T>,
    ) -> Option<T> {
        match W::try_from(value) {
            Ok(value) => {
                read(value).or_else(|| self.refuse(field, "must be given: unspecified is no answer"))
            }
            Err(_) => self.refuse(field, format!("{value} is not a value of this enumeration")),
        }
    }

    /// One of an enumeration's values; the unspecified one means none.
    pub fn optional_choice<W: TryFrom<i32>, T>(
        &mut self,
        field: &str,
        value: i32,
        read: impl FnOnce(W) -> Option<T>,
    ) -> Option<Option<T>> {
        match W::try_from(value) {
            Ok(value) => Some(read(value)),
            Err(_) => self.refuse(field, format!("{value} is not a value of this enumeration")),
        }
    }

    /// A number counted from one.
    pub fn ordinal(&mut self, field: &str, number: u32) -> Option<u32> {
        if number > 0 { Some(number) } else { self.refuse(field, "must be at least 1") }
    }

    /// A span of time in milliseconds.
    pub fn millis(&mut self, field: &str, millis: u64) -> Option<u64> {
        if millis <= MILLIS_MAX {
            return Some(millis);
        }
        self.refuse(field, format!("must be at most {MILLIS_MAX} milliseconds: 366 days"))
    }

    /// A moment in the years that this system keeps.
    pub fn moment(&mut self, field: &str, moment: Option<prost_types::Timestamp>) -> Option<Timestamp> {
        self.part(field, moment, timestamp)
    }

    /// A moment that may be absent.
    pub fn optional_moment(
        &mut self,
        field: &str,
        moment: Option<prost_types::Timestamp>,
    ) -> Option<Option<Timestamp>> {
        self.optional_part(field, moment, timestamp)
    }

    /// The id of something that is there already.
    pub fn existing(&mut self, field: &str, id: String) -> Option<Uuid> {
        self.text::<AnyId>(field, id).map(|it| it.0)
    }

    /// The id of something new: the caller's, or one derived from the command's by `of`, the same at every
    /// retry.
    pub fn fresh<T: From<Uuid>>(&mut self, field: &str, id: String, of: impl FnOnce(&str) -> T) -> Option<T> {
        if id.is_empty() {
            Some(of(&self.command_id.to_string()))
        } else {
            self.existing(field, id).map(T::from)
        }
    }

    /// The id of something whose id is derived from what it is: `belongs`. The caller may state it.
    pub fn derived(&mut self, field: &str, id: String, belongs: Option<Uuid>) -> Option<Uuid> {
        let stated = if id.is_empty() { belongs } else { self.existing(field, id) };
        match (stated, belongs) {
            (Some(stated), Some(belongs)) if stated != belongs => {
                self.refuse(field, format!("must be empty or {belongs}, which is derived from what it names"))
            }
            _ => stated.and(belongs),
        }
    }
}

/// A moment that prost read; its own conversions panic on some.
fn timestamp(form: &mut Form, it: prost_types::Timestamp) -> Option<Timestamp> {
    if !(0..1_000_000_000).contains(&it.nanos) {
        return form.refuse("nanos", "must be from 0 to 999999999");
    }
    let moment = form.noted("seconds", Timestamp::new(it.seconds, it.nanos))?;
    let day = jiff::tz::Offset::UTC.to_datetime(moment).date();
    form.noted("seconds", plausible(day)).map(|_| moment)
}

/// An id of whatever kind.
struct AnyId(Uuid);

impl FromStr for AnyId {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Uuid::try_parse(text) {
            Ok(id) if !id.is_nil() => Ok(Self(id)),
            Ok(_) => Err("must not be the UUID of zeros"),
            Err(_) if text.is_empty() => Err("must be given, as a UUID"),
            Err(_) => Err("not a UUID; ids look like 6f1d5c5e-4b0b-5a7e-9a51-70616374706c"),
        }
    }
}
