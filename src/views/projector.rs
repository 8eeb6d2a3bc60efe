//! Drives one view along the log: catches up, follows, rebuilds, all by the same path.
use super::progress::{State, Status};
use super::readers::Readers;
use super::reading::{Chunk, Reading};
use super::store::{self, Checkpoint, Store};
use super::{Seen, View, ViewError};
use crate::domain::Decider;
use crate::domain::redaction::Redaction;
use crate::log::{Log, Position, Record, conformance};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How many events one transaction takes at the most, give or take one chunk of the log's.
const BATCH: usize = 8192;
/// How long to let events gather after a commit at the end of the log: each commit costs every view a
/// transaction, and a lone event is still seen at once.
const GATHERING: Duration = Duration::from_millis(4);
/// How long to wait before asking a log again that could not answer.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Where a drive ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// After this event, or the last before it.
    Position(Position),
    /// Never.
    Stopped,
}

/// Why a drive ended before its end.
#[derive(Debug)]
pub(super) enum Halt {
    /// Texts were wiped from events that are taken into account already.
    Wiped,
    /// It was asked to, or the log was closed.
    Stopped,
    /// This event stopped it, or, without one, the file did.
    Failed(Option<Position>, ViewError),
}

impl From<ViewError> for Halt {
    fn from(err: ViewError) -> Self {
        Halt::Failed(None, err)
    }
}

/// The beginning of a transaction: the first events, what came before them, and where to end.
struct Batch {
    chunk: Arc<Chunk>,
    after: Option<Position>,
    end: Option<Position>,
}

/// One view, those who read its file, and the log it is made from.
pub(super) struct Projector {
    pub(super) view: Box<dyn View>,
    pub(super) readers: Arc<Readers>,
    pub(super) log: Arc<dyn Log>,
    /// What views that are built at the same time read together.
    pub(super) all: Option<Reading>,
    pub(super) progress: watch::Sender<Status>,
    pub(super) stop: watch::Receiver<bool>,
}

impl Projector {
    /// Runs until it is stopped or cannot go on, and leaves how it ended in its status.
    pub(super) async fn run(mut self) {
        let ended = match self.run_on().await {
            Ok(()) | Err(Halt::Stopped | Halt::Wiped) => State::Stopped,
            Err(Halt::Failed(at, err)) => {
                let view = self.view.name();
                let position = at.map(|it| it.0);
                tracing::error!(view, position, error = %err, "a view stopped; the next start tries again");
                State::Failed { at, error: err.to_string() }
            }
        };
        self.progress.send_modify(|it| it.state = ended);
    }

    async fn run_on(&mut self) -> Result<(), Halt> {
        let path = self.readers.path().to_owned();
        if let Err(err) = self.usable(&path).await {
            self.build(&path, &err).await?;
        }
        let mut ended = self.follow(&path).await;
        if let Err(Halt::Failed(_, err @ ViewError::Damaged(_))) = &ended {
            let damage = err.clone();
            self.build(&path, &damage).await?;
            ended = self.follow(&path).await;
        }
        while let Err(Halt::Wiped) = ended {
            // What was wiped is in this file still, and in whatever the view made of it.
            self.build(&path, &ViewError::Store("texts were wiped from the log".into())).await?;
            ended = self.follow(&path).await;
        }
        ended
    }

    async fn follow(&mut self, path: &Path) -> Result<(), Halt> {
        let store = Store::open(path, &*self.view)?;
        let position = store.checkpoint()?.map(|it| it.position);
        self.progress.send_modify(|it| {
            *it = Status { position, state: State::Following, readable: true, ..it.clone() };
        });
        self.drive(&store, Until::Stopped).await
    }

    /// Builds a new file beside the old one, as far as the log goes now, and puts it in its place.
    /// `because` says what is wrong with the old one.
    async fn build(&mut self, path: &Path, because: &ViewError) -> Result<(), Halt> {
        let view = self.view.name();
        if path.exists() {
            tracing::warn!(view, %because, "a view cannot be used as it is and is built again");
        }
        self.progress.send_modify(|it| *it = Status::begin(view));
        let beside = path.with_extension("db.building");
        self.view.forget();
        let store = Store::create(&beside, &*self.view)?;
        if let Some(head) = self.log.head().await.map_err(ViewError::from)? {
            match self.drive(&store, Until::Position(head)).await {
                // What was built before the event that stopped it can be shown; it stops there again.
                Err(Halt::Failed(Some(_), _)) | Ok(()) => {}
                Err(other) => return Err(other),
            }
        }
        store.finish(&beside, &*self.view)?;
        self.readers.clear();
        Ok(store::swap(&beside, path)?)
    }

    /// Whether there is a file of this view that was made from this log.
    async fn usable(&self, path: &Path) -> Result<(), ViewError> {
        let at = Store::open(path, &*self.view)?.checkpoint()?;
        match at {
            Some(at) => is_in(&*self.log, at).await,
            None => Ok(()),
        }
    }

    /// Takes every event after the file's checkpoint into account, one transaction per batch.
    pub(super) async fn drive(&mut self, store: &Store, until: Until) -> Result<(), Halt> {
        loop {
            match self.drive_on(store, until).await {
                Err(Halt::Failed(None, ViewError::Log(crate::log::Error::Unavailable(why)))) => {
                    tracing::warn!(view = self.view.name(), why, "the log cannot be read; asking again");
                    self.pause(AGAIN_AFTER).await?;
                }
                Err(Halt::Failed(Some(at), err)) => {
                    // What came before it in its batch is sound: take that, and no more.
                    let before = Until::Position(Position(at.0.saturating_sub(1)));
                    self.drive_on(store, before).await?;
                    return Err(Halt::Failed(Some(at), err));
                }
                ended => return ended,
            }
        }
    }

    async fn drive_on(&mut self, store: &Store, until: Until) -> Result<(), Halt> {
        let mut after = store.checkpoint()?.map(|it| it.position);
        let end = match until {
            Until::Position(end) => Some(end),
            Until::Stopped => None,
        };
        if end.is_some_and(|end| after >= Some(end)) {
            return Ok(());
        }
        // Taken in any case: others would wait for a view that has no need of it.
        let mut records = match (end, self.all.take()) {
            (Some(_), Some(all)) if after.is_none() => all,
            (Some(_), _) => Reading::of(self.log.read_all(after)),
            (None, _) => Reading::of(self.log.follow(after)),
        };
        while let Some(chunk) = self.next(&mut records).await? {
            store.begin()?;
            match self.batch(store, Batch { chunk, after, end }, &mut records).await {
                Ok(Some(last)) => after = Some(last),
                Ok(None) => return Ok(()),
                Err(Halt::Wiped) => return Err(Halt::Wiped),
                Err(halt) => {
                    self.view.forget();
                    store.roll_back()?;
                    return Err(halt);
                }
            }
            self.progress.send_modify(|it| it.position = after);
            if until == Until::Stopped {
                self.pause(GATHERING).await?;
            }
        }
        match end {
            Some(_) => Ok(()),
            None => Err(Halt::Stopped),
        }
    }

    /// Applies a chunk and what surely follows soon, and commits; the last position, or `None` at the end.
    async fn batch(
        &mut self,
        store: &Store,
        batch: Batch,
        records: &mut Reading,
    ) -> Result<Option<Position>, Halt> {
        let Batch { mut chunk, after, end } = batch;
        let (mut taken, mut last) = (0, None::<Checkpoint>);
        loop {
            taken += chunk.events.len();
            for seen in &chunk.events {
                if end.is_some_and(|end| seen.record.position > end) {
                    return self.commit(store, last).map(|()| None);
                }
                if Some(seen.record.position) > last.map_or(after, |it| Some(it.position)) {
                    if end.is_none() && is_wiping(&seen.record) {
                        self.commit(store, last)?;
                        return Err(Halt::Wiped);
                    }
                    self.apply(store, seen)?;
                    last = Some(Checkpoint::at(&seen.record));
                }
            }
            drop(chunk);
            let position = last.map_or(after, |it| Some(it.position));
            // At the end of the log the rows must be seen at once; before it, larger batches are faster.
            if taken >= BATCH || self.log.head_known().await.map_err(ViewError::from)? <= position {
                self.commit(store, last)?;
                return Ok(position);
            }
            match self.next(records).await? {
                Some(more) => chunk = more,
                None => return self.commit(store, last).map(|()| position),
            }
        }
    }

    fn apply(&mut self, store: &Store, seen: &Seen) -> Result<(), Halt> {
        if conformance::owns(&seen.record.stream) {
            return Ok(());
        }
        let applied = self.view.apply(&store.connection, seen);
        applied.map_err(|err| Halt::Failed(Some(seen.record.position), err))
    }

    fn commit(&mut self, store: &Store, last: Option<Checkpoint>) -> Result<(), Halt> {
        let Some(last) = last else { return Ok(store.roll_back()?) };
        self.view.settle(&store.connection)?;
        Ok(store.commit(last)?)
    }

    /// The next chunk; `None` at the end.
    async fn next(&mut self, records: &mut Reading) -> Result<Option<Arc<Chunk>>, Halt> {
        tokio::select! {
            biased;
            _ = self.stop.wait_for(|it| *it) => Err(Halt::Stopped),
            chunk = records.next() => Ok(chunk.transpose().map_err(ViewError::from)?),
        }
    }

    async fn pause(&mut self, long: Duration) -> Result<(), Halt> {
        tokio::select! {
            _ = self.stop.wait_for(|it| *it) => Err(Halt::Stopped),
            () = tokio::time::sleep(long) => Ok(()),
        }
    }
}

/// Whether texts were wiped from an earlier event before this one was recorded. Whoever begins to read after it is
/// recorded reads what is left.
fn is_wiping(record: &Record) -> bool {
    let kind = record.stream.split_once('-').map_or("", |(kind, _)| kind);
    kind == Redaction::KIND && &*record.kind == "RedactionCarriedOut"
}

/// Whether the event at a checkpoint is the one that the log has there.
async fn is_in(log: &dyn Log, at: Checkpoint) -> Result<(), ViewError> {
    let head = log.head().await?;
    if head < Some(at.position) {
        return Err(ViewError::Store("the file is ahead of the log".into()));
    }
    match log.event_at(at.position).await? {
        Some(record) if record.id == at.event => Ok(()),
        Some(_) | None => Err(ViewError::Store("the file was made from another log".into())),
    }
}
