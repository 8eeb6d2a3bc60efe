//! gRPC: thin. A call becomes a command or a query, and its answer becomes a message.
//!
//! `proto` is generated, `convert` parses requests once, `status` is what callers are told when something goes
//! wrong, `caller` who they are, `commands` the services that change things. Deadlines (`grpc-timeout`) are
//! kept by the transport: a call whose time is up is dropped, and the engine bears that at any point.
use crate::audit::Notary;
use crate::domain::Timestamp;
use crate::engine::Engine;
use crate::log::Log;
use crate::people::People;
use crate::reactions::Progress as Reacted;
use crate::views::Views;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tonic::service::Routes;

mod answers;
mod audit;
pub mod caller;
mod check;
mod commands;
pub mod convert;
mod decision;
mod gate;
mod history;
mod migration;
mod people;
mod progress;
pub mod proto;
mod query;
mod redaction;
mod register;
pub mod status;
mod timeline;
mod trace;
mod worklist;

pub use audit::AuditProofs;
pub use commands::Commands;
pub use decision::Decisions;
pub use gate::GateQueries;
pub use history::History;
pub use migration::Migrations;
pub use people::PeopleCalls;
pub use progress::Progress;
pub use redaction::RedactionCalls;
pub use register::RegisterQueries;
pub use timeline::TimelineQueries;
pub use trace::TraceQueries;
pub use worklist::Worklist;

/// What the services are made of.
#[derive(Clone)]
pub struct Parts {
    /// What executes commands.
    pub engine: Engine,
    /// What answers questions.
    pub views: Views,
    /// What subscribers follow.
    pub log: Arc<dyn Log>,
    /// What people are called.
    pub people: People,
    /// Which backend keeps the log.
    pub backend: &'static str,
    /// How far what follows by itself got; absent where it is turned off.
    pub reactions: Option<watch::Receiver<Reacted>>,
    /// Since when the server runs.
    pub started_at: Timestamp,
    /// What signs for the record; `None` where nothing does.
    pub notary: Option<Notary>,
    /// How long a call may take.
    pub call_max: Duration,
}

macro_rules! add {
    ($routes:ident, $bytes:ident, $service:expr => $($module:ident::$server:ident),* $(,)?) => {$(
        $routes.add_service(
            proto::$module::$server::new($service)
                .max_decoding_message_size($bytes)
                .max_encoding_message_size($bytes),
        );
    )*};
}

/// Everything that is served over gRPC: the one list. No message may be over `bytes_max`.
pub fn routes(parts: &Parts, bytes_max: usize) -> Routes {
    let mut routes = Routes::builder();
    let commands =
        Commands::new(parts.engine.clone(), parts.views.clone(), parts.notary.clone()).within(parts.call_max);
    add!(routes, bytes_max, commands.clone() =>
        partner_service_server::PartnerServiceServer,
        mandate_service_server::MandateServiceServer,
        evidence_service_server::EvidenceServiceServer,
        charter_service_server::CharterServiceServer,
        meeting_service_server::MeetingServiceServer,
        recommendation_service_server::RecommendationServiceServer,
        consultation_service_server::ConsultationServiceServer,
        priority_service_server::PriorityServiceServer,
        project_service_server::ProjectServiceServer,
        task_service_server::TaskServiceServer,
    );
    let traces = TraceQueries::new(parts.views.clone(), parts.people.clone());
    add!(routes, bytes_max, traces => trace_service_server::TraceServiceServer);
    let register = RegisterQueries::new(parts.views.clone(), parts.people.clone());
    add!(routes, bytes_max, register => register_service_server::RegisterServiceServer);
    let gates = GateQueries::new(parts.engine.clone(), parts.views.clone());
    add!(routes, bytes_max, gates => gate_service_server::GateServiceServer);
    let migrations = Migrations::new(parts.engine.clone(), parts.views.clone());
    add!(routes, bytes_max, migrations => migration_service_server::MigrationServiceServer);
    let timeline = TimelineQueries::new(parts.views.clone(), parts.people.clone());
    add!(routes, bytes_max, timeline => timeline_service_server::TimelineServiceServer);
    let worklist = Worklist::new(parts.engine.clone(), parts.views.clone(), parts.log.clone());
    add!(routes, bytes_max, worklist => worklist_service_server::WorklistServiceServer);
    let history = History::new(parts.log.clone());
    add!(routes, bytes_max, history => history_service_server::HistoryServiceServer);
    let redactions = RedactionCalls::new(parts.engine.clone(), parts.views.clone(), parts.notary.clone())
        .within(parts.call_max);
    add!(routes, bytes_max, redactions => redaction_service_server::RedactionServiceServer);
    let decisions = Decisions::new(parts.engine.clone(), parts.notary.clone()).within(parts.call_max);
    add!(routes, bytes_max, decisions => decision_service_server::DecisionServiceServer);
    let people = PeopleCalls::new(parts.people.clone());
    add!(routes, bytes_max, people => people_service_server::PeopleServiceServer);
    let audit = AuditProofs::new(parts.notary.clone(), parts.log.clone()).within(parts.call_max);
    add!(routes, bytes_max, audit => audit_service_server::AuditServiceServer);
    let (reactions, since) = (parts.reactions.clone(), parts.started_at);
    let progress = Progress::new(parts.views.clone(), parts.backend, reactions, since, parts.notary.clone());
    add!(routes, bytes_max, progress => status_service_server::StatusServiceServer);
    routes.routes()
}
