//! The tree as files: c2sp.org/tlog-tiles. A tile is 256 hashes of one level; an entry bundle is 256 leaf records.
use super::hash::{Hash, TreeHead};
use super::merkle::{Frontier, TreeError};
use super::nodes::TiledNodes;
use std::fmt;
use std::str::FromStr;

/// How many hashes or entries a full tile has.
pub const WIDTH: u16 = 256;
/// How many levels of the tree one tile spans.
pub(super) const HEIGHT: u8 = 8;
const HASH_BYTES: usize = 32;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of the tree's level 8 x this: from 0, the leaf hashes, up to 7.
    Hashes(u8),
    /// The leaf records themselves.
    Entries,
}

impl TileKind {
    fn all() -> impl Iterator<Item = Self> {
        std::iter::once(TileKind::Entries).chain((0..HEIGHT).map(TileKind::Hashes))
    }

    /// How many leaves, as a power of two, each of its hashes or entries stands for.
    fn shift(self) -> u32 {
        match self {
            TileKind::Hashes(level) => u32::from(level) * u32::from(HEIGHT),
            TileKind::Entries => 0,
        }
    }
}

/// Where a tile is, below the log's prefix: `tile/0/x001/x234/067.p/5`, `tile/entries/000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    /// What it holds.
    pub kind: TileKind,
    /// Which tile of its level, from 0.
    pub index: u64,
    /// How many hashes or entries it has, from 1 to 256.
    pub width: u16,
}

impl TilePath {
    /// The tile `index` of `kind` in a tree of `size` leaves; `None` where that tree has none.
    pub fn in_tree(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        let wide = size.checked_shr(kind.shift())?;
        let left = wide.checked_sub(index.checked_mul(u64::from(WIDTH))?)?;
        let width = u16::try_from(left).unwrap_or(WIDTH).min(WIDTH);
        (width > 0).then_some(Self { kind, index, width })
    }

    /// Every tile that a tree of `size` leaves has and one of `old` leaves does not have in this width: full ones and
    /// the partial ones at the right edge. Entry bundles come first, then the hashes, level by level.
    pub fn new_since(old: u64, size: u64) -> impl Iterator<Item = Self> {
        TileKind::all().flat_map(move |kind| {
            let shift = kind.shift();
            let (before, after) = (old >> shift, size >> shift);
            let from = if before < after { before / u64::from(WIDTH) } else { u64::MAX };
            (from..after.div_ceil(u64::from(WIDTH))).filter_map(move |it| Self::in_tree(kind, it, size))
        })
    }

    /// The partial tiles at the right edge of a tree of `size` leaves.
    pub(super) fn partial_in(size: u64) -> impl Iterator<Item = Self> {
        let last = move |kind: TileKind| Self::in_tree(kind, (size >> kind.shift()) / u64::from(WIDTH), size);
        TileKind::all().filter_map(last)
    }

    /// The same tile with all its 256 hashes or entries.
    pub fn full(self) -> Self {
        Self { width: WIDTH, ..self }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let (mut left, mut groups) = (self.index, vec![self.index % 1000]);
        while left >= 1000 {
            left /= 1000;
            groups.push(left % 1000);
        }
        for group in groups.iter().skip(1).rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", self.index % 1000)?;
        match self.width {
            WIDTH => Ok(()),
            width => write!(f, ".p/{width}"),
        }
    }
}

/// The text is not the path of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile; they look like tile/0/x001/x234/067, tile/0/000.p/5 or tile/entries/000")]
pub struct BadTilePath;

impl FromStr for TilePath {
    type Err = BadTilePath;
    fn from_str(text: &str) -> Result<Self, BadTilePath> {
        let (kind, place) =
            text.strip_prefix("tile/").and_then(|it| it.split_once('/')).ok_or(BadTilePath)?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes(level.parse().ok().filter(|it| *it < HEIGHT).ok_or(BadTilePath)?),
        };
        let (place, width) = match place.split_once(".p/") {
            Some((place, width)) => (place, width.parse().ok().filter(|it| *it < WIDTH)),
            None => (place, Some(WIDTH)),
        };
        let mut index: u64 = 0;
        for group in place.split('/').map(|it| it.trim_start_matches('x')) {
            let group: u64 = group.parse().map_err(|_| BadTilePath)?;
            index = index.checked_mul(1000).and_then(|it| it.checked_add(group)).ok_or(BadTilePath)?;
        }
        let path = Self { kind, index, width: width.filter(|it| *it > 0).ok_or(BadTilePath)? };
        // One path has one spelling: whatever is not written back as it came was misspelt.
        (path.to_string() == text).then_some(path).ok_or(BadTilePath)
    }
}

/// Where tiles are read from: a folder, an export, a server.
pub trait Tiles {
    /// The bytes of one tile. [`TreeError::Missing`] where it cannot be read.
    fn tile(&self, path: &TilePath) -> Result<Vec<u8>, TreeError>;
}

/// The hashes in the bytes of the tile `path`.
pub fn decode_hashes(path: &TilePath, bytes: &[u8]) -> Result<Vec<Hash>, TreeError> {
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    if hashes.len() != usize::from(path.width) || !rest.is_empty() {
        let needed = usize::from(path.width) * HASH_BYTES;
        return Err(missing(format!("{path} has {} bytes where {needed} belong", bytes.len())));
    }
    Ok(hashes.iter().copied().map(Hash).collect())
}

/// A tree that grows, with the hashes of its right edge: what is not yet in a full tile.
#[derive(Debug, Clone, Default)]
pub struct TiledTree {
    frontier: Frontier,
    edge: Vec<Vec<Hash>>,
}

impl TiledTree {
    /// Without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tree of `size` leaves in `tiles`, ready to grow. Whether it has the root that it should is for the caller
    /// to compare.
    pub fn restore(size: u64, tiles: &impl Tiles) -> Result<Self, TreeError> {
        let nodes = TiledNodes::new(tiles, size);
        let frontier = Frontier::read(&nodes, size)?;
        let mut edge = Vec::new();
        for level in (0..HEIGHT).take_while(|it| size >> (it * HEIGHT) > 0) {
            let wide = size >> (level * HEIGHT);
            let partial = TilePath::in_tree(TileKind::Hashes(level), wide / u64::from(WIDTH), size);
            edge.push(partial.map_or(Ok(Vec::new()), |it| nodes.hashes(it))?);
        }
        Ok(Self { frontier, edge })
    }

    /// One leaf more. Gives the tiles that this filled, from the lowest up, with their bytes.
    pub fn append(&mut self, leaf: Hash) -> Vec<(TilePath, Vec<u8>)> {
        let (edge, mut filled) = (&mut self.edge, Vec::new());
        self.frontier.append_noting(leaf, |level, index, hash| {
            if level % HEIGHT != 0 {
                return;
            }
            let row = level / HEIGHT;
            edge.resize_with(edge.len().max(usize::from(row) + 1), Vec::new);
            let Some(hashes) = edge.get_mut(usize::from(row)) else { return };
            hashes.push(hash);
            if hashes.len() == usize::from(WIDTH) {
                let path =
                    TilePath { kind: TileKind::Hashes(row), index: index / u64::from(WIDTH), width: WIDTH };
                filled.push((path, encode_hashes(hashes)));
                hashes.clear();
            }
        });
        filled
    }

    /// The partial tiles at the right edge as they are now, with their bytes: what a checkpoint of this size needs
    /// besides full ones.
    pub fn partial_tiles(&self) -> Vec<(TilePath, Vec<u8>)> {
        let rows = self.edge.iter().zip(0..).filter(|(hashes, _)| !hashes.is_empty());
        rows.map(|(hashes, row): (_, u8)| {
            let index = (self.frontier.size() >> (row * HEIGHT)) / u64::from(WIDTH);
            let path = TilePath { kind: TileKind::Hashes(row), index, width: hashes.len() as u16 };
            (path, encode_hashes(hashes))
        })
        .collect()
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        self.frontier.head()
    }

    /// How many leaves.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }
}

fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|it| it.0).collect()
}

/// An entry bundle: each record after its length in bytes as big-endian u16.
pub fn encode_entries<'a>(records: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, TreeError> {
    let mut bundle = Vec::new();
    for record in records {
        let too_long = || missing(format!("a record of {} bytes does not fit a bundle", record.len()));
        bundle.extend_from_slice(&u16::try_from(record.len()).map_err(|_| too_long())?.to_be_bytes());
        bundle.extend_from_slice(record);
    }
    Ok(bundle)
}

/// The records in an entry bundle, of which there must be `width`.
pub fn decode_entries(bundle: &[u8], width: u16) -> Result<Vec<&[u8]>, TreeError> {
    let (mut left, mut records) = (bundle, Vec::new());
    while let Some((length, rest)) = left.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length));
        let record = rest.get(..length).ok_or_else(|| missing(cut(records.len())))?;
        records.push(record);
        left = rest.get(length..).unwrap_or_default();
    }
    match left {
        [] if records.len() == usize::from(width) => Ok(records),
        [] => Err(missing(format!("the bundle has {} records where {width} belong", records.len()))),
        _ => Err(missing(cut(records.len()))),
    }
}

fn cut(records: usize) -> String {
    format!("the bundle is cut off after {records} records")
}

pub(super) fn missing(what: String) -> TreeError {
    TreeError::Missing { what }
}
