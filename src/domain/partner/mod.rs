//! A party to the initiative: admitted, observing, withdrawn, and the roles it holds.
mod command;
mod decide;
mod event;
mod keys;
mod state;

pub use command::*;
pub use decide::Rejection;
pub use event::*;
pub use keys::{Key, KeyFault, Keys, counts, evolve as evolve_keys, signed};
pub use state::Partner;

use super::citation::Reference;
use super::fact::Fact;
use super::{Decider, Given, Timestamp};

impl Decider for Partner {
    const KIND: &'static str = "partner";
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
