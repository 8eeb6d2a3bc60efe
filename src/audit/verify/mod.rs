//! Examines a record: is it what was signed, and if not, which events are not.
//!
//! Everything is computed again from the events as they are found. Where that gives the roots that were signed, the
//! record is what it was. Where it does not, the leaves that were kept beside it say which events differ; they count
//! for so much only because they give the signed root themselves.
use super::key::VerifierKey;
use super::policy::Policy;
use super::skew::StepBack;
use crate::scrutiny::{Counts, Redacted};
use std::path::PathBuf;

mod align;
mod borne;
mod event;
mod examine;
mod fault;
mod files;
mod kept;
mod log_file;
mod signed;

pub use examine::Examination;
pub use fault::{Fault, Kind, Named};
pub use files::LeafFiles;
pub use signed::Signed;
pub(crate) use signed::read as read_signed;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// The record is what was signed, to its last event.
    Verified,
    /// It is not.
    Tampered,
    /// Nothing contradicts it, and something is missing that would prove it.
    Incomplete,
}

/// What an examination found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many events were found.
    pub events: u64,
    /// How many checkpoints were compared.
    pub checkpoints: usize,
    /// The newest checkpoint.
    pub newest: Option<Signed>,
    /// How many events the newest checkpoint holds that a quorum of witnesses signed.
    pub witnessed: Option<u64>,
    /// How many events at the end are under no signature.
    pub unsigned: u64,
    /// How many decisions partners signed.
    pub decisions: Counts,
    /// The events of which something was wiped, as others approve.
    pub redacted: Vec<Redacted>,
    /// How far the times of the events go back at the most, where they do.
    pub step_back: Option<StepBack>,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// What is missing that would prove more.
    pub gaps: Vec<String>,
    /// Files of the tree that are not there, or only their beginning, as after a crash: the next start makes them again.
    pub lost: Vec<String>,
}

impl Report {
    /// What came of it.
    pub fn outcome(&self) -> Outcome {
        match (self.faults.is_empty(), self.gaps.is_empty()) {
            (false, _) => Outcome::Tampered,
            (true, false) => Outcome::Incomplete,
            (true, true) => Outcome::Verified,
        }
    }
}

/// By what a record is judged.
#[derive(Debug, Clone)]
pub struct Measure {
    /// The folder of the tree: its tiles and checkpoints.
    pub tree: PathBuf,
    /// The keys that may have signed.
    pub keys: Vec<VerifierKey>,
    /// Who must have signed besides.
    pub policy: Option<Policy>,
    /// Checkpoints that somebody kept elsewhere.
    pub kept: Vec<String>,
}
