//! Redactions, as callers ask for them, approve, decline and list them.
use super::answers::Answers;
use super::caller;
use super::convert::{Asked, Call, Manner, read};
use super::proto as pb;
use super::query;
use super::status;
use crate::audit::Notary;
use crate::clock::fresh_id;
use crate::domain::id::RedactionId;
use crate::domain::redaction::{Pending, Redaction};
use crate::engine::{CommandMeta, Engine, Outcome};
use crate::log::Error;
use crate::views::Views;
use crate::views::timeline::{Filter, streams_with};
use std::time::Duration;
use tonic::{Request, Response, Status};

/// How long a list waits for the view that it is found through.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// Answers every call about redactions.
#[derive(Clone)]
pub struct RedactionCalls {
    engine: Engine,
    views: Views,
    answers: Answers,
}

impl RedactionCalls {
    /// Calls that `engine` executes and that can wait for `notary`; what there is, is found through `views`.
    pub fn new(engine: Engine, views: Views, notary: Option<Notary>) -> Self {
        Self { engine, views, answers: Answers::new(notary) }
    }

    /// The same where a call may take so long.
    pub fn within(self, call_max: Duration) -> Self {
        Self { answers: self.answers.within(call_max), ..self }
    }

    fn asked<R: Asked<Decider = Redaction>>(&self, request: Request<R>) -> Result<Call<Redaction>, Status> {
        let by = caller::actor(request.metadata())?;
        let call = read(request.into_inner(), by, fresh_id).map_err(|it| status::malformed(&it))?;
        self.answers.can(call.wait)?;
        Ok(call)
    }

    async fn approve(&self, id: RedactionId, meta: CommandMeta) -> Result<Outcome, Status> {
        let engine = self.engine.clone();
        // A caller who hangs up must not leave it half done until the next start.
        let approved = tokio::spawn(async move { engine.approve_redaction(id, meta).await });
        let given_up = |err: tokio::task::JoinError| Status::unavailable(format!("it was given up: {err}"));
        let outcome = approved.await.map_err(given_up)?.map_err(status::unexecuted)?;
        self.forgotten().await.map_err(|err| status::broken(&err))?;
        Ok(outcome)
    }

    /// Waits until the views have forgotten the texts too, but not for ones that take long to build.
    async fn forgotten(&self) -> Result<(), Error> {
        let head = self.engine.log().head().await?;
        for view in self.views.status() {
            if let Err(err) = self.views.wait(view.view, head, WAIT_MAX).await {
                tracing::warn!(view = view.view, %err, "a view has not yet forgotten what was wiped");
            }
        }
        Ok(())
    }
}

#[tonic::async_trait]
impl pb::redaction_service_server::RedactionService for RedactionCalls {
    async fn request_redaction(
        &self,
        request: Request<pb::RequestRedactionRequest>,
    ) -> Result<Response<pb::RequestRedactionResponse>, Status> {
        let Call { ask, meta, manner, wait } = self.asked(request)?;
        let outcome = match manner {
            Manner::Record => self.engine.request_redaction(ask.command, meta).await,
            Manner::Validate => self.engine.validate::<Redaction>(ask.id, ask.command, meta).await,
        };
        let outcome = outcome.map_err(status::unexecuted)?;
        let recorded = Some(self.answers.recorded(outcome, manner, wait).await?);
        Ok(Response::new(pb::RequestRedactionResponse { recorded }))
    }

    async fn approve_redaction(
        &self,
        request: Request<pb::ApproveRedactionRequest>,
    ) -> Result<Response<pb::ApproveRedactionResponse>, Status> {
        let Call { ask, meta, manner, wait } = self.asked(request)?;
        let outcome = match manner {
            Manner::Record => self.approve(RedactionId(ask.id), meta).await?,
            Manner::Validate => {
                let foreseen = self.engine.validate::<Redaction>(ask.id, ask.command, meta).await;
                foreseen.map_err(status::unexecuted)?
            }
        };
        let recorded = Some(self.answers.recorded(outcome, manner, wait).await?);
        Ok(Response::new(pb::ApproveRedactionResponse { recorded }))
    }

    async fn decline_redaction(
        &self,
        request: Request<pb::DeclineRedactionRequest>,
    ) -> Result<Response<pb::DeclineRedactionResponse>, Status> {
        let Call { ask, meta, manner, wait } = self.asked(request)?;
        let outcome = match manner {
            Manner::Record => self.engine.execute::<Redaction>(ask.id, ask.command, meta).await,
            Manner::Validate => self.engine.validate::<Redaction>(ask.id, ask.command, meta).await,
        };
        let outcome = outcome.map_err(status::unexecuted)?;
        let recorded = Some(self.answers.recorded(outcome, manner, wait).await?);
        Ok(Response::new(pb::DeclineRedactionResponse { recorded }))
    }

    async fn list_redactions(
        &self,
        _request: Request<pb::ListRedactionsRequest>,
    ) -> Result<Response<pb::ListRedactionsResponse>, Status> {
        let after = self.engine.log().head().await.map_err(|err| status::broken(&err))?;
        let streams = streams_with(&self.views, requested(), after, WAIT_MAX).await;
        let mut redactions = Vec::new();
        for stream in streams.map_err(|err| query::unanswered(&err))? {
            let id = RedactionId(stream.id());
            let pending = self.engine.load::<Redaction, _>(id.0, |it| it.pending().cloned()).await;
            redactions.extend(pending.map_err(|err| status::broken(&err))?.map(|it| shown(id, it)));
        }
        Ok(Response::new(pb::ListRedactionsResponse { redactions }))
    }
}

fn requested() -> Filter {
    Filter { types: vec!["RedactionRequested".into()], ..Filter::default() }
}

fn shown(id: RedactionId, it: Pending) -> pb::Redaction {
    pb::Redaction {
        redaction_id: id.to_string(),
        event: Some(pb::EventReference {
            stream: it.event.stream.to_string(),
            revision: it.event.revision,
            event_id: it.event.event_id.to_string(),
        }),
        fields: it.fields.into_iter().map(String::from).collect(),
        legal_basis: it.legal_basis.into(),
        requester: it.requester.into(),
        approver: it.approved.map(|(approver, _)| approver.into()).unwrap_or_default(),
    }
}
