//! Proofs as callers get them: texts that anyone checks without this server.
use super::answers::Answers;
use super::convert::{Form, reference};
use super::proto as pb;
use super::proto::prove_trace_request::Subject;
use super::query;
use super::status;
use crate::audit::{Bundle, Notary, Proof, Sealed, SignedCheckpoint, Under, Unproven};
use crate::domain::citation::{Reference, StreamName};
use crate::log::{Log, Position};
use std::sync::Arc;
use std::time::Duration;
use tonic::{Request, Response, Status};

mod gathered;

use gathered::{find, gather};

/// The most leaves in one answer.
const LEAVES_MAX: u32 = 2048;
const LEAVES_USUAL: u32 = 256;

/// Answers with proofs.
#[derive(Clone)]
pub struct AuditProofs {
    notary: Option<Notary>,
    log: Arc<dyn Log>,
    answers: Answers,
}

impl AuditProofs {
    /// Proofs of what is in `log` by what `notary` signed.
    pub fn new(notary: Option<Notary>, log: Arc<dyn Log>) -> Self {
        let answers = Answers::new(notary.clone());
        Self { notary, log, answers }
    }

    /// The same where a call may take so long.
    pub fn within(self, call_max: Duration) -> Self {
        Self { answers: self.answers.within(call_max), ..self }
    }

    /// What was signed for the event at `position`. Whoever asks for the server's signature alone is given the
    /// witnesses' too, where a quorum has signed for it already.
    async fn sealed(&self, under: Under, position: Option<Position>) -> Result<Arc<Sealed>, Status> {
        let notary = self.notary()?;
        let sealed = self.answers.sealed(notary, under, position).await;
        let sealed = sealed.map_err(|err| status::unproven(&err))?;
        Ok(notary.witnessed_or(sealed, position))
    }

    fn notary(&self) -> Result<&Notary, Status> {
        self.notary.as_ref().ok_or_else(|| status::unproven(&Unproven::NoNotary))
    }
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
        let sealed = self.answers.sealed(notary, under, request.position.map(Position)).await;
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
        let record = find(&self.log, &event).await?;
        let sealed = self.sealed(under, Some(record.position)).await?;
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
        let records = gather(&self.log, &subject).await?;
        let last = records.keys().next_back().copied();
        let sealed = self.sealed(under, last).await?;
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
