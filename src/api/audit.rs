//! Proofs as callers get them: texts that anyone checks without this server.
use super::convert::{Form, reference};
use super::proto as pb;
use super::proto::prove_trace_request::Subject;
use super::query;
use super::status;
use crate::audit::{Bundle, Notary, Proof, Sealed, SignedCheckpoint, Under, Unproven};
use crate::codec;
use crate::domain::citation::{Citation, Reference, StreamName};
use crate::log::{Log, Position, Record};
use crate::views::trace::{self, Trace};
use crate::views::{AsOf, Views};
use futures::TryStreamExt;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// The most leaves in one answer.
const LEAVES_MAX: u32 = 2048;
const LEAVES_USUAL: u32 = 256;
/// The most events in the proof of one trace.
const TRACE_MAX: usize = 5000;

/// Answers with proofs.
#[derive(Clone)]
pub struct AuditProofs {
    notary: Option<Notary>,
    views: Views,
    log: Arc<dyn Log>,
}

impl AuditProofs {
    /// Proofs of what is in `log` by what `notary` signed; what a trace holds is for `views` to say.
    pub fn new(notary: Option<Notary>, views: Views, log: Arc<dyn Log>) -> Self {
        Self { notary, views, log }
    }

    fn notary(&self) -> Result<&Notary, Status> {
        self.notary.as_ref().ok_or_else(|| status::unproven(&Unproven::NoNotary))
    }

    /// The event that `wanted` names, or that there is none.
    async fn find(&self, wanted: &Reference) -> Result<Record, Status> {
        let mut found = self.log.read_stream(wanted.stream.as_str(), wanted.revision);
        let chunk = found.try_next().await.map_err(|err| status::broken(&err))?;
        let record = chunk.into_iter().flatten().next().filter(|it| it.revision == wanted.revision);
        let same = |it: &Record| wanted.event_id.is_none_or(|id| id == it.id);
        record.filter(same).ok_or_else(|| query::not_on_record(&wanted.to_string()))
    }

    /// Everything that `subject` rests on, down to what rests on nothing, in the order of the record.
    async fn trace(&self, subject: &Reference) -> Result<BTreeMap<Position, Record>, Status> {
        let first = self.find(subject).await?;
        let head = self.log.head().await.map_err(|err| status::broken(&err))?;
        let waited = self.views.wait(trace::VIEW, head, query::WAIT_MAX).await;
        waited.map_err(|err| query::unanswered(&err))?;
        let asked = subject.clone();
        let answer = self.views.ask(trace::VIEW, move |db, _| trace::trace(db, &asked, AsOf::Now)).await;
        let found = answer.map_err(|err| query::unanswered(&err))?;
        let mut records = BTreeMap::from([(first.position, first)]);
        let mut next: Vec<Reference> = found.iter().flat_map(steps).collect();
        let mut seen: HashSet<(StreamName, u64)> = HashSet::new();
        while let Some(event) = next.pop() {
            if !seen.insert((event.stream.clone(), event.revision)) {
                continue;
            }
            if seen.len() > TRACE_MAX {
                return Err(status::unproven(&Unproven::TraceTooLarge(TRACE_MAX)));
            }
            let record = self.find(&event).await?;
            next.extend(cited(&record));
            records.insert(record.position, record);
        }
        Ok(records)
    }
}

/// The events of a trace: those that rest, those they rest on, and those that say so.
fn steps(trace: &Trace) -> impl Iterator<Item = Reference> {
    let nodes = trace.nodes.iter().map(|it| &it.event);
    let steps = trace.steps.iter().map(|it| &it.by);
    nodes.chain(steps).map(exactly)
}

/// What an event cites; nothing, where this release cannot read it.
fn cited(record: &Record) -> Vec<Reference> {
    let event = codec::decode_any(record).ok();
    event.iter().flat_map(|it| it.rests_on()).map(|(_, it)| exactly(it)).collect()
}

fn exactly(it: &Citation) -> Reference {
    Reference { event_id: Some(it.event_id), ..Reference::new(it.stream.clone(), it.revision) }
}

fn under(form: &mut Form, under: i32) -> Option<Under> {
    match pb::WaitFor::try_from(under) {
        Ok(pb::WaitFor::Unspecified | pb::WaitFor::Sealed) => Some(Under::Signature),
        Ok(pb::WaitFor::Witnessed) => Some(Under::Quorum),
        Ok(pb::WaitFor::Durable) | Err(_) => form.refuse("under", "must be SEALED or WITNESSED"),
    }
}

fn checkpoint(sealed: &Sealed) -> Result<SignedCheckpoint, Status> {
    let read = SignedCheckpoint::parse(sealed.note.as_bytes());
    read.map_err(|err| status::unproven(&Unproven::TreeUnreadable(err.to_string())))
}

#[tonic::async_trait]
impl pb::audit_service_server::AuditService for AuditProofs {
    async fn get_checkpoint(
        &self,
        request: Request<pb::GetCheckpointRequest>,
    ) -> Result<Response<pb::GetCheckpointResponse>, Status> {
        let request = request.into_inner();
        let under = query::read(|form| under(form, request.under))?;
        let notary = self.notary()?;
        let sealed = notary.wait(under, request.position.map(Position)).await;
        let sealed = sealed.map_err(|err| status::unproven(&err))?;
        Ok(Response::new(pb::GetCheckpointResponse {
            checkpoint: sealed.note.clone(),
            size: sealed.head.size,
            policy: notary.policy(),
        }))
    }

    async fn prove_event(
        &self,
        request: Request<pb::ProveEventRequest>,
    ) -> Result<Response<pb::ProveEventResponse>, Status> {
        let request = request.into_inner();
        let (event, under) = query::read(|form| {
            let event = match request.event {
                Some(event) => form.within("event", |form| reference(form, event)),
                None => form.refuse("event", "must be given"),
            };
            let under = under(form, request.under);
            Some((event?, under?))
        })?;
        let notary = self.notary()?;
        let record = self.find(&event).await?;
        let sealed = notary.wait(under, Some(record.position)).await;
        let sealed = sealed.map_err(|err| status::unproven(&err))?;
        let part = notary.prove(&sealed, &record).map_err(|err| status::unproven(&err))?;
        let (index, checkpoint) = (part.index, checkpoint(&sealed)?);
        let proof = Proof { part, checkpoint }.to_string();
        Ok(Response::new(pb::ProveEventResponse { proof, index }))
    }

    async fn prove_consistency(
        &self,
        request: Request<pb::ProveConsistencyRequest>,
    ) -> Result<Response<pb::ProveConsistencyResponse>, Status> {
        let request = request.into_inner();
        let notary = self.notary()?;
        let sealed = notary.wait(Under::Signature, None).await.map_err(|err| status::unproven(&err))?;
        let to_size = request.to_size.unwrap_or(sealed.head.size);
        query::read(|form| {
            if to_size > sealed.head.size {
                return form
                    .refuse("to_size", format!("must be at most {}: that much is signed", sealed.head.size));
            }
            if request.from_size > to_size {
                return form.refuse("from_size", format!("must be at most {to_size}"));
            }
            Some(())
        })?;
        let proof = notary.consistency(&sealed, request.from_size, to_size);
        let (hashes, root) = proof.map_err(|err| status::unproven(&err))?;
        Ok(Response::new(pb::ProveConsistencyResponse {
            hashes: hashes.iter().map(|it| it.0.to_vec()).collect(),
            checkpoint: sealed.note.clone(),
            root: root.0.to_vec(),
            to_size,
        }))
    }

    async fn prove_trace(
        &self,
        request: Request<pb::ProveTraceRequest>,
    ) -> Result<Response<pb::ProveTraceResponse>, Status> {
        let request = request.into_inner();
        let (subject, under) = query::read(|form| {
            let subject = match request.subject {
                Some(Subject::Stream(stream)) => {
                    form.text::<StreamName>("stream", stream).map(|it| Reference::new(it, 0))
                }
                Some(Subject::Event(event)) => form.within("event", |form| reference(form, event)),
                None => form.refuse("stream", "must be given, or an event"),
            };
            let under = under(form, request.under);
            Some((subject?, under?))
        })?;
        let notary = self.notary()?;
        let records = self.trace(&subject).await?;
        let last = records.keys().next_back().copied();
        let sealed = notary.wait(under, last).await.map_err(|err| status::unproven(&err))?;
        let parts = records.values().map(|it| notary.prove(&sealed, it));
        let parts = parts.collect::<Result<Vec<_>, _>>().map_err(|err| status::unproven(&err))?;
        let events = parts.len() as u64;
        let bundle = Bundle::new(&subject.to_string(), parts, checkpoint(&sealed)?).to_string();
        Ok(Response::new(pb::ProveTraceResponse { bundle, events }))
    }

    async fn list_leaves(
        &self,
        request: Request<pb::ListLeavesRequest>,
    ) -> Result<Response<pb::ListLeavesResponse>, Status> {
        let request = request.into_inner();
        let notary = self.notary()?;
        let sealed = notary.wait(Under::Signature, None).await.map_err(|err| status::unproven(&err))?;
        let size = if request.size == 0 { LEAVES_USUAL } else { request.size.min(LEAVES_MAX) };
        let until = request.from.saturating_add(size.into()).min(sealed.head.size);
        let leaves = notary.leaves(&sealed, request.from..until).map_err(|err| status::unproven(&err))?;
        Ok(Response::new(pb::ListLeavesResponse { leaves }))
    }
}
