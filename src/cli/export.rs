//! `pactline export`: the whole log, byte by byte, as lines of JSON.
use super::failure::{Exit, Failure};
use super::line::Line;
use super::out;
use super::place::Place;
use crate::log::Log;
use clap::Args;
use futures::StreamExt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Where to.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The file to write, which must not be there yet; standard output when none is named
    file: Option<PathBuf>,
}

impl Export {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let log = place.log().await?;
        let written = match &self.file {
            Some(path) => to_file(&*log, path).await,
            None => write(&*log, io::stdout()).await,
        };
        let damage = log.damage();
        log.close().await?;
        let events = written?;
        if let Some(how) = damage {
            return Err(Failure::new(
                Exit::Corrupt,
                format!("{events} events were written, and more may be lost: {how}"),
            )
            .hint("restore the record from a backup; pactline audit verify names what is damaged"));
        }
        if let (Some(path), false) = (&self.file, place.json) {
            out::line(format_args!("{events} events written to {}", path.display()))?;
        }
        Ok(())
    }
}

async fn to_file(log: &dyn Log, path: &Path) -> Result<u64, Failure> {
    let about = |err: io::Error| Failure::from(err).about(path.display());
    let file = File::create_new(path).map_err(about)?;
    let events = write(log, file.try_clone().map_err(about)?).await?;
    file.sync_all().map_err(about)?;
    Ok(events)
}

async fn write(log: &dyn Log, to: impl Write) -> Result<u64, Failure> {
    let mut to = BufWriter::with_capacity(1 << 20, to);
    let bar = out::progress(log.head().await?.map_or(0, |it| it.0), "exporting");
    let mut events = 0;
    let mut chunks = log.read_all(None);
    while let Some(chunk) = chunks.next().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(err) => {
                to.flush()?;
                return Err(Failure::from(err).about(format_args!("{events} events were written")));
            }
        };
        for record in &chunk {
            let line = Line::of(record).map_err(|why| Failure::new(Exit::Corrupt, why))?;
            serde_json::to_writer(&mut to, &line).map_err(io::Error::from)?;
            to.write_all(b"\n")?;
            events += 1;
        }
        bar.set_position(chunk.last().map_or(0, |it| it.position.0));
    }
    to.flush()?;
    bar.finish_and_clear();
    Ok(events)
}
