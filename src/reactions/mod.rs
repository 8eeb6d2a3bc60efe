//! Whenever this happened, ask for that: what the pipeline does without being told.
//!
//! A reaction is pure and stateless: an event in, requests out. Whoever wrote the event knew the law and put into it
//! what the reaction needs. What a request asks for has ids that are derived from the event, so that asking it
//! again, after a crash or by another replica, changes nothing.
//!
//! Architecture invariant: only live events are reacted to. A stream that tells of the past says what happened;
//! nobody is to act on it now.
use crate::codec::{self, AnyEvent, CodecError, Meta};
use crate::domain::Timestamp;
use crate::domain::citation::{Citation, StreamName};
use crate::log::Record;

mod ask;
mod checkpoint;
mod citations;
mod endorsement;
mod found;
mod gate;
mod orders;
mod progress;
mod reactor;
mod reminders;
mod running;
mod settle;
mod take_up;
mod timer;
mod work;

pub use ask::{AnyCommand, Asked, Trouble};
pub use citations::flag_task;
pub use found::{Found, Those};
pub use orders::order_task;
pub use progress::Progress;
pub use reactor::Reactor;
pub use running::Reactions;
pub use take_up::take_up_task;
pub use timer::Timer;

/// The one list of reactions.
pub fn all() -> Vec<Box<dyn Reaction>> {
    vec![
        Box::new(endorsement::Endorsement),
        Box::new(take_up::TakeUp),
        Box::new(orders::Orders),
        Box::new(reminders::Reminders),
        Box::new(citations::Citations),
        Box::new(gate::Gate),
        Box::new(settle::Settle),
    ]
}

/// Whenever this happened, ask for that.
pub trait Reaction: Send + Sync + 'static {
    /// Names it in the ids of what it asks for. Never change it: what was asked for is recognised by it.
    fn name(&self) -> &'static str;

    /// What follows from `event`, always the same from the same one.
    fn react(&self, event: &Happened) -> Vec<Request>;
}

/// A live event.
#[derive(Debug, Clone)]
pub struct Happened {
    /// Which it is.
    pub citation: Citation,
    /// When it took effect.
    pub at: Timestamp,
    /// What happened.
    pub event: AnyEvent,
}

impl Happened {
    /// What `record` says, when it happened live; `None` when it tells of the past.
    pub fn live(record: &Record) -> Result<Option<Self>, CodecError> {
        let meta: Meta = codec::decode_meta(record)?;
        if meta.historical {
            return Ok(None);
        }
        let event = codec::decode_any(record)?;
        let stream =
            StreamName::try_from(record.stream.to_string()).map_err(|err| CodecError::Malformed {
                stream: record.stream.clone(),
                revision: record.revision,
                kind: record.kind.clone(),
                fault: err.to_string(),
            })?;
        let citation = Citation { event_id: record.id, stream, revision: record.revision };
        Ok(Some(Self { citation, at: meta.effective_at, event }))
    }

    /// Its stream.
    pub fn stream(&self) -> &StreamName {
        &self.citation.stream
    }
}

/// What a reaction asks for.
#[derive(Debug, Clone)]
pub enum Request {
    /// Ask this of the stream it belongs to.
    Ask(AnyCommand),
    /// Ask something of each of those, as they are once the event itself is taken into account.
    ForEach {
        /// Which.
        those: Those,
        /// What to ask of one; nothing where there is nothing to ask.
        ask: fn(&Found) -> Option<AnyCommand>,
    },
}
