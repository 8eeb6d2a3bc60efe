//! The wiping of texts that should never have got into the record: asked for by one person, approved by another.
//!
//! One stream per event that something is wiped from, so that two redactions of one event cannot be under way at the
//! same time. The stream says who asked, who approved, why, and on what legal basis; the wiped texts are not in it.
mod command;
mod decide;
mod event;
mod field;
mod state;

pub use command::*;
pub use decide::Rejection;
pub use event::*;
pub use field::{BadField, Field, Part};
pub use state::{Pending, Redaction};

use super::citation::Reference;
use super::{Decider, Given, Timestamp};

impl Decider for Redaction {
    const KIND: &'static str = "redaction";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn cites(&self, command: &Command) -> Vec<Reference> {
        decide::cites(command)
    }
    fn decide(&self, command: Command, given: &Given) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command, given)
    }
    fn evolve(&mut self, event: &Event, _at: Timestamp) {
        state::evolve(self, event);
    }
}
