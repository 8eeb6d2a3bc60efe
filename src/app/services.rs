//! The one list of services.
use crate::api::proto;
use crate::config::Limits;
use crate::engine::Engine;
use crate::log::Log;
use crate::views::Views;
use jiff::Timestamp;
use std::sync::Arc;
use tonic::service::Routes;

/// What services are made of.
pub(super) struct Parts {
    pub(super) log: Arc<dyn Log>,
    pub(super) engine: Engine,
    pub(super) views: Views,
    pub(super) started_at: Timestamp,
}

/// Every service, with how much each takes and gives at a time.
pub(super) fn routes(parts: &Parts, limits: &Limits) -> Routes {
    let mut routes = Routes::builder();
    reflect(&mut routes);
    routes.routes()
}
