//! All views of one log: started, watched, asked and stopped together.
use super::progress::{self, State, Status};
use super::projector::Projector;
use super::readers::Readers;
use super::reading::Reading;
use super::{View, ViewError, all, store};
use crate::log::{Log, Position};
use futures::FutureExt;
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;

/// The open views. Clones are the same ones. Dropping the last stops them without waiting.
#[derive(Clone)]
pub struct Views(Arc<Inner>);

struct Inner {
    log: Arc<dyn Log>,
    views: Vec<Opened>,
    stop: watch::Sender<bool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Opened {
    progress: watch::Sender<Status>,
    readers: Arc<Readers>,
}

impl Views {
    /// Opens every view in `dir`, each in a thread of its own, and lets them catch up with `log`. Whatever is
    /// unusable there is built again. Must be called within a tokio runtime.
    pub fn open(dir: &Path, log: Arc<dyn Log>) -> Result<Self, ViewError> {
        Self::open_these(dir, log, all())
    }

    /// The same with other views.
    #[doc(hidden)]
    pub fn open_these(dir: &Path, log: Arc<dyn Log>, views: Vec<Box<dyn View>>) -> Result<Self, ViewError> {
        let unusable = |err: &dyn std::fmt::Display| ViewError::Store(format!("{}: {err}", dir.display()));
        std::fs::create_dir_all(dir).map_err(|err| unusable(&err))?;
        let runtime = Handle::try_current().map_err(|err| unusable(&err))?;
        let (stop, stopped) = watch::channel(false);
        let (mut opened, mut threads) = (Vec::new(), Vec::new());
        let all = Reading::of_all(log.clone());
        for view in views {
            let name = view.name();
            let progress = watch::Sender::new(Status::begin(name));
            let readers = Arc::new(Readers::new(store::path(dir, name)));
            opened.push(Opened { progress: progress.clone(), readers: readers.clone() });
            let (log, all, stop) = (log.clone(), Some(all.clone()), stopped.clone());
            let (told, runtime) = (progress.clone(), runtime.clone());
            let projector = Projector { view, readers, log, all, progress, stop };
            let thread = thread::Builder::new().name(format!("view-{name}"));
            let run = move || runtime.block_on(or_failed(projector.run(), told));
            threads.push(thread.spawn(run).map_err(|err| unusable(&err))?);
        }
        Ok(Self(Arc::new(Inner { log, views: opened, stop, threads: Mutex::new(threads) })))
    }

    /// The log that they are made from.
    pub fn log(&self) -> &Arc<dyn Log> {
        &self.0.log
    }

    /// How far each view got, in the order of [`all`].
    pub fn status(&self) -> Vec<Status> {
        self.0.views.iter().map(|it| it.progress.borrow().clone()).collect()
    }

    /// Waits until `view` takes `after` into account and can be read, but not longer than `longest`:
    /// [`ViewError::Behind`] or [`ViewError::Building`] then, [`ViewError::Stopped`] when waiting is in vain.
    pub async fn wait(
        &self,
        view: &str,
        after: Option<Position>,
        longest: Duration,
    ) -> Result<(), ViewError> {
        progress::wait(&self.named(view)?.progress, after, longest).await
    }

    /// How far `view` got, now and from now on.
    pub fn progress(&self, view: &str) -> Result<watch::Receiver<Status>, ViewError> {
        Ok(self.named(view)?.progress.subscribe())
    }

    /// Puts a question to `view` within one snapshot of it, on a thread that may block. `question` also gets
    /// the last event that the snapshot takes into account. Does not wait: see [`Views::wait`].
    pub async fn ask<T: Send + 'static>(
        &self,
        view: &str,
        question: impl FnOnce(&Connection, Option<Position>) -> Result<T, ViewError> + Send + 'static,
    ) -> Result<T, ViewError> {
        let readers = self.named(view)?.readers.clone();
        let asked = tokio::task::spawn_blocking(move || readers.ask(question)).await;
        asked.unwrap_or_else(|err| Err(ViewError::Store(format!("the question was given up: {err}"))))
    }

    /// Stops all views after the batch they are in, and waits for that.
    pub async fn stop(&self) {
        self.0.stop.send_replace(true);
        let threads = std::mem::take(&mut *self.0.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joined =
            tokio::task::spawn_blocking(move || threads.into_iter().filter_map(|it| it.join().err()).count());
        if joined.await.unwrap_or(1) > 0 {
            tracing::error!("a view's thread ended in a panic");
        }
    }

    fn named(&self, view: &str) -> Result<&Opened, ViewError> {
        let found = self.0.views.iter().find(|it| it.progress.borrow().view == view);
        found.ok_or_else(|| ViewError::NoSuchView(view.into()))
    }
}

/// Runs a view; when it panics, those who wait for it are told before the thread ends.
async fn or_failed(run: impl Future<Output = ()>, told: watch::Sender<Status>) {
    if let Err(panic) = AssertUnwindSafe(run).catch_unwind().await {
        let error = "it ended in a panic; the next start tries again".to_owned();
        told.send_modify(|it| it.state = State::Failed { at: None, error });
        resume_unwind(panic);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}
