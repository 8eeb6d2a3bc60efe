//! The trace: what a project rests on, step by step, and whether that holds.
//!
//! Architecture invariant: a trace is the closure of citations and nothing else. Every step is carried by one
//! event of the log; nothing is typed in and nothing is inferred. The one step that no citation carries is
//! from a provision to the instrument it is a part of, which share a stream.
use super::Seen;
use super::View;
use super::ViewError;
use crate::domain::Edge;
use crate::domain::Timestamp;
use crate::domain::citation::Citation;
use crate::domain::text::Source;

mod changes;
mod citing;
mod edges;
mod labels;
mod reads;
mod rows;
mod upward;
mod verdicts;
mod walk;

pub use citing::citing;
pub use upward::{Below, Dependent, Dependents, dependents};
pub use walk::trace;

/// The view's name, for whoever asks it.
pub const VIEW: &str = "trace-1";

/// The view behind traces.
#[derive(Debug, Clone, Copy, Default)]
pub struct Traces;

impl View for Traces {
    fn name(&self) -> &'static str {
        VIEW
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn indexes(&self) -> &'static str {
        "CREATE INDEX edges_up ON edges (to_stream, to_revision, stream) WHERE chain = 1;"
    }

    fn apply(&mut self, tx: &rusqlite::Connection, seen: &Seen) -> Result<(), ViewError> {
        if edges::is_quiet(&seen.record) {
            return Ok(());
        }
        let (rows, event) = (rows::Rows::new(tx, seen), seen.event()?);
        labels::label(&rows, event)?;
        edges::connect(&rows, event)?;
        changes::note(&rows, event)
    }
}

/// What something rests on, as a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The events; the first is the one that was asked about.
    pub nodes: Vec<Node>,
    /// Which rests on which.
    pub steps: Vec<Step>,
    /// What can be said of it: at least one; [`Verdict::Complete`] only alone.
    pub findings: Vec<Finding>,
    /// Whether it was cut because it grew too large.
    pub truncated: bool,
}

/// An event of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Which event.
    pub event: Citation,
    /// Its type, such as `ConsensusReached`.
    pub kind: String,
    /// What it is called, in a line.
    pub title: String,
    /// What else an auditor wants to know, line by line.
    pub details: Vec<String>,
    /// When it took effect.
    pub effective_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who recorded it.
    pub actor: String,
    /// Who decided: a forum, a partner; empty when it is no decision.
    pub decider: String,
    /// The document it was taken from, if from one.
    pub source: Option<Source>,
}

/// That one event rests on another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The place in [`Trace::nodes`] of the one that rests.
    pub from: usize,
    /// The place in [`Trace::nodes`] of the one it rests on.
    pub to: usize,
    /// In which way.
    pub role: Role,
    /// The event that carries the citation: the one that rests, or a later one about it.
    pub by: Citation,
    /// Whether it belongs to the chain down to provisions, or is shown beside it.
    pub place: Place,
}

/// In which way one event rests on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It cites it.
    Cites(Edge),
    /// It is a part of the instrument that the other one records.
    PartOf,
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Role::Cites(edge) => edge.fmt(f),
            Role::PartOf => f.write_str("part_of"),
        }
    }
}

/// Whether a step leads down to provisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// From project to priority, decision, text, provision, instrument.
    Chain,
    /// Money, evidence, the charter, the parent.
    Beside,
}

/// What can be said of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every step down to a numbered provision is there.
    Complete,
    /// A step is missing, withdrawn or retired.
    Broken,
    /// It rests on superseded text, and nobody decided to keep citing it.
    Stale,
    /// A member reserved on what it rests on, or the count of a vote is disputed.
    Contested,
    /// Money was committed before what it rests on was endorsed.
    Retroactive,
    /// It ends at a document as a whole and nowhere at a numbered provision.
    Partial,
}

/// A verdict and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which verdict.
    pub verdict: Verdict,
    /// Why, in a sentence.
    pub reason: String,
    /// The events that it is about, the most telling first.
    pub events: Vec<Citation>,
}
