//! One decision being taken: by one forum, on one text, under one rule.
mod close;
mod command;
mod decide;
mod event;
mod open;
mod rejection;
mod rule;
mod state;
mod voice;
mod vote;

pub use command::*;
pub use event::*;
pub use rejection::Rejection;
pub use rule::{count, passes};
pub use state::Consultation;

use super::citation::Reference;
use super::fact::Fact;
use super::{Decider, Given, Timestamp};

impl Decider for Consultation {
    const KIND: &'static str = "consultation";
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
