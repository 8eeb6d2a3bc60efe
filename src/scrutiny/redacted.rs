//! Whether every payload that says it was redacted was approved to be, and whether what is left of it is what it was.
//!
//! The tree commits to what was recorded, and that is not there any more. An approval says what is left, but whoever
//! can write to the log can write an approval too. So it is believed in one thing only: that the texts it names are
//! gone. In their place must be the mark and nothing else, and no payload may be another one of which no text is
//! named. That the rest says what it always said is shown by the digest which the other payload of the event holds
//! since it was recorded: that payload is as it was, and the tree commits to it. Where it is not there, because texts
//! were wiped from both payloads, what is left is the word of those who approved, and the record is not proven.
use crate::codec::{self, Bond};
use crate::domain::Decider;
use crate::domain::citation::Citation;
use crate::domain::redaction::{Event, Field, Part, Redaction, Wiped};
use crate::domain::text::Digest;
use crate::log::{Record, wiped};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// An event of which a part was wiped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// Where in the order of the record, from zero.
    pub index: u64,
    /// Its id.
    pub event: Uuid,
    /// Of which stream.
    pub stream: Arc<str>,
    /// Where in that, from zero.
    pub revision: u64,
    /// Its type.
    pub kind: Arc<str>,
    /// What approved it, the last where there are several; `None` when nothing did, and somebody altered the event.
    pub covered_by: Option<Covering>,
    /// What shows that the rest is what was recorded. Where it is not, nothing can approve it.
    pub bond: Bond,
}

/// The RedactionApproved that explains why an event is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covering {
    /// Where in the order of the record, from zero.
    pub index: u64,
    /// Its id.
    pub event: Uuid,
    /// The redaction's stream.
    pub stream: Arc<str>,
}

/// A payload of which texts were wiped: what it says it was, and what it is.
struct Left {
    original: Digest,
    stored: Bytes,
}

/// What is to be explained of one event.
struct Open {
    /// Which of those that were found.
    found: usize,
    /// What is left of data and metadata, until it is explained.
    left: [Option<Left>; 2],
    /// The texts that approvals named so far.
    named: Vec<Field>,
}

/// Events that say they were redacted, and the approvals that come after them.
#[derive(Default)]
pub struct Redactions {
    found: Vec<Redacted>,
    /// Those of them that are not explained yet.
    open: HashMap<Uuid, Open>,
}

impl Redactions {
    /// Takes the next record into account; `index` is its place in the order of the record, from zero.
    pub fn take(&mut self, index: u64, record: &Record) {
        let left = [left(&record.data), left(&record.meta)];
        if left.iter().any(Option::is_some) {
            let bond = bond(&left, record);
            self.open.insert(record.id, Open { found: self.found.len(), left, named: Vec::new() });
            let (stream, kind) = (record.stream.clone(), record.kind.clone());
            let (event, revision) = (record.id, record.revision);
            self.found.push(Redacted { index, event, stream, revision, kind, covered_by: None, bond });
        }
        if &*record.kind == "RedactionApproved"
            && record.stream.split_once('-').is_some_and(|(kind, _)| kind == Redaction::KIND)
            && let Ok(Event::RedactionApproved { event, fields, data, meta, requester, approver, .. }) =
                codec::decode(record)
            && requester != approver
        {
            let covering = Covering { index, event: record.id, stream: record.stream.clone() };
            self.approve(&event, fields, [data, meta], covering);
        }
    }

    fn approve(
        &mut self,
        event: &Citation,
        fields: Vec<Field>,
        approved: [Option<Wiped>; 2],
        covering: Covering,
    ) {
        let Some(Open { found, left, named }) = self.open.get_mut(&event.event_id) else { return };
        let Some(found) = self.found.get_mut(*found) else { return };
        if event.stream.as_str() != &*found.stream || event.revision != found.revision {
            return;
        }
        named.extend(fields);
        for ((part, left), approved) in
            [Part::Data, Part::Meta].into_iter().zip(left.iter_mut()).zip(&approved)
        {
            if left.as_ref().is_some_and(|left| explains(approved.as_ref(), part, left, named)) {
                *left = None;
            }
        }
        if left.iter().all(Option::is_none) && found.bond != Bond::Broken {
            found.covered_by = Some(covering);
            self.open.remove(&event.event_id);
        }
    }

    /// Whether there are events that say so and that nothing explains so far.
    pub fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Every event that says it was redacted, in the order of the record.
    pub fn finish(self) -> Vec<Redacted> {
        self.found
    }
}

/// Whether an approval says of a payload what it was and what it is now, and the approvals so far name what is gone from
/// it. Data and metadata may be redacted at different times, under an approval each.
fn explains(approved: Option<&Wiped>, part: Part, left: &Left, named: &[Field]) -> bool {
    let remaining = || Digest::of(&left.stored);
    approved.is_some_and(|it| left.original == it.original && remaining() == it.remaining)
        && is_what_was_named(part, &left.stored, named)
}

/// Whether texts are gone from a payload that were named, and no others. What a partner signed goes with any text of
/// the data.
fn is_what_was_named(part: Part, left: &Bytes, named: &[Field]) -> bool {
    let goes_with = named.iter().any(|it| it.within().0 == Part::Data).then(Field::envelope);
    let goes_with = goes_with.filter(|it| codec::is_wiped_at(left, it));
    let here: Vec<&Field> = named.iter().chain(&goes_with).filter(|it| it.within().0 == part).collect();
    let gone = codec::wiped_texts(left);
    !here.is_empty()
        && here.iter().all(|it| codec::is_wiped_at(left, it))
        && gone.iter().all(|at| here.iter().any(|it| it.within().1 == at))
}

/// What binds what is left of both payloads.
fn bond(left: &[Option<Left>; 2], record: &Record) -> Bond {
    match left {
        [Some(_), None] => codec::bond(&record.data, &record.meta),
        [None, Some(_)] => codec::bond(&record.meta, &record.data),
        [None, None] | [Some(_), Some(_)] => Bond::Unbound,
    }
}

fn left(stored: &Bytes) -> Option<Left> {
    wiped(stored).map(|original| Left { original: original.into(), stored: stored.clone() })
}
