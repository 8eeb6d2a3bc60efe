//! `pactline audit`: proofs, and whether the record is what was signed.
use super::failure::Failure;
use super::place::Place;
use clap::{Args, Subcommand};

mod export;
mod found;
mod verify;

/// What to do.
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Compute everything again from the events, and name each that is not what was signed
    Verify(verify::Verify),
    /// Write all that is needed to verify the record elsewhere into a new folder
    Export(export::Export),
}

impl Audit {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        match self.what {
            What::Verify(it) => it.run(place),
            What::Export(it) => it.run(place),
        }
    }
}
