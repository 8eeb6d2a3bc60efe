//! Where commands are sent from: each under an id derived from a label, so that sending it again is harmless.
use crate::api::caller::ACTOR;
use crate::api::proto::*;
use crate::domain::text::BadText;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::{Uuid, uuid};

/// The namespace of the ids of commands. Never change it: what was imported is recognised by it.
const NAMESPACE: Uuid = uuid!("0f0c1d52-6a3e-5c0b-8f3d-65786368616e");
const ATTEMPTS_MAX: u32 = 5;
const PAUSE_MS: u64 = 40;

/// Why something could not be brought in.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The server did not take a command, or did not answer.
    #[error("{what}: {}", .status.message())]
    Call {
        /// Which command.
        what: String,
        /// What the server said.
        status: Box<Status>,
    },
    /// An answer without what it was asked for.
    #[error("{what}: the answer lacks {lacks}")]
    Answer {
        /// Which command.
        what: String,
        /// What it lacks.
        lacks: &'static str,
    },
    /// A file that cannot be read.
    #[error("{path}: {err}")]
    File {
        /// Which.
        path: String,
        /// Why.
        err: std::io::Error,
    },
    /// A file that is not of the format it should be.
    #[error("{path}: {why}")]
    Format {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
}

impl Failed {
    pub(super) fn format(path: &str, why: impl ToString) -> Self {
        Self::Format { path: path.to_owned(), why: why.to_string() }
    }

    /// What the server said, where it was the server.
    pub fn status(&self) -> Option<&Status> {
        match self {
            Failed::Call { status, .. } => Some(status),
            Failed::Answer { .. } | Failed::File { .. } | Failed::Format { .. } => None,
        }
    }

    /// Whether what was to be begun is there already. The engine says so in its own words where the stream has
    /// gone on past the moment that was given, or began live.
    pub(super) fn is_there(&self) -> bool {
        let gone_on = ["BEFORE_THE_LAST", "LIVE_STREAM"];
        let Some(status) = self.status() else {
            return false;
        };
        let info = status.get_details_error_info();
        status.code() == Code::AlreadyExists || info.is_some_and(|it| gone_on.contains(&it.reason.as_str()))
    }

    /// Whether the rules, and not the server, said no.
    pub(super) fn is_refusal(&self) -> bool {
        let refusals = [
            Code::InvalidArgument,
            Code::FailedPrecondition,
            Code::AlreadyExists,
            Code::NotFound,
            Code::OutOfRange,
        ];
        self.status().is_some_and(|it| refusals.contains(&it.code()))
    }
}

impl From<BadText> for Failed {
    fn from(err: BadText) -> Self {
        Self::format("text", err)
    }
}

/// A request that records something.
pub(super) trait Command: Clone + Send {
    /// What it is called.
    const NAME: &'static str;
    /// Files it under `context`.
    fn filed(&mut self, context: CommandContext);
    /// Sends it.
    fn send(
        request: tonic::Request<Self>,
        channel: Channel,
    ) -> impl Future<Output = Result<Option<Recorded>, Status>> + Send;
}

macro_rules! commands {
    ($($client:ident::$service:ident { $($method:ident: $request:ident,)* })*) => {$($(
        impl Command for $request {
            const NAME: &'static str = stringify!($method);
            fn filed(&mut self, context: CommandContext) {
                self.context = Some(context);
            }
            async fn send(
                request: tonic::Request<Self>,
                channel: Channel,
            ) -> Result<Option<Recorded>, Status> {
                let answer = $client::$service::new(channel).$method(request).await?;
                Ok(answer.into_inner().recorded)
            }
        }
    )*)*};
}

commands! {
    partner_service_client::PartnerServiceClient {
        admit_partner: AdmitPartnerRequest,
        grant_role: GrantRoleRequest,
    }
    mandate_service_client::MandateServiceClient {
        record_mandate: RecordMandateRequest,
        record_text_version: RecordTextVersionRequest,
        define_provision: DefineProvisionRequest,
        supersede_mandate: SupersedeMandateRequest,
    }
    charter_service_client::CharterServiceClient {
        publish_charter: PublishCharterRequest,
    }
    evidence_service_client::EvidenceServiceClient {
        submit_evidence: SubmitEvidenceRequest,
    }
    meeting_service_client::MeetingServiceClient {
        convene_meeting: ConveneMeetingRequest,
        open_meeting: OpenMeetingRequest,
        record_attendance: RecordAttendanceRequest,
        establish_quorum: EstablishQuorumRequest,
        close_meeting: CloseMeetingRequest,
    }
    recommendation_service_client::RecommendationServiceClient {
        draft_recommendation: DraftRecommendationRequest,
        bracket_paragraph: BracketParagraphRequest,
        agree_paragraph: AgreeParagraphRequest,
        report_follow_up: ReportFollowUpRequest,
    }
    consultation_service_client::ConsultationServiceClient {
        open_consultation: OpenConsultationRequest,
        take_position: TakePositionRequest,
        object: ObjectRequest,
        lift_objection: LiftObjectionRequest,
        request_vote: RequestVoteRequest,
        cast_vote: CastVoteRequest,
        declare_tally: DeclareTallyRequest,
        close_consultation: CloseConsultationRequest,
    }
    priority_service_client::PriorityServiceClient {
        set_priority: SetPriorityRequest,
    }
    task_service_client::TaskServiceClient {
        claim_task: ClaimTaskRequest,
        complete_task: CompleteTaskRequest,
    }
    project_service_client::ProjectServiceClient {
        propose_project: ProposeProjectRequest,
        cite_provision: CiteProvisionRequest,
        record_review: RecordReviewRequest,
        attach_document: AttachDocumentRequest,
        approve_project: ApproveProjectRequest,
        commit_funds: CommitFundsRequest,
        receive_funds: ReceiveFundsRequest,
        record_expenditure: RecordExpenditureRequest,
        pass_gate: PassGateRequest,
        complete_project: CompleteProjectRequest,
        revise_budget: ReviseBudgetRequest,
        revise_scope: ReviseScopeRequest,
        define_indicator: DefineIndicatorRequest,
        set_target: SetTargetRequest,
        report_result: ReportResultRequest,
        verify_result: VerifyResultRequest,
    }
}

/// When something takes effect.
#[derive(Debug, Clone)]
pub(super) enum When {
    /// When it is recorded.
    Now,
    /// In the past, as a document says.
    Then(prost_types::Timestamp, Source),
}

/// Where commands are sent from. Clones share the count.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    channel: Channel,
    events: Arc<AtomicU64>,
}

impl Desk {
    pub(super) fn new(channel: Channel) -> Self {
        Self { channel, events: Arc::default() }
    }

    pub(super) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// How many events were recorded that were not there before.
    pub(super) fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }

    /// Sends `command` for `by`, under the id that belongs to `label`: the same label is recorded once.
    pub(super) async fn ask<C: Command>(
        &self,
        by: &str,
        label: &str,
        when: &When,
        mut command: C,
    ) -> Result<Recorded, Failed> {
        let what = || format!("{} ({label})", C::NAME);
        command.filed(context(label, when));
        let actor = by.parse().map_err(|_| Failed::format(by, "not an id of a person"))?;
        let mut pauses = 0..ATTEMPTS_MAX;
        let answer = loop {
            let mut request = tonic::Request::new(command.clone());
            request.metadata_mut().insert(ACTOR, Clone::clone(&actor));
            match (C::send(request, self.channel()).await, pauses.next()) {
                (Err(status), Some(n)) if is_passing(&status) => {
                    tokio::time::sleep(Duration::from_millis(PAUSE_MS << n)).await;
                }
                (answer, _) => break answer,
            }
        };
        let recorded = answer.map_err(|status| Failed::Call { what: what(), status: Box::new(status) })?;
        let recorded =
            recorded.ok_or_else(|| Failed::Answer { what: what(), lacks: "where it is on record" })?;
        if is_new(&recorded) {
            self.events.fetch_add(recorded.events.len() as u64, Ordering::Relaxed);
        }
        Ok(recorded)
    }
}

/// Whether the command recorded something that was not there before.
pub(super) fn is_new(recorded: &Recorded) -> bool {
    !recorded.replayed && !recorded.unchanged && !recorded.validated_only && !recorded.events.is_empty()
}

/// Sending it again is worth it, and safe: the id is the same.
fn is_passing(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::Aborted | Code::ResourceExhausted)
}

fn context(label: &str, when: &When) -> CommandContext {
    let (effective_at, source) = match when {
        When::Now => (None, None),
        When::Then(at, source) => (Some(*at), Some(source.clone())),
    };
    CommandContext { request_id: id(label).to_string(), effective_at, source, ..CommandContext::default() }
}

/// The id that belongs to a label.
pub(super) fn id(label: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, label.as_bytes())
}

/// The event of this type among those that a command recorded.
pub(super) fn event(recorded: &Recorded, kind: &'static str) -> Result<EventReference, Failed> {
    let found = recorded.events.iter().find(|it| it.r#type == kind);
    let found = found.ok_or_else(|| Failed::Answer { what: recorded.stream.clone(), lacks: kind })?;
    Ok(EventReference {
        stream: recorded.stream.clone(),
        revision: found.revision,
        event_id: found.event_id.clone(),
    })
}

/// A document as a source.
pub(super) fn source(symbol: &str, locator: Option<&str>) -> Source {
    Source { symbol: symbol.to_owned(), locator: locator.map(str::to_owned), sha256: None }
}

/// The first moment of a day such as `2023-07-01`, in UTC.
pub(super) fn first_moment(day: &str) -> Result<jiff::Timestamp, jiff::Error> {
    format!("{day}T00:00:00Z").parse()
}

/// A moment, on the wire.
pub(super) fn wire(at: jiff::Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() }
}
