//! Whether every payload that says it was redacted was approved to be.
use crate::codec;
use crate::domain::Decider;
use crate::domain::citation::Citation;
use crate::domain::redaction::{Event, Redaction, Wiped};
use crate::domain::text::Digest;
use crate::log::{Record, wiped};
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

/// What a payload says it was, and what it is.
#[derive(PartialEq, Eq)]
struct Left {
    original: Digest,
    remaining: Digest,
}

/// Events that say they were redacted, and the approvals that come after them.
#[derive(Default)]
pub struct Redactions {
    found: Vec<Redacted>,
    /// What is left of each of them, of data and metadata, until it is explained.
    left: HashMap<Uuid, (usize, [Option<Left>; 2])>,
}

impl Redactions {
    /// Takes the next record into account; `index` is its place in the order of the record, from zero.
    pub fn take(&mut self, index: u64, record: &Record) {
        let left = [left(&record.data), left(&record.meta)];
        if left.iter().any(Option::is_some) {
            self.left.insert(record.id, (self.found.len(), left));
            let (stream, kind) = (record.stream.clone(), record.kind.clone());
            let (event, revision) = (record.id, record.revision);
            self.found.push(Redacted { index, event, stream, revision, kind, covered_by: None });
        }
        if &*record.kind == "RedactionApproved"
            && record.stream.split_once('-').is_some_and(|(kind, _)| kind == Redaction::KIND)
            && let Ok(Event::RedactionApproved { event, data, meta, .. }) = codec::decode(record)
        {
            let covering = Covering { index, event: record.id, stream: record.stream.clone() };
            self.approve(&event, [data, meta], covering);
        }
    }

    fn approve(&mut self, event: &Citation, approved: [Option<Wiped>; 2], covering: Covering) {
        let Some((n, left)) = self.left.get_mut(&event.event_id) else { return };
        let Some(found) = self.found.get_mut(*n) else { return };
        if event.stream.as_str() != &*found.stream || event.revision != found.revision {
            return;
        }
        for (left, approved) in left.iter_mut().zip(&approved) {
            if left.as_ref().is_some_and(|left| explains(left, approved.as_ref())) {
                *left = None;
            }
        }
        if left.iter().all(Option::is_none) {
            found.covered_by = Some(covering);
            self.left.remove(&event.event_id);
        }
    }

    /// Whether there are events that say so and that nothing explains so far.
    pub fn is_open(&self) -> bool {
        !self.left.is_empty()
    }

    /// Every event that says it was redacted, in the order of the record.
    pub fn finish(self) -> Vec<Redacted> {
        self.found
    }
}

/// Whether an approval says of a payload what it was and what it is now. Data and metadata may be redacted at different
/// times, under an approval each.
fn explains(left: &Left, approved: Option<&Wiped>) -> bool {
    approved.is_some_and(|it| left.original == it.original && left.remaining == it.remaining)
}

fn left(stored: &[u8]) -> Option<Left> {
    wiped(stored).map(|original| Left { original: original.into(), remaining: Digest::of(stored) })
}
