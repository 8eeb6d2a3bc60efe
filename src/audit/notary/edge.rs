//! The tree as it grows, with the bundle of leaves that is not full yet.
use crate::audit::hash::{Hash, TreeHead, hash_leaf};
use crate::audit::tiles::{TileKind, TilePath, TiledTree, WIDTH};

/// A file of the layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) path: TilePath,
    pub(crate) bytes: Vec<u8>,
}

/// The tree, and its unfinished bundle.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edge {
    tree: TiledTree,
    /// Each leaf with its length in two bytes before it.
    bundle: Vec<u8>,
}

impl Edge {
    /// How many leaves there are.
    pub(crate) fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Size and root.
    pub(crate) fn head(&self) -> TreeHead {
        self.tree.head()
    }

    /// The tree alone.
    pub(crate) fn tree(&self) -> &TiledTree {
        &self.tree
    }

    /// Adds a leaf, whose names keep it below 65,536 bytes: its hash, and the pieces that it made full.
    pub(crate) fn push(&mut self, leaf: &[u8]) -> (Hash, Vec<Piece>) {
        let hash = hash_leaf(leaf);
        self.bundle.extend(u16::try_from(leaf.len()).unwrap_or(u16::MAX).to_be_bytes());
        self.bundle.extend(leaf);
        let filled = self.tree.append(hash);
        let mut full = Vec::with_capacity(filled.len());
        for (path, bytes) in filled {
            if path.kind == TileKind::Hashes(0) {
                let path = TilePath { kind: TileKind::Entries, ..path };
                full.push(Piece { path, bytes: std::mem::take(&mut self.bundle) });
            }
            full.push(Piece { path, bytes });
        }
        (hash, full)
    }

    /// The unfinished pieces, as the layout wants them for a tree of this size.
    pub(crate) fn partial(&self) -> Vec<Piece> {
        let tiles = self.tree.partial_tiles().into_iter();
        let mut pieces: Vec<Piece> = tiles.map(|(path, bytes)| Piece { path, bytes }).collect();
        let last = self.size() / u64::from(WIDTH);
        if let Some(path) = TilePath::in_tree(TileKind::Entries, last, self.size()) {
            pieces.push(Piece { path, bytes: self.bundle.clone() });
        }
        pieces
    }
}
