//! Follows citations down, from a project or any other event to provisions and their instruments.
use super::reads::{ChangeRow, EdgeRow, Reads};
use super::rows::Result;
use super::verdicts::judge;
use super::{Node, Place, Role, Step, Trace};
use crate::domain::Edge;
use crate::domain::citation::{Citation, Reference, StreamName};
use crate::views::AsOf;
use rusqlite::Connection;
use std::collections::HashMap;

/// The most events in one trace; a chain is ten or so.
const NODES_MAX: usize = 1000;
/// The most citations followed from one event.
const EDGES_MAX: usize = 500;
/// The most citations shown beside the chain: money comes in thousands.
const BESIDE_MAX: usize = 64;

/// What `subject` rested on; `None` when it did not count yet. A project's trace is its ProjectProposed's,
/// which stands for all that the project cites.
///
/// Cost: some lookups by index for every step, whatever else is on record.
pub fn trace(db: &Connection, subject: &Reference, as_of: AsOf) -> Result<Option<Trace>> {
    let reads = Reads::new(db, as_of);
    let Some(first) = reads.node(&subject.stream, subject.revision)? else {
        return Ok(None);
    };
    if subject.event_id.is_some_and(|it| it != first.event.event_id) {
        return Ok(None);
    }
    let mut walk = Walk::new(reads);
    walk.enter(first)?;
    walk.down()?;
    walk.beside()?;
    let findings = judge(&walk)?;
    Ok(Some(Trace { nodes: walk.nodes, steps: walk.steps, findings, truncated: walk.truncated }))
}

/// A trace on its way down.
pub(super) struct Walk<'a> {
    pub(super) reads: Reads<'a>,
    pub(super) nodes: Vec<Node>,
    pub(super) steps: Vec<Step>,
    /// What had become of each node, in the order of `nodes`.
    pub(super) changes: Vec<Vec<ChangeRow>>,
    /// Nodes that rest on nothing and are no provision or instrument.
    pub(super) dead_ends: Vec<usize>,
    /// Citations of events that did not count yet, with the node that they are of.
    pub(super) missing: Vec<(usize, EdgeRow)>,
    truncated: bool,
    places: HashMap<(StreamName, u64), usize>,
}

impl<'a> Walk<'a> {
    fn new(reads: Reads<'a>) -> Self {
        Self {
            reads,
            nodes: Vec::new(),
            steps: Vec::new(),
            changes: Vec::new(),
            dead_ends: Vec::new(),
            missing: Vec::new(),
            truncated: false,
            places: HashMap::new(),
        }
    }

    fn enter(&mut self, node: Node) -> Result<usize> {
        let place = self.nodes.len();
        let stream = &node.event.stream;
        // What becomes of an instrument or a recommendation becomes of all of its stream.
        let whole = matches!(stream.kind(), "mandate" | "recommendation");
        let about = if whole { 0 } else { node.event.revision };
        self.changes.push(self.reads.changes(stream, about)?);
        self.places.insert((stream.clone(), node.event.revision), place);
        self.nodes.push(node);
        Ok(place)
    }

    /// The place of an event in the trace; `None` when it did not count yet or there is no room.
    fn place(&mut self, stream: &StreamName, revision: u64) -> Result<Option<usize>> {
        if let Some(place) = self.places.get(&(stream.clone(), revision)) {
            return Ok(Some(*place));
        }
        match self.reads.node(stream, revision)? {
            Some(node) => self.enter(node).map(Some),
            None => Ok(None),
        }
    }

    fn down(&mut self) -> Result<()> {
        let mut next = 0;
        while let Some(event) = self.nodes.get(next).map(|it| it.event.clone()) {
            if self.nodes.len() > NODES_MAX {
                self.truncated = true;
                return Ok(());
            }
            self.follow(next, &event)?;
            next += 1;
        }
        Ok(())
    }

    fn follow(&mut self, from: usize, event: &Citation) -> Result<()> {
        let edges = self.reads.edges((&event.stream, event.revision), true, EDGES_MAX)?;
        self.truncated |= edges.len() == EDGES_MAX;
        match event.stream.kind() {
            "mandate" if event.revision > 0 => self.part_of(from, event)?,
            "mandate" => {}
            _ if edges.is_empty() => self.dead_ends.push(from),
            _ => {}
        }
        for edge in edges {
            match self.place(&edge.to_stream, edge.to_revision)? {
                Some(to) => {
                    self.excepted(to, &edge)?;
                    let role = Role::Cites(edge.role);
                    self.steps.push(Step { from, to, role, by: edge.by, place: Place::Chain });
                }
                None => self.missing.push((from, edge)),
            }
        }
        Ok(())
    }

    /// Where no priority stands between, the cited event says who allowed that, and why.
    fn excepted(&mut self, to: usize, edge: &EdgeRow) -> Result<()> {
        let without_priority = matches!(edge.role, Edge::Provision | Edge::Document);
        if !without_priority || edge.by.stream.kind() != "project" {
            return Ok(());
        }
        if let (Some(by), Some(node)) =
            (self.reads.node(&edge.by.stream, edge.by.revision)?, self.nodes.get_mut(to))
        {
            let reason = by.details.join(" ");
            node.details.push(format!("{}: {reason}; decided by {}", by.title, by.decider));
        }
        Ok(())
    }

    /// From a provision to the beginning of its stream: the instrument.
    fn part_of(&mut self, from: usize, event: &Citation) -> Result<()> {
        if let Some(to) = self.place(&event.stream, 0)? {
            let by = event.clone();
            self.steps.push(Step { from, to, role: Role::PartOf, by, place: Place::Chain });
        }
        Ok(())
    }

    /// What the subject rests on besides, which is not followed further.
    fn beside(&mut self) -> Result<()> {
        let Some(subject) = self.nodes.first().map(|it| it.event.clone()) else {
            return Ok(());
        };
        let mut edges = self.reads.edges((&subject.stream, subject.revision), false, BESIDE_MAX)?;
        if subject.stream.kind() == "project" {
            edges.extend(self.reads.stages_paid(&subject.stream, BESIDE_MAX)?);
        }
        self.truncated |= edges.len() >= BESIDE_MAX;
        for edge in edges {
            if let Some(to) = self.place(&edge.to_stream, edge.to_revision)? {
                let role = Role::Cites(edge.role);
                self.steps.push(Step { from: 0, to, role, by: edge.by, place: Place::Beside });
            }
        }
        Ok(())
    }
}
