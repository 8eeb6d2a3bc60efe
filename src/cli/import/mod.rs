//! `pactline import`: other people's files, or an exported log.
use super::failure::Failure;
use super::place::Place;
use clap::{Args, Subcommand};

mod file;
mod log;

/// What to take in.
#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Projects, from an export of UNINFO's interventions (CSV)
    Uninfo(file::Uninfo),
    /// Mandates and their provisions, from a secretariat's list (CSV)
    Mandates(file::Mandates),
    /// An exported log, into an empty folder, or one where the same import was cut short
    Log(log::ImportLog),
}

impl Import {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        match self.what {
            What::Uninfo(it) => it.run(place).await,
            What::Mandates(it) => it.run(place).await,
            What::Log(it) => it.run(place).await,
        }
    }
}
