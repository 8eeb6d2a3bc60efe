//! Grows the tree event by event and keeps its files, which can all be made again from the log.
use super::disk::Disk;
use super::edge::{Edge, Piece};
use crate::audit::leaf::Leaf;
use crate::audit::skew::Skew;
use crate::log::{Position, Record};
use std::io;

/// Where the position of each index is kept: eight bytes each, the most significant first.
pub(crate) const PLACES: &str = "places";
/// The newest checkpoint that is published.
pub(crate) const CHECKPOINT: &str = "checkpoint";

/// What is done with a piece of the tree that became full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It is looked at and left alone: what is there may be evidence.
    Compare,
    /// It is written, unless it is there already.
    Write,
}

/// The tree, its files, and what is known of the order of the log.
pub(super) struct Keeper<D> {
    pub(super) disk: D,
    pub(super) edge: Edge,
    pub(super) mode: Mode,
    /// The position of the last event.
    pub(super) last: Option<Position>,
    /// Whether a file is not what the log says.
    pub(super) damaged: bool,
    pub(super) skew: Skew,
    /// Positions that are not in the file yet.
    places: Vec<u8>,
    /// The unfinished pieces that are on disk.
    settled: Vec<String>,
}

impl<D: Disk> Keeper<D> {
    pub(super) fn new(disk: D, mode: Mode) -> Self {
        Self {
            disk,
            edge: Edge::default(),
            mode,
            last: None,
            damaged: false,
            skew: Skew::default(),
            places: Vec::new(),
            settled: Vec::new(),
        }
    }

    /// Takes the next event into the tree.
    pub(super) fn take(&mut self, record: &Record) -> io::Result<()> {
        let unfit = |err| io::Error::new(io::ErrorKind::InvalidData, format!("event {}: {err}", record.id));
        let index = self.edge.size();
        let leaf = Leaf::of(index, record).encode().map_err(unfit)?;
        for piece in self.edge.push(&leaf).1 {
            self.put(&piece)?;
        }
        self.places.extend(record.position.0.to_be_bytes());
        self.last = Some(record.position);
        self.skew.take(index, record);
        Ok(())
    }

    /// Goes on to write. What a crash left of unfinished pieces goes with the next that are written.
    pub(super) fn begin(&mut self) -> io::Result<()> {
        self.mode = Mode::Write;
        self.settled = self.disk.partials()?;
        Ok(())
    }

    fn put(&mut self, piece: &Piece) -> io::Result<()> {
        let name = piece.path.to_string();
        if self.disk.read(&name)?.is_some_and(|it| it == piece.bytes) {
            return Ok(());
        }
        match self.mode {
            Mode::Compare => {
                self.damaged = true;
                Ok(())
            }
            Mode::Write => self.disk.write(&name, &piece.bytes),
        }
    }

    /// Writes the positions of the events taken since the last time, or compares them.
    pub(super) fn place(&mut self) -> io::Result<()> {
        let places = std::mem::take(&mut self.places);
        let at = self.edge.size() * 8 - places.len() as u64;
        match self.mode {
            Mode::Compare => {
                self.damaged |= !self.disk.holds(PLACES, at, &places)?;
                Ok(())
            }
            Mode::Write if places.is_empty() => Ok(()),
            Mode::Write => self.disk.write_at(PLACES, at, &places),
        }
    }

    /// Writes the unfinished pieces of the tree, and publishes a checkpoint that needs them.
    pub(super) fn settle(&mut self, pieces: &[Piece], checkpoint: &str) -> io::Result<()> {
        let names: Vec<String> = pieces.iter().map(|it| it.path.to_string()).collect();
        for (name, piece) in names.iter().zip(pieces) {
            self.disk.write(name, &piece.bytes)?;
        }
        self.disk.replace(CHECKPOINT, checkpoint.as_bytes())?;
        for old in std::mem::replace(&mut self.settled, names) {
            if !self.settled.contains(&old) {
                self.disk.remove(&old)?;
            }
        }
        Ok(())
    }
}
