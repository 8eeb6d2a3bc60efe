//! `pactline import`: other people's files, or an exported log.
use super::failure::Failure;
use super::place::Place;
use clap::{Args, Subcommand};

mod log;

/// What to take in.
#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// An exported log, into an empty folder, or one where the same import was cut short
    Log(log::ImportLog),
}

impl Import {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        match self.what {
            What::Log(it) => it.run(place).await,
        }
    }
}
