//! The notary's one task: compare first, then follow the log, sign, publish.
use super::compare::{Compared, compare};
use super::disk::Disk;
use super::fence::Fence;
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
/// How long the last signature may take.
const LEAVING_MAX: Duration = Duration::from_secs(5);

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
    /// It may not sign any more, though nothing says that the record is not what was signed.
    Fenced(String),
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
    /// What holds it to what other servers published; `None` where there are none.
    pub(super) fence: Option<Fence>,
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
        let (stop, fence) = (shared.stop.subscribe(), Fence::of(&*log, &settings));
        let (dir, gathered, skewed) = (dir.to_owned(), 0, false);
        Self { disk, dir, log, settings, shared, stop, cosigned, cosigner, fence, gathered, skewed }
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
            Err(Halt::Fenced(why)) => {
                tracing::error!(why, "nothing more is signed here");
                self.shared
                    .verdict
                    .send_if_modified(|it| std::mem::replace(it, Verdict::Sound) != Verdict::Sound);
                why
            }
            Err(Halt::Disk(err)) => {
                tracing::error!(%err, "the notary stopped; the next start tries again");
                format!("its files cannot be read or written: {err}; make room or mend that, and start again")
            }
        };
        self.shared.end(why.into());
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
        let (sealed, fenced) = match self.meet(&mut keeper, sealed.clone()).await {
            Err(Halt::Fenced(why)) => (sealed, Some(why)),
            met => (met?, None),
        };
        let cosigner = cosigning::greet(self, sealed.as_ref()).await?;
        self.shared.verdict.send_replace(Verdict::Sound);
        self.shared.sealed.send_replace(sealed);
        self.shared.witnessed.send_replace(witnessed);
        if let Some(why) = fenced {
            // What was signed here before is still shown.
            return Err(Halt::Fenced(why));
        }
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
            Err(Halt::Stopped) => self.leave(&mut keeper).await,
            other => other,
        }
    }

    /// Signs for what is there, so that whoever reads the folder next finds it whole.
    async fn leave(&mut self, keeper: &mut Keeper<D>) -> Result<(), Halt> {
        let late = |_| Halt::Unread(Error::Unavailable("no answer in time".into()));
        match tokio::time::timeout(LEAVING_MAX, self.seal(keeper)).await.map_err(late).flatten() {
            Err(Halt::Unread(err)) => {
                tracing::warn!(%err, "what came last is to be signed by the next start")
            }
            sealed => sealed?,
        }
        self.settle(keeper)
    }

    async fn follow(&mut self, keeper: &mut Keeper<D>) -> Result<(), Halt> {
        let mut records = self.log.follow(keeper.last);
        let (mut wanted, mut stop) = (self.shared.wanted.subscribe(), self.shared.stop.subscribe());
        // Since when there is something that is under no signature, and something that is not on disk as published.
        let (mut unsealed, mut unsettled) = (self.is_behind(keeper).then(Instant::now), Some(Instant::now()));
        loop {
            let every = self.settings.seal_every;
            let patience = self.fence.as_ref().map_or(every, |it| it.patience(every));
            let due = [unsealed.map(|it| it + patience), unsettled.map(|it| it + every)];
            let due = due.into_iter().flatten().min();
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
            let late = |since: Option<Instant>, by| since.is_some_and(|it| it.elapsed() >= by);
            // What somebody waits for may be yet to come.
            let waited_for = self.is_waited_for() && keeper.last >= *self.shared.wanted.borrow();
            if self.is_behind(keeper) && (waited_for || late(unsealed, patience)) {
                let last = keeper.last;
                tokio::select! {
                    biased;
                    _ = stop.wait_for(|it| *it) => return Err(Halt::Stopped),
                    sealed = self.seal(keeper) => sealed?,
                }
                if keeper.last != last {
                    records = self.log.follow(keeper.last);
                }
                unsealed = self.is_behind(keeper).then(Instant::now);
                unsettled.get_or_insert_with(Instant::now);
            }
            if late(unsettled, every) {
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

    /// Whether anybody waits for more than is signed for.
    pub(super) fn is_waited_for(&self) -> bool {
        *self.shared.wanted.borrow() > self.sealed_until()
    }

    fn is_behind(&self, keeper: &Keeper<D>) -> bool {
        let sealed = match &self.fence {
            Some(fence) => fence.size,
            None => self.shared.sealed.borrow().as_ref().map(|it| it.head.size),
        };
        self.settings.signer.is_some() && sealed != Some(keeper.edge.size())
    }

    /// Signs for the tree as it is, durably, and then says so; where several servers share the log, as far as one of
    /// them did not.
    async fn seal(&mut self, keeper: &mut Keeper<D>) -> Result<(), Halt> {
        if self.fence.is_some() {
            return self.publish(keeper).await;
        }
        let sealed = self.sign(keeper)?;
        sealed.map_or(Ok(()), |it| self.show(Arc::new(it)))
    }

    /// Signs for the tree as it is, where nobody did.
    pub(super) fn sign(&self, keeper: &Keeper<D>) -> Result<Option<Sealed>, Halt> {
        let Some(signer) = self.settings.signer.as_ref().filter(|_| self.is_behind(keeper)) else {
            return Ok(None);
        };
        let head = keeper.edge.head();
        let signed = Checkpoint::new(signer.verifier().name(), head).sign(signer);
        let note = signed.map_err(|err| Halt::Disk(io::Error::other(err)))?.to_string();
        let edge = keeper.edge.partial().into();
        Ok(Some(Sealed { head, position: keeper.last, note, edge }))
    }

    /// Shows what was signed, once it is on the list, to those who wait, unless they have seen more.
    pub(super) fn show(&mut self, sealed: Arc<Sealed>) -> Result<(), Halt> {
        let seen = self.shared.sealed.borrow().as_ref().map(|it| it.head.size);
        if seen < Some(sealed.head.size) {
            self.keep(&sealed)?;
            self.shared.sealed.send_replace(Some(sealed));
            self.thin()?;
        }
        Ok(())
    }

    pub(super) fn keep(&mut self, sealed: &Sealed) -> Result<(), Halt> {
        journal::add(&mut self.disk, &sealed.note)?;
        self.gathered += 1;
        Ok(())
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
