//! A technical assistance project, from proposal to verified results.
mod amend;
mod category;
mod citations;
mod command;
mod decide;
mod event;
mod funds;
mod gate;
mod ledger;
mod noted;
mod part;
mod propose;
mod rejection;
mod rests;
mod results;
mod review;
mod stages;
mod state;
mod who;

pub use command::*;
pub use event::*;
pub use gate::*;
pub use ledger::*;
pub use part::*;
pub use rejection::Rejection;
pub use state::{End, Project, Stay};
pub use who::*;

use super::citation::Reference;
use super::fact::Fact;
use super::{Decider, Given, Timestamp};

impl Decider for Project {
    const KIND: &'static str = "project";
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
