//! What there is to examine: a folder of data, which a server may have open meanwhile, or an export.
use crate::audit::verify::{Examination, Fault, Kind, Measure};
use crate::audit::{Policy, VerifierKey, keys};
use crate::cli::failure::Failure;
use crate::cli::line::Line;
use crate::log::{Error, Log, Salvaged};
use futures::TryStreamExt;
use indicatif::ProgressBar;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The events of an export.
pub(super) const EVENTS: &str = "events.jsonl";
/// The keys that signed.
pub(super) const KEYS: &str = "keys";

/// Where the events are.
pub(super) enum Events {
    /// In a log's folder.
    Log(PathBuf),
    /// In a file of lines.
    Lines(PathBuf),
    /// On the log's own server.
    Shared(Arc<dyn Log>),
}

/// A record to examine.
pub(super) struct Found {
    pub(super) events: Events,
    /// The folder of the tree.
    pub(super) tree: PathBuf,
}

impl Found {
    /// What is in `dir`.
    pub(super) fn in_folder(dir: &Path) -> Result<Self, Failure> {
        let lines = dir.join(EVENTS);
        if lines.exists() {
            return Ok(Self { events: Events::Lines(lines), tree: dir.to_owned() });
        }
        if dir.join("log.db").exists() || dir.join("audit").exists() {
            return Ok(Self { events: Events::Log(dir.to_owned()), tree: dir.join("audit") });
        }
        Err(Failure::unavailable(format!("{} is neither a data folder nor an export", dir.display()))
            .hint("--data DIR names a data folder, or give the folder of an export"))
    }

    /// What is in `log`, with the tree in the data folder `dir`.
    pub(super) fn in_log(log: Arc<dyn Log>, dir: &Path) -> Self {
        Self { events: Events::Shared(log), tree: dir.join("audit") }
    }

    /// By what it is judged: the policy's keys, else those that are kept beside it.
    pub(super) fn measure(&self, policy: Option<&Path>, kept: &[PathBuf]) -> Result<Measure, Failure> {
        let policy = policy.map(read_policy).transpose()?;
        let keys = match &policy {
            Some(policy) => policy.logs().iter().map(|it| it.key.clone()).collect(),
            None => self.keys()?,
        };
        let read =
            |path: &PathBuf| fs::read_to_string(path).map_err(|err| Failure::from(err).about(path.display()));
        let kept = kept.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Measure { tree: self.tree.clone(), keys, policy, kept })
    }

    fn keys(&self) -> Result<Vec<VerifierKey>, Failure> {
        let path = self.tree.join(KEYS);
        let bytes = match fs::read(&path) {
            Err(err) if err.kind() == ErrorKind::NotFound => Vec::new(),
            read => read.map_err(|err| Failure::from(err).about(path.display()))?,
        };
        let text = std::str::from_utf8(&bytes).map_err(|err| err.to_string());
        text.and_then(keys::list).map_err(|why| Failure::tampered(why).about(path.display()))
    }

    /// Feeds every event to `examination`.
    pub(super) async fn feed(&self, examination: &mut Examination, bar: &ProgressBar) -> Result<(), Failure> {
        match &self.events {
            Events::Log(dir) => examination.take_log(dir, |more| bar.inc(more)),
            Events::Lines(path) => feed_lines(path, examination, bar)?,
            Events::Shared(log) => feed_shared(&**log, examination, bar).await?,
        }
        Ok(())
    }
}

/// Reads a policy.
pub(super) fn read_policy(path: &Path) -> Result<Policy, Failure> {
    let bytes = fs::read(path).map_err(|err| Failure::from(err).about(path.display()))?;
    Policy::parse(&bytes).map_err(|err| {
        let failure = Failure::usage(err.to_string()).about(path.display());
        failure.hint("c2sp.org/tlog-policy says what it looks like")
    })
}

/// Reads on where another process may append meanwhile; what cannot be read is wrong with the record.
async fn feed_shared(log: &dyn Log, examination: &mut Examination, bar: &ProgressBar) -> Result<(), Failure> {
    let mut chunks = log.read_all(None);
    loop {
        match chunks.try_next().await {
            Ok(None) => return Ok(()),
            Ok(Some(chunk)) => {
                bar.inc(chunk.len() as u64);
                chunk.into_iter().for_each(|it| examination.take(&Salvaged::Event(it)));
            }
            Err(Error::Corrupt(why)) => {
                examination.note(Fault::general(Kind::File, format!("the log cannot be read: {why}")));
                return Ok(());
            }
            Err(err) => return Err(err.into()),
        }
    }
}

fn feed_lines(path: &Path, examination: &mut Examination, bar: &ProgressBar) -> Result<(), Failure> {
    let about = |err: std::io::Error| Failure::from(err).about(path.display());
    let mut file = BufReader::with_capacity(1 << 20, File::open(path).map_err(about)?);
    let (mut line, mut position) = (Vec::new(), 0);
    loop {
        line.clear();
        if file.read_until(b'\n', &mut line).map_err(about)? == 0 {
            return Ok(());
        }
        position += 1;
        let text = std::str::from_utf8(&line).map_err(|err| err.to_string());
        let read = text.and_then(|it| Line::read(it.trim_end_matches('\n')).map(|it| it.found(position)));
        examination.take(&match read {
            Ok(record) => Salvaged::Event(record),
            Err(why) => Salvaged::Unreadable { position, why },
        });
        bar.inc(1);
    }
}
