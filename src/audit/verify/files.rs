//! The files of a tree, made of its leaves alone: for a record that came without them.
use crate::audit::notary::{Edge, Piece};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A tree in a folder, as it grows.
pub struct LeafFiles {
    folder: PathBuf,
    edge: Edge,
}

impl LeafFiles {
    /// An empty one in `folder`.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), edge: Edge::default() }
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    /// Adds a leaf, and writes what that made full.
    pub fn push(&mut self, leaf: &[u8]) -> io::Result<()> {
        let full = self.edge.push(leaf).1;
        full.iter().try_for_each(|it| self.write(it))
    }

    /// Writes what is not full.
    pub fn finish(self) -> io::Result<()> {
        self.edge.partial().iter().try_for_each(|it| self.write(it))
    }

    fn write(&self, piece: &Piece) -> io::Result<()> {
        let path = self.folder.join(piece.path.to_string());
        fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
        fs::write(path, &piece.bytes)
    }
}
