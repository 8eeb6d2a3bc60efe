//! Where a verb works: a folder, opened in this program, or a server that has one open.
use super::failure::Failure;
use crate::api::caller::CallingAs;
use crate::app::App;
use crate::app::InProcess;
use crate::app::{lock_views, open_log};
use crate::config::Config;
use crate::config::DATA;
use crate::config::Limits;
use crate::config::LogPlace;
use crate::config::Proof;
use crate::domain::text::PersonId;
use crate::log::{Error, FolderLock, Log};
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};

/// Who acts where nobody says who.
pub(super) const UNNAMED: &str = "cli";

/// What every verb can be told.
#[derive(Debug, Clone, Args)]
pub(super) struct Place {
    /// The folder of the log and its views
    #[arg(long, global = true, env = "PACTLINE_DATA", default_value = DATA, value_name = "DIR")]
    pub(super) data: PathBuf,
    /// The server to ask instead, such as `http://127.0.0.1:7311`
    #[arg(long, global = true, env = "PACTLINE_SERVER", value_name = "URL")]
    server: Option<String>,
    /// The name of the record in what is signed, such as `pacts.example.org/paris`; that of its key when nothing is said
    #[arg(long, global = true, env = "PACTLINE_ORIGIN", value_name = "NAME")]
    pub(super) origin: Option<String>,
    #[command(flatten)]
    log: LogPlace,
    /// Write JSON: one document, or one per line where there are many; errors too
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Who acts, as it will be on record; taken on trust
    #[arg(long, global = true, env = "PACTLINE_ACTOR", default_value = UNNAMED, value_name = "NAME")]
    pub(super) actor: String,
}

/// A verb that brings something in lets follow what follows from it.
const AT_WORK: bool = true;
/// A verb that looks at a folder changes nothing in it.
const ONLY_LOOKING: bool = false;

/// A channel whose calls say who acts.
pub(super) type Caller = InterceptedService<Channel, CallingAs>;

/// Something to call. Closing it finishes what is under way.
pub(super) struct Connection {
    pub(super) channel: Caller,
    /// The channel itself, for those who say by themselves who acts.
    pub(super) plain: Channel,
    /// The place of the log's last event when the folder was opened here: what queries wait for.
    pub(super) head: Option<u64>,
    app: Option<InProcess>,
}

impl Connection {
    pub(super) async fn close(self) -> Result<(), Failure> {
        drop((self.channel, self.plain));
        match self.app {
            Some(app) => Ok(app.close().await?),
            None => Ok(()),
        }
    }
}

impl Place {
    /// A connection to what is there already.
    pub(super) async fn connect(&self) -> Result<Connection, Failure> {
        match &self.server {
            Some(server) => self.connect_to(server).await,
            None => {
                self.must_exist()?;
                self.open(ONLY_LOOKING, None).await
            }
        }
    }

    /// A connection to what is there or to a folder that begins now.
    pub(super) async fn connect_or_begin(&self) -> Result<Connection, Failure> {
        match &self.server {
            Some(server) => self.connect_to(server).await,
            None => self.open(AT_WORK, Some(Proof::default())).await,
        }
    }

    /// A connection to what is there already, for a verb that adds to it.
    pub(super) async fn connect_to_add(&self) -> Result<Connection, Failure> {
        match &self.server {
            Some(server) => self.connect_to(server).await,
            None => {
                self.must_exist()?;
                self.open(AT_WORK, Some(Proof::default())).await
            }
        }
    }

    /// A connection to what is there already, with the notary that signs for it.
    pub(super) async fn connect_to_proofs(&self) -> Result<Connection, Failure> {
        match &self.server {
            Some(server) => self.connect_to(server).await,
            None => {
                self.must_exist()?;
                self.open(ONLY_LOOKING, Some(Proof::default())).await
            }
        }
    }

    /// A connection to the server that was named; `None` where none was.
    pub(super) async fn server(&self) -> Result<Option<Connection>, Failure> {
        match &self.server {
            Some(server) => self.connect_to(server).await.map(Some),
            None => Ok(None),
        }
    }

    /// Whether the log is on a server of its own.
    pub(super) fn is_shared(&self) -> bool {
        self.log.url.is_some()
    }

    /// The log itself, for verbs that a server cannot answer.
    pub(super) async fn log(&self) -> Result<Arc<dyn Log>, Failure> {
        self.must_be_local()?;
        self.must_exist()?;
        self.log_or_begin().await
    }

    /// The log itself, begun where there is none. Where it is on a server, other processes may use it too, and the
    /// folder plays no part.
    pub(super) async fn log_or_begin(&self) -> Result<Arc<dyn Log>, Failure> {
        self.must_be_local()?;
        let opened = open_log(&self.data, &self.log, &crate::clock::Clock::system()).await;
        Ok(opened.map_err(|err| self.unopened(err))?.log)
    }

    /// Keeps the folder of the views for this program, where the log does not.
    pub(super) fn lock_views(&self) -> Result<Option<FolderLock>, Failure> {
        Ok(lock_views(&self.data, &self.log)?)
    }

    /// How the folder is opened in this program.
    pub(super) fn config(&self, limits: Limits, reactions: bool, proof: Option<Proof>) -> Config {
        let (data, log, origin) = (self.data.clone(), self.log.clone(), self.origin.clone());
        Config { data, log, limits, origin, reactions, proof }
    }

    /// Whether nothing is there yet: no events on the log's server, nothing in the folder, or no folder.
    pub(super) async fn is_empty(&self) -> Result<bool, Failure> {
        if self.log.url.is_some() {
            let log = self.log_or_begin().await?;
            let head = log.head().await;
            log.close().await?;
            return Ok(head?.is_none());
        }
        match std::fs::read_dir(&self.data) {
            Ok(mut entries) => Ok(entries.next().is_none()),
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(true),
            Err(err) => Err(Failure::from(err).about(self.data.display())),
        }
    }

    /// Refuses `--server` for a verb that works on the folder itself.
    pub(super) fn must_be_local(&self) -> Result<(), Failure> {
        match self.server {
            Some(_) => Err(Failure::usage("this works on the log itself, not through a server").hint(
                "stop the server and say --data DIR; a log on a server of its own, --log URL, can be shared",
            )),
            None => Ok(()),
        }
    }

    async fn open(&self, reactions: bool, proof: Option<Proof>) -> Result<Connection, Failure> {
        let config = self.config(Limits::default(), reactions, proof);
        let built = App::build(config).await.map_err(|err| self.unopened(err))?;
        let app = built.in_process().await?;
        let (plain, head) = (app.channel(), app.head());
        Ok(Connection { channel: self.speaking(plain.clone())?, plain, head, app: Some(app) })
    }

    async fn connect_to(&self, server: &str) -> Result<Connection, Failure> {
        let url = if server.contains("://") { server.to_owned() } else { format!("http://{server}") };
        if url.starts_with("https:") {
            return Err(Failure::usage("TLS is not spoken yet")
                .hint("use http:// on a network you trust, or a proxy that ends TLS"));
        }
        let endpoint = Endpoint::from_shared(url.clone())
            .map_err(|err| Failure::usage(format!("{server:?} is no server's address: {err}")))?;
        let channel = endpoint.connect_timeout(Duration::from_secs(10)).connect().await.map_err(|err| {
            Failure::unavailable(format!("no server answers at {url}: {}", root(&err)))
                .hint("start one: pactline serve")
        })?;
        Ok(Connection { channel: self.speaking(channel.clone())?, plain: channel, head: None, app: None })
    }

    fn speaking(&self, channel: Channel) -> Result<Caller, Failure> {
        let unfit = |err: &dyn std::fmt::Display| Failure::usage(format!("--actor {:?}: {err}", self.actor));
        let actor: PersonId = self.actor.parse().map_err(|err| unfit(&err))?;
        let actor = actor.as_str().parse().map_err(|err| unfit(&err))?;
        Ok(InterceptedService::new(channel, CallingAs(actor)))
    }

    /// Why the log cannot be opened, and what to do about it.
    pub(super) fn unopened(&self, err: Error) -> Failure {
        if self.log.url.is_none() {
            return err.into();
        }
        match err {
            Error::Unacceptable(why) => {
                Failure::usage(why).hint("pactline help says how a log is named: --log URL")
            }
            Error::Corrupt(_) => Failure::from(err).hint("nothing was written there"),
            Error::Conflict { .. } | Error::Unavailable(_) => Failure::unavailable(err.to_string())
                .hint("is it there, and are --log and its credentials right?"),
        }
    }

    fn must_exist(&self) -> Result<(), Failure> {
        if self.log.url.is_some() || self.data.join("log.db").exists() {
            return Ok(());
        }
        let message = format!("there is no log in {}", shown(&self.data));
        Err(Failure::unavailable(message)
            .hint("pactline demo fills a folder with an example; --data DIR names another folder"))
    }
}

fn shown(path: &Path) -> std::path::Display<'_> {
    path.display()
}

/// The last cause of an error, which is the one that says something.
fn root(err: &dyn std::error::Error) -> String {
    let mut cause = err;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
