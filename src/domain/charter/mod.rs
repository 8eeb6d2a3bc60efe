//! The law of a pipeline, published in numbered editions.
mod check;
mod command;
mod decide;
mod event;
mod fraction;
mod law;
mod parse;
mod read;
mod state;
mod words;

pub use check::{Fault, faults};
pub use command::*;
pub use decide::Rejection;
pub use event::*;
pub use fraction::{BadFraction, Fraction};
pub use law::*;
pub use parse::{ParseFault, check_text, parse};
pub use state::{Charter, charter_id};

use super::citation::Reference;
use super::fact::Fact;
use super::{Decider, Given, Timestamp};

impl Decider for Charter {
    const KIND: &'static str = "charter";
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
