//! `pactline serve`: one folder, over gRPC, until SIGTERM or SIGINT.
use super::failure::Failure;
use super::place::Place;
use crate::app::App;
use crate::audit::http;
use crate::config::Limits;
use crate::config::Network;
use crate::config::Proof;
use clap::Args;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal;
use tokio::task::JoinSet;

/// How to serve.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    network: Network,
    #[command(flatten)]
    limits: Limits,
    /// Leave what follows by itself, reactions and deadlines, to another replica
    #[arg(long, env = "PACTLINE_NO_REACTIONS")]
    no_reactions: bool,
    #[command(flatten)]
    proof: Proof,
    /// The address to serve checkpoints and tiles on, over plain HTTP as c2sp.org/tlog-tiles says; they hold no event's
    /// data. Nothing is served when nothing is said
    #[arg(long, env = "PACTLINE_AUDIT_HTTP", value_name = "ADDRESS")]
    audit_http: Option<SocketAddr>,
}

impl Serve {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        place.must_be_local()?;
        if self.network.is_exposed() {
            return Err(Failure::usage(format!("{} can be reached by other machines", self.network.listen))
                .hint(
                    "there is no authentication yet; say --trust-network if everyone who can reach it may \
                     act as anyone",
                ));
        }
        let stop = stop_signal()?;
        let config = place.config(self.limits, !self.no_reactions, Some(self.proof));
        let app = App::build(config).await.map_err(|err| place.unopened(err))?;
        let listener = TcpListener::bind(self.network.listen)
            .await
            .map_err(|err| Failure::from(err).about(format!("listening on {}", self.network.listen)))?;
        announce(&listener)?;
        let tiles = match self.audit_http {
            Some(address) => publish(&app, address).await?,
            None => JoinSet::new(),
        };
        app.run(listener, stop).await?;
        drop(tiles);
        tracing::info!("stopped");
        Ok(())
    }
}

/// Serves what the notary publishes, until what is returned is dropped.
async fn publish(app: &App, address: SocketAddr) -> Result<JoinSet<()>, Failure> {
    let mut serving = JoinSet::new();
    if let Some(notary) = app.notary() {
        let about = |err: std::io::Error| Failure::from(err).about(format!("listening on {address}"));
        let listener = TcpListener::bind(address).await.map_err(about)?;
        super::out::line(format_args!("checkpoint and tiles on http://{}", listener.local_addr()?))?;
        serving.spawn(http::serve(listener, Arc::new(notary.site()), std::future::pending()));
    }
    Ok(serving)
}

/// Says where it listens, on standard output: who asked for port 0 reads it there.
fn announce(listener: &TcpListener) -> Result<(), Failure> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        tracing::warn!("callers are not authenticated: whoever reaches {address} can act as anyone");
    }
    Ok(super::out::line(format_args!("listening on http://{address}"))?)
}

/// Resolves on SIGTERM or SIGINT. Listening starts here, so that no signal is missed.
pub(super) fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    let mut interrupt = signal::unix::signal(signal::unix::SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to stop");
    })
}
