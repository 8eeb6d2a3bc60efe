//! The events of a trace, gathered from the log by the rules that it will be examined by.
use crate::api::{query, status};
use crate::audit::Unproven;
use crate::codec::{self, AnyEvent};
use crate::domain::citation::{Reference, StreamName};
use crate::domain::id::ProvisionId;
use crate::domain::mandate::Event as Mandated;
use crate::domain::redaction::redaction_id;
use crate::log::{Log, Position, Record, wiped};
use crate::scrutiny::needs;
use futures::TryStreamExt;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use tonic::Status;

/// The most events in the proof of one trace.
const TRACE_MAX: usize = 5000;

/// A trace, as far as it is gathered.
pub(super) struct Gathered<'a> {
    log: &'a Arc<dyn Log>,
    records: BTreeMap<Position, Record>,
    seen: HashSet<(StreamName, u64)>,
    next: Vec<Reference>,
    /// The links between provisions in each instrument that was looked at.
    links: HashMap<StreamName, Vec<(ProvisionId, Record)>>,
}

/// The whole trace of `subject`, in the order of the log.
pub(super) async fn gather(
    log: &Arc<dyn Log>,
    subject: &Reference,
) -> Result<BTreeMap<Position, Record>, Status> {
    find(log, subject).await?;
    let mut gathered = Gathered {
        log,
        records: BTreeMap::new(),
        seen: HashSet::new(),
        next: Vec::new(),
        links: HashMap::new(),
    };
    for record in stream(log, &subject.stream).await? {
        gathered.seen.insert((subject.stream.clone(), record.revision));
        gathered.add(record).await?;
    }
    while let Some(event) = gathered.next.pop() {
        if gathered.seen.insert((event.stream.clone(), event.revision)) {
            let record = find(log, &event).await?;
            gathered.add(record).await?;
        }
    }
    Ok(gathered.records)
}

impl Gathered<'_> {
    async fn add(&mut self, record: Record) -> Result<(), Status> {
        if self.records.len() >= TRACE_MAX {
            return Err(status::unproven(&Unproven::TraceTooLarge(TRACE_MAX)));
        }
        self.next.extend(needs(&record).unwrap_or_default());
        self.linked(&record).await?;
        if wiped(&record.data).or_else(|| wiped(&record.meta)).is_some() {
            self.approved(&record).await?;
        }
        self.records.insert(record.position, record);
        Ok(())
    }

    /// What stands to the provision that `record` defines, where it defines one.
    async fn linked(&mut self, record: &Record) -> Result<(), Status> {
        let (Ok(AnyEvent::Mandate(Mandated::ProvisionDefined { provision, .. })), Ok(name)) =
            (codec::decode_any(record), record.stream.parse::<StreamName>())
        else {
            return Ok(());
        };
        if !self.links.contains_key(&name) {
            let links = stream(self.log, &name).await?.into_iter().filter_map(link).collect();
            self.links.insert(name.clone(), links);
        }
        let its = self.links.get(&name).into_iter().flatten().filter(|(of, _)| *of == provision);
        self.next.extend(its.map(|(_, it)| Reference::new(name.clone(), it.revision)));
        Ok(())
    }

    /// What approves that something was wiped from `record`.
    async fn approved(&mut self, record: &Record) -> Result<(), Status> {
        let Ok(name) = record.stream.parse::<StreamName>() else { return Ok(()) };
        let about = StreamName::new("redaction", redaction_id(&Reference::new(name, record.revision)).0);
        let approvals = stream(self.log, &about).await?;
        let approvals = approvals.into_iter().filter(|it| &*it.kind == "RedactionApproved");
        self.next.extend(approvals.map(|it| Reference::new(about.clone(), it.revision)));
        Ok(())
    }
}

fn link(record: Record) -> Option<(ProvisionId, Record)> {
    match codec::decode_any(&record).ok()? {
        AnyEvent::Mandate(Mandated::ProvisionsLinked { provision, .. }) => Some((provision, record)),
        _ => None,
    }
}

/// The event that `wanted` names, or that there is none.
pub(super) async fn find(log: &Arc<dyn Log>, wanted: &Reference) -> Result<Record, Status> {
    let mut found = log.read_stream(wanted.stream.as_str(), wanted.revision);
    let chunk = found.try_next().await.map_err(|err| status::broken(&err))?;
    let record = chunk.into_iter().flatten().next().filter(|it| it.revision == wanted.revision);
    let same = |it: &Record| wanted.event_id.is_none_or(|id| id == it.id);
    record.filter(same).ok_or_else(|| query::not_on_record(&wanted.to_string()))
}

async fn stream(log: &Arc<dyn Log>, name: &StreamName) -> Result<Vec<Record>, Status> {
    let mut chunks = log.read_stream(name.as_str(), 0);
    let mut all = Vec::new();
    while let Some(chunk) = chunks.try_next().await.map_err(|err| status::broken(&err))? {
        all.extend(chunk);
        if all.len() > TRACE_MAX {
            return Err(status::unproven(&Unproven::TraceTooLarge(TRACE_MAX)));
        }
    }
    Ok(all)
}
