//! What pactline promises, one file per part, in one binary.
// Clippy exempts test functions alone, not what they call; and nothing in a binary is reachable from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "nothing here is published, and a broken promise stops a test wherever it is noticed"
)]
mod charter;
mod consultation;
mod embedded;
mod given;
mod log;
mod meeting;
mod pact;
mod engine;
mod evidence;
mod folds;
mod given;
mod log;
mod mandate;
mod meeting;
mod pact;
mod partner;
mod priority;
mod project;
mod recommendation;
mod task;
mod tidy;
mod words;
