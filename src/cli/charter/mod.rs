//! `pactline charter`: the law of a pipeline, checked, drawn and published.
use super::failure::Failure;
use super::place::Place;
use clap::{Args, Subcommand};

mod check;
mod dot;
mod graph;
mod mermaid;
mod publish;
mod show;
mod source;
mod terminal;

/// What to do with a charter.
#[derive(Debug, Args)]
pub(super) struct Charter {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say everything that is wrong with a charter's text, and where
    Check(check::Check),
    /// Draw forums, stages, gates, deadlines and tasks
    Show(show::Show),
    /// Publish a charter's text as its next edition
    Publish(publish::Publish),
}

impl Charter {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        match self.what {
            What::Check(it) => it.run(place),
            What::Show(it) => it.run(place).await,
            What::Publish(it) => it.run(place).await,
        }
    }
}
