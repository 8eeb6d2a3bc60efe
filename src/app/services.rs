//! The one list of services.
use crate::api::Commands;
use crate::api::proto;
use crate::config::Limits;
use crate::engine::Engine;
use crate::log::Log;
use crate::views::Views;
use jiff::Timestamp;
use prost::Message;
use prost_types::FileDescriptorSet;
use std::sync::Arc;
use tonic::service::{Routes, RoutesBuilder};

/// What services are made of.
pub(super) struct Parts {
    pub(super) log: Arc<dyn Log>,
    pub(super) engine: Engine,
    pub(super) views: Views,
    pub(super) started_at: Timestamp,
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

/// Every service, with how much each takes and gives at a time.
pub(super) fn routes(parts: &Parts, limits: &Limits) -> Routes {
    let mut routes = Routes::builder();
    let bytes = limits.message_bytes_max;
    let commands = Commands::new(parts.engine.clone());
    add!(routes, bytes, commands.clone() =>
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
    reflect(&mut routes);
    routes.routes()
}

/// Lets callers ask which services and messages there are.
fn reflect(routes: &mut RoutesBuilder) {
    let describe = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    match (describe().build_v1(), describe().build_v1alpha()) {
        (Ok(v1), Ok(v1alpha)) => {
            routes.add_service(v1).add_service(v1alpha);
        }
        (Err(err), _) | (_, Err(err)) => tracing::error!(%err, "reflection cannot be served"),
    }
}

/// The names of the services that are ours.
pub(super) fn names() -> Vec<String> {
    let files = FileDescriptorSet::decode(proto::DESCRIPTORS).map(|it| it.file).unwrap_or_default();
    let ours = files.into_iter().filter(|it| it.package() == "pactline.v1");
    ours.flat_map(|file| file.service).map(|it| format!("pactline.v1.{}", it.name())).collect()
}
