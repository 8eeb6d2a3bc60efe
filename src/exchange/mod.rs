//! What comes in from other people's files: imports, and the demonstration that the examples tell.
//!
//! Architecture invariant: everything here goes through the same gRPC calls as any other client, so nothing that
//! is imported escapes the rules, and every command carries an id derived from what it was made of, so that
//! importing again records nothing.

pub mod demo;
mod desk;
pub mod mandates;
mod report;
pub mod uninfo;

pub use desk::Failed;
pub use report::{PartnerCountries, Rejected, Report, Totals};
