//! Decisions that partners signed: opened, and executed as what they say.
use super::answers::Answers;
use super::caller;
use super::convert::{Manner, wait};
use super::proto as pb;
use super::query;
use super::status;
use crate::audit::Notary;
use crate::domain::Decider;
use crate::domain::consultation::Consultation;
use crate::domain::decision::{Concern, Decision, Sealed};
use crate::domain::project::Project;
use crate::engine::{CommandMeta, Engine, Outcome};
use std::sync::Arc;
use std::time::Duration;
use tonic::{Request, Response, Status};

/// Takes decisions.
#[derive(Clone)]
pub struct Decisions {
    engine: Engine,
    answers: Answers,
}

impl Decisions {
    /// Decisions that `engine` executes and that can wait for `notary`.
    pub fn new(engine: Engine, notary: Option<Notary>) -> Self {
        Self { engine, answers: Answers::new(notary) }
    }

    /// The same where a call may take so long.
    pub fn within(self, call_max: Duration) -> Self {
        Self { answers: self.answers.within(call_max), ..self }
    }

    async fn execute<D: Decider>(
        &self,
        decision: &Decision,
        command: D::Command,
        (meta, manner): (CommandMeta, Manner),
    ) -> Result<Outcome, Status> {
        let id = decision.stream.id();
        let outcome = match manner {
            Manner::Record => self.engine.execute::<D>(id, command, meta).await,
            Manner::Validate => self.engine.validate::<D>(id, command, meta).await,
        };
        outcome.map_err(status::unexecuted)
    }
}

#[tonic::async_trait]
impl pb::decision_service_server::DecisionService for Decisions {
    async fn send_decision(
        &self,
        request: Request<pb::SendDecisionRequest>,
    ) -> Result<Response<pb::SendDecisionResponse>, Status> {
        let by = caller::actor(request.metadata())?;
        let pb::SendDecisionRequest { envelope, validate_only, wait_for } = request.into_inner();
        let manner = if validate_only { Manner::Validate } else { Manner::Record };
        let (sealed, concern, wait) = query::read(|form| {
            let wait = wait(form, wait_for);
            let sealed = form.noted("envelope", Sealed::open(&envelope))?;
            let Decision { stream, party, act, .. } = sealed.decision();
            let concern = act.concern(*party);
            if stream.kind() != concern.kind() {
                let kind = concern.kind();
                return form.refuse("envelope", format!("is about {stream}, and this act is about a {kind}"));
            }
            Some((Arc::new(sealed), concern, wait?))
        })?;
        self.answers.can(wait)?;
        let sent = (CommandMeta::sealed(sealed.clone(), by), manner);
        let outcome = match concern {
            Concern::Consultation(it) => self.execute::<Consultation>(sealed.decision(), it, sent).await?,
            Concern::Project(it) => self.execute::<Project>(sealed.decision(), it, sent).await?,
        };
        let recorded = Some(self.answers.recorded(outcome, manner, wait).await?);
        Ok(Response::new(pb::SendDecisionResponse { recorded }))
    }
}
