//! What a trace says, and when: by the stories of one small initiative, and against a closure made by hand.
mod asked;
mod closure;
mod verdicts;
pub(crate) mod world;
