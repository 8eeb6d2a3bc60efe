//! Trees and keys that the tests share.
use pactline::audit::*;
use std::collections::BTreeMap;

/// A tree with everything that was ever written of it.
#[derive(Default)]
pub struct Grown {
    pub tree: TiledTree,
    pub leaves: Vec<Hash>,
    pub heads: Vec<TreeHead>,
    pub written: BTreeMap<TilePath, Vec<u8>>,
}

/// What leaf `index` says.
pub fn content(index: u64) -> Vec<u8> {
    format!("event {index}").into_bytes()
}

impl Grown {
    /// A tree of `size` leaves, with the tiles of every size on the way.
    pub fn to(size: u64) -> Self {
        let mut grown = Self { heads: vec![TreeHead::EMPTY], ..Self::default() };
        (0..size).for_each(|it| grown.append(hash_leaf(&content(it))));
        grown
    }

    pub fn append(&mut self, leaf: Hash) {
        self.leaves.push(leaf);
        let filled = self.tree.append(leaf);
        self.written.extend(filled.into_iter().chain(self.tree.partial_tiles()));
        self.heads.push(self.tree.head());
    }

    pub fn head(&self, size: u64) -> TreeHead {
        self.heads[size as usize]
    }
}

impl Tiles for Grown {
    fn tile(&self, path: &TilePath) -> Result<Vec<u8>, TreeError> {
        self.written.get(path).cloned().ok_or_else(|| TreeError::Missing { what: format!("no {path}") })
    }
}

pub const ORIGIN: &str = "pact.example.org/log";

/// The key of a log or witness; the same seed, the same key.
pub fn key(name: &str, kind: KeyKind, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, kind, [seed; 32]).unwrap()
}

pub fn log_key() -> SigningKey {
    key(ORIGIN, KeyKind::Log, 7)
}

/// A checkpoint that the log has signed.
pub fn signed(head: TreeHead) -> SignedCheckpoint {
    Checkpoint::new(ORIGIN, head).sign(&log_key()).unwrap()
}
