//! Whatever follows by itself: reactions to what happened and to what fell due, in a time that the stories set.
mod amended;
mod deadlines;
mod gates;
mod many;
mod program;
mod restarts;
mod stories;
mod terms;
pub(crate) mod world;
