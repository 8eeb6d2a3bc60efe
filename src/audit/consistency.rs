//! The proof that of two checkpoints the later goes on where the earlier ended, in one file.
//!
//! ```text
//! pactline/consistency-proof@v1
//! B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
//!
//! pact.example.org/log
//! 12
//! gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
//!
//! — pact.example.org/log hI2DJw...
//!
//! pact.example.org/log
//! 41
//! sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
//!
//! — pact.example.org/log hI2DJw...
//! ```
//!
//! After the first line come the hashes as RFC 9162 (2.1.4) orders them, a blank line, the earlier checkpoint as
//! c2sp.org/tlog-checkpoint has it, a blank line, and the later one.
use super::checkpoint::SignedCheckpoint;
use super::hash::{Hash, TreeHead};
use super::merkle::{ProofError, verify_consistency};
use super::note::NOTE_BYTES_MAX;
use super::proof::{HASHES_MAX, InvalidProof, text};
use std::fmt;

const FIRST_LINE: &str = "pactline/consistency-proof@v1";
/// The most that a consistency proof may measure, in bytes.
pub const CONSISTENCY_BYTES_MAX: usize = 2 * NOTE_BYTES_MAX + 8 * 1024;

/// Two checkpoints, and what shows that the later one holds all of the earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consistency {
    /// The earlier one.
    pub old: SignedCheckpoint,
    /// The later one.
    pub new: SignedCheckpoint,
    /// The consistency proof between their trees.
    pub hashes: Vec<Hash>,
}

/// Why two checkpoints are not of one history, as far as is shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Inconsistent {
    /// Of two logs.
    #[error(
        "one checkpoint is of the log {old} and the other of {new}: they have nothing to do with each other"
    )]
    OtherLog {
        /// Whose the earlier is.
        old: String,
        /// Whose the later is.
        new: String,
    },
    /// The same size, and not the same root: both signatures are evidence enough.
    #[error(
        "this log signed two histories: of {} events the root {}, and of as many the root {}", .0.size, .0.root, .1.root
    )]
    TwoHistories(TreeHead, TreeHead),
    /// The proof does not lead from one to the other.
    #[error("nothing shows that the {new} events go on where the {old} ended: {fault}")]
    NotShown {
        /// How many events the earlier holds.
        old: u64,
        /// How many events the later holds.
        new: u64,
        /// What is wrong with the proof.
        fault: ProofError,
    },
}

impl Consistency {
    /// The proof in `bytes`, with nothing verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidProof> {
        let fault = |line, fault| InvalidProof::Line { line, fault };
        let text = text(bytes, CONSISTENCY_BYTES_MAX)?;
        let rest = text.strip_prefix(FIRST_LINE).and_then(|it| it.strip_prefix('\n'));
        let mut rest = rest.ok_or(fault(1, "is not \"pactline/consistency-proof@v1\""))?;
        let (mut hashes, mut line) = (Vec::new(), 2);
        while let Some((hash, after)) = rest.split_once('\n').filter(|(it, _)| !it.is_empty()) {
            if hashes.len() == HASHES_MAX {
                return Err(fault(line, "is one hash more than any proof can have"));
            }
            hashes.push(hash.parse().map_err(|_| fault(line, "is not the base64 of a hash"))?);
            (rest, line) = (after, line + 1);
        }
        let notes = rest.strip_prefix('\n').ok_or(fault(line, "is not empty"))?;
        // A checkpoint has one blank line, before its signatures; the next one ends it.
        let end = notes.match_indices("\n\n").nth(1).map(|(at, _)| at);
        let (old, new) = end
            .and_then(|at| notes.split_at_checked(at + 1))
            .ok_or(fault(line + 1, "begins no two checkpoints"))?;
        let new = new.strip_prefix('\n').unwrap_or(new);
        Ok(Self {
            old: SignedCheckpoint::parse(old.as_bytes())?,
            new: SignedCheckpoint::parse(new.as_bytes())?,
            hashes,
        })
    }

    /// Whether the trees are of one history. Who signed them is another question.
    pub fn check(&self) -> Result<(), Inconsistent> {
        let (old, new) = (self.old.unverified(), self.new.unverified());
        if old.origin != new.origin {
            return Err(Inconsistent::OtherLog { old: old.origin.clone(), new: new.origin.clone() });
        }
        if old.head.size == new.head.size && old.head != new.head {
            return Err(Inconsistent::TwoHistories(old.head, new.head));
        }
        let shown = verify_consistency(&old.head, &new.head, &self.hashes);
        let (old, new) = (old.head.size, new.head.size);
        shown.map_err(|fault| Inconsistent::NotShown { old, new, fault })
    }
}

impl fmt::Display for Consistency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        self.hashes.iter().try_for_each(|it| writeln!(f, "{it}"))?;
        write!(f, "\n{}\n{}", self.old, self.new)
    }
}
