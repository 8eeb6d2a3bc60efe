//! Whether a handful of events is the trace of the one that it is said to be about: that one's whole stream, what those
//! events rest on, and nothing else.
//!
//! What belongs to a trace, by these rules alone:
//!
//! 1. Every event of the subject's stream, from its first.
//! 2. What an event of the trace cites: the same id, stream and revision.
//! 3. Of an instrument of which a provision belongs to it, the first event of its stream, and every link that such a
//!    provision was given.
//! 4. What approves that something was wiped from an event that belongs to it.
//!
//! All but the links can be seen to be missing. What comes after the last event of the subject that is there cannot:
//! that it is the newest, whoever made the trace says.
use super::redacted::{Redacted, Redactions};
use crate::codec::{self, AnyEvent, Bond};
use crate::domain::Decider;
use crate::domain::citation::{Reference, StreamName};
use crate::domain::id::ProvisionId;
use crate::domain::mandate::{self, Mandate};
use crate::domain::redaction;
use crate::log::Record;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Why events are not the trace that they are said to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unlike {
    /// The subject is not there.
    #[error("{0}, which it is said to be about, is not in it")]
    NoSubject(Reference),
    /// Another event of the subject's stream is not there, or they stand in another order.
    #[error(
        "of {stream}, which it is said to be about, event {missing} is not in its place: that was left out"
    )]
    Gap {
        /// The subject's stream.
        stream: StreamName,
        /// Which should be there.
        missing: u64,
    },
    /// One place in a stream is taken twice.
    #[error("two events in it claim to be {0}")]
    Twice(Reference),
    /// An event that nothing leads to.
    #[error("{}, which nothing that {subject} rests on leads to", listed(.foreign))]
    Foreign {
        /// What it is said to be about.
        subject: Reference,
        /// What does not belong to it.
        foreign: Vec<Reference>,
    },
}

/// What events that are a trace, as far as can be told, are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traced {
    /// The last revision of the subject's stream that is there.
    pub until: u64,
    /// What is cited and is not there.
    pub open: Vec<Reference>,
    /// Events whose data is not there, or cannot be read by this release: what they cite cannot be told.
    pub unread: Vec<Reference>,
    /// Events that nothing leads to that can be read.
    pub apart: Vec<Reference>,
    /// Events of which something was wiped, with what approves that.
    pub redacted: Vec<Redacted>,
}

impl Traced {
    /// Whether nothing is missing that would show more.
    pub fn is_whole(&self) -> bool {
        self.open.is_empty()
            && self.unread.is_empty()
            && self.redacted.iter().all(|it| it.covered_by.is_some() && it.bond == Bond::Bound)
    }
}

/// What has to be beside `record` in a trace; `None` where that cannot be told.
pub fn needs(record: &Record) -> Option<Vec<Reference>> {
    let event = codec::decode_any(record).ok()?;
    let mut needed: Vec<Reference> = event.rests_on().into_iter().map(|(_, it)| it.reference()).collect();
    if let (true, Ok(stream)) = (record.revision > 0, record.stream.parse::<StreamName>())
        && stream.kind() == Mandate::KIND
    {
        needed.push(Reference::new(stream, 0));
    }
    Some(needed)
}

/// Whether `records`, in the order of the log, are the trace of `subject`. A record whose data is withheld has none.
pub fn trace(subject: &Reference, records: &[Record]) -> Result<Traced, Unlike> {
    let until = whole_stream(subject, records)?;
    let walk = Walk::down(subject, records)?;
    let mut redactions = Redactions::default();
    for record in records {
        redactions.take(record.position.0, record);
    }
    let apart: Vec<Reference> = walk.unreached().collect();
    let (mut open, unread): (Vec<Reference>, _) = (walk.open.into_iter().collect(), walk.unread);
    open.sort();
    if !apart.is_empty() && open.is_empty() && unread.is_empty() {
        return Err(Unlike::Foreign { subject: subject.clone(), foreign: apart });
    }
    Ok(Traced { until, open, unread, apart, redacted: redactions.finish() })
}

/// The last revision of the subject's stream, of which every one must be there, the subject's too.
fn whole_stream(subject: &Reference, records: &[Record]) -> Result<u64, Unlike> {
    let stream = &subject.stream;
    let mut expected = 0;
    for record in records.iter().filter(|it| *it.stream == *stream.as_str()) {
        if record.revision != expected {
            return Err(Unlike::Gap { stream: stream.clone(), missing: expected });
        }
        expected += 1;
    }
    match expected.checked_sub(1).filter(|it| *it >= subject.revision) {
        Some(until) => Ok(until),
        None => Err(Unlike::NoSubject(subject.clone())),
    }
}

/// Where each event is among those that are there, by its stream and revision.
struct Places<'a>(HashMap<(&'a str, u64), usize>);

impl<'a> Places<'a> {
    fn of(records: &'a [Record]) -> Result<Self, Unlike> {
        let mut places = HashMap::new();
        for (n, it) in records.iter().enumerate() {
            if places.insert((&*it.stream, it.revision), n).is_some() {
                return Err(Unlike::Twice(named(it)));
            }
        }
        Ok(Self(places))
    }

    /// The event that is meant, and no other under another id.
    fn find(&self, records: &[Record], wanted: &Reference) -> Option<usize> {
        let found = self.0.get(&(wanted.stream.as_str(), wanted.revision)).copied();
        let same =
            |n: &usize| records.get(*n).is_some_and(|found| wanted.event_id.is_none_or(|id| id == found.id));
        found.filter(same)
    }
}

/// Which events belong to a trace because of what they say about another one of it: the one, and the other.
fn attachments(records: &[Record], places: &Places<'_>) -> Vec<(usize, usize)> {
    let mut defined: HashMap<(&str, ProvisionId), usize> = HashMap::new();
    let mut attached = Vec::new();
    for (n, record) in records.iter().enumerate() {
        let on = match codec::decode_any(record) {
            Ok(AnyEvent::Mandate(mandate::Event::ProvisionDefined { provision, .. })) => {
                defined.insert((&record.stream, provision), n);
                None
            }
            Ok(AnyEvent::Mandate(mandate::Event::ProvisionsLinked { provision, .. })) => {
                defined.get(&(&*record.stream, provision)).copied()
            }
            Ok(AnyEvent::Redaction(redaction::Event::RedactionApproved { event, .. })) => {
                places.find(records, &event.reference())
            }
            Ok(_) | Err(_) => None,
        };
        attached.extend(on.map(|on| (n, on)));
    }
    attached
}

/// From the subject down to what rests on nothing.
struct Walk<'a> {
    records: &'a [Record],
    reached: Vec<bool>,
    next: Vec<usize>,
    open: HashSet<Reference>,
    unread: Vec<Reference>,
}

impl<'a> Walk<'a> {
    fn down(subject: &Reference, records: &'a [Record]) -> Result<Self, Unlike> {
        let places = Places::of(records)?;
        let attached = attachments(records, &places);
        let reached = vec![false; records.len()];
        let mut walk = Self { records, reached, next: Vec::new(), open: HashSet::new(), unread: Vec::new() };
        let own = (0..).zip(records).filter(|(_, it)| *it.stream == *subject.stream.as_str());
        own.for_each(|(n, _)| walk.reach(n));
        while !walk.next.is_empty() {
            while let Some(n) = walk.next.pop() {
                walk.follow(n, &places);
            }
            for (n, on) in &attached {
                if walk.reached.get(*on).is_some_and(|it| *it) {
                    walk.reach(*n);
                }
            }
        }
        Ok(walk)
    }

    fn reach(&mut self, n: usize) {
        if let Some(reached) = self.reached.get_mut(n).filter(|it| !**it) {
            *reached = true;
            self.next.push(n);
        }
    }

    fn follow(&mut self, n: usize, places: &Places<'_>) {
        let Some(record) = self.records.get(n) else { return };
        let Some(needed) = needs(record) else { return self.unread.push(named(record)) };
        for it in needed {
            match places.find(self.records, &it) {
                Some(n) => self.reach(n),
                None => drop(self.open.insert(it)),
            }
        }
    }

    fn unreached(&self) -> impl Iterator<Item = Reference> {
        self.records.iter().zip(&self.reached).filter(|(_, reached)| !**reached).map(|(it, _)| named(it))
    }
}

/// An event as a proof names it, whatever its stream is called.
fn named(record: &Record) -> Reference {
    let (kind, id) = record.stream.split_once('-').unwrap_or_default();
    let stream = record
        .stream
        .parse()
        .unwrap_or_else(|_| StreamName::new(kind, Uuid::try_parse(id).unwrap_or_default()));
    Reference { event_id: Some(record.id), ..Reference::new(stream, record.revision) }
}

/// The first of them, and how many more there are.
fn listed(all: &[Reference]) -> String {
    let first: Vec<String> = all.iter().take(3).map(ToString::to_string).collect();
    let more = all.len() - first.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("it has {}{more}", first.join(", "))
}
