//! What is on record so far, read back event by event: what generators choose from and models judge by.
use super::chance::Chance;
use futures::TryStreamExt;
use pactline::codec::{AnyEvent, Meta, decode_any, decode_meta};
use pactline::domain::Timestamp;
use pactline::domain::citation::{Citation, Reference, StreamName};
use pactline::domain::{
    charter, consultation, evidence, mandate, meeting, partner, priority, project, recommendation, task,
};
use pactline::log::{Log, MemoryLog, Position, Record};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// One event on record.
#[derive(Debug)]
pub struct Past {
    pub position: u64,
    pub stream: StreamName,
    pub revision: u64,
    pub id: Uuid,
    pub kind: Arc<str>,
    pub recorded_at: Timestamp,
    pub meta: Meta,
    pub event: AnyEvent,
}

impl Past {
    fn new(record: &Record) -> Self {
        Self {
            position: record.position.0,
            stream: record.stream.parse().unwrap(),
            revision: record.revision,
            id: record.id,
            kind: record.kind.clone(),
            recorded_at: record.recorded_at,
            meta: decode_meta(record).unwrap(),
            event: decode_any(record).unwrap(),
        }
    }

    pub fn reference(&self) -> Reference {
        Reference::new(self.stream.clone(), self.revision)
    }

    pub fn is(&self, citation: &Citation) -> bool {
        self.id == citation.event_id
    }

    /// When it took effect.
    pub fn at(&self) -> Timestamp {
        self.meta.effective_at
    }
}

/// What an event can be cited as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum As {
    Admission,
    Mandate,
    Provision,
    Edition,
    Meeting,
    Text,
    Paragraph,
    Adoption,
    Priority,
    Proposal,
    Stage,
    Evidence,
    Done,
}

fn cited_as(event: &AnyEvent) -> Option<As> {
    Some(match event {
        AnyEvent::Partner(
            partner::Event::PartnerAdmitted { .. } | partner::Event::ObserverStatusGranted { .. },
        ) => As::Admission,
        AnyEvent::Mandate(mandate::Event::MandateRecorded { .. }) => As::Mandate,
        AnyEvent::Mandate(mandate::Event::ProvisionDefined { .. }) => As::Provision,
        AnyEvent::Charter(charter::Event::CharterPublished { .. }) => As::Edition,
        AnyEvent::Meeting(meeting::Event::MeetingConvened { .. }) => As::Meeting,
        AnyEvent::Recommendation(
            recommendation::Event::RecommendationDrafted { .. } | recommendation::Event::TextRevised { .. },
        ) => As::Text,
        AnyEvent::Recommendation(recommendation::Event::ParagraphAgreed { .. }) => As::Paragraph,
        AnyEvent::Consultation(
            consultation::Event::ConsensusReached { .. } | consultation::Event::AdoptedByVote { .. },
        ) => As::Adoption,
        AnyEvent::Priority(priority::Event::PrioritySet { .. }) => As::Priority,
        AnyEvent::Project(project::Event::ProjectProposed { .. }) => As::Proposal,
        AnyEvent::Project(project::Event::StageEntered { .. }) => As::Stage,
        AnyEvent::Evidence(evidence::Event::EvidenceSubmitted { .. }) => As::Evidence,
        AnyEvent::Task(task::Event::TaskCompleted { .. }) => As::Done,
        _ => return None,
    })
}

/// What ends a thing.
const ENDS: [&str; 10] = [
    "MeetingClosed",
    "RecommendationWithdrawn",
    "ConsensusReached",
    "ConsensusNotReached",
    "AdoptedByVote",
    "ProjectCompleted",
    "ProjectCancelled",
    "ProjectRejected",
    "TaskCompleted",
    "TaskCancelled",
];

/// Everything on record, found again by stream and by what it can be cited as.
#[derive(Default)]
pub struct Known {
    pub all: Vec<Arc<Past>>,
    streams: BTreeMap<StreamName, Vec<usize>>,
    citable: BTreeMap<As, Vec<usize>>,
    /// All ids of a kind, and those of things that are not over.
    kinds: BTreeMap<String, (Vec<Uuid>, Vec<Uuid>)>,
}

impl Known {
    /// Reads on.
    pub fn read(&mut self, log: &MemoryLog) {
        let after = self.all.last().map(|it| Position(it.position));
        let more: Vec<Record> = futures::executor::block_on(log.read_all(after).try_concat()).unwrap();
        more.iter().for_each(|it| self.take(Arc::new(Past::new(it))));
    }

    /// Takes what was read before.
    pub fn take(&mut self, past: Arc<Past>) {
        let at = self.all.len();
        if past.revision == 0 || ENDS.contains(&&*past.kind) {
            let (all, living) = self.kinds.entry(past.stream.kind().to_owned()).or_default();
            let id = past.stream.id();
            living.retain(|it| *it != id);
            if past.revision == 0 {
                all.push(id);
                living.push(id);
            }
        }
        self.streams.entry(past.stream.clone()).or_default().push(at);
        if let Some(cited_as) = cited_as(&past.event) {
            self.citable.entry(cited_as).or_default().push(at);
        }
        self.all.push(past);
    }

    /// The streams in which something happened after the first `n` events.
    pub fn touched(&self, n: usize) -> impl Iterator<Item = &StreamName> {
        self.streams.iter().filter(move |(_, of)| of.last() >= Some(&n)).map(|(it, _)| it)
    }

    pub fn head(&self) -> u64 {
        self.all.last().map_or(0, |it| it.position)
    }

    pub fn streams(&self) -> impl Iterator<Item = &StreamName> {
        self.streams.keys()
    }

    /// The ids of the streams of a kind.
    pub fn ids(&self, kind: &str) -> &[Uuid] {
        self.kinds.get(kind).map(|it| &it.0[..]).unwrap_or_default()
    }

    /// Those in which more than words can follow.
    pub fn living(&self, kind: &str) -> &[Uuid] {
        self.kinds.get(kind).map(|it| &it.1[..]).unwrap_or_default()
    }

    /// The events of a stream, in order.
    pub fn of(&self, stream: &StreamName) -> impl DoubleEndedIterator<Item = &Past> {
        self.streams.get(stream).into_iter().flatten().map(|at| &*self.all[*at])
    }

    /// The same by kind and id.
    pub fn about(&self, kind: &str, id: Uuid) -> Vec<&Past> {
        self.of(&StreamName::new(kind, id)).collect()
    }

    pub fn find(&self, stream: &StreamName, revision: u64) -> Option<&Past> {
        self.of(stream).nth(revision as usize)
    }

    pub fn has(&self, what: As) -> bool {
        self.citable.contains_key(&what)
    }

    pub fn citable(&self, what: As) -> Vec<&Past> {
        self.citable.get(&what).into_iter().flatten().map(|at| &*self.all[*at]).collect()
    }

    /// The latest edition of a charter.
    pub fn latest(&self, charter: &StreamName) -> Option<Reference> {
        self.citable(As::Edition).iter().rfind(|it| it.stream == *charter).map(|it| it.reference())
    }

    /// An event to cite: mostly one that can be cited as `what`, sometimes any, another than it says, or one
    /// that did not happen.
    pub fn cite(&self, chance: &mut Chance, what: As) -> Reference {
        let right = chance.one(&self.citable(what)).map(Past::reference);
        let latest = right.as_ref().filter(|_| what == As::Edition && chance.percent(90));
        let latest = latest.and_then(|it| self.latest(&it.stream));
        self.perhaps_wrong(chance, latest.or(right))
    }

    /// `right`, or now and then something else.
    pub fn perhaps_wrong(&self, chance: &mut Chance, right: Option<Reference>) -> Reference {
        let nowhere = || Reference::new(StreamName::new("project", Uuid::from_u128(99)), 0);
        let right = right.unwrap_or_else(nowhere);
        match chance.below(60) {
            0 => chance.of(&self.all).map_or(right, |it| it.reference()),
            1 => Reference::new(right.stream, right.revision + 1 + chance.below(9)),
            2 => Reference { event_id: Some(chance.id()), ..right },
            3 => Reference { revision: u64::MAX, ..right },
            _ => right,
        }
    }
}
