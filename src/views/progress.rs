//! How far a view got, for whoever waits and whoever watches.
use super::ViewError;
use crate::log::Position;
use std::time::Duration;
use tokio::sync::watch;

/// What a view is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It reads the log from the start; there is nothing to show yet.
    Building,
    /// It follows the log.
    Following,
    /// An event stopped it; the next start tries again. What it has is still shown.
    Failed {
        /// Where.
        at: Option<Position>,
        /// Why.
        error: String,
    },
    /// It was asked to stop, or the log was closed.
    Stopped,
}

/// How far one view got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Which view.
    pub view: &'static str,
    /// The last event that it takes into account; `None` before the first.
    pub position: Option<Position>,
    /// What it is doing.
    pub state: State,
    /// Whether its file can be read.
    pub readable: bool,
}

impl Status {
    pub(super) fn begin(view: &'static str) -> Self {
        Self { view, position: None, state: State::Building, readable: false }
    }

    fn reached(&self, wanted: Option<Position>) -> bool {
        self.readable && self.position >= wanted
    }

    fn over(&self) -> bool {
        matches!(self.state, State::Failed { .. } | State::Stopped)
    }
}

/// Waits until the view takes `wanted` into account and can be read.
pub(super) async fn wait(
    progress: &watch::Sender<Status>,
    wanted: Option<Position>,
    longest: Duration,
) -> Result<(), ViewError> {
    let mut progress = progress.subscribe();
    let arrived = progress.wait_for(|it| it.reached(wanted) || it.over());
    // Past the deadline, the answer is where the view is now.
    drop(tokio::time::timeout(longest, arrived).await);
    let now = progress.borrow().clone();
    if now.reached(wanted) { Ok(()) } else { Err(missed(now, wanted)) }
}

fn missed(now: Status, wanted: Option<Position>) -> ViewError {
    let view = now.view.to_owned();
    match (now.state, wanted) {
        (State::Failed { error, .. }, _) => ViewError::Stopped { view, error },
        (State::Stopped, _) => ViewError::Stopped { view, error: "the service is stopping".into() },
        (State::Following, Some(wanted)) => ViewError::Behind { view, found: now.position, wanted },
        (State::Following | State::Building, _) => ViewError::Building { view, found: now.position },
    }
}
