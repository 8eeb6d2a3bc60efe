//! Of which moment a question is, and what an answer takes into account.
use super::{AsOf, ViewError, Views};
use crate::codec::Meta;
use crate::domain::Timestamp;
use crate::log::{Position, Record};
use std::time::Duration;

/// What every question says besides what it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// As of when.
    pub as_of: AsOf,
    /// What must be taken into account first: read your own writes.
    pub after: Option<Position>,
    /// How long to wait for that.
    pub longest: Duration,
}

impl Ask {
    /// About now, with what is there.
    pub const NOW: Ask = Ask { as_of: AsOf::Now, after: None, longest: Duration::from_secs(5) };

    /// The same as of `as_of`.
    pub fn as_of(self, as_of: AsOf) -> Self {
        Self { as_of, ..self }
    }

    /// The same once `after` is taken into account.
    pub fn after(self, after: Position) -> Self {
        Self { after: Some(after), ..self }
    }

    /// Waits until `view` can answer. A position asked for is waited for too: it may be on its way.
    pub async fn wait(&self, views: &Views, view: &str) -> Result<(), ViewError> {
        let past = match self.as_of {
            AsOf::Position(position) => Some(position),
            AsOf::Now | AsOf::RecordedAt(_) | AsOf::EffectiveAt(_) => None,
        };
        views.wait(view, self.after.max(past), self.longest).await
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered<T> {
    /// What was found.
    pub found: T,
    /// The last event that is taken into account; `None` when there is none.
    pub position: Option<Position>,
}

/// The events that an answer takes into account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// As of when.
    pub as_of: AsOf,
    /// The last event that the view had when it was asked.
    pub position: Option<Position>,
}

impl Horizon {
    /// What `as_of` lets see of a view that is at `position`.
    pub fn new(as_of: AsOf, position: Option<Position>) -> Self {
        match as_of {
            // As of its last event is now.
            AsOf::Position(it) if Some(it) >= position => Self { as_of: AsOf::Now, position },
            AsOf::Position(it) => Self { as_of, position: Some(it) },
            AsOf::Now | AsOf::RecordedAt(_) | AsOf::EffectiveAt(_) => Self { as_of, position },
        }
    }

    /// Whether an event is taken into account.
    pub fn takes(&self, record: &Record, meta: &Meta) -> bool {
        self.takes_at(record.position, record.recorded_at, meta.effective_at)
    }

    /// The same by an event's place and times.
    pub fn takes_at(&self, position: Position, recorded: Timestamp, effective: Timestamp) -> bool {
        let within = match self.as_of {
            AsOf::Now | AsOf::Position(_) => true,
            AsOf::RecordedAt(at) => recorded <= at,
            AsOf::EffectiveAt(at) => effective <= at,
        };
        within && Some(position) <= self.position
    }
}
