//! What pactline promises, one file per part, in one binary.
// Clippy exempts test functions alone, not what they call; and nothing in a binary is reachable from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod consultation;
mod embedded;
mod given;
mod log;
mod meeting;
mod pact;
mod priority;
mod project;
mod recommendation;
mod tidy;
