//! Work for a person or a service, held under a lease.
mod command;
mod decide;
mod event;
mod state;

pub use command::*;
pub use decide::{LEASE_MS_MAX, LEASE_MS_MIN, Rejection};
pub use event::*;
pub use state::{Lease, Task};

use super::citation::Reference;
use super::fact::Fact;
use super::{Decider, Given, Timestamp};

impl Decider for Task {
    const KIND: &'static str = "task";
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
