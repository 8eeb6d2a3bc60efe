//! The proof that an event is in the log, in one file that needs no server: c2sp.org/tlog-proof.
use super::checkpoint::{CheckpointError, SignedCheckpoint, decimal};
use super::exhibit::{Exhibit, ExhibitError};
use super::hash::{Hash, hash_leaf};
use super::leaf::Leaf;
use super::merkle::{ProofError, verify_inclusion};
use super::policy::{Approval, Policy, Refusal};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// The most that a proof may measure, in bytes: an event of the largest size fits.
pub const PROOF_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most hashes that any proof needs.
pub(super) const HASHES_MAX: usize = 64;

/// What is said of one event, without the checkpoint that it is said by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofPart {
    /// Whatever helps; ours is an [`Exhibit`]. Not to be believed by itself.
    pub extra: Option<Vec<u8>>,
    /// Which event.
    pub index: u64,
    /// The inclusion proof, from the leaf's neighbour up.
    pub hashes: Vec<Hash>,
}

/// A `.tlog-proof` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The event and its path.
    pub part: ProofPart,
    /// The tree that it leads to.
    pub checkpoint: SignedCheckpoint,
}

/// An event that was proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// What the tree commits to.
    pub leaf: Leaf,
    /// The event itself, as far as the proof has it.
    pub exhibit: Exhibit,
}

/// Why a proof is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProof {
    /// Over the limit.
    #[error("a proof of {found} bytes is too large: at most {max}")]
    TooLarge {
        /// How large it is.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// Not a proof's lines.
    #[error("line {line} of the proof {fault}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// Its checkpoint cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Its checkpoint is not believed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Its hashes do not lead from the event to the checkpoint.
    #[error("event {index}: {fault}")]
    Path {
        /// Which event.
        index: u64,
        /// What is wrong.
        fault: ProofError,
    },
    /// It carries no event to look at.
    #[error("event {index}: {fault}")]
    Exhibit {
        /// Which event.
        index: u64,
        /// What is wrong.
        fault: ExhibitError,
    },
    /// It carries another event.
    #[error("the proof is about event {index} and carries event {found}")]
    OtherEvent {
        /// What it is about.
        index: u64,
        /// What its leaf says.
        found: u64,
    },
}

impl ProofPart {
    /// What proves the event `index` by `hashes`, with the event itself.
    pub fn of_event(exhibit: &Exhibit, index: u64, hashes: Vec<Hash>) -> Self {
        Self { extra: Some(exhibit.encode()), index, hashes }
    }

    /// The part in `lines`, of which the first is line `first` of its file.
    pub(super) fn parse(lines: &str, first: usize) -> Result<Self, InvalidProof> {
        let (mut lines, mut line) = (lines.split('\n').peekable(), first);
        let fault = |line, fault| InvalidProof::Line { line, fault };
        let mut extra = None;
        if let Some(text) = lines.peek().and_then(|it| it.strip_prefix("extra ")) {
            extra =
                Some(STANDARD.decode(text).map_err(|_| fault(line, "has extra data that is not base64"))?);
            lines.next();
            line += 1;
        }
        let index = lines.next().and_then(|it| it.strip_prefix("index ")).and_then(decimal);
        let index = index.ok_or(fault(line, "is not \"index\" and a number"))?;
        let mut hashes = Vec::new();
        for text in lines {
            line += 1;
            hashes.push(text.parse().map_err(|_| fault(line, "is not the base64 of a hash"))?);
            if hashes.len() > HASHES_MAX {
                return Err(fault(line, "is one hash more than any proof can have"));
            }
        }
        Ok(Self { extra, index, hashes })
    }

    /// The event that it carries, where that is in the tree of `checkpoint`.
    pub(super) fn proven(&self, checkpoint: &SignedCheckpoint) -> Result<Proven, InvalidProof> {
        let index = self.index;
        let wrong = |fault| InvalidProof::Exhibit { index, fault };
        let exhibit = self.extra.as_deref().ok_or(ExhibitError::Form).and_then(Exhibit::decode);
        let exhibit = exhibit.map_err(wrong)?;
        let leaf = exhibit.check().map_err(wrong)?;
        if leaf.index != index {
            return Err(InvalidProof::OtherEvent { index, found: leaf.index });
        }
        self.leads(hash_leaf(&exhibit.leaf), checkpoint)?;
        Ok(Proven { leaf, exhibit })
    }

    fn leads(&self, leaf: Hash, to: &SignedCheckpoint) -> Result<(), InvalidProof> {
        let index = self.index;
        let path = verify_inclusion(leaf, index, &to.unverified().head, &self.hashes);
        path.map_err(|fault| InvalidProof::Path { index, fault })
    }
}

impl Proof {
    /// The proof in `bytes`, with nothing verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidProof> {
        let text = text(bytes, PROOF_BYTES_MAX)?;
        let first = InvalidProof::Line { line: 1, fault: "is not \"c2sp.org/tlog-proof@v1\"" };
        let rest = text.strip_prefix(FIRST_LINE).and_then(|it| it.strip_prefix('\n')).ok_or(first)?;
        let none = InvalidProof::Line { line: 2, fault: "and all after it are without a checkpoint" };
        let (part, checkpoint) = rest.split_once("\n\n").ok_or(none)?;
        let part = ProofPart::parse(part, 2)?;
        Ok(Self { part, checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())? })
    }

    /// Whether the content whose leaf hash is `leaf` is in a tree that `policy` believes.
    pub fn check(&self, leaf: Hash, policy: &Policy) -> Result<Approval, InvalidProof> {
        let approval = policy.check(&self.checkpoint)?;
        self.part.leads(leaf, &self.checkpoint)?;
        Ok(approval)
    }

    /// The event that it carries, where that is in a tree that `policy` believes.
    pub fn check_event(&self, policy: &Policy) -> Result<(Proven, Approval), InvalidProof> {
        let approval = policy.check(&self.checkpoint)?;
        Ok((self.part.proven(&self.checkpoint)?, approval))
    }
}

pub(super) fn text(bytes: &[u8], max: usize) -> Result<&str, InvalidProof> {
    if bytes.len() > max {
        return Err(InvalidProof::TooLarge { found: bytes.len(), max });
    }
    let lines = |it: &[u8]| it.iter().filter(|it| **it == b'\n').count();
    std::str::from_utf8(bytes).map_err(|err| {
        let before = bytes.get(..err.valid_up_to()).unwrap_or_default();
        InvalidProof::Line { line: 1 + lines(before), fault: "is not UTF-8" }
    })
}

impl fmt::Display for ProofPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|it| writeln!(f, "{it}"))
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FIRST_LINE}\n{}\n{}", self.part, self.checkpoint)
    }
}
