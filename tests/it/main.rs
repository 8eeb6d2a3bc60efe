//! What pactline promises, one file per part, in one binary.
mod embedded;
mod given;
mod log;
mod tidy;
