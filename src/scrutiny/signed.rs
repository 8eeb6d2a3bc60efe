//! Whether every decision that a partner is said to have signed is what it signed, with a key that counted then; and
//! whether whatever had to be signed was.
use crate::codec::{self, AnyEvent, Meta, REDACTED};
use crate::domain::charter::{self, Charter, Law};
use crate::domain::citation::{Citation, StreamName};
use crate::domain::consultation::{self, Consultation};
use crate::domain::decision::{Decision, Origin, Sealed};
use crate::domain::partner::{self, Keys, Partner};
use crate::domain::project::{self, Project};
use crate::domain::{Decider, Timestamp};
use crate::log::{Record, wiped};
use memchr::memmem;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// A decision that the record does not bear out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where in the order of the record, from zero.
    pub index: u64,
    /// The event's id.
    pub event: Uuid,
    /// Of which stream.
    pub stream: Arc<str>,
    /// Where in that, from zero.
    pub revision: u64,
    /// What is wrong.
    pub why: String,
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events with an envelope.
    pub signed: u64,
    /// Events whose envelope was wiped with a text; the approval is checked elsewhere.
    pub redacted: u64,
}

/// The events by which a stream comes under a law.
const LAWS: [&str; 3] = ["ConsultationOpened", "ProjectProposed", "LawAmended"];

/// The keys and laws that were on record so far.
#[derive(Default)]
pub struct SignedDecisions {
    origins: Vec<Origin>,
    keys: HashMap<Arc<str>, Keys>,
    /// Each edition of each charter, and when it was published.
    editions: HashMap<(Arc<str>, u64), (Timestamp, Arc<Law>)>,
    /// Consultations whose members, and projects whose donors, sign, and before when they did not: a law cannot ask
    /// for that before it is published, so that what is older is taken from documents.
    demanding: HashMap<Arc<str>, Timestamp>,
    /// The ids of signed commands: each counts once.
    taken: HashSet<Uuid>,
    counts: Counts,
}

impl SignedDecisions {
    /// None yet. Decisions must be for the log that is called one of `origins`, where that is known.
    pub fn new(origins: Vec<Origin>) -> Self {
        Self { origins, ..Self::default() }
    }

    /// Takes the next record into account; what is wrong with it. `index` is its place in the order, from zero.
    pub fn take(&mut self, index: u64, record: &Record) -> Option<Fault> {
        if !self.matters(record) {
            return None;
        }
        // What cannot be read is for others to tell.
        let (event, meta) = (codec::decode_any(record).ok()?, codec::decode_meta(record).ok()?);
        let checked = self.check(record, &event, &meta);
        self.learn(record, &event, &meta);
        let (id, stream, revision) = (record.id, record.stream.clone(), record.revision);
        checked.err().map(|why| Fault { index, event: id, stream, revision, why })
    }

    /// How much was looked at.
    pub fn finish(self) -> Counts {
        self.counts
    }

    /// Whether it is about keys, what is to be signed, or something that is signed; most events are not.
    fn matters(&self, record: &Record) -> bool {
        let of = |kind: &str| record.stream.strip_prefix(kind).is_some_and(|it| it.starts_with('-'));
        let decides = (of(Consultation::KIND) || of(Project::KIND))
            && (LAWS.contains(&&*record.kind) || self.demanding.contains_key(&record.stream));
        decides || of(Charter::KIND) || of(Partner::KIND) || may_have_envelope(&record.meta)
    }

    fn check(&mut self, record: &Record, event: &AnyEvent, meta: &Meta) -> Result<(), String> {
        match meta.envelope.as_deref() {
            None if self.must_be_signed(record, event, meta) => {
                Err("the charter asks for a signature, and there is none".into())
            }
            None => Ok(()),
            Some(REDACTED) if wiped(&record.meta).is_some() => {
                self.counts.redacted += 1;
                match event.is_in_own_words() && wiped(&record.data).is_some() {
                    true => Ok(()),
                    false => Err("its signature was wiped, and no words of its own that could be why".into()),
                }
            }
            Some(text) => {
                self.counts.signed += 1;
                let sealed = Sealed::open(text).map_err(|err| format!("its envelope {err}"))?;
                self.is_about(record, meta, sealed.decision())?;
                let party = StreamName::new("partner", sealed.decision().party.0);
                let none = Keys::new();
                let keys = self.keys.get(party.as_str()).unwrap_or(&none);
                let key_id = partner::signed(keys, &sealed).map_err(|err| err.to_string())?;
                partner::counts(keys, &key_id, meta.effective_at).map_err(|err| err.to_string())?;
                self.is_the_only_one(record, sealed.decision())?;
                says(sealed.decision(), record, event)
            }
        }
    }

    /// Whether the envelope is for this log, this stream, this command, and in time.
    fn is_about(&self, record: &Record, meta: &Meta, decision: &Decision) -> Result<(), String> {
        if !self.origins.is_empty() && !self.origins.contains(&decision.origin) {
            return Err(format!("it was signed for the log {}, which is another one", decision.origin));
        }
        if decision.stream.as_str() != &*record.stream {
            return Err(format!("it was signed for the stream {}", decision.stream));
        }
        if decision.request_id != meta.command_id || Some(decision.party) != meta.on_behalf_of {
            return Err("it was signed as another command".into());
        }
        if meta.historical || meta.effective_at > decision.expires_at {
            return Err(format!("it was to be sent until {}", decision.expires_at));
        }
        match decision.expected_revision {
            Some(last) if is_first(record, decision) && record.revision != last.saturating_add(1) => {
                Err(format!("it was signed for what comes after revision {last}"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the envelope counts for this event alone, and for what follows from it: the event's id is derived from
    /// the decision's, so that an envelope which is put to use again shows.
    fn is_the_only_one(&mut self, record: &Record, decision: &Decision) -> Result<(), String> {
        let known = match is_first(record, decision) {
            true => self.taken.insert(decision.request_id),
            false => self.taken.contains(&decision.request_id),
        };
        if known { Ok(()) } else { Err("its envelope was put to use again, or for another event".into()) }
    }

    /// Whether the law asks for a signature: what members and donors decide while it asks for that, whether it is
    /// said at once or later, from a document.
    fn must_be_signed(&self, record: &Record, event: &AnyEvent, meta: &Meta) -> bool {
        let Some(since) = self.demanding.get(&record.stream) else { return false };
        if meta.historical && meta.effective_at < *since {
            return false;
        }
        use consultation::Event as It;
        match event {
            AnyEvent::Consultation(event) => matches!(
                event,
                It::PositionTaken { .. }
                    | It::ObjectionRaised { .. }
                    | It::ObjectionLifted { .. }
                    | It::VoteRequested { .. }
                    | It::VoteCast { .. }
                    | It::VoteCorrected { .. }
            ),
            AnyEvent::Project(event) => matches!(event, project::Event::FundsCommitted { .. }),
            AnyEvent::Partner(_)
            | AnyEvent::Mandate(_)
            | AnyEvent::Evidence(_)
            | AnyEvent::Charter(_)
            | AnyEvent::Meeting(_)
            | AnyEvent::Recommendation(_)
            | AnyEvent::Priority(_)
            | AnyEvent::Task(_)
            | AnyEvent::Redaction(_) => false,
        }
    }

    fn learn(&mut self, record: &Record, event: &AnyEvent, meta: &Meta) {
        match event {
            AnyEvent::Partner(event) => {
                let keys = self.keys.entry(record.stream.clone()).or_default();
                partner::evolve_keys(keys, event, meta.effective_at);
            }
            AnyEvent::Charter(charter::Event::CharterPublished { law, .. }) => {
                let edition = (meta.effective_at, law.clone());
                self.editions.insert((record.stream.clone(), record.revision), edition);
            }
            AnyEvent::Consultation(consultation::Event::ConsultationOpened { forum, charter, .. }) => {
                let signed = |law: &Law| law.forum(&forum.name).is_some_and(|it| it.signed);
                self.comes_under(record, meta, charter, (forum.signed, &signed));
            }
            AnyEvent::Project(
                project::Event::ProjectProposed { law, charter, .. }
                | project::Event::LawAmended { law, charter, .. },
            ) => {
                let signed = |law: &Law| law.projects.funding.signed;
                self.comes_under(record, meta, charter, (law.funding.signed, &signed));
            }
            AnyEvent::Consultation(_)
            | AnyEvent::Project(_)
            | AnyEvent::Mandate(_)
            | AnyEvent::Evidence(_)
            | AnyEvent::Charter(_)
            | AnyEvent::Meeting(_)
            | AnyEvent::Recommendation(_)
            | AnyEvent::Priority(_)
            | AnyEvent::Task(_)
            | AnyEvent::Redaction(_) => {}
        }
    }
}

impl SignedDecisions {
    /// From now on the stream goes by the law of this edition, whatever its copy on the stream says. Where that was
    /// published already, nothing that comes later on the stream is older.
    fn comes_under(
        &mut self,
        record: &Record,
        meta: &Meta,
        charter: &Citation,
        (copied, says): (bool, &dyn Fn(&Law) -> bool),
    ) {
        let edition = self.editions.get(&(Arc::from(charter.stream.as_str()), charter.revision));
        if !copied && !edition.is_some_and(|(_, law)| says(law)) {
            self.demanding.remove(&record.stream);
            return;
        }
        let since = edition.map(|(since, _)| *since);
        let before = since.filter(|since| meta.historical && meta.effective_at < *since);
        self.demanding.insert(record.stream.clone(), before.unwrap_or(Timestamp::MIN));
    }
}

/// Whether there is an envelope in the metadata, for all that can be said without parsing it: its name may be written
/// with escapes.
fn may_have_envelope(meta: &[u8]) -> bool {
    memmem::find(meta, b"\"envelope\"").is_some() || memmem::find(meta, b"\\u").is_some()
}

/// Whether it is the first event that a signed command caused: it has the id that such an event must have.
fn is_first(record: &Record, decision: &Decision) -> bool {
    record.id == Uuid::new_v5(&decision.request_id, &0_u64.to_be_bytes())
}

/// Whether the event is what was decided, word by word, or what follows from it. A text that was wiped cannot be
/// compared, and its envelope is wiped with it.
fn says(decision: &Decision, record: &Record, event: &AnyEvent) -> Result<(), String> {
    let said = match event {
        AnyEvent::Consultation(event) => {
            is_first(record, decision) && decision.act.is_in_consultation(decision.party, event)
        }
        AnyEvent::Project(event) if is_first(record, decision) => decision.act.is_in_project(event),
        AnyEvent::Project(event) => decision.act.leads_to(event),
        AnyEvent::Partner(_)
        | AnyEvent::Mandate(_)
        | AnyEvent::Evidence(_)
        | AnyEvent::Charter(_)
        | AnyEvent::Meeting(_)
        | AnyEvent::Recommendation(_)
        | AnyEvent::Priority(_)
        | AnyEvent::Task(_)
        | AnyEvent::Redaction(_) => false,
    };
    if said { Ok(()) } else { Err(format!("{} is not what was signed", record.kind)) }
}
