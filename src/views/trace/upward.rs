//! Follows citations up: who rests on a provision, an instrument, a priority or any other event.
use super::reads::Reads;
use super::rows::Result;
use crate::domain::citation::{Reference, StreamName};
use crate::views::AsOf;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap};

/// The most events between what is asked about and the projects.
const BETWEEN_MAX: usize = 20_000;

/// Something that rests on what was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependent {
    /// Its stream.
    pub stream: StreamName,
    /// What it is called.
    pub title: String,
    /// The events between, from the dependent's to the one asked about, both included.
    pub path: Vec<Reference>,
}

/// What is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Below {
    /// One event.
    Event(Reference),
    /// Every event of a stream.
    Stream(StreamName),
}

/// Which dependents are wanted: one page of them, in the order of their streams' names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependents {
    /// On what.
    pub below: Below,
    /// Of this kind only, such as `project`; `None` means any.
    pub kind: Option<String>,
    /// After this stream.
    pub after: Option<StreamName>,
    /// At most how many.
    pub most: usize,
}

/// The streams whose trace reached what is asked about; the inverse of [`super::trace`].
///
/// Cost: some lookups by index for every event between, and for every dependent on the page.
pub fn dependents(db: &Connection, asked: &Dependents, as_of: AsOf) -> Result<Vec<Dependent>> {
    let reads = Reads::new(db, as_of);
    let between = Between::of(&reads, &asked.below)?;
    let mut page: BTreeMap<StreamName, Vec<Reference>> = BTreeMap::new();
    if asked.kind.as_deref().is_none_or(|it| it == "project") {
        projects(&reads, &between, asked, &mut page)?;
    }
    others(&between, asked, &mut page);
    let named = |(stream, path): (StreamName, Vec<Reference>)| {
        let own = path.first().map_or(0, |it| it.revision);
        let title = reads.node(&stream, own)?.map(|it| it.title).unwrap_or_default();
        Ok(Dependent { stream, title, path })
    };
    page.into_iter().take(asked.most).map(named).collect()
}

/// The page of projects on each event between, merged.
fn projects(
    reads: &Reads<'_>,
    between: &Between,
    asked: &Dependents,
    page: &mut BTreeMap<StreamName, Vec<Reference>>,
) -> Result<()> {
    for (place, event) in between.events.iter().enumerate() {
        // What comes after the last of a full page is on another page.
        let full = page.len() >= asked.most;
        let before = page.last_key_value().filter(|_| full).map(|(stream, _)| stream.clone());
        let between_them = (asked.after.as_ref(), before.as_ref());
        for (stream, node) in reads.projects((&event.stream, event.revision), between_them, asked.most)? {
            let path = || [Reference::new(stream.clone(), node)].into_iter().chain(between.path(place));
            page.entry(stream.clone()).or_insert_with(|| path().collect());
        }
        while page.len() > asked.most {
            page.pop_last();
        }
    }
    Ok(())
}

fn others(between: &Between, asked: &Dependents, page: &mut BTreeMap<StreamName, Vec<Reference>>) {
    for (place, event) in between.events.iter().enumerate() {
        let wanted = asked.kind.as_deref().is_none_or(|it| it == event.stream.kind());
        let later = asked.after.as_ref().is_none_or(|it| event.stream > *it);
        // What is asked about is no dependent of itself, and neither is the rest of its stream.
        let itself = between.asked.contains(&event.stream);
        if wanted && later && !itself {
            page.entry(event.stream.clone()).or_insert_with(|| between.path(place).collect());
        }
    }
}

/// The events that rest on what is asked about and are not projects, nearest first.
struct Between {
    events: Vec<Reference>,
    /// The place of the event that each rests on; its own where it was asked about.
    below: Vec<usize>,
    asked: Vec<StreamName>,
}

impl Between {
    fn of(reads: &Reads<'_>, below: &Below) -> Result<Self> {
        let starts = starts(reads, below)?;
        let asked = starts.iter().map(|it| it.stream.clone()).collect();
        let mut between = Self { below: (0..starts.len()).collect(), events: starts, asked };
        let known = between.events.iter().map(|it| ((it.stream.clone(), it.revision), ()));
        let mut known: HashMap<(StreamName, u64), ()> = known.collect();
        let mut next = 0;
        while let Some(event) = between.events.get(next).cloned() {
            for (stream, node) in above(reads, &event)? {
                if between.events.len() < BETWEEN_MAX && known.insert((stream.clone(), node), ()).is_none() {
                    between.events.push(Reference::new(stream, node));
                    between.below.push(next);
                }
            }
            next += 1;
        }
        Ok(between)
    }

    /// From the event at `place` down to the one asked about.
    fn path(&self, place: usize) -> impl Iterator<Item = Reference> + '_ {
        let down = |place: &usize| self.below.get(*place).copied().filter(|below| below != place);
        std::iter::successors(Some(place), down).filter_map(|it| self.events.get(it).cloned())
    }
}

/// The events asked about, those that counted already.
fn starts(reads: &Reads<'_>, below: &Below) -> Result<Vec<Reference>> {
    match below {
        Below::Event(event) => {
            let node = reads.node(&event.stream, event.revision)?.map(|it| it.event);
            let is = |id| event.event_id.is_none_or(|it| it == id);
            let found = node.filter(|it| is(it.event_id));
            Ok(found.map(|it| Reference::new(it.stream, it.revision)).into_iter().collect())
        }
        Below::Stream(stream) => {
            let revisions = reads.revisions(stream, None)?;
            Ok(revisions.into_iter().map(|it| Reference::new(stream.clone(), it)).collect())
        }
    }
}

/// What rests directly on an event and is no project: those that cite it and, on an instrument, its
/// provisions.
fn above(reads: &Reads<'_>, event: &Reference) -> Result<Vec<(StreamName, u64)>> {
    let mut found = reads.resting((&event.stream, event.revision))?;
    if event.stream.kind() == "mandate" && event.revision == 0 {
        let provisions = reads.revisions(&event.stream, Some("ProvisionDefined"))?;
        found.extend(provisions.into_iter().map(|it| (event.stream.clone(), it)));
    }
    Ok(found)
}
