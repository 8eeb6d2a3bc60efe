//! `pactline witness`: signs that other people's logs only grow.
use super::failure::Failure;
use super::place::Place;
use super::{out, serve};
use crate::audit::witness::Witness as Signing;
use crate::audit::{KeyKind, http, keys};
use crate::clock::Clock;
use clap::{Args, Subcommand};
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

/// What a witness does.
#[derive(Debug, Args)]
pub(super) struct Witness {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Answer logs that ask for a signature, as c2sp.org/tlog-witness says, until told to stop
    Serve(Serve),
}

#[derive(Debug, Args)]
struct Serve {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, env = "PACTLINE_WITNESS_LISTEN", default_value = "127.0.0.1:7312", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The file of the key that signs (`pactline keys generate --witness`)
    #[arg(long, env = "PACTLINE_WITNESS_KEY", value_name = "FILE")]
    key: PathBuf,
    /// A file with the keys of the logs to sign for, one a line
    #[arg(long, env = "PACTLINE_WITNESS_LOGS", value_name = "FILE")]
    logs: PathBuf,
    /// The folder for what was signed last for each log, and for the evidence where one contradicts itself
    #[arg(long, env = "PACTLINE_WITNESS_STATE", default_value = "./pactline-witness", value_name = "DIR")]
    state: PathBuf,
}

impl Witness {
    pub(super) async fn run(self, _place: &Place) -> Result<(), Failure> {
        let What::Serve(it) = self.what;
        it.run().await
    }
}

impl Serve {
    async fn run(self) -> Result<(), Failure> {
        let key = keys::read(&self.key).map_err(|err| Failure::from(err).about(self.key.display()))?;
        if key.verifier().kind() != KeyKind::Witness {
            return Err(Failure::usage("this key is a log's")
                .about(self.key.display())
                .hint("pactline keys generate --witness makes one for a witness"));
        }
        let text =
            fs::read_to_string(&self.logs).map_err(|err| Failure::from(err).about(self.logs.display()))?;
        let known = keys::list(&text).map_err(|why| Failure::usage(why).about(self.logs.display()))?;
        let clock = Clock::system();
        let now = move || u64::try_from(clock.now().as_second()).unwrap_or(0);
        let about = |err: std::io::Error| Failure::from(err).about(self.state.display());
        let witness = Signing::open(&self.state, known, key, now).map_err(about)?;
        let stop = serve::stop_signal()?;
        let listener = TcpListener::bind(self.listen)
            .await
            .map_err(|err| Failure::from(err).about(format!("listening on {}", self.listen)))?;
        out::line(format_args!("listening on http://{}", listener.local_addr()?))?;
        http::serve(listener, Arc::new(witness), stop).await;
        Ok(())
    }
}
