//! `pactline audit export`: all that is needed to verify the record elsewhere, in a folder of its own.
use super::fetch::fetch;
use super::found::EVENTS;
use crate::audit::keys;
use crate::audit::verify::{Examination, Measure};
use crate::cli::failure::{Exit, Failure};
use crate::cli::line::Line;
use crate::cli::out;
use crate::cli::place::{Connection, Place};
use crate::log::{Salvage, Salvaged};
use clap::Args;
use serde_json::json;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What the folder says about itself.
const ABOUT: &str = include_str!("export.txt");
/// What is taken over as it is; never the key that signs.
const TAKEN: &[&str] = &["tile", "checkpoint", "checkpoints", "keys"];

/// Where to.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The folder to make, which must not be there yet
    folder: PathBuf,
}

impl Export {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let events = match place.server().await? {
            Some(server) => self.fetched(server).await?,
            None => self.taken(place)?,
        };
        fs::write(self.folder.join("README.txt"), ABOUT)?;
        if place.json {
            return Ok(out::json(&json!({"folder": self.folder.display().to_string(), "events": events}))?);
        }
        let said = format!("{events} events and their proofs are in {}", self.folder.display());
        out::line(said)?;
        Ok(out::line(format_args!("next: pactline audit verify {}", self.folder.display()))?)
    }

    /// What a server signs for; how many events that is.
    async fn fetched(&self, server: Connection) -> Result<u64, Failure> {
        fs::create_dir(&self.folder).map_err(|err| Failure::from(err).about(self.folder.display()))?;
        let events = fetch(&server.channel, &self.folder).await;
        server.close().await?;
        events
    }

    /// What is signed for in the data folder; how many events that is.
    fn taken(&self, place: &Place) -> Result<u64, Failure> {
        let tree = place.data.join("audit");
        if place.is_shared() {
            return Err(Failure::usage("the log is on a server of its own")
                .hint("ask the server that signs for it: pactline --server URL audit export DIR"));
        }
        if !tree.join("checkpoint").exists() {
            return Err(Failure::unavailable(format!("nothing was signed in {}", place.data.display()))
                .hint("pactline serve signs for what is on record"));
        }
        let about = |err: io::Error| Failure::from(err).about(self.folder.display());
        fs::create_dir(&self.folder).map_err(about)?;
        let events = self.events(place)?;
        for name in TAKEN {
            copy(&tree.join(name), &self.folder.join(name)).map_err(about)?;
        }
        fs::write(self.folder.join("policy"), policy(&tree)?).map_err(about)?;
        Ok(events)
    }

    /// Writes the events that are signed for; how many.
    fn events(&self, place: &Place) -> Result<u64, Failure> {
        let tree = place.data.join("audit");
        let text = fs::read_to_string(tree.join("keys"))?;
        let keys = keys::list(&text).map_err(Failure::tampered)?;
        let size = Examination::new(&Measure { tree, keys, policy: None, kept: Vec::new() }).size();
        let mut salvage = Salvage::open(&place.data, size)?;
        let mut file = BufWriter::with_capacity(1 << 20, File::create_new(self.folder.join(EVENTS))?);
        let bar = out::progress(size, "exporting");
        let mut events = 0;
        while events < size {
            let some = salvage.read();
            if some.is_empty() {
                break;
            }
            for it in some.iter().take(usize::try_from(size - events).unwrap_or(usize::MAX)) {
                write(&mut file, it)?;
                events += 1;
            }
            bar.set_position(events);
        }
        bar.finish_and_clear();
        file.into_inner().map_err(|err| err.into_error())?.sync_all()?;
        Ok(events)
    }
}

fn write(file: &mut impl Write, found: &Salvaged) -> Result<(), Failure> {
    let damaged = |why: String| {
        Failure::new(Exit::Corrupt, why).hint("pactline audit verify names everything that is damaged")
    };
    match found {
        Salvaged::Event(record) => {
            let line = Line::of(record).map_err(damaged)?;
            serde_json::to_writer(&mut *file, &line).map_err(io::Error::from)?;
            Ok(file.write_all(b"\n")?)
        }
        Salvaged::Unreadable { why, .. } => Err(damaged(why.clone())),
    }
}

/// The keys and witnesses that the record goes by.
fn policy(tree: &Path) -> Result<String, Failure> {
    if let Ok(policy) = fs::read_to_string(tree.join("policy")) {
        return Ok(policy);
    }
    let text = fs::read_to_string(tree.join("keys"))?;
    Ok(text.lines().map(|it| format!("log {it}\n")).chain(["quorum none\n".to_owned()]).collect())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return match fs::copy(from, to) {
            Err(err) if err.kind() != io::ErrorKind::NotFound => Err(err),
            Ok(_) | Err(_) => Ok(()),
        };
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
