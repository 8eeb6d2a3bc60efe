//! `pactline import log`: an exported log becomes a log again, the same to the byte.
//!
//! What is in the log must be the beginning of the file; the rest is appended. So an import that was cut short is
//! finished by running it again, and a log with another history is refused.
use crate::cli::failure::{Exit, Failure};
use crate::cli::line::Line;
use crate::cli::out;
use crate::cli::place::Place;
use crate::log::{self, Expected, Log, NewRecord, Record, Records};
use clap::Args;
use futures::{StreamExt, TryStreamExt};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

/// How many appends are under way at the same time: so many that the next are waiting when a flush to disk, which
/// a thousand share, comes back.
const UNDER_WAY: usize = 4096;

/// The file.
#[derive(Debug, Args)]
pub(crate) struct ImportLog {
    /// What `pactline export` wrote
    file: PathBuf,
}

/// One event, ready to be appended.
struct Ready {
    stream: Arc<str>,
    expected: Expected,
    record: NewRecord,
    /// Where in the file it ends, in bytes.
    end: u64,
}

type Checked = Result<Ready, Failure>;

impl ImportLog {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let about = |failure: Failure| failure.about(self.file.display());
        let file = File::open(&self.file).map_err(|err| about(err.into()))?;
        let size = file.metadata().map_or(0, |it| it.len());
        let log = place.log_or_begin().await?;
        let imported = import(&*log, file, size).await;
        log.close().await?;
        let (found, appended) = imported.map_err(about)?;
        if place.json {
            return Ok(out::json(&json!({"found": found, "appended": appended}))?);
        }
        let before = if found > 0 { format!(", {found} were there before") } else { String::new() };
        Ok(out::line(format_args!("{appended} events appended{before}"))?)
    }
}

/// How many events were there, and how many were appended.
async fn import(log: &dyn Log, file: File, size: u64) -> Result<(u64, u64), Failure> {
    let bar = out::progress(size, "importing");
    let mut lines = Lines::new(file);
    let found = lines.skip_what_is_there(log.read_all(None)).await?;
    let (sender, ready) = mpsc::channel::<Checked>(UNDER_WAY);
    // Reading runs ahead on a thread of its own, and stops at the first line that is damaged.
    let reading = tokio::task::spawn_blocking(move || {
        while let Some(next) = lines.next_ready() {
            let damaged = next.is_err();
            if sender.blocking_send(next).is_err() || damaged {
                return;
            }
        }
    });
    let append = |ready: Checked| async {
        let Ready { stream, expected, record, end } = ready?;
        log.append(&stream, expected, vec![record]).await?;
        Ok::<u64, Failure>(end)
    };
    let mut appends = ReceiverStream::new(ready).map(append).buffered(UNDER_WAY);
    let mut appended = 0;
    while let Some(end) = appends.try_next().await? {
        appended += 1;
        bar.set_position(end);
    }
    drop(appends);
    reading.await.map_err(|err| Failure::unavailable(format!("reading was given up: {err}")))?;
    bar.finish_and_clear();
    Ok((found, appended))
}

/// The file's lines, and what the lines so far promise about the next: everything an append could be refused
/// for is found here, before the line and all after it.
struct Lines {
    file: BufReader<File>,
    text: String,
    number: u64,
    end: u64,
    next: HashMap<Arc<str>, u64>,
    ids: HashSet<Uuid>,
}

impl Lines {
    fn new(file: File) -> Self {
        Self {
            file: BufReader::with_capacity(1 << 20, file),
            text: String::new(),
            number: 0,
            end: 0,
            next: HashMap::new(),
            ids: HashSet::new(),
        }
    }

    /// Reads as many lines as the log has events: they must be the same.
    async fn skip_what_is_there(&mut self, mut records: Records) -> Result<u64, Failure> {
        let mut found = 0;
        while let Some(chunk) = records.try_next().await? {
            for record in &chunk {
                self.skip(record)?;
                found += 1;
            }
        }
        Ok(found)
    }

    fn skip(&mut self, record: &Record) -> Result<(), Failure> {
        let another = |this: &Self| {
            let there = format!("{}@{}", record.stream, record.revision);
            Failure::no(format!("line {} is not the event {there} that the log has there", this.number))
                .hint("import into an empty log: --data DIR, or --log URL")
        };
        if !self.advance()? {
            return Err(Failure::no("the log has more events than the file")
                .hint("import into an empty log: --data DIR, or --log URL"));
        }
        let line = Line::read(self.text.trim_end()).map_err(|why| self.damaged(&why))?;
        if !line.is(record) {
            return Err(another(self));
        }
        self.next.insert(record.stream.clone(), record.revision + 1);
        self.ids.insert(record.id);
        Ok(())
    }

    /// The next event; `None` at the end of the file.
    fn next_ready(&mut self) -> Option<Checked> {
        match self.advance() {
            Ok(true) => Some(self.ready().map_err(|why| self.damaged(&why))),
            Ok(false) => None,
            Err(failure) => Some(Err(failure)),
        }
    }

    fn ready(&mut self) -> Result<Ready, String> {
        let line = Line::read(self.text.trim_end())?;
        let stream: Arc<str> = match self.next.get_key_value(line.stream.as_ref()) {
            Some((known, _)) => known.clone(),
            None => line.stream.as_ref().into(),
        };
        let next = self.next.get(&stream).copied().unwrap_or(0);
        if line.revision != next {
            return Err(format!("{stream} is at revision {next} here, not {}", line.revision));
        }
        if !self.ids.insert(line.id()) {
            return Err(format!("an earlier line has the id {}", line.id()));
        }
        let record = line.record();
        if record.data.len() + record.meta.len() > log::EVENT_BYTES_MAX {
            return Err(format!("it is over {} bytes", log::EVENT_BYTES_MAX));
        }
        let expected = next.checked_sub(1).map_or(Expected::NoStream, Expected::Revision);
        self.next.insert(stream.clone(), next + 1);
        Ok(Ready { stream, expected, record, end: self.end })
    }

    /// Reads the next line; whether there was one.
    fn advance(&mut self) -> Result<bool, Failure> {
        self.text.clear();
        self.number += 1;
        let read = self.file.read_line(&mut self.text).map_err(|err| self.damaged(&err.to_string()))?;
        self.end += read as u64;
        match self.text.ends_with('\n') {
            true => Ok(true),
            false if read == 0 => Ok(false),
            false => Err(self.damaged("it is cut short")),
        }
    }

    fn damaged(&self, why: &str) -> Failure {
        Failure::new(Exit::Usage, format!("line {}: {why}", self.number))
            .hint("nothing from this line on was written; mend the file and import it again")
    }
}
