//! Every setting, in one place: from the command line, else from the environment, else a default.
use clap::{Args, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Where everything is kept when nothing else is said.
pub const DATA: &str = "./pactline-data";
/// Where the server listens when nothing else is said.
pub const LISTEN: &str = "127.0.0.1:7311";

/// How an [`App`](crate::app::App) is built and run.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder of the log and the views.
    pub data: PathBuf,
    /// Where the log is, when it is not in the folder.
    pub log: LogPlace,
    /// What it may use.
    pub limits: Limits,
    /// The name of the record in what is signed; when nothing is said, that of the key that signs for it. Where there
    /// is neither, nothing that partners sign is taken.
    pub origin: Option<String>,
    /// Whether it does what follows by itself: reactions and deadlines. Of several replicas, one is enough; more
    /// are harmless.
    pub reactions: bool,
    /// What signs for the record; `None` lets nothing sign, for those who only look.
    pub proof: Option<Proof>,
}

/// What signs for the record, and who else must.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Proof")]
pub struct Proof {
    /// The file of the key that signs for the record (`pactline keys generate`); one is made in the folder when nothing
    /// is said
    #[arg(long, env = "PACTLINE_NOTARY_KEY", value_name = "FILE")]
    pub notary_key: Option<PathBuf>,
    /// Let the key of `--notary-key` sign on where another one of the same name signed before. Whoever checks must be
    /// told of it first: to them it is a stranger's
    #[arg(long, requires = "notary_key")]
    pub new_notary_key: bool,
    /// The witnesses that are asked to sign too, and how many must, as c2sp.org/tlog-policy says
    #[arg(long, env = "PACTLINE_POLICY", value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

/// Where the log is, when it is not in the folder.
#[derive(Debug, Clone, Default, Args)]
pub struct LogPlace {
    /// The log's server, such as `esdb://user:password@host:2113?tls=true`; the folder then holds views only
    #[arg(long = "log", global = true, env = "PACTLINE_LOG_URL", value_name = "URL", hide_env_values = true)]
    pub url: Option<String>,
    /// The certificates, in PEM, that the log's server is checked against, instead of the machine's
    #[arg(long = "log-ca", global = true, env = "PACTLINE_LOG_CA", value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// The file with `user:password` for the log's server, instead of the URL
    #[arg(long = "log-credentials", global = true, env = "PACTLINE_LOG_CREDENTIALS", value_name = "FILE")]
    pub credentials: Option<PathBuf>,
}

/// How much the server takes on at a time.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// How many streams' folded state is kept in memory
    #[arg(long, env = "PACTLINE_MEMORY_STREAMS", default_value_t = 100_000, value_name = "N")]
    pub memory_streams: usize,
    /// The largest message that is taken or given, in bytes
    #[arg(long, env = "PACTLINE_MESSAGE_BYTES_MAX", default_value_t = 4 * 1024 * 1024, value_name = "BYTES")]
    pub message_bytes_max: usize,
    /// How many calls one connection may have under way; more wait
    #[arg(long, env = "PACTLINE_CONNECTION_CALLS_MAX", default_value_t = 256, value_name = "N")]
    pub connection_calls_max: usize,
    /// How many calls all connections together may have under way; more wait
    #[arg(long, env = "PACTLINE_CALLS_MAX", default_value_t = 4096, value_name = "N")]
    pub calls_max: usize,
    /// How long a call that is no subscription may take, in milliseconds
    #[arg(long, env = "PACTLINE_CALL_TIMEOUT_MS", default_value_t = 30_000, value_name = "MS")]
    pub call_timeout_ms: u64,
    /// How long calls under way may take to finish when the server stops, in milliseconds
    #[arg(long, env = "PACTLINE_SHUTDOWN_GRACE_MS", default_value_t = 10_000, value_name = "MS")]
    pub shutdown_grace_ms: u64,
}

impl Limits {
    /// How long a call may take.
    pub fn call_timeout(&self) -> Duration {
        Duration::from_millis(self.call_timeout_ms)
    }

    /// How long calls under way may take to finish when the server stops.
    pub fn shutdown_grace(&self) -> Duration {
        Duration::from_millis(self.shutdown_grace_ms)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_streams: 100_000,
            message_bytes_max: 4 * 1024 * 1024,
            connection_calls_max: 256,
            calls_max: 4096,
            call_timeout_ms: 30_000,
            shutdown_grace_ms: 10_000,
        }
    }
}

/// Where the server listens, and to whom.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Network")]
pub struct Network {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, env = "PACTLINE_LISTEN", default_value = LISTEN, value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Listen on addresses that other machines can reach. There is no authentication yet: who calls is taken
    /// from the `pactline-actor` header, on trust
    #[arg(long, env = "PACTLINE_TRUST_NETWORK")]
    pub trust_network: bool,
}

impl Network {
    /// Whether the address reaches further than the caller agreed to.
    pub fn is_exposed(&self) -> bool {
        !self.listen.ip().is_loopback() && !self.trust_network
    }
}

/// What the program says about itself, on standard error.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Telemetry")]
pub struct Telemetry {
    /// How telemetry is written
    #[arg(long, global = true, env = "PACTLINE_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// What telemetry is written, as `level` or `target=level,...`; warnings when nothing is said, and for
    /// `serve` also what it does
    #[arg(long, global = true, env = "PACTLINE_LOG", value_name = "FILTER")]
    pub log_filter: Option<String>,
}

/// How telemetry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object per line, for machines.
    Json,
}
