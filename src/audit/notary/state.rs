//! How a notary is: what it knows of the record, and how far it signed.
use super::{Notary, Sealed, Verdict};
use crate::audit::skew::StepBack;
use std::sync::Arc;
use tokio::sync::watch;

/// How it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Whether the record is what was signed.
    pub verdict: Verdict,
    /// Why nothing more is signed though it does not differ; `None` while it goes on.
    pub stopped: Option<Arc<str>>,
    /// How many events are signed for; `None` when none ever were, or the record was not found to be what was signed.
    pub sealed: Option<u64>,
    /// How many a quorum of witnesses signed for.
    pub witnessed: Option<u64>,
    /// How far the times of the record go back at the most.
    pub step_back: Option<StepBack>,
}

impl Notary {
    /// How it is now.
    pub fn state(&self) -> State {
        let shared = &self.0.shared;
        let size = |it: &watch::Sender<Option<Arc<Sealed>>>| it.borrow().as_ref().map(|it| it.head.size);
        let verdict = shared.verdict.borrow().clone();
        let stopped = match verdict {
            Verdict::Differs(_) => None,
            Verdict::Comparing | Verdict::Sound | Verdict::Unknown(_) => shared.stopped.borrow().clone(),
        };
        let (sealed, witnessed) = (size(&shared.sealed), size(&shared.witnessed));
        State { verdict, stopped, sealed, witnessed, step_back: shared.skew.borrow().largest() }
    }
}
