//! What pactline promises, one file per part, in one binary.
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
