//! A signed tree head: c2sp.org/tlog-checkpoint.
use super::hash::{BadHash, TreeHead};
use super::key::{SigningKey, VerifierKey};
use super::note::{Note, NoteError, NoteSignature, sign};
use std::fmt;

/// What a log says of itself at one time: how many events it has, and the root over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the name of its key.
    pub origin: String,
    /// Size and root of its tree.
    pub head: TreeHead,
    /// Further lines, opaque; the format advises against them and ours have none.
    pub extensions: Vec<String>,
}

/// Why a checkpoint says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a signed note, or not signed as it should be.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Not the lines of a checkpoint.
    #[error("line {line} of the checkpoint {fault}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// Of another log.
    #[error("the checkpoint is of the log {found}, and {expected} was asked for")]
    OtherLog {
        /// Whose key it is checked with.
        expected: String,
        /// Whose it says that it is.
        found: String,
    },
}

impl Checkpoint {
    /// Of the log `origin`.
    pub fn new(origin: &str, head: TreeHead) -> Self {
        Self { origin: origin.into(), head, extensions: Vec::new() }
    }

    /// The checkpoint in a note's text.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let fault = |line, fault| CheckpointError::Line { line, fault };
        let mut lines = text.strip_suffix('\n').ok_or(fault(1, "has no end"))?.split('\n');
        let origin = lines.next().filter(|it| !it.is_empty()).ok_or(fault(1, "names no log"))?;
        let size = lines.next().and_then(decimal).ok_or(fault(2, "is not the number of events"))?;
        let root = lines.next().ok_or(BadHash).and_then(str::parse);
        let head = TreeHead { size, root: root.map_err(|_| fault(3, "is not the base64 of a root"))? };
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        match extensions.iter().zip(4..).find(|(it, _)| it.is_empty()) {
            Some((_, line)) => Err(fault(line, "is empty")),
            None => Ok(Self { origin: origin.into(), head, extensions }),
        }
    }

    /// Signed by the log itself, whose key bears the name of the origin.
    pub fn sign(self, key: &SigningKey) -> Result<SignedCheckpoint, CheckpointError> {
        same_log(&self, key.verifier())?;
        let text = self.to_string();
        let signatures = vec![sign(&text, key)?];
        // What was written is what will be read: an origin with a newline in it must not get a signature.
        match Self::parse(&text)? == self {
            true => Ok(SignedCheckpoint { checkpoint: self, note: Note { text, signatures } }),
            false => Err(CheckpointError::Line { line: 1, fault: "has a newline within" }),
        }
    }
}

fn same_log(checkpoint: &Checkpoint, key: &VerifierKey) -> Result<(), CheckpointError> {
    match checkpoint.origin == key.name() {
        true => Ok(()),
        false => {
            Err(CheckpointError::OtherLog { expected: key.name().into(), found: checkpoint.origin.clone() })
        }
    }
}

/// A decimal number in the one way of writing it.
pub(super) fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|it: &u64| it.to_string() == text)
}

/// A checkpoint with the signature of its log and those of its witnesses. Not to be believed before it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// The checkpoint in `bytes`, with nothing verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        Ok(Self { checkpoint: Checkpoint::parse(&note.text)?, note })
    }

    /// What the log whose key is `key` says here.
    pub fn verify(&self, key: &VerifierKey) -> Result<&Checkpoint, CheckpointError> {
        same_log(&self.checkpoint, key)?;
        self.note.verify(key)?;
        Ok(&self.checkpoint)
    }

    /// What it says, believed or not.
    pub fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The text and its signatures.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Adds a cosignature, in place of what the same key said before.
    pub fn add(&mut self, signature: NoteSignature) {
        let same = |it: &NoteSignature| it.name == signature.name && it.key_id == signature.key_id;
        self.note.signatures.retain(|it| !same(it));
        self.note.signatures.push(signature);
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.head.size, self.head.root)?;
        self.extensions.iter().try_for_each(|it| writeln!(f, "{it}"))
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
