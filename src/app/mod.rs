//! The composition root: settings become running parts, and are taken apart in the opposite order.
//!
//! Architecture invariant: nothing but this module knows how the parts hang together; every verb of the command
//! line gets what it needs from here, over gRPC.
use crate::api::Parts;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::Limits;
use crate::domain::decision::Origin;
use crate::engine::Engine;
use crate::log::{Error, FolderLock, Log};
use crate::people::People;
use crate::views::Views;
use jiff::Timestamp;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::transport::Channel;
use tonic::transport::server::TcpIncoming;

mod followers;
mod open;
mod pipe;
mod redactions;
mod server;
mod services;

pub use open::{OpenLog, lock_views, open_log};

use followers::Ending;
use server::Server;

/// What is running, or about to.
pub struct App {
    log: OpenLog,
    _folder: Option<FolderLock>,
    engine: Engine,
    views: Views,
    people: People,
    limits: Limits,
    started_at: Timestamp,
}

impl App {
    /// Opens the folder and lets the views catch up in the background.
    pub async fn build(config: Config) -> Result<Self, Error> {
        let clock = Clock::system();
        let started_at = clock.now();
        let folder = lock_views(&config.data, &config.log)?;
        let log = open_log(&config.data, &config.log, &clock).await?;
        let engine = Engine::new(log.log.clone(), clock, config.limits.memory_streams);
        let origin = config.origin.map(Origin::try_from).transpose().map_err(unavailable)?;
        let engine = engine.called(origin);
        let views = Views::open(&config.data.join("views"), log.log.clone()).map_err(unavailable)?;
        let people = People::open(&config.data).map_err(unavailable)?;
        tokio::spawn(redactions::finish(engine.clone(), views.clone()));
        Ok(Self { log, _folder: folder, engine, views, people, limits: config.limits, started_at })
    }

    /// Serves whoever connects to `listener` until `shutdown` resolves; then stops accepting, ends
    /// subscriptions, lets calls under way finish within the grace, and stops the views and the log.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Error> {
        let (server, ending) = self.server();
        // Without it, an answer of several frames waits for the caller's delayed acknowledgement: 40 ms.
        let connections = TcpIncoming::from(listener).with_nodelay(Some(true));
        let served = server.serve(connections, shutdown, ending).await;
        self.close().await?;
        served
    }

    /// Serves this program alone.
    pub async fn in_process(self) -> Result<InProcess, Error> {
        let head = self.log.log.head().await?.map(|it| it.0);
        let (server, ending) = self.server();
        let (stop, stopped) = watch::channel(false);
        let (channel, connection) = pipe::pair(self.limits.message_bytes_max)?;
        let shutdown = followers::told(stopped);
        let served = tokio::spawn(server.serve(connection, shutdown, ending));
        Ok(InProcess { channel, head, stop, served, app: self })
    }

    /// What writes. For imports, which have more to say than one call can hold.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The views. For those who wait for them.
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// Stops the views, then the log.
    pub async fn close(self) -> Result<(), Error> {
        self.views.stop().await;
        self.log.log.close().await
    }

    fn server(&self) -> (Server, watch::Sender<Ending>) {
        let (ending, followed) = watch::channel(Ending::NotYet);
        let log: Arc<dyn Log> = Arc::new(followers::Endable::new(self.log.log.clone(), followed));
        let parts = Parts {
            log,
            backend: self.log.backend,
            engine: self.engine.clone(),
            views: self.views.clone(),
            people: self.people.clone(),
            started_at: self.started_at,
        };
        (Server::new(&parts, &self.limits), ending)
    }
}

/// An app that serves this program alone.
pub struct InProcess {
    channel: Channel,
    head: Option<u64>,
    stop: watch::Sender<bool>,
    served: tokio::task::JoinHandle<Result<(), Error>>,
    app: App,
}

impl InProcess {
    /// How to call it.
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// The place of the log's last event when it was opened.
    pub fn head(&self) -> Option<u64> {
        self.head
    }

    /// Lets calls under way finish, then stops the views and the log.
    pub async fn close(self) -> Result<(), Error> {
        let Self { channel, stop, served, app, .. } = self;
        drop(channel);
        stop.send_replace(true);
        let served = served.await.map_err(unavailable)?;
        app.close().await?;
        served
    }
}

fn unavailable(err: impl std::fmt::Display) -> Error {
    Error::Unavailable(err.to_string())
}
