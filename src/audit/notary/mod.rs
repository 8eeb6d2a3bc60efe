//! The notary: follows the log, grows the tree, and signs for it; what it signed once it never contradicts.
//!
//! Architecture invariants: the tree and its files are a function of the log alone, and deleting them is safe; what is
//! no function of the log, the checkpoints that were signed, is durable before anyone sees it and kept for ever, but for
//! those that later ones stand for. Before anything is signed, the log is compared with all that are kept. Where several
//! servers share a log, they publish one line of checkpoints (`fence`).
use super::hash::{Hash, TreeHead};
use super::key::{SigningKey, VerifierKey};
use super::nodes::KeptTiles;
use super::policy::Policy;
use super::proof::ProofPart;
use super::skew::Skew;
use crate::log::{Log, Position, Record};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;

mod asking;
mod compare;
mod cosigning;
mod disk;
mod edge;
mod fence;
mod journal;
mod keeper;
mod prove;
mod run;
mod site;
mod state;
mod trees;

#[doc(hidden)]
pub use disk::{Disk, Folder};
pub(crate) use edge::{Edge, Piece};
pub use journal::THIN_AFTER;
pub(crate) use journal::{CHECKPOINTS, is_begun as is_begun_checkpoint, records as journal_records};
pub(crate) use keeper::{CHECKPOINT, PLACES};
pub use site::Published;
pub use state::State;

/// How a notary signs.
#[derive(Clone)]
pub struct Settings {
    /// What signs; without it the tree grows and nothing is sealed.
    pub signer: Option<SigningKey>,
    /// The keys whose checkpoints are our own: the signer's, and those that signed before it.
    pub keys: Vec<VerifierKey>,
    /// Which witnesses are asked, and how many of them are enough.
    pub policy: Option<Policy>,
    /// The same for others to read: c2sp.org/tlog-policy.
    pub policy_text: String,
    /// How long events may wait for a signature that nobody waits for.
    pub seal_every: Duration,
    /// How many checkpoints may gather that later ones stand for.
    pub thin_after: usize,
}

impl Settings {
    /// Whether any witness must sign.
    pub(super) fn has_witnesses(&self) -> bool {
        self.policy.as_ref().is_some_and(Policy::asks_witnesses)
    }
}

/// Whether the record is what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// That is being found out.
    Comparing,
    /// It is.
    Sound,
    /// It is not, and this is where and what to do.
    Differs(Arc<str>),
    /// That could not be found out, for this reason.
    Unknown(Arc<str>),
}

/// Under what an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// The server's signature.
    Signature,
    /// That, and the signatures of a quorum of witnesses.
    Quorum,
}

/// A signed state of the record.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// How many events it holds, and the root of their tree.
    pub head: TreeHead,
    /// The position of the last of them; `None` when there is none.
    pub position: Option<Position>,
    /// The checkpoint, with all its signatures.
    pub note: String,
    /// The unfinished pieces of the tree.
    pub(super) edge: Arc<[Piece]>,
}

/// Why there is no proof.
#[derive(Debug, Clone, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Unproven {
    /// Nothing signs here.
    #[error("there is no notary here: nothing is signed")]
    NoNotary,
    /// There is no key.
    #[error("nothing is signed: {0}")]
    NoKey(Arc<str>),
    /// No witnesses are configured.
    #[error(
        "no witness is asked here: start the server with --policy FILE that names witnesses and a quorum"
    )]
    NoWitnesses,
    /// More events than one proof holds.
    #[error("it rests on over {0} events: prove them one by one")]
    TraceTooLarge(usize),
    /// The record is not what was signed.
    #[error("{0}")]
    RecordDiffers(Arc<str>),
    /// The notary has stopped.
    #[error("the notary has stopped: {0}")]
    NotaryStopped(Arc<str>),
    /// The server's signature did not come in time.
    #[error("nothing was signed within {seconds} s")]
    NotSealed {
        /// How long was waited.
        seconds: f32,
    },
    /// Too few witnesses signed in time.
    #[error("no quorum of witnesses has signed within {seconds} s: {why}")]
    NotWitnessed {
        /// How long was waited.
        seconds: f32,
        /// What each of those said that did not sign.
        why: Arc<str>,
    },
    /// Its files cannot be read.
    #[error("the tree cannot be read: {0}")]
    TreeUnreadable(String),
}

/// What those who wait see.
pub(super) struct Shared {
    pub(super) verdict: watch::Sender<Verdict>,
    pub(super) sealed: watch::Sender<Option<Arc<Sealed>>>,
    pub(super) witnessed: watch::Sender<Option<Arc<Sealed>>>,
    /// Why there was no quorum when witnesses were last asked; `None` when there was.
    pub(super) unwitnessed: watch::Sender<Option<Arc<str>>>,
    /// Why it stopped; `None` while it goes on.
    pub(super) stopped: watch::Sender<Option<Arc<str>>>,
    /// The times of what was taken into the tree.
    pub(super) skew: watch::Sender<Skew>,
    /// The last event that somebody waits for.
    pub(super) wanted: watch::Sender<Option<Position>>,
    pub(super) stop: watch::Sender<bool>,
}

/// A running notary. Clones are the same one.
#[derive(Clone)]
pub struct Notary(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    settings: Settings,
    shared: Arc<Shared>,
    kept: KeptTiles,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Notary {
    /// Starts a notary that keeps its files in `dir` and follows `log`, in a thread of its own. Must be called within
    /// a tokio runtime.
    pub fn open(dir: &Path, log: Arc<dyn Log>, settings: Settings) -> std::io::Result<Self> {
        let disk = Folder::open(dir)?;
        Self::open_on(disk, dir, log, settings)
    }

    /// The same with another way to write files.
    #[doc(hidden)]
    pub fn open_on(
        disk: impl Disk + Clone + 'static,
        dir: &Path,
        log: Arc<dyn Log>,
        settings: Settings,
    ) -> std::io::Result<Self> {
        let runtime = Handle::try_current().map_err(std::io::Error::other)?;
        let shared = Arc::new(Shared::new());
        let task = run::Task::new(disk, dir, log, settings.clone(), shared.clone());
        let ended = shared.clone();
        let run = move || {
            if catch_unwind(AssertUnwindSafe(|| runtime.block_on(task.run()))).is_err() {
                tracing::error!("the notary ended in a panic; the next start makes the tree again");
                ended.end("it ended in a panic; start again".into());
            }
        };
        let thread = thread::Builder::new().name("notary".into()).spawn(run)?;
        let thread = Mutex::new(Some(thread));
        let kept = KeptTiles::default();
        Ok(Self(Arc::new(Inner { dir: dir.to_owned(), settings, shared, kept, thread })))
    }

    /// What the record is called in what is signed for it; `None` where nothing signs.
    pub fn origin(&self) -> Option<&str> {
        self.0.settings.signer.as_ref().map(|it| it.verifier().name())
    }

    /// Whether the record is what was signed, now and later.
    pub fn verdict(&self) -> watch::Receiver<Verdict> {
        self.0.shared.verdict.subscribe()
    }

    /// Whether waiting for `under` can come to an end; asked before anything is done that would then wait.
    pub fn can(&self, under: Under) -> Result<(), Unproven> {
        if self.0.settings.signer.is_none() {
            let why = "there is no key, or not the one that signed before; give it with --notary-key FILE";
            return Err(Unproven::NoKey(why.into()));
        }
        match under {
            Under::Signature => Ok(()),
            Under::Quorum if self.0.settings.has_witnesses() => Ok(()),
            Under::Quorum => Err(Unproven::NoWitnesses),
        }
    }

    /// The newest state under `under` that holds the event at `position`, once there is one.
    pub async fn wait(&self, under: Under, position: Option<Position>) -> Result<Arc<Sealed>, Unproven> {
        self.can(under)?;
        let shared = &self.0.shared;
        shared.wanted.send_if_modified(|it| {
            position > *it && {
                *it = position;
                true
            }
        });
        let mut states = match under {
            Under::Signature => shared.sealed.subscribe(),
            Under::Quorum => shared.witnessed.subscribe(),
        };
        let (mut verdict, mut stopped) = (shared.verdict.subscribe(), shared.stopped.subscribe());
        let holds = |it: &Option<Arc<Sealed>>| it.as_ref().is_some_and(|it| it.position >= position);
        let gone = || Unproven::NotaryStopped("it is gone".into());
        tokio::select! {
            biased;
            found = states.wait_for(holds) => found.ok().and_then(|it| it.clone()).ok_or_else(gone),
            differs = verdict.wait_for(|it| matches!(it, Verdict::Differs(_))) => match differs.as_deref() {
                Ok(Verdict::Differs(why)) => Err(Unproven::RecordDiffers(why.clone())),
                Ok(Verdict::Comparing | Verdict::Sound | Verdict::Unknown(_)) | Err(_) => Err(gone()),
            },
            why = stopped.wait_for(Option::is_some) => match why.as_deref() {
                Ok(Some(why)) => Err(Unproven::NotaryStopped(why.clone())),
                Ok(None) | Err(_) => Err(gone()),
            },
        }
    }

    /// Why there was no quorum of witnesses when they were last asked, by what each of them said.
    pub fn unwitnessed(&self) -> Option<Arc<str>> {
        self.0.shared.unwitnessed.borrow().clone()
    }

    /// The newest state that a quorum signed, where it holds the event at `position`; else `sealed`.
    pub fn witnessed_or(&self, sealed: Arc<Sealed>, position: Option<Position>) -> Arc<Sealed> {
        let witnessed = self.0.shared.witnessed.borrow().clone();
        witnessed.filter(|it| it.position >= position).unwrap_or(sealed)
    }

    /// The newest state that is to be published: under a quorum where there are witnesses.
    pub fn published(&self) -> Option<Arc<Sealed>> {
        let states =
            if self.0.settings.has_witnesses() { &self.0.shared.witnessed } else { &self.0.shared.sealed };
        states.borrow().clone()
    }

    /// The keys and witnesses that it goes by, as a policy.
    pub fn policy(&self) -> String {
        self.0.settings.policy_text.clone()
    }

    /// The proof that an event is in `sealed`, with the event itself.
    pub fn prove(&self, sealed: &Sealed, record: &Record) -> Result<ProofPart, Unproven> {
        prove::event(&self.0.dir, &self.0.kept, sealed, record)
    }

    /// The proof that of two sizes up to that of `sealed` the later goes on where the earlier ended, and its root.
    pub fn consistency(&self, sealed: &Sealed, from: u64, to: u64) -> Result<(Vec<Hash>, Hash), Unproven> {
        prove::consistency(&self.0.dir, &self.0.kept, sealed, from, to)
    }

    /// The leaves of these indexes of `sealed`.
    pub fn leaves(&self, sealed: &Sealed, indexes: Range<u64>) -> Result<Vec<Vec<u8>>, Unproven> {
        prove::leaves(&self.0.dir, sealed, indexes)
    }

    /// What it publishes, for plain HTTP.
    pub fn site(&self) -> Published {
        Published::new(self.clone())
    }

    /// Signs for what is there, stops, and waits for that.
    pub async fn stop(&self) {
        self.0.shared.stop.send_replace(true);
        let thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return };
        // How it ended is said by the thread.
        drop(tokio::task::spawn_blocking(move || thread.join()).await);
    }
}

impl Shared {
    /// Says why it has ended. Whoever waits to write until the record was compared would wait for ever.
    fn end(&self, why: Arc<str>) {
        self.verdict.send_if_modified(|it| {
            let undecided = *it == Verdict::Comparing;
            undecided.then(|| *it = Verdict::Unknown(why.clone())).is_some()
        });
        self.stopped.send_replace(Some(why));
    }

    fn new() -> Self {
        Self {
            verdict: watch::Sender::new(Verdict::Comparing),
            sealed: watch::Sender::new(None),
            witnessed: watch::Sender::new(None),
            unwitnessed: watch::Sender::new(None),
            stopped: watch::Sender::new(None),
            skew: watch::Sender::new(Skew::default()),
            wanted: watch::Sender::new(None),
            stop: watch::Sender::new(false),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.stop.send_replace(true);
    }
}
