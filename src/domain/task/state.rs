//! Just enough memory of the past to decide the future.
use super::Event;
use crate::domain::Timestamp;
use crate::domain::fact::Fact;

/// As its events left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {}

pub(super) fn evolve(_state: &mut Task, _event: &Event, _at: Timestamp) {}

pub(super) fn attest(_state: &Task, _event: &Event, _at: Timestamp) -> Option<Fact> {
    None
}
