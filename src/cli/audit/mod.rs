//! `pactline audit`: proofs, and whether the record is what was signed.
use super::failure::Failure;
use super::place::Place;
use clap::{Args, Subcommand};

mod check;
mod checked;
mod consistency;
mod export;
mod fetch;
mod found;
mod prove;
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
    /// Prove that an event is on record, or a project with every event that it rests on
    Prove(prove::Prove),
    /// Say whether a proof holds: without a server, without data. Exit codes: 0 it does, 6 it does not, 7 something is
    /// missing that would show it, 2 the file is no proof
    Check(check::Check),
    /// Say whether one checkpoint goes on where another ended: that nothing between them was changed or lost
    Consistency(consistency::Between),
    /// Write all that is needed to verify the record elsewhere into a new folder
    Export(export::Export),
}

impl Audit {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        match self.what {
            What::Verify(it) => it.run(place).await,
            What::Prove(it) => it.run(place).await,
            What::Check(it) => it.run(place),
            What::Consistency(it) => it.run(place).await,
            What::Export(it) => it.run(place).await,
        }
    }
}
