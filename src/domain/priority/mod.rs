//! A ranked list of priorities for one period; ranks are unique because the list is one stream.
mod command;
mod decide;
mod event;
mod rejection;
mod state;

pub use command::*;
pub use event::*;
pub use rejection::Rejection;
pub use state::PriorityList;

use super::citation::Reference;
use super::fact::Fact;
use super::{Decider, Given, Timestamp};

impl Decider for PriorityList {
    const KIND: &'static str = "priority";
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
