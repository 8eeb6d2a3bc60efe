//! A recommendation: its text, the provisions it serves, and what became of it.
mod command;
mod decide;
mod endorse;
mod event;
mod state;

pub use command::*;
pub use decide::Rejection;
pub use endorse::acts;
pub use event::*;
pub use state::Recommendation;

use super::citation::Reference;
use super::fact::Fact;
use super::{Decider, Given, Timestamp};

impl Decider for Recommendation {
    const KIND: &'static str = "recommendation";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn cites(&self, command: &Command) -> Vec<Reference> {
        decide::cites(self, command)
    }
    fn decide(&self, command: Command, given: &Given) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command, given)
    }
    fn evolve(&mut self, event: &Event, at: Timestamp) {
        state::evolve(self, event, at);
    }
    fn attest(&self, event: &Event, at: Timestamp) -> Option<Fact> {
        state::attest(self, event, at)
    }
}
