//! `pactline serve`: one folder, over gRPC, until SIGTERM or SIGINT.
use super::failure::Failure;
use super::place::Place;
use crate::app::App;
use crate::config::Limits;
use crate::config::Network;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal;

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
        let app = App::build(place.config(self.limits, !self.no_reactions))
            .await
            .map_err(|err| place.unopened(err))?;
        let listener = TcpListener::bind(self.network.listen)
            .await
            .map_err(|err| Failure::from(err).about(format!("listening on {}", self.network.listen)))?;
        announce(&listener)?;
        app.run(listener, stop).await?;
        tracing::info!("stopped");
        Ok(())
    }
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
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
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
