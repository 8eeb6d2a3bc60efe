//! `pactline charter`: the law of a pipeline, checked, drawn, published, and put over what runs.
use super::failure::Failure;
use super::place::Place;
use clap::{Args, Subcommand};

mod check;
mod dot;
mod graph;
mod mermaid;
mod migrate;
mod publish;
mod said;
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
    /// Put what runs under another edition, one project at a time
    Migrate(migrate::Migrate),
}

impl Charter {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        match self.what {
            What::Check(it) => it.run(place),
            What::Show(it) => it.run(place).await,
            What::Publish(it) => it.run(place).await,
            What::Migrate(it) => it.run(place).await,
        }
    }
}
