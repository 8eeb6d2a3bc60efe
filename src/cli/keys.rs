//! `pactline keys`: makes the keys that sign.
use super::failure::Failure;
use super::out;
use super::place::Place;
use crate::audit::{KeyKind, keys};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

/// What to do with keys.
#[derive(Debug, Args)]
pub(super) struct Keys {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a key in a new file that only its owner can read, and print the key that others check with
    Generate(Generate),
}

#[derive(Debug, Args)]
struct Generate {
    /// The file to make, which must not be there yet
    file: PathBuf,
    /// The name of the log or witness, such as `pacts.example.org/paris`: what is signed is signed under it
    #[arg(long)]
    name: String,
    /// For a witness, which signs for other people's logs
    #[arg(long)]
    witness: bool,
}

impl Keys {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let What::Generate(it) = self.what;
        let kind = if it.witness { KeyKind::Witness } else { KeyKind::Log };
        let key = keys::generate(&it.name, kind);
        let key = key.map_err(|err| Failure::usage(err.to_string()).about("--name"))?;
        keys::write(&it.file, &key).map_err(|err| Failure::from(err).about(it.file.display()))?;
        if place.json {
            let file = it.file.display().to_string();
            return Ok(out::json(
                &json!({"file": file, "key": key.verifier().to_string(), "name": it.name}),
            )?);
        }
        Ok(out::line(key.verifier())?)
    }
}
