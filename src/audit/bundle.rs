//! The proof of a whole trace: many events, one checkpoint, one file.
//!
//! ```text
//! pactline/proof-bundle@v1
//! subject project-6f1d5c5e-4b0b-5a7e-9a51-70616374706c@0
//! events 2
//!
//! extra cGFjdHNob3c...
//! index 12
//! gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
//!
//! extra cGFjdHNob3c...
//! index 40
//! B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
//!
//! pact.example.org/log
//! 41
//! sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
//!
//! — pact.example.org/log hI2DJw...
//! ```
//!
//! Each block is what c2sp.org/tlog-proof has between its first line and its checkpoint, so that the line
//! `c2sp.org/tlog-proof@v1`, a block, a blank line and the checkpoint are a `.tlog-proof` file that any other
//! program checks. The blocks are in the order of the log, each event once. What is proven here is that each of these
//! events is in the log; whether they are the trace of the subject is for [`crate::scrutiny::trace`] to say.
use super::checkpoint::{SignedCheckpoint, decimal};
use super::policy::{Approval, Policy};
use super::proof::{InvalidProof, Proof, ProofPart, Proven, text};
use std::fmt;

const FIRST_LINE: &str = "pactline/proof-bundle@v1";
/// The most that a bundle may measure, in bytes.
pub const BUNDLE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The proof that a number of events are in one tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// What was asked for, such as the stream of a project; one line.
    pub subject: String,
    /// The events, by increasing index.
    pub parts: Vec<ProofPart>,
    /// The tree that they are in.
    pub checkpoint: SignedCheckpoint,
}

impl Bundle {
    /// Of `parts` in any order, each event once.
    pub fn new(subject: &str, mut parts: Vec<ProofPart>, checkpoint: SignedCheckpoint) -> Self {
        parts.sort_by_key(|it| it.index);
        parts.dedup_by_key(|it| it.index);
        Self { subject: subject.replace(char::is_control, " "), parts, checkpoint }
    }

    /// The bundle in `bytes`, with nothing verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidProof> {
        let fault = |line, fault| InvalidProof::Line { line, fault };
        let text = text(bytes, BUNDLE_BYTES_MAX)?;
        let rest = text.strip_prefix(FIRST_LINE).and_then(|it| it.strip_prefix('\n'));
        let rest = rest.ok_or(fault(1, "is not \"pactline/proof-bundle@v1\""))?;
        let (subject, rest) = line_after(rest, "subject ").ok_or(fault(2, "is not a subject"))?;
        if subject.contains(char::is_control) {
            return Err(fault(2, "has a control character"));
        }
        let (count, rest) = line_after(rest, "events ").ok_or(fault(3, "is not the number of events"))?;
        let count = decimal(count).ok_or(fault(3, "is not the number of events"))?;
        let mut rest = rest.strip_prefix('\n').ok_or(fault(4, "is not empty"))?;
        let (mut parts, mut line): (Vec<ProofPart>, usize) = (Vec::new(), 5);
        for _ in 0..count {
            let (block, after) = rest.split_once("\n\n").ok_or(fault(line, "should begin an event"))?;
            let part = ProofPart::parse(block, line)?;
            if parts.last().is_some_and(|it| it.index >= part.index) {
                return Err(fault(line, "begins an event that is not after the one before it"));
            }
            parts.push(part);
            line += block.split('\n').count() + 1;
            rest = after;
        }
        let checkpoint = SignedCheckpoint::parse(rest.as_bytes())?;
        Ok(Self { subject: subject.into(), parts, checkpoint })
    }

    /// All the events, where every one is in a tree that `policy` believes.
    pub fn check(&self, policy: &Policy) -> Result<(Vec<Proven>, Approval), InvalidProof> {
        let approval = policy.check(&self.checkpoint)?;
        let proven = self.parts.iter().map(|it| it.proven(&self.checkpoint)).collect::<Result<_, _>>()?;
        Ok((proven, approval))
    }

    /// Each event as a proof of its own, which any program for c2sp.org/tlog-proof checks.
    pub fn proofs(&self) -> impl Iterator<Item = Proof> {
        self.parts.iter().map(|it| Proof { part: it.clone(), checkpoint: self.checkpoint.clone() })
    }
}

/// What follows `word` in the first line of `text`, and the rest of the lines.
fn line_after<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    text.split_once('\n').and_then(|(line, rest)| Some((line.strip_prefix(word)?, rest)))
}

impl fmt::Display for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, parts, checkpoint } = self;
        writeln!(f, "{FIRST_LINE}\nsubject {subject}\nevents {}\n", parts.len())?;
        parts.iter().try_for_each(|it| writeln!(f, "{it}"))?;
        checkpoint.fmt(f)
    }
}
