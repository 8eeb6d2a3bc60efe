//! What pactline promises, one file per part, in one binary.
mod given;
mod priority;
mod project;
mod tidy;
