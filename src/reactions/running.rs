//! The reactor and the timer, running side by side until they are stopped.
use super::{Progress, Reactor, Timer, Trouble, all, progress};
use crate::engine::Engine;
use crate::log::Position;
use crate::views::Views;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The running reactions.
pub struct Reactions {
    progress: watch::Receiver<Progress>,
    failed: watch::Receiver<Option<String>>,
    stop: watch::Sender<bool>,
    running: Mutex<Vec<JoinHandle<()>>>,
}

impl Reactions {
    /// Starts them; `dir` is where they keep how far they got. Must be called within a tokio runtime.
    pub async fn start(dir: &Path, engine: &Engine, views: &Views) -> Result<Self, Trouble> {
        let reactor = Reactor::open(dir, engine.clone(), views.clone(), all()).await?;
        let timer = Timer::new(engine.clone(), views.clone());
        let progress = reactor.progress();
        let (stop, stopped) = watch::channel(false);
        let (tell, failed) = watch::channel(None);
        let reactor = watched("the reactions", reactor.run(stopped.clone()), tell.clone());
        let timer = watched("the timer", timer.run(stopped), tell);
        let running = Mutex::new(vec![tokio::spawn(reactor), tokio::spawn(timer)]);
        Ok(Self { progress, failed, stop, running })
    }

    /// How far they got, now and from now on.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Waits until what follows from the event at `wanted` is on record, but not longer than `longest`; whether it
    /// is.
    pub async fn wait(&self, wanted: Option<Position>, longest: Duration) -> bool {
        progress::wait(&self.progress, wanted, longest).await
    }

    /// Resolves, with the reason, when one of them ends although nobody stopped it.
    pub fn failed(&self) -> impl Future<Output = String> + Send + 'static {
        let mut failed = self.failed.clone();
        async move {
            let said = failed.wait_for(Option::is_some).await.ok().and_then(|it| it.clone());
            match said {
                Some(said) => said,
                None => std::future::pending().await,
            }
        }
    }

    /// Stops them. What was under way is asked again the next time.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        let running = std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
        futures::future::join_all(running).await;
    }
}

/// Runs one of them; an end that nobody asked for is told. At an event of a newer release they stop where they are, and
/// the server goes on: a replica of that release does what follows, or this one once it is replaced.
async fn watched(
    what: &'static str,
    run: impl Future<Output = Result<(), Trouble>>,
    tell: watch::Sender<Option<String>>,
) {
    let why = match AssertUnwindSafe(run).catch_unwind().await {
        Ok(Ok(())) => return,
        Ok(Err(Trouble::Unreadable(why))) => {
            tracing::error!(%why, "{what} stopped; the next start tries again");
            return;
        }
        Ok(Err(trouble)) => trouble.to_string(),
        Err(_) => "a panic".to_owned(),
    };
    tracing::error!(why, "{what} ended");
    tell.send_replace(Some(format!("{what} ended: {why}")));
}
