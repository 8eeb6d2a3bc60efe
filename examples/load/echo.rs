//! What a call costs when nothing is done: a service that answers at once, with as much as a command's answer.
use pactline::api::proto as pb;
use pb::evidence_service_client::EvidenceServiceClient;
use pb::evidence_service_server::{EvidenceService, EvidenceServiceServer};
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use crate::history::Fallible;

/// Answers every call with the same answer.
pub(crate) struct Echo;

/// A server's part that echoes.
pub(crate) fn service() -> EvidenceServiceServer<Echo> {
    EvidenceServiceServer::new(Echo)
}

#[tonic::async_trait]
impl EvidenceService for Echo {
    async fn submit_evidence(
        &self,
        _: Request<pb::SubmitEvidenceRequest>,
    ) -> Result<Response<pb::SubmitEvidenceResponse>, Status> {
        Ok(Response::new(pb::SubmitEvidenceResponse { recorded: Some(recorded(String::new())) }))
    }

    async fn withdraw_evidence(
        &self,
        request: Request<pb::WithdrawEvidenceRequest>,
    ) -> Result<Response<pb::WithdrawEvidenceResponse>, Status> {
        let recorded = Some(recorded(request.into_inner().evidence_id));
        Ok(Response::new(pb::WithdrawEvidenceResponse { recorded }))
    }
}

/// As large as what a command is answered with.
fn recorded(id: String) -> pb::Recorded {
    let event = pb::RecordedEvent { event_id: id.clone(), r#type: "FundsPledged".into(), revision: 1 };
    pb::Recorded {
        stream: format!("project-{id}"),
        id,
        revision: Some(1),
        position: Some(1),
        events: vec![event],
        recorded_at: Some(prost_types::Timestamp { seconds: 1_700_000_000, nanos: 1_000 }),
        ..pb::Recorded::default()
    }
}

/// One call, with as much as a command asks with.
pub(crate) async fn call(channel: Channel, id: String) -> Fallible<()> {
    let context = Some(pb::CommandContext { request_id: id.clone(), ..pb::CommandContext::default() });
    let reason = "a donor, its movement: USD 1234, on a day in June 2024".into();
    let request = pb::WithdrawEvidenceRequest { context, evidence_id: id, reason };
    let request = crate::server::from_a_caller(request)?;
    EvidenceServiceClient::new(channel).withdraw_evidence(request).await?;
    Ok(())
}
