//! How far the reactions got, for whoever waits and whoever watches.
use crate::log::Position;
use std::time::Duration;
use tokio::sync::watch;

/// How far the reactions got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last event whose consequences are on record; `None` before the first.
    pub position: Option<Position>,
    /// What keeps them from going on; they try again, unless they ended.
    pub trouble: Option<String>,
    /// Whether they ended.
    pub ended: bool,
}

/// Waits until what follows from the event at `wanted` is on record, but not longer than `longest`; whether it is.
pub(super) async fn wait(
    progress: &watch::Receiver<Progress>,
    wanted: Option<Position>,
    longest: Duration,
) -> bool {
    let mut progress = progress.clone();
    let arrived = progress.wait_for(|it| it.position >= wanted || it.ended);
    drop(tokio::time::timeout(longest, arrived).await);
    progress.borrow().position >= wanted
}
