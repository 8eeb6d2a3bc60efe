//! The composition root: settings become running parts, and are taken apart in the opposite order.
//!
//! Architecture invariant: nothing but this module knows how the parts hang together; every verb of the command
//! line gets what it needs from here, over gRPC.
use crate::api::Parts;
use crate::audit::{Notary, Verdict};
use crate::clock::Clock;
use crate::config::Config;
use crate::config::Limits;
use crate::domain::decision::Origin;
use crate::engine::Engine;
use crate::log::{Error, FolderLock, Log, Position, Writers};
use crate::people::People;
use crate::reactions::{Reactions, Trouble};
use crate::views::Views;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::transport::Channel;
use tonic::transport::server::TcpIncoming;

mod barrier;
mod followers;
mod notary;
mod open;
mod pipe;
mod redactions;
mod server;
mod services;

pub use open::{OpenLog, lock_views, open_log};

use followers::Ending;
use server::Server;

/// How long a program that ends waits for what follows from what it did. What is left follows the next time.
const SETTLING_MAX: Duration = Duration::from_secs(10);

/// How long the notary may be behind a part that failed.
const VERDICT_MAX: Duration = Duration::from_secs(3);

/// What is running, or about to.
pub struct App {
    log: OpenLog,
    _folder: Option<FolderLock>,
    engine: Engine,
    views: Views,
    people: People,
    reactions: Option<Reactions>,
    notary: Option<Notary>,
    limits: Limits,
    started_at: Timestamp,
}

impl App {
    /// Opens the folder and lets the views and the reactions catch up in the background.
    pub async fn build(config: Config) -> Result<Self, Error> {
        let clock = Clock::system();
        let started_at = clock.now();
        let log = open_log(&config.data, &config.log, &clock).await?;
        let folder = lock_views(&config.data, &config.log)?;
        // Where others write too, the log sees to that itself, and compares clocks.
        if log.log.promises().writers == Writers::One
            && let Some(last) = last_recorded(&*log.log).await?
        {
            clock.not_before(last);
            warn_if_behind(&clock);
        }
        let origin = config.origin.as_deref();
        let notary = config.proof.as_ref();
        let notary = notary.map(|it| notary::open(&config.data, it, origin, log.log.clone())).transpose()?;
        let written: Arc<dyn Log> = match &notary {
            Some(notary) => Arc::new(barrier::Barrier::new(log.log.clone(), notary.verdict())),
            None => log.log.clone(),
        };
        let called = notary.as_ref().and_then(Notary::origin).or(origin).map(str::to_owned);
        let called = called.map(Origin::try_from).transpose().map_err(unavailable)?;
        let engine = Engine::new(written, clock, config.limits.memory_streams).called(called);
        let people = People::open(&config.data).map_err(unavailable)?;
        let dir = config.data.join("views");
        let views = Views::open(&dir, log.log.clone()).map_err(unavailable)?;
        // To a log that takes nothing, nothing can be asked to follow.
        let reactions = match config.reactions && log.log.damage().is_none() {
            true => Some(Reactions::start(&dir, &engine, &views).await.map_err(troubled)?),
            false => None,
        };
        tokio::spawn(redactions::finish(engine.clone(), views.clone()));
        let limits = config.limits;
        Ok(Self { log, _folder: folder, engine, views, people, reactions, notary, limits, started_at })
    }

    /// Serves whoever connects to `listener` until `shutdown` resolves or a part fails; then stops accepting, ends
    /// subscriptions, lets calls under way finish within the grace, and stops reactions, views and log.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Error> {
        let (server, ending) = self.server();
        // Without it, an answer of several frames waits for the caller's delayed acknowledgement: 40 ms.
        let connections = TcpIncoming::from(listener).with_nodelay(Some(true));
        let (failed, mut failure) = watch::channel(None);
        let stop = shutdown_or_failure(shutdown, self.failure(), failed);
        let served = server.serve(connections, stop, ending).await;
        self.close().await?;
        served?;
        let why = failure.borrow_and_update().clone();
        why.map_or(Ok(()), |why: String| Err(Error::Unavailable(why)))
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

    /// What signs for the record. For those who publish what it signed.
    pub fn notary(&self) -> Option<&Notary> {
        self.notary.as_ref()
    }

    /// Stops the reactions and the views, lets the notary sign for what is there, then stops the log.
    pub async fn close(self) -> Result<(), Error> {
        if let Some(reactions) = &self.reactions {
            reactions.stop().await;
        }
        self.views.stop().await;
        if let Some(notary) = &self.notary {
            notary.stop().await;
        }
        self.log.log.close().await
    }

    /// Waits until everything that follows from what is in the log is on record, within reason.
    async fn settle(&self) -> Result<(), Error> {
        let Some(reactions) = &self.reactions else { return Ok(()) };
        let mut seen: Option<Position> = None;
        loop {
            let head = self.log.log.head().await?;
            if head == seen || !reactions.wait(head, SETTLING_MAX).await {
                return Ok(());
            }
            seen = head;
        }
    }

    /// Resolves when a part ends that should not, with the reason. Where nothing may be written because the record is
    /// not what was signed, reactions end too, and reading goes on.
    fn failure(&self) -> impl Future<Output = String> + Send + 'static {
        let failed = self.reactions.as_ref().map(Reactions::failed);
        let verdict = self.notary.as_ref().map(Notary::verdict);
        async move {
            match failed {
                Some(failed) => {
                    let why = failed.await;
                    let differs = match verdict {
                        Some(it) => refused(it).await,
                        None => false,
                    };
                    if differs { std::future::pending().await } else { why }
                }
                None => std::future::pending().await,
            }
        }
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
            reactions: self.reactions.as_ref().map(Reactions::progress),
            started_at: self.started_at,
            notary: self.notary.clone(),
            call_max: self.limits.call_timeout(),
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

    /// Lets calls under way finish and what follows from them happen, then stops everything.
    pub async fn close(self) -> Result<(), Error> {
        let Self { channel, stop, served, app, .. } = self;
        drop(channel);
        stop.send_replace(true);
        let served = served.await.map_err(unavailable)?;
        app.settle().await?;
        app.close().await?;
        served
    }
}

/// Whether nothing may be written. A part that comes upon damage may be ahead of the verdict on it, which the notary gives
/// once it has compared what was signed, or comes upon the same damage after that.
async fn refused(mut verdict: watch::Receiver<Verdict>) -> bool {
    let compared = verdict.wait_for(|it| *it != Verdict::Comparing).await.is_ok();
    let refuses = verdict.wait_for(|it| matches!(it, Verdict::Differs(_) | Verdict::Unknown(_)));
    compared && tokio::time::timeout(VERDICT_MAX, refuses).await.is_ok_and(|it| it.is_ok())
}

/// How far the machine's clock may be behind the record without a word, in microseconds.
const BEHIND_MAX_US: i64 = 5_000_000;

/// The record goes on in order whatever the machine's clock says; whoever runs it should know.
fn warn_if_behind(clock: &Clock) {
    let seconds = clock.ahead_us() / 1_000_000;
    if clock.ahead_us() > BEHIND_MAX_US {
        tracing::warn!(
            seconds,
            "this machine's clock is behind the last event on record: until it has caught up, time goes at half its pace \
             here; set the clock right"
        );
    }
}

/// When the last event of the log was recorded, as far as a damaged one can say.
async fn last_recorded(log: &dyn Log) -> Result<Option<Timestamp>, Error> {
    let Some(head) = log.head().await? else { return Ok(None) };
    match log.event_at(head).await {
        Err(Error::Corrupt(_)) if log.damage().is_some() => Ok(None),
        last => Ok(last?.map(|it| it.recorded_at)),
    }
}

/// Resolves when it is time to stop: as asked, or because a part failed, which is told through `failed`.
async fn shutdown_or_failure(
    shutdown: impl Future<Output = ()>,
    failure: impl Future<Output = String>,
    failed: watch::Sender<Option<String>>,
) {
    tokio::select! {
        () = shutdown => {}
        why = failure => {
            failed.send_replace(Some(why));
        }
    }
}

fn troubled(trouble: Trouble) -> Error {
    match trouble {
        Trouble::Log(err) => err,
        Trouble::View(_) | Trouble::Unreadable(_) | Trouble::Checkpoint(_) => unavailable(trouble),
    }
}

fn unavailable(err: impl std::fmt::Display) -> Error {
    Error::Unavailable(err.to_string())
}
