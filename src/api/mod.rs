//! gRPC: thin. A call becomes a command or a query, and its answer becomes a message.
//!
//! `proto` is generated, `convert` parses requests once, `status` is what callers are told when something goes
//! wrong, `caller` who they are, `commands` the services that change things. Deadlines (`grpc-timeout`) are
//! kept by the transport: a call whose time is up is dropped, and the engine bears that at any point.
use crate::engine::Engine;
use tonic::service::Routes;

pub mod caller;
mod commands;
pub mod convert;
mod history;
mod progress;
pub mod proto;
mod query;
pub mod status;
mod trace;

pub use commands::Commands;
pub use history::History;
pub use progress::Progress;
pub use trace::TraceQueries;

use proto::charter_service_server::CharterServiceServer;
use proto::consultation_service_server::ConsultationServiceServer;
use proto::evidence_service_server::EvidenceServiceServer;
use proto::mandate_service_server::MandateServiceServer;
use proto::meeting_service_server::MeetingServiceServer;
use proto::partner_service_server::PartnerServiceServer;
use proto::priority_service_server::PriorityServiceServer;
use proto::project_service_server::ProjectServiceServer;
use proto::recommendation_service_server::RecommendationServiceServer;
use proto::task_service_server::TaskServiceServer;

/// Everything that is served over gRPC.
#[derive(Clone)]
pub struct Api {
    engine: Engine,
}

impl Api {
    /// An API over `engine`.
    pub fn new(engine: Engine) -> Self {
        Self { engine }
    }

    /// Its services, ready to be served. The services that only read join here.
    pub fn routes(&self) -> Routes {
        self.commands()
    }

    fn commands(&self) -> Routes {
        let commands = Commands::new(self.engine.clone());
        Routes::new(PartnerServiceServer::new(commands.clone()))
            .add_service(MandateServiceServer::new(commands.clone()))
            .add_service(EvidenceServiceServer::new(commands.clone()))
            .add_service(CharterServiceServer::new(commands.clone()))
            .add_service(MeetingServiceServer::new(commands.clone()))
            .add_service(RecommendationServiceServer::new(commands.clone()))
            .add_service(ConsultationServiceServer::new(commands.clone()))
            .add_service(PriorityServiceServer::new(commands.clone()))
            .add_service(ProjectServiceServer::new(commands.clone()))
            .add_service(TaskServiceServer::new(commands))
    }
}
