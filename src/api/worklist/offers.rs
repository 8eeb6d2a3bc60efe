//! Which tasks this server is about to give to somebody, so that its streams do not run for the same one.
//!
//! Only courtesy: that two workers never hold one task is the rules' to keep, also where several servers run.
use crate::log::Position;
use crate::views::worklist::Task;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use uuid::Uuid;

/// What all streams of one server share.
#[derive(Default)]
pub(super) struct Offers {
    /// Tasks being claimed, and tasks that were, with the position that the view must reach to know.
    taken: Mutex<HashMap<Uuid, Option<Position>>>,
    /// Moves when a task was not claimed after all.
    left: watch::Sender<()>,
}

impl Offers {
    /// How many tasks look free in the view and may not be.
    pub(super) fn count(&self) -> usize {
        self.taken().len()
    }

    /// Tells when a task that was taken may be free again.
    pub(super) fn left(&self) -> watch::Receiver<()> {
        self.left.subscribe()
    }

    /// Takes the first of `free`, as a view at `position` knows them, that nobody else is about to get.
    pub(super) fn take(self: &Arc<Self>, free: Vec<Task>, position: Option<Position>) -> Option<Offer> {
        let mut taken = self.taken();
        taken.retain(|_, claimed| claimed.is_none_or(|it| Some(it) > position));
        let task = free.into_iter().find(|it| !taken.contains_key(&it.id))?;
        taken.insert(task.id, None);
        Some(Offer { offers: self.clone(), task, claimed: None })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<Uuid, Option<Position>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task that one stream may claim. Dropped unclaimed, others may have it.
pub(super) struct Offer {
    offers: Arc<Offers>,
    pub(super) task: Task,
    claimed: Option<Position>,
}

impl Offer {
    /// It was claimed by the event at `position`.
    pub(super) fn claimed(&mut self, position: Position) {
        self.claimed = Some(position);
    }
}

impl Drop for Offer {
    fn drop(&mut self) {
        match self.claimed {
            Some(position) => drop(self.offers.taken().insert(self.task.id, Some(position))),
            None => {
                self.offers.taken().remove(&self.task.id);
                self.offers.left.send_replace(());
            }
        }
    }
}
