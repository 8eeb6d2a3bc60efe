//! Proofs out of the tree's files and its right edge.
use super::edge::WIDTH;
use super::keeper::PLACES;
use super::{Sealed, Unproven};
use crate::audit::merkle::{self, Hash, root_of};
use crate::audit::proof::Proof;
use crate::audit::tiles;
use crate::log::Position;
use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// A proof that an event is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// Where the event is in the tree.
    pub index: u64,
    /// The proof, as c2sp.org/tlog-proof says, with the leaf as its extra data.
    pub text: String,
}

fn unreadable(name: &str) -> impl Fn(io::Error) -> Unproven {
    move |err| Unproven::TreeUnreadable(format!("{name}: {err}"))
}

/// The proof of the event at `position`.
pub(super) fn event(dir: &Path, sealed: &Sealed, position: Position) -> Result<Proven, Unproven> {
    let index = index(dir, sealed, position)?;
    let leaf = leaves(dir, sealed, index..index + 1)?.pop();
    let leaf = leaf.ok_or_else(|| Unproven::TreeUnreadable(format!("leaf {index} is not there")))?;
    let hash = |level, n| node(dir, sealed, level, n);
    let hashes = merkle::inclusion_proof(index, sealed.size, hash)?;
    let proof = Proof { index, hashes, extra: Some(leaf), checkpoint: sealed.note.clone() };
    Ok(Proven { index, text: proof.to_string() })
}

/// Where in the tree the event at `position` is. Positions need not be dense: they are looked up.
fn index(dir: &Path, sealed: &Sealed, position: Position) -> Result<u64, Unproven> {
    let file = File::open(dir.join(PLACES)).map_err(unreadable(PLACES))?;
    let (mut from, mut until) = (0, sealed.size);
    while from < until {
        let middle = from + (until - from) / 2;
        let mut place = [0; 8];
        file.read_exact_at(&mut place, middle * 8).map_err(unreadable(PLACES))?;
        match u64::from_be_bytes(place).cmp(&position.0) {
            std::cmp::Ordering::Equal => return Ok(middle),
            std::cmp::Ordering::Less => from = middle + 1,
            std::cmp::Ordering::Greater => until = middle,
        }
    }
    Err(Unproven::TreeUnreadable(format!("{PLACES}: the event at {position} is not in it")))
}

/// The consistency proof and the root of the later size.
pub(super) fn consistency(
    dir: &Path,
    sealed: &Sealed,
    from: u64,
    to: u64,
) -> Result<(Vec<Hash>, Hash), Unproven> {
    let hash = |level, n| node(dir, sealed, level, n);
    let hashes = merkle::consistency_proof(from, to, hash)?;
    let root = if to == sealed.size { sealed.root } else { merkle::root_at(to, hash)? };
    Ok((hashes, root))
}

/// The hash of the `n`th node of a level of the binary tree: of the leaves from `n << level` on, `1 << level` of them.
pub(super) fn node(dir: &Path, sealed: &Sealed, level: u32, n: u64) -> Result<Hash, Unproven> {
    let (tile_level, above) = ((level / 8) as usize, level % 8);
    let first = n << above;
    let hashes = tile(dir, sealed, tile_level, first / WIDTH as u64)?;
    let at = (first % WIDTH as u64) as usize;
    let below = hashes.get(at..at + (1 << above));
    below
        .map(root_of)
        .ok_or_else(|| Unproven::TreeUnreadable(format!("node {n} of level {level} is beyond the tree")))
}

/// The hashes of a tile: a full one from its file, the unfinished one of the level from memory.
pub(super) fn tile(dir: &Path, sealed: &Sealed, level: usize, n: u64) -> Result<Vec<Hash>, Unproven> {
    if n >= sealed.size >> (8 * (level + 1)) {
        return Ok(sealed.edge.level(level).to_vec());
    }
    let name = tiles::tile(level, n, None);
    let bytes = fs::read(dir.join(&name)).map_err(unreadable(&name))?;
    Ok(bytes.chunks_exact(32).filter_map(|it| it.try_into().ok()).collect())
}

/// The bundle of entries that is the `n`th.
pub(super) fn bundle(dir: &Path, sealed: &Sealed, n: u64) -> Result<Vec<u8>, Unproven> {
    if n >= sealed.size / WIDTH as u64 {
        return Ok(sealed.edge.bundle().to_vec());
    }
    let name = tiles::entries(n, None);
    fs::read(dir.join(&name)).map_err(unreadable(&name))
}

/// The leaves of these indexes.
pub(super) fn leaves(dir: &Path, sealed: &Sealed, indexes: Range<u64>) -> Result<Vec<Vec<u8>>, Unproven> {
    let (mut found, mut at) = (Vec::new(), indexes.start);
    let until = indexes.end.min(sealed.size);
    while at < until {
        let n = at / WIDTH as u64;
        let entries = tiles::split_entries(&bundle(dir, sealed, n)?);
        let skipped = (at % WIDTH as u64) as usize;
        let wanted = (until - at).min((WIDTH - skipped) as u64) as usize;
        let some: Vec<Vec<u8>> = entries.into_iter().skip(skipped).take(wanted).collect();
        if some.is_empty() {
            return Err(Unproven::TreeUnreadable(format!("{} is cut short", tiles::entries(n, None))));
        }
        at += some.len() as u64;
        found.extend(some);
    }
    Ok(found)
}
