//! How far the reactions got, in a file that can be deleted: everything is then asked again, which changes nothing.
use super::Trouble;
use crate::log::{Error, Log, Position};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The name of the file. Change it when a new reaction should look at the past.
const NAME: &str = "reactions-1.checkpoint";

/// Where it is kept.
#[derive(Debug, Clone)]
pub(super) struct Checkpoint {
    path: PathBuf,
}

impl Checkpoint {
    pub(super) fn of(dir: &Path) -> Self {
        Self { path: dir.join(NAME) }
    }

    /// The last event that was seen to, when the log still has it there; nothing else is worth keeping.
    pub(super) async fn read(&self, log: &dyn Log) -> Result<Option<Position>, Trouble> {
        let Some((position, event)) = std::fs::read_to_string(&self.path).ok().and_then(|it| parse(&it))
        else {
            return Ok(None);
        };
        if log.head().await? < Some(position) {
            return Ok(None);
        }
        let there = match log.event_at(position).await {
            // It is gone: whoever begins anew comes upon the damage, which is no reason not to serve what is left.
            Err(Error::Corrupt(_)) => None,
            there => there?,
        };
        Ok(there.filter(|it| it.id == event).map(|it| it.position))
    }

    /// Not flushed: after a loss of power an older one, or none, is as good.
    pub(super) fn write(&self, (position, event): (Position, Uuid)) -> Result<(), Trouble> {
        let beside = self.path.with_extension("new");
        let words = format!("{position} {event}\n");
        let written = std::fs::write(&beside, words).and_then(|()| std::fs::rename(&beside, &self.path));
        written.map_err(|err| Trouble::Checkpoint(format!("{}: {err}", self.path.display())))
    }
}

fn parse(words: &str) -> Option<(Position, Uuid)> {
    let (position, event) = words.trim().split_once(' ')?;
    Some((Position(position.parse().ok()?), event.parse().ok()?))
}
