//! The gRPC server: how much it takes on, and how it stops.
use super::followers::Ending;
use super::services;
use crate::api::{self, Parts};
use crate::audit::Verdict;
use crate::config::Limits;
use crate::log::Error;
use futures::Stream;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tonic::service::Routes;
use tonic::transport::server::Connected;
use tonic_health::server::HealthReporter;
use tower::limit::GlobalConcurrencyLimitLayer;

/// How many streams one connection may open at a time.
const STREAMS_MAX: u32 = 1024;
/// How often an idle connection is asked whether anyone is there.
const ALIVE_EVERY: Duration = Duration::from_secs(30);

/// A server, not yet serving.
pub(super) struct Server {
    routes: Routes,
    health: HealthReporter,
    limits: Limits,
    verdict: Option<watch::Receiver<Verdict>>,
}

impl Server {
    pub(super) fn new(parts: &Parts, limits: &Limits) -> Self {
        let (health, health_service) = tonic_health::server::health_reporter();
        let routes = api::routes(parts, limits.message_bytes_max);
        let routes = services::reflecting(routes).add_service(health_service);
        let verdict = parts.notary.as_ref().map(crate::audit::Notary::verdict);
        Self { routes, health, limits: limits.clone(), verdict }
    }

    /// Serves `connections` until `shutdown`, then ends followers through `ending` and gives calls under way
    /// the grace to finish; whatever still goes on after it finds the log closed.
    pub(super) async fn serve<C>(
        self,
        connections: impl Stream<Item = io::Result<C>> + Send + 'static,
        shutdown: impl Future<Output = ()> + Send + 'static,
        ending: watch::Sender<Ending>,
    ) -> Result<(), Error>
    where
        C: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
    {
        let Self { routes, health, limits, verdict } = self;
        tell_health(&health).await;
        let telling = tokio::spawn(tell_refusal(health.clone(), verdict));
        let (stop, stopped) = watch::channel(false);
        let served = builder(&limits)
            .add_routes(routes)
            .serve_with_incoming_shutdown(connections, super::followers::told(stopped));
        let over = async {
            shutdown.await;
            telling.abort();
            forget_health(health).await;
            ending.send_replace(Ending::Now);
            stop.send_replace(true);
            tokio::time::sleep(limits.shutdown_grace()).await;
        };
        tokio::select! {
            served = served => served.map_err(|err| Error::Unavailable(format!("serving: {err}"))),
            () = over => {
                tracing::warn!("calls were still under way after the grace; they are cut");
                Ok(())
            }
        }
    }
}

fn builder(
    limits: &Limits,
) -> tonic::transport::Server<
    tower::layer::util::Stack<GlobalConcurrencyLimitLayer, tower::layer::util::Identity>,
> {
    tonic::transport::Server::builder()
        .timeout(limits.call_timeout())
        .concurrency_limit_per_connection(limits.connection_calls_max)
        .max_concurrent_streams(STREAMS_MAX)
        .http2_keepalive_interval(Some(ALIVE_EVERY))
        .layer(GlobalConcurrencyLimitLayer::new(limits.calls_max))
}

/// Says that the server and each of its services serve.
async fn tell_health(health: &HealthReporter) {
    for name in services::names().iter().map(String::as_str).chain([""]) {
        health.set_service_status(name, tonic_health::ServingStatus::Serving).await;
    }
}

/// Says that what writes does not serve, once the record turns out not to be what was signed, or whether it is cannot be
/// found out. Reading goes on.
async fn tell_refusal(health: HealthReporter, verdict: Option<watch::Receiver<Verdict>>) {
    let Some(mut verdict) = verdict else { return };
    if verdict.wait_for(|it| matches!(it, Verdict::Differs(_) | Verdict::Unknown(_))).await.is_err() {
        return;
    }
    for name in services::writing() {
        health.set_service_status(name, tonic_health::ServingStatus::NotServing).await;
    }
}

/// Says that nothing serves any more, and lets go of those who watch: they would keep the server from stopping.
async fn forget_health(mut health: HealthReporter) {
    for name in services::names().iter().map(String::as_str).chain([""]) {
        health.set_service_status(name, tonic_health::ServingStatus::NotServing).await;
        health.clear_service_status(name).await;
    }
}
