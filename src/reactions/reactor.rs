//! Follows the log and asks for what follows from each event.
//!
//! What one stream is asked for is asked in the order of the log; different streams side by side.
use super::checkpoint::Checkpoint;
use super::found::find;
use super::{AnyCommand, Asked, Happened, Progress, Reaction, Request, Trouble};
use crate::domain::citation::StreamName;
use crate::domain::id::caused;
use crate::domain::text::PersonId;
use crate::engine::{CommandMeta, Engine};
use crate::log::{Position, Record, Records};
use crate::views::Views;
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeMap;
use std::future::ready;
use std::path::Path;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

/// How many streams are asked at the same time.
const LANES: usize = 64;
/// How long to wait before trying again what did not work.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How often the place is written down while the log is followed: each time is a write and a name in the file system, for
/// which the log's next flush would have to wait. What came since is asked again after a crash, which changes nothing.
const KEPT_EVERY: Duration = Duration::from_secs(1);

/// A command, and who asks for it because of what.
type Ask = (AnyCommand, CommandMeta);

/// Every reaction on one log.
pub struct Reactor {
    engine: Engine,
    views: Views,
    reactions: Vec<Box<dyn Reaction>>,
    checkpoint: Checkpoint,
    position: Option<Position>,
    /// The last event that was seen to, as long as that is not written down.
    unkept: Option<(Position, Uuid)>,
    progress: watch::Sender<Progress>,
}

impl Reactor {
    /// Goes on from where `dir` says it was; from the beginning where it does not.
    pub async fn open(
        dir: &Path,
        engine: Engine,
        views: Views,
        reactions: Vec<Box<dyn Reaction>>,
    ) -> Result<Self, Trouble> {
        std::fs::create_dir_all(dir)
            .map_err(|err| Trouble::Checkpoint(format!("{}: {err}", dir.display())))?;
        let checkpoint = Checkpoint::of(dir);
        let position = checkpoint.read(&**engine.log()).await?;
        let progress = watch::Sender::new(Progress { position, ..Progress::default() });
        Ok(Self { engine, views, reactions, checkpoint, position, unkept: None, progress })
    }

    /// How far it got, now and from now on.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Sees to what is in the log now; the last event that it has seen to.
    pub async fn catch_up(&mut self) -> Result<Option<Position>, Trouble> {
        let mut records = self.engine.log().read_all(self.position);
        while let Some(chunk) = records.try_next().await? {
            self.take(&chunk).await?;
            self.keep()?;
        }
        Ok(self.position)
    }

    /// Sees to what is in the log and to what follows from that, until nothing more does.
    pub async fn run_until_idle(&mut self) -> Result<(), Trouble> {
        while self.engine.log().head().await? > self.position {
            self.catch_up().await?;
        }
        Ok(())
    }

    /// Follows the log until `stop`; ends early only with trouble that does not pass.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), Trouble> {
        loop {
            let mut records = self.engine.log().follow(self.position);
            let trouble = tokio::select! {
                biased;
                _ = stop.wait_for(|it| *it) => return self.keep(),
                followed = self.follow(&mut records) => followed,
            };
            match trouble {
                Ok(()) => return Ok(()),
                Err(trouble) if trouble.is_passing() => self.troubled(&trouble),
                Err(trouble) => {
                    self.progress.send_modify(|it| {
                        (it.trouble, it.ended) = (Some(trouble.to_string()), true);
                    });
                    return Err(trouble);
                }
            }
            tokio::select! {
                _ = stop.wait_for(|it| *it) => return self.keep(),
                () = tokio::time::sleep(AGAIN_AFTER) => {}
            }
        }
    }

    fn troubled(&self, trouble: &Trouble) {
        tracing::warn!(%trouble, "reactions wait and try again");
        self.progress.send_modify(|it| it.trouble = Some(trouble.to_string()));
    }

    async fn follow(&mut self, records: &mut Records) -> Result<(), Trouble> {
        let mut pulse = tokio::time::interval(KEPT_EVERY);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = pulse.tick(), if self.unkept.is_some() => self.keep()?,
                chunk = records.try_next() => match chunk? {
                    Some(chunk) => self.take(&chunk).await?,
                    None => return self.keep(),
                },
            }
        }
    }

    /// Writes down how far it got.
    fn keep(&mut self) -> Result<(), Trouble> {
        self.unkept.take().map_or(Ok(()), |last| self.checkpoint.write(last))
    }

    /// Sees to a chunk of the log. Dropped half way, it is seen to again.
    async fn take(&mut self, chunk: &[Record]) -> Result<(), Trouble> {
        let Some(last) = chunk.last() else { return Ok(()) };
        let mut lanes = Lanes::default();
        for record in chunk {
            self.follows_from(record, &mut lanes).await?;
        }
        lanes.ask(&self.engine).await?;
        self.position = Some(last.position);
        self.unkept = Some((last.position, last.id));
        let position = self.position;
        self.progress.send_modify(|it| *it = Progress { position, ..Progress::default() });
        Ok(())
    }

    /// Puts what follows from `record` into `lanes`.
    async fn follows_from(&self, record: &Record, lanes: &mut Lanes) -> Result<(), Trouble> {
        let Some(happened) = Happened::live(record)? else { return Ok(()) };
        for reaction in &self.reactions {
            for (request, n) in reaction.react(&happened).into_iter().zip(0..) {
                let id = caused(record.id, reaction.name(), n);
                match request {
                    Request::Ask(command) => lanes.put(command, because_of(&happened, id)),
                    Request::ForEach { those, ask } => {
                        // What followed from the events before this one is among those that are looked for.
                        let asked = lanes.ask(&self.engine).await?;
                        let position = asked.map_or(record.position, |it| it.max(record.position));
                        for found in find(&self.views, position, those, happened.at).await? {
                            let meta = because_of(&happened, found.command_id(id));
                            if let Some(command) = ask(&found) {
                                lanes.put(command, meta);
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// What is to be asked, by stream.
#[derive(Default)]
struct Lanes(BTreeMap<StreamName, Vec<Ask>>);

impl Lanes {
    fn put(&mut self, command: AnyCommand, meta: CommandMeta) {
        self.0.entry(command.stream()).or_default().push((command, meta));
    }

    /// Asks for all of it; the last position that anything was recorded at.
    async fn ask(&mut self, engine: &Engine) -> Result<Option<Position>, Trouble> {
        let lanes = std::mem::take(&mut self.0).into_values();
        let lanes = stream::iter(lanes.map(|lane| in_turn(engine, lane)));
        lanes.buffer_unordered(LANES).try_fold(None, |last, it| ready(Ok(it.max(last)))).await
    }
}

async fn in_turn(engine: &Engine, lane: Vec<Ask>) -> Result<Option<Position>, Trouble> {
    let mut last = None;
    for (command, meta) in lane {
        let (stream, cause) = (command.stream(), meta.causation_id);
        match command.ask(engine, meta).await? {
            Asked::Recorded(position) => last = last.max(Some(position)),
            Asked::Nothing => {}
            Asked::Refused { reason, because } => {
                tracing::debug!(%stream, ?cause, reason, because, "what was to follow was refused");
            }
        }
    }
    Ok(last)
}

/// What follows takes effect no earlier than what it follows from, which may have happened by a clock that is ahead.
fn because_of(happened: &Happened, command_id: Uuid) -> CommandMeta {
    let (causation_id, not_before) = (Some(happened.citation.event_id), Some(happened.at));
    CommandMeta { causation_id, not_before, ..CommandMeta::now(command_id, PersonId::program()) }
}
