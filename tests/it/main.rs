//! What pactline promises, one file per part, in one binary.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "nothing here is published, and a broken promise stops a test wherever it is noticed"
)]
mod audit;
mod charter;
mod cli;
mod clock;
mod codec;
mod commands;
mod consultation;
mod convert;
mod demo;
mod embedded;
mod endorsement;
mod engine;
mod evidence;
mod exchange;
mod folds;
mod given;
mod history;
#[cfg(feature = "kurrent")]
mod kurrent;
mod law;
mod log;
mod mandate;
mod meeting;
mod overtaken;
mod pact;
mod partner;
mod people;
mod priority;
mod program;
mod project;
mod proto;
mod proven;
mod reactions;
mod recommendation;
mod redacting;
mod redaction;
mod register;
mod review;
mod scrutiny;
mod server;
mod signing;
mod simulation;
mod task;
mod tidy;
mod told;
mod trace;
mod views;
mod wire;
mod words;
mod worklist;
