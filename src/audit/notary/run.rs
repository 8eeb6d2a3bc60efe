//! The notary's one task: compare first, then follow the log, sign, publish.
use super::compare::{Compared, compare};
use super::disk::Disk;
use super::keeper::Keeper;
use super::{Sealed, Settings, Shared, Verdict, cosigning, journal};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::skew::StepBack;
use crate::log::{Error, Log, Position, Record};
use futures::StreamExt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// How long to wait before asking a log again that could not answer.
pub(super) const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What to do about a record that is not what was signed.
pub(super) const REMEDY: &str = "Nothing is written until the record is what was signed: bring back the newest whole copy of \
                                 the folder; pactline audit verify names all that differs";

/// Why it ends.
#[derive(Debug)]
pub(super) enum Halt {
    /// It was asked to, or the log was closed.
    Stopped,
    /// The record is not what was signed.
    Differs(String),
    /// The log cannot be read now.
    Unread(Error),
    /// Its own files refuse.
    Disk(io::Error),
}

impl From<io::Error> for Halt {
    fn from(err: io::Error) -> Self {
        Halt::Disk(err)
    }
}

impl From<Error> for Halt {
    fn from(err: Error) -> Self {
        match err {
            Error::Corrupt(why) => Halt::Differs(format!("the log cannot be read: {why}. {REMEDY}")),
            other => Halt::Unread(other),
        }
    }
}

pub(super) struct Task<D> {
    pub(super) disk: D,
    pub(super) dir: PathBuf,
    pub(super) log: Arc<dyn Log>,
    pub(super) settings: Settings,
    pub(super) shared: Arc<Shared>,
    pub(super) stop: watch::Receiver<bool>,
    /// Checkpoints that witnesses have signed for, to be kept.
    cosigned: mpsc::Receiver<cosigning::Asked>,
    pub(super) cosigner: mpsc::Sender<cosigning::Asked>,
    /// How many checkpoints were signed since those were last dropped that later ones stand for.
    gathered: usize,
    skewed: bool,
}

impl<D: Disk + Clone> Task<D> {
    pub(super) fn new(
        disk: D,
        dir: &Path,
        log: Arc<dyn Log>,
        settings: Settings,
        shared: Arc<Shared>,
    ) -> Self {
        let (cosigner, cosigned) = mpsc::channel(4);
        let stop = shared.stop.subscribe();
        let dir = dir.to_owned();
        Self { disk, dir, log, settings, shared, stop, cosigned, cosigner, gathered: 0, skewed: false }
    }

    /// Runs until it is stopped or cannot go on, and says why to those who wait.
    pub(super) async fn run(mut self) {
        let why = match self.run_on().await {
            Ok(()) | Err(Halt::Stopped) => "the service is stopping".to_owned(),
            Err(Halt::Differs(why)) => {
                tracing::error!(why, "the record is not what was signed; nothing more is written");
                self.shared.verdict.send_replace(Verdict::Differs(why.as_str().into()));
                why
            }
            Err(Halt::Unread(err)) => format!("the log cannot be read: {err}"),
            Err(Halt::Disk(err)) => {
                tracing::error!(%err, "the notary stopped; the next start tries again");
                format!("its files cannot be written: {err}; make room or mend that, and start again")
            }
        };
        self.shared.stopped.send_replace(Some(why.into()));
    }

    async fn run_on(&mut self) -> Result<(), Halt> {
        let (notes, begun) = journal::read(&self.disk)?;
        let Compared { mut keeper, sealed, witnessed } = compare(self, &notes).await?;
        if let Some(at) = begun {
            journal::cut(&mut self.disk, at)?;
        }
        self.gathered = notes.len();
        drop(notes);
        self.shared.skew.send_replace(keeper.skew);
        let cosigner = cosigning::greet(self, sealed.as_ref()).await?;
        self.shared.verdict.send_replace(Verdict::Sound);
        self.shared.sealed.send_replace(sealed);
        self.shared.witnessed.send_replace(witnessed);
        self.thin()?;
        let asking = cosigning::start(cosigner);
        let followed = loop {
            match self.follow(&mut keeper).await {
                Err(Halt::Unread(err)) => {
                    tracing::warn!(%err, "the log cannot be read; asking again");
                    if let Err(halt) = self.pause(AGAIN_AFTER).await {
                        break Err(halt);
                    }
                }
                ended => break ended,
            }
        };
        asking.abort();
        match followed {
            Err(Halt::Stopped) => self.leave(&mut keeper),
            other => other,
        }
    }

    /// Signs for what is there, so that whoever reads the folder next finds it whole.
    fn leave(&mut self, keeper: &mut Keeper<D>) -> Result<(), Halt> {
        self.seal(keeper)?;
        self.settle(keeper)
    }

    async fn follow(&mut self, keeper: &mut Keeper<D>) -> Result<(), Halt> {
        let mut records = self.log.follow(keeper.last);
        let (mut wanted, mut stop) = (self.shared.wanted.subscribe(), self.shared.stop.subscribe());
        // Since when there is something that is under no signature, and something that is not on disk as published.
        let (mut unsealed, mut unsettled) = (self.is_behind(keeper).then(Instant::now), Some(Instant::now()));
        loop {
            let due =
                [unsealed, unsettled].into_iter().flatten().min().map(|it| it + self.settings.seal_every);
            tokio::select! {
                biased;
                _ = stop.wait_for(|it| *it) => return Err(Halt::Stopped),
                Some(asked) = self.cosigned.recv() => {
                    let state = asked.map_err(Halt::Differs)?;
                    journal::add(&mut self.disk, &state.note)?;
                    self.shared.witnessed.send_replace(Some(state));
                    unsettled.get_or_insert_with(Instant::now);
                }
                chunk = records.next() => match chunk {
                    Some(chunk) => {
                        self.take(keeper, &chunk?)?;
                        unsealed.get_or_insert_with(Instant::now);
                    }
                    None => return Err(Halt::Stopped),
                },
                Ok(()) = wanted.changed() => {}
                () = until(due) => {}
            }
            let waited_for = *self.shared.wanted.borrow() > self.sealed_until();
            let every = self.settings.seal_every;
            let late = |since: Option<Instant>| since.is_some_and(|it| it.elapsed() >= every);
            if self.is_behind(keeper) && (waited_for || late(unsealed)) {
                self.seal(keeper)?;
                unsealed = None;
                unsettled.get_or_insert_with(Instant::now);
            }
            if late(unsettled) {
                self.settle(keeper)?;
                unsettled = None;
            }
        }
    }

    pub(super) fn take(&mut self, keeper: &mut Keeper<D>, chunk: &[Record]) -> Result<(), Halt> {
        chunk.iter().try_for_each(|it| keeper.take(it))?;
        keeper.place()?;
        self.shared.skew.send_replace(keeper.skew);
        let beyond = keeper.skew.largest().filter(|it| !it.is_within_bound());
        if let Some(StepBack { by_us, index }) = beyond.filter(|_| !self.skewed) {
            self.skewed = true;
            tracing::warn!(by_us, index, "an event was recorded long before one before it: mend the clocks");
        }
        Ok(())
    }

    /// The position of the last event that is signed for.
    fn sealed_until(&self) -> Option<Position> {
        self.shared.sealed.borrow().as_ref().and_then(|it| it.position)
    }

    fn is_behind(&self, keeper: &Keeper<D>) -> bool {
        let sealed = self.shared.sealed.borrow().as_ref().map(|it| it.head.size);
        self.settings.signer.is_some() && sealed != Some(keeper.edge.size())
    }

    /// Signs for the tree as it is, durably, and then says so.
    fn seal(&mut self, keeper: &Keeper<D>) -> Result<(), Halt> {
        let Some(signer) = self.settings.signer.as_ref().filter(|_| self.is_behind(keeper)) else {
            return Ok(());
        };
        let head = keeper.edge.head();
        let signed = Checkpoint::new(signer.verifier().name(), head).sign(signer);
        let note = signed.map_err(|err| Halt::Disk(io::Error::other(err)))?.to_string();
        journal::add(&mut self.disk, &note)?;
        let edge = keeper.edge.partial().into();
        let sealed = Arc::new(Sealed { head, position: keeper.last, note, edge });
        self.shared.sealed.send_replace(Some(sealed));
        self.gathered += 1;
        self.thin()
    }

    /// Drops checkpoints that later ones stand for, once many have gathered. Only where the record is what was signed.
    fn thin(&mut self) -> Result<(), Halt> {
        if self.gathered > self.settings.thin_after {
            journal::thin(&mut self.disk, self.settings.thin_after)?;
            self.gathered = 0;
        }
        Ok(())
    }

    /// Brings the files up to what is published.
    fn settle(&self, keeper: &mut Keeper<D>) -> Result<(), Halt> {
        let states = if self.settings.has_witnesses() { &self.shared.witnessed } else { &self.shared.sealed };
        let published = states.borrow().clone();
        let newest = self.shared.sealed.borrow().clone();
        if let Some(it) = newest.or_else(|| published.clone()) {
            let note = published.unwrap_or_else(|| it.clone());
            keeper.settle(&it.edge, &note.note)?;
        }
        Ok(())
    }

    pub(super) async fn pause(&mut self, long: Duration) -> Result<(), Halt> {
        tokio::select! {
            _ = self.stop.wait_for(|it| *it) => Err(Halt::Stopped),
            () = tokio::time::sleep(long) => Ok(()),
        }
    }
}

/// Resolves then; never, where there is nothing to wait for.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
