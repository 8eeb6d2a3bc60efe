//! Decisions that partners sign: nobody else can make them, and nobody can make them mean something else.
mod envelopes;
mod files;
mod history;
mod keys;
mod program;
mod redacting;
mod rules;
mod sending;
mod world;
pub(crate) use world::public;
