//! The nodes of a tree, out of its tiles.
use super::hash::{Hash, hash_node};
use super::merkle::{Nodes, TreeError};
use super::tiles::{HEIGHT, TileKind, TilePath, Tiles, WIDTH, decode_hashes, missing};
use quick_cache::sync::Cache;
use std::sync::Arc;

/// How many tiles are kept, of at most 16 KiB each: every upper one of a million leaves, and 240 of the lowest.
const KEPT_MAX: usize = 256;

/// Tiles that were read, with the nodes between their hashes, which a tile file leaves to be computed. A tree only
/// grows: what a path names in it never changes, so nothing here is ever out of date.
#[derive(Debug, Clone)]
pub struct KeptTiles(Arc<Cache<TilePath, Arc<Triangle>>>);

impl Default for KeptTiles {
    fn default() -> Self {
        Self(Arc::new(Cache::new(KEPT_MAX)))
    }
}

/// The nodes of a tree of a given size, read from its tiles. Keeps what it read.
pub struct TiledNodes<'a, T: Tiles> {
    tiles: &'a T,
    size: u64,
    kept: KeptTiles,
}

impl<'a, T: Tiles> TiledNodes<'a, T> {
    /// The tree of `size` leaves in `tiles`. Only tiles of that tree are asked for, and a partial tile that is not
    /// there any more is looked for in the full one.
    pub fn new(tiles: &'a T, size: u64) -> Self {
        Self::keeping(tiles, size, &KeptTiles::default())
    }

    /// The same, beside others of the same tree that keep what they read in `kept`.
    pub fn keeping(tiles: &'a T, size: u64, kept: &KeptTiles) -> Self {
        Self { tiles, size, kept: kept.clone() }
    }

    /// The hashes of one tile.
    pub(super) fn hashes(&self, path: TilePath) -> Result<Vec<Hash>, TreeError> {
        let partly = self.tiles.tile(&path).and_then(|it| decode_hashes(&path, &it));
        match partly {
            Err(_) if path.width < WIDTH => {
                let full = self.tiles.tile(&path.full()).and_then(|it| decode_hashes(&path.full(), &it));
                full.map_or(partly, |it| Ok(it.into_iter().take(path.width.into()).collect()))
            }
            _ => partly,
        }
    }
}

impl<T: Tiles> Nodes for TiledNodes<'_, T> {
    fn node(&self, level: u8, index: u64) -> Result<Hash, TreeError> {
        let row = level / HEIGHT;
        let above = level % HEIGHT;
        let beyond = || missing(format!("node {index} of level {level} is not in a tree of {}", self.size));
        let first = index.checked_mul(1 << above).ok_or_else(beyond)?;
        let tile = first / u64::from(WIDTH);
        let path = TilePath::in_tree(TileKind::Hashes(row), tile, self.size).ok_or_else(beyond)?;
        let read = || self.hashes(path).map(|it| Arc::new(Triangle::over(it)));
        let triangle = self.kept.0.get_or_insert_with(&path, read)?;
        let within = (first % u64::from(WIDTH)) as usize >> above;
        triangle.node(above, within).ok_or_else(beyond)
    }
}

/// A tile's hashes and the perfect subtrees over them, row by row.
#[derive(Debug)]
struct Triangle(Vec<Vec<Hash>>);

impl Triangle {
    fn over(hashes: Vec<Hash>) -> Self {
        let mut rows = vec![hashes];
        while let Some(row) = rows.last().filter(|it| it.len() > 1) {
            let (pairs, _) = row.as_chunks();
            rows.push(pairs.iter().map(|[left, right]| hash_node(left, right)).collect());
        }
        Self(rows)
    }

    /// The node `index` of those that are `above` rows over the hashes.
    fn node(&self, above: u8, index: usize) -> Option<Hash> {
        self.0.get(usize::from(above))?.get(index).copied()
    }
}
