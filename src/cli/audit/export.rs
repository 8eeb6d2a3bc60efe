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

/// What was written.
struct Written {
    events: u64,
    /// How many are signed for, and why not all of them could be written.
    lacking: Option<(u64, String)>,
}

impl Export {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let Written { events, lacking } = match place.server().await? {
            Some(server) => Written { events: self.fetched(server).await?, lacking: None },
            None => self.taken(place)?,
        };
        fs::write(self.folder.join("README.txt"), ABOUT)?;
        if let Some((signed, why)) = lacking {
            let what = format!("{events} of {signed} events are in {}: {why}", self.folder.display());
            return Err(Failure::new(Exit::Corrupt, what).hint(
                "pactline audit verify names everything that is damaged; restore the record from a backup",
            ));
        }
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

    /// What is signed for in the data folder.
    fn taken(&self, place: &Place) -> Result<Written, Failure> {
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
        let written = self.events(place)?;
        for name in TAKEN {
            copy(&tree.join(name), &self.folder.join(name)).map_err(about)?;
        }
        fs::write(self.folder.join("policy"), policy(&tree)?).map_err(about)?;
        Ok(written)
    }

    /// Writes the events that are signed for, up to the first that cannot be read.
    fn events(&self, place: &Place) -> Result<Written, Failure> {
        let tree = place.data.join("audit");
        let text = fs::read_to_string(tree.join("keys"))?;
        let keys = keys::list(&text).map_err(Failure::tampered)?;
        let size = Examination::new(&Measure { tree, keys, policy: None, kept: Vec::new() }).size();
        let mut salvage = Salvage::open(&place.data, size)?;
        let mut file = BufWriter::with_capacity(1 << 20, File::create_new(self.folder.join(EVENTS))?);
        let bar = out::progress(size, "exporting");
        let (mut events, mut why) = (0, None);
        while events < size && why.is_none() {
            let some = salvage.read();
            if some.is_empty() {
                why = Some("the others are gone".to_owned());
            }
            for it in some.iter().take(usize::try_from(size - events).unwrap_or(usize::MAX)) {
                match line(it, events + 1) {
                    Ok(line) => write(&mut file, &line)?,
                    Err(damage) => {
                        why = Some(damage);
                        break;
                    }
                }
                events += 1;
            }
            bar.set_position(events);
        }
        bar.finish_and_clear();
        file.into_inner().map_err(|err| err.into_error())?.sync_all()?;
        Ok(Written { events, lacking: why.map(|why| (size, why)) })
    }
}

/// What is written of the event at `position`, or why it cannot be.
fn line(found: &Salvaged, position: u64) -> Result<Line<'_>, String> {
    match found {
        Salvaged::Event(record) if record.position.0 != position => {
            Err(format!("there is no event at position {position}"))
        }
        Salvaged::Event(record) => Line::of(record),
        Salvaged::Unreadable { why, .. } => Err(why.clone()),
    }
}

fn write(file: &mut impl Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *file, line)?;
    file.write_all(b"\n")
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
