//! Asks for what falls due, when it does.
//!
//! The deadlines are in the log, and in a view that can be deleted: there is no timer to lose. The command's id is
//! derived from the event that set the deadline, so that asking twice, after a crash or by two replicas, has one
//! effect. Whether it is time is judged by the rules, by the clock of the engine.
use super::{AnyCommand, Asked, Trouble};
use crate::domain::Timestamp;
use crate::domain::id::caused;
use crate::domain::text::PersonId;
use crate::domain::{consultation, priority, project, task};
use crate::engine::{CommandMeta, Engine};
use crate::log::Position;
use crate::views::deadlines::{self, Deadline, What};
use crate::views::{ViewError, Views};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::SignedDuration;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// How many are asked at the same time.
const ABREAST: usize = 256;
/// How many are looked up at a time.
const PAGE: usize = 4096;
/// How long what decided nothing is left alone; the view may not show yet that it is over.
const LEFT_ALONE: SignedDuration = SignedDuration::from_secs(60);
/// The longest sleep: a clock may jump forward meanwhile.
const SLEEP_MAX: Duration = Duration::from_secs(1);
/// How long to let deadlines gather after the view moved.
const GATHERING: Duration = Duration::from_millis(10);
/// How long to wait for the view to show what was recorded.
const VIEW_WAIT: Duration = Duration::from_secs(5);

/// The timer of one log.
pub struct Timer {
    engine: Engine,
    views: Views,
    /// What was asked, by its id, and until when it is left alone.
    asked: HashMap<Uuid, Timestamp>,
}

impl Timer {
    /// A timer over the deadlines of `views`.
    pub fn new(engine: Engine, views: Views) -> Self {
        Self { engine, views, asked: HashMap::new() }
    }

    /// Asks for everything that is due now and was not asked just before; how many that were.
    pub async fn step(&mut self) -> Result<usize, Trouble> {
        let now = self.engine.clock().now();
        self.asked.retain(|_, until| *until > now);
        let (mut count, mut recorded, mut after) = (0, None, None);
        loop {
            let (page, last) = deadlines::due(&self.views, now, after, PAGE).await?;
            let Some(last) = last else { break };
            after = Some(last);
            let new: Vec<Deadline> =
                page.into_iter().filter(|it| !self.asked.contains_key(&command_id(it))).collect();
            count += new.len();
            recorded = recorded.max(self.ask(new, now).await?);
        }
        if recorded.is_some() {
            self.views.wait(deadlines::NAME, recorded, VIEW_WAIT).await?;
        }
        Ok(count)
    }

    /// Asks for each until nothing more is due.
    pub async fn run_until_idle(&mut self) -> Result<(), Trouble> {
        while self.step().await? > 0 {}
        Ok(())
    }

    /// Sleeps until something is due and asks for it, until `stop`; ends early only with trouble that does not
    /// pass.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), Trouble> {
        let mut moved = self.views.progress(deadlines::NAME)?;
        loop {
            let wait = async {
                let sleep = self.step_and_look().await;
                if let Ok(sleep) = sleep {
                    // That the view stops is told by the next question to it.
                    drop(tokio::time::timeout(sleep, moved.changed()).await);
                    tokio::time::sleep(GATHERING).await;
                }
                sleep
            };
            let waited = tokio::select! {
                biased;
                _ = stop.wait_for(|it| *it) => return Ok(()),
                waited = wait => waited,
            };
            match waited {
                Ok(_) => {}
                Err(trouble) if trouble.is_passing() => {
                    tracing::warn!(%trouble, "the timer waits and tries again");
                    tokio::select! {
                        _ = stop.wait_for(|it| *it) => return Ok(()),
                        () = tokio::time::sleep(SLEEP_MAX) => {}
                    }
                }
                Err(trouble) => return Err(trouble),
            }
        }
    }

    /// Asks for what is due; how long it is until more is.
    async fn step_and_look(&mut self) -> Result<Duration, Trouble> {
        match self.views.wait(deadlines::NAME, None, VIEW_WAIT).await {
            // A view that is being built may take long, and shows the next ones when it is.
            Err(ViewError::Building { .. }) => return Ok(SLEEP_MAX),
            waited => waited?,
        }
        self.step().await?;
        let now = self.engine.clock().now();
        let next = deadlines::next(&self.views, now).await?;
        let until = next.and_then(|it| Duration::try_from(it.duration_since(now)).ok());
        Ok(until.map_or(SLEEP_MAX, |it| it.min(SLEEP_MAX)))
    }

    /// The last position that anything was recorded at.
    async fn ask(&mut self, due: Vec<Deadline>, now: Timestamp) -> Result<Option<Position>, Trouble> {
        let until = now.checked_add(LEFT_ALONE).unwrap_or(Timestamp::MAX);
        let engine = &self.engine;
        let asks = stream::iter(due).map(|it| async move {
            let id = command_id(&it);
            fire(engine, it).await.map(|at| (id, at))
        });
        let mut recorded = None;
        let mut answers = asks.buffer_unordered(ABREAST);
        while let Some((id, at)) = answers.try_next().await? {
            self.asked.insert(id, until);
            recorded = recorded.max(at);
        }
        Ok(recorded)
    }
}

/// The id of the command for a deadline: always the same one.
fn command_id(deadline: &Deadline) -> Uuid {
    caused(deadline.origin, deadline.what.kind(), 0)
}

async fn fire(engine: &Engine, deadline: Deadline) -> Result<Option<Position>, Trouble> {
    let causation_id = Some(deadline.origin);
    let meta = CommandMeta::now(command_id(&deadline), PersonId::program());
    let (stream, due_at) = (deadline.stream.clone(), deadline.due_at);
    match command(deadline).ask(engine, CommandMeta { causation_id, ..meta }).await? {
        Asked::Recorded(position) => Ok(Some(position)),
        Asked::Nothing => Ok(None),
        Asked::Refused { reason, because } => {
            tracing::warn!(%stream, %due_at, reason, because, "what is due was refused");
            Ok(None)
        }
    }
}

fn command(deadline: Deadline) -> AnyCommand {
    let id = deadline.stream.id();
    match deadline.what {
        What::Silence {} => AnyCommand::Consultation(id, consultation::Command::CloseConsultation),
        What::Stage { stage } => AnyCommand::Project(id, project::Command::ExpireStage { stage }),
        What::Report { stage, term } => {
            AnyCommand::Project(id, project::Command::ExpectReport { stage, term })
        }
        What::Review { priority, due_at } => {
            AnyCommand::Priority(id, priority::Command::ExpectReview { priority, due_at })
        }
        What::Overdue { .. } => AnyCommand::Task(id, task::Command::EscalateOverdue),
        What::Lease { worker, until } => AnyCommand::Task(id, task::Command::ExpireLease { worker, until }),
    }
}
