//! What a project may do, and when.
mod beginning;
mod citing;
mod fulfilling;
mod funds;
mod gates;
mod ledger;
mod noted;
mod properties;
mod results;
mod reviewing;
mod signing;
mod stages;
pub mod world;
