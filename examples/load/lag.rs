//! How far the views are behind the log, in time.
use crate::drive::{Measured, measured, waits};
use crate::history::Fallible;
use crate::server::Running;
use pactline::log::Position;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(1);

/// The last event that every view takes into account; `None` while one has not begun.
fn slowest(running: &Running) -> Option<Position> {
    running.views.status().iter().map(|it| it.position).min().flatten()
}

/// Waits until every view is where the log is now.
pub(crate) async fn settled(running: &Running) -> Fallible<()> {
    let head = running.engine.log().head().await?;
    for status in running.views.status() {
        running.views.wait(status.view, head, Duration::from_secs(600)).await?;
    }
    Ok(())
}

/// Notes where the log is, again and again for `span`, and how long the slowest view took to get there.
pub(crate) async fn watch(running: &Running, span: Duration) -> Fallible<Measured> {
    let (begin, mut waits, mut ahead) = (Instant::now(), waits()?, VecDeque::new());
    if running.views.status().is_empty() {
        return Ok(measured("views behind the log", 1, &waits, span));
    }
    while begin.elapsed() < span || !ahead.is_empty() {
        tokio::time::sleep(EVERY).await;
        let head = running.engine.log().head().await?;
        let now = Instant::now();
        if begin.elapsed() < span && ahead.back().is_none_or(|(last, _)| *last < head) {
            ahead.push_back((head, now));
        }
        let found = slowest(running);
        while let Some((_, since)) = ahead.front().copied().filter(|(wanted, _)| found >= *wanted) {
            ahead.pop_front();
            waits.record((now - since).as_nanos() as u64)?;
        }
    }
    Ok(measured("views behind the log", 1, &waits, span))
}
