//! What pactline promises, one file per part, in one binary.
mod consultation;
mod given;
mod meeting;
mod pact;
mod recommendation;
mod embedded;
mod log;
mod given;
mod priority;
mod project;
mod recommendation;
mod tidy;
