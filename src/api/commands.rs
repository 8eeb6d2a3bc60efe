//! The services that change things: every call is one command, executed once.
use super::answers::Answers;
use super::caller;
use super::convert::{Asked, Call, Manner, read};
use super::gate;
use super::proto as pb;
use super::status;
use crate::audit::Notary;
use crate::clock::fresh_id;
use crate::engine::Engine;
use crate::views::Views;
use std::time::Duration;
use tonic::{Request, Response, Status};
use uuid::Uuid;

/// Answers every command of every service.
#[derive(Clone)]
pub struct Commands {
    engine: Engine,
    views: Views,
    answers: Answers,
}

impl Commands {
    /// Commands that `engine` executes and that can wait for `notary`. From `views` comes what a caller need not name.
    pub fn new(engine: Engine, views: Views, notary: Option<Notary>) -> Self {
        Self { engine, views, answers: Answers::new(notary) }
    }

    /// The same where a call may take so long.
    pub fn within(self, call_max: Duration) -> Self {
        Self { answers: self.answers.within(call_max), ..self }
    }

    async fn answer<R: Asked>(&self, request: Request<R>) -> Result<Option<pb::Recorded>, Status> {
        let by = caller::actor(request.metadata())?;
        let asked = read(request.into_inner(), by, fresh_id);
        let Call { ask, meta, manner, wait } = asked.map_err(|it| status::malformed(&it))?;
        self.answers.can(wait)?;
        let outcome = match manner {
            Manner::Record => self.engine.execute::<R::Decider>(ask.id, ask.command, meta).await,
            Manner::Validate => self.engine.validate::<R::Decider>(ask.id, ask.command, meta).await,
        };
        let outcome = outcome.map_err(status::unexecuted)?;
        Ok(Some(self.answers.recorded(outcome, manner, wait).await?))
    }
}

/// A request that goes through a gate.
trait Passes {
    /// Which project is meant, and the tasks that are brought forward.
    fn parts(&mut self) -> (&str, &mut Vec<pb::EventReference>);
}

macro_rules! passes {
    ($($request:ident)*) => {$(
        impl Passes for pb::$request {
            fn parts(&mut self) -> (&str, &mut Vec<pb::EventReference>) {
                (&self.project_id, &mut self.tasks)
            }
        }
    )*};
}

passes! { PassGateRequest CompleteProjectRequest ExamineGateRequest }

impl Commands {
    /// The request with the finished tasks that the gate asks for, where the caller names none.
    async fn with_tasks<R: Passes>(&self, mut request: Request<R>) -> Result<Request<R>, Status> {
        let (project, tasks) = request.get_mut().parts();
        // What is no id is said later, with everything else that is wrong.
        if let (true, Ok(id)) = (tasks.is_empty(), Uuid::try_parse(project)) {
            *tasks = gate::wanted(&self.engine, &self.views, id).await?;
        }
        Ok(request)
    }
}

macro_rules! commands {
    ($($service:path {
        $($rpc:ident($request:ident $(after $before:ident)?) -> $response:ident;)*
        $(= $ask:ident($asked:ident) -> $answer:ident by $by:path;)*
    })*) => {$(
        #[tonic::async_trait]
        impl $service for Commands {
            $(async fn $rpc(&self, request: Request<pb::$request>) -> Result<Response<pb::$response>, Status> {
                $(let request = self.$before(request).await?;)?
                let recorded = self.answer(request).await?;
                Ok(Response::new(pb::$response { recorded }))
            })*
            $(async fn $ask(&self, request: Request<pb::$asked>) -> Result<Response<pb::$answer>, Status> {
                $by(request.into_inner()).map(Response::new)
            })*
        }
    )*};
}

commands! {
    pb::partner_service_server::PartnerService {
        admit_partner(AdmitPartnerRequest) -> AdmitPartnerResponse;
        grant_observer_status(GrantObserverStatusRequest) -> GrantObserverStatusResponse;
        rename_partner(RenamePartnerRequest) -> RenamePartnerResponse;
        withdraw_partner(WithdrawPartnerRequest) -> WithdrawPartnerResponse;
        grant_role(GrantRoleRequest) -> GrantRoleResponse;
        revoke_role(RevokeRoleRequest) -> RevokeRoleResponse;
        propose_key(ProposeKeyRequest) -> ProposeKeyResponse;
        confirm_key(ConfirmKeyRequest) -> ConfirmKeyResponse;
        revoke_key(RevokeKeyRequest) -> RevokeKeyResponse;
    }
    pb::mandate_service_server::MandateService {
        record_mandate(RecordMandateRequest) -> RecordMandateResponse;
        record_text_version(RecordTextVersionRequest) -> RecordTextVersionResponse;
        define_provision(DefineProvisionRequest) -> DefineProvisionResponse;
        link_provisions(LinkProvisionsRequest) -> LinkProvisionsResponse;
        supersede_mandate(SupersedeMandateRequest) -> SupersedeMandateResponse;
        retain_citation(RetainCitationRequest) -> RetainCitationResponse;
    }
    pb::evidence_service_server::EvidenceService {
        submit_evidence(SubmitEvidenceRequest) -> SubmitEvidenceResponse;
        withdraw_evidence(WithdrawEvidenceRequest) -> WithdrawEvidenceResponse;
    }
    pb::charter_service_server::CharterService {
        publish_charter(PublishCharterRequest) -> PublishCharterResponse;
        retire_charter(RetireCharterRequest) -> RetireCharterResponse;
        = check_charter(CheckCharterRequest) -> CheckCharterResponse by super::check::charter;
    }
    pb::meeting_service_server::MeetingService {
        convene_meeting(ConveneMeetingRequest) -> ConveneMeetingResponse;
        postpone_meeting(PostponeMeetingRequest) -> PostponeMeetingResponse;
        open_meeting(OpenMeetingRequest) -> OpenMeetingResponse;
        record_attendance(RecordAttendanceRequest) -> RecordAttendanceResponse;
        establish_quorum(EstablishQuorumRequest) -> EstablishQuorumResponse;
        close_meeting(CloseMeetingRequest) -> CloseMeetingResponse;
    }
    pb::recommendation_service_server::RecommendationService {
        draft_recommendation(DraftRecommendationRequest) -> DraftRecommendationResponse;
        revise_text(RecommendationServiceReviseTextRequest) -> RecommendationServiceReviseTextResponse;
        bracket_paragraph(BracketParagraphRequest) -> BracketParagraphResponse;
        agree_paragraph(AgreeParagraphRequest) -> AgreeParagraphResponse;
        withdraw_recommendation(WithdrawRecommendationRequest) -> WithdrawRecommendationResponse;
        report_follow_up(ReportFollowUpRequest) -> ReportFollowUpResponse;
        endorse_recommendation(EndorseRecommendationRequest) -> EndorseRecommendationResponse;
        answer_recommendation(AnswerRecommendationRequest) -> AnswerRecommendationResponse;
    }
    pb::consultation_service_server::ConsultationService {
        open_consultation(OpenConsultationRequest) -> OpenConsultationResponse;
        take_position(TakePositionRequest) -> TakePositionResponse;
        object(ObjectRequest) -> ObjectResponse;
        lift_objection(LiftObjectionRequest) -> LiftObjectionResponse;
        revise_text(ConsultationServiceReviseTextRequest) -> ConsultationServiceReviseTextResponse;
        extend_deadline(ExtendDeadlineRequest) -> ExtendDeadlineResponse;
        request_vote(RequestVoteRequest) -> RequestVoteResponse;
        cast_vote(CastVoteRequest) -> CastVoteResponse;
        correct_vote(CorrectVoteRequest) -> CorrectVoteResponse;
        declare_tally(DeclareTallyRequest) -> DeclareTallyResponse;
        close_consultation(CloseConsultationRequest) -> CloseConsultationResponse;
        record_statement(RecordStatementRequest) -> RecordStatementResponse;
    }
    pb::priority_service_server::PriorityService {
        set_priority(SetPriorityRequest) -> SetPriorityResponse;
        rerank_priority(RerankPriorityRequest) -> RerankPriorityResponse;
        revise_priority(RevisePriorityRequest) -> RevisePriorityResponse;
        retire_priority(RetirePriorityRequest) -> RetirePriorityResponse;
        expect_review(ExpectReviewRequest) -> ExpectReviewResponse;
    }
    pb::project_service_server::ProjectService {
        propose_project(ProposeProjectRequest) -> ProposeProjectResponse;
        cite_priority(CitePriorityRequest) -> CitePriorityResponse;
        cite_provision(CiteProvisionRequest) -> CiteProvisionResponse;
        revoke_citation(RevokeCitationRequest) -> RevokeCitationResponse;
        record_review(RecordReviewRequest) -> RecordReviewResponse;
        attach_document(AttachDocumentRequest) -> AttachDocumentResponse;
        approve_project(ApproveProjectRequest) -> ApproveProjectResponse;
        reject_project(RejectProjectRequest) -> RejectProjectResponse;
        pledge_funds(PledgeFundsRequest) -> PledgeFundsResponse;
        commit_funds(CommitFundsRequest) -> CommitFundsResponse;
        receive_funds(ReceiveFundsRequest) -> ReceiveFundsResponse;
        reduce_funds(ReduceFundsRequest) -> ReduceFundsResponse;
        withdraw_funds(WithdrawFundsRequest) -> WithdrawFundsResponse;
        disburse_funds(DisburseFundsRequest) -> DisburseFundsResponse;
        record_expenditure(RecordExpenditureRequest) -> RecordExpenditureResponse;
        reverse_transaction(ReverseTransactionRequest) -> ReverseTransactionResponse;
        pass_gate(PassGateRequest after with_tasks) -> PassGateResponse;
        suspend_project(SuspendProjectRequest) -> SuspendProjectResponse;
        resume_project(ResumeProjectRequest) -> ResumeProjectResponse;
        complete_project(CompleteProjectRequest after with_tasks) -> CompleteProjectResponse;
        cancel_project(CancelProjectRequest) -> CancelProjectResponse;
        revise_budget(ReviseBudgetRequest) -> ReviseBudgetResponse;
        revise_scope(ReviseScopeRequest) -> ReviseScopeResponse;
        define_indicator(DefineIndicatorRequest) -> DefineIndicatorResponse;
        set_target(SetTargetRequest) -> SetTargetResponse;
        report_result(ReportResultRequest) -> ReportResultResponse;
        verify_result(VerifyResultRequest) -> VerifyResultResponse;
        amend_law(AmendLawRequest) -> AmendLawResponse;
        expire_stage(ExpireStageRequest) -> ExpireStageResponse;
        expect_report(ExpectReportRequest) -> ExpectReportResponse;
        flag_citation(FlagCitationRequest) -> FlagCitationResponse;
        examine_gate(ExamineGateRequest after with_tasks) -> ExamineGateResponse;
    }
    pb::task_service_server::TaskService {
        open_task(OpenTaskRequest) -> OpenTaskResponse;
        claim_task(ClaimTaskRequest) -> ClaimTaskResponse;
        extend_lease(ExtendLeaseRequest) -> ExtendLeaseResponse;
        complete_task(CompleteTaskRequest) -> CompleteTaskResponse;
        fail_task(FailTaskRequest) -> FailTaskResponse;
        expire_lease(ExpireLeaseRequest) -> ExpireLeaseResponse;
        resolve_incident(ResolveIncidentRequest) -> ResolveIncidentResponse;
        escalate_task(EscalateTaskRequest) -> EscalateTaskResponse;
        escalate_overdue(EscalateOverdueRequest) -> EscalateOverdueResponse;
        cancel_task(CancelTaskRequest) -> CancelTaskResponse;
    }
}
