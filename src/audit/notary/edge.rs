//! The right edge of the tree: what is in no full tile yet, and so still grows.
use crate::audit::merkle::{Frontier, Hash, leaf_hash, root_of};
use crate::audit::tiles;

/// How many hashes or entries a full tile has.
pub(crate) const WIDTH: usize = 256;

/// A file of the layout: its name and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The unfinished tile of each level, the unfinished bundle of entries, and the root of all.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    frontier: Frontier,
    /// The hashes of the unfinished tile, by level.
    levels: Vec<Vec<Hash>>,
    /// The entries of the unfinished bundle, each with its length in two bytes before it.
    bundle: Vec<u8>,
}

impl Edge {
    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// What gives the root.
    pub(crate) fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The hashes of the unfinished tile of a level.
    pub(super) fn level(&self, level: usize) -> &[Hash] {
        self.levels.get(level).map_or(&[], |it| it)
    }

    /// The entries of the unfinished bundle.
    pub(super) fn bundle(&self) -> &[u8] {
        &self.bundle
    }

    /// Adds a leaf of at most 65,535 bytes; the tiles and the bundle that it made full.
    pub(crate) fn push(&mut self, leaf: &[u8]) -> Vec<Piece> {
        let hash = leaf_hash(leaf);
        self.frontier.push(hash);
        let length = u16::try_from(leaf.len()).unwrap_or(u16::MAX);
        self.bundle.extend(length.to_be_bytes());
        self.bundle.extend(leaf.iter().take(length.into()));
        let mut full = Vec::new();
        self.rise(0, hash, &mut full);
        full
    }

    fn rise(&mut self, level: usize, hash: Hash, full: &mut Vec<Piece>) {
        if self.levels.len() <= level {
            self.levels.push(Vec::with_capacity(WIDTH));
        }
        let Some(tile) = self.levels.get_mut(level) else { return };
        tile.push(hash);
        if tile.len() < WIDTH {
            return;
        }
        let hashes = std::mem::replace(tile, Vec::with_capacity(WIDTH));
        let n = (self.size() >> (8 * (level + 1))).saturating_sub(1);
        if level == 0 {
            full.push(Piece { name: tiles::entries(n, None), bytes: std::mem::take(&mut self.bundle) });
        }
        full.push(Piece { name: tiles::tile(level, n, None), bytes: hashes.concat() });
        self.rise(level + 1, root_of(&hashes), full);
    }

    /// The unfinished tiles and the unfinished bundle, as the layout wants them for a tree of this size.
    pub(crate) fn partial(&self) -> Vec<Piece> {
        let unfinished = |(level, hashes): (usize, &Vec<Hash>)| {
            let n = self.size() >> (8 * (level + 1));
            let name = tiles::tile(level, n, Some(hashes.len()));
            (!hashes.is_empty()).then(|| Piece { name, bytes: hashes.concat() })
        };
        let mut pieces: Vec<Piece> = self.levels.iter().enumerate().filter_map(unfinished).collect();
        let entries = self.level(0).len();
        if entries > 0 {
            let name = tiles::entries(self.size() >> 8, Some(entries));
            pieces.push(Piece { name, bytes: self.bundle.clone() });
        }
        pieces
    }
}
