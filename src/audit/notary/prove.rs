//! Proofs out of the tree of a signed state.
use super::keeper::PLACES;
use super::trees::Pieces;
use super::{Piece, Sealed, Unproven};
use crate::audit::exhibit::{Exhibit, Shown};
use crate::audit::hash::{Hash, TreeHead};
use crate::audit::leaf::Leaf;
use crate::audit::merkle::{TreeError, prove_consistency, prove_inclusion, root_at, verify_consistency};
use crate::audit::nodes::{KeptTiles, TiledNodes};
use crate::audit::proof::ProofPart;
use crate::audit::tiles::{TileKind, TilePath, Tiles, WIDTH, decode_entries};
use crate::log::{Position, Record};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

impl From<TreeError> for Unproven {
    fn from(err: TreeError) -> Self {
        Unproven::TreeUnreadable(err.to_string())
    }
}

/// The proof of an event.
pub(super) fn event(
    dir: &Path,
    kept: &KeptTiles,
    sealed: &Sealed,
    record: &Record,
) -> Result<ProofPart, Unproven> {
    let index = index(dir, sealed, record.position)?;
    let leaf = Leaf::of(index, record).encode().map_err(|err| Unproven::TreeUnreadable(err.to_string()))?;
    let exhibit = Exhibit { leaf, data: Shown::stored(&record.data), meta: Shown::stored(&record.meta) };
    let pieces = Pieces { dir, sealed };
    let nodes = TiledNodes::keeping(&pieces, sealed.head.size, kept);
    let hashes = prove_inclusion(&nodes, index, sealed.head.size)?;
    Ok(ProofPart::of_event(&exhibit, index, hashes))
}

/// Where in the tree the event at `position` is. Positions need not be dense: they are looked up.
fn index(dir: &Path, sealed: &Sealed, position: Position) -> Result<u64, Unproven> {
    let file = File::open(dir.join(PLACES)).map_err(unread)?;
    let (mut from, mut until) = (0, sealed.head.size);
    // Where positions are dense from 1, this is it.
    let mut middle = position.0.saturating_sub(1);
    while from < until {
        middle = middle.clamp(from, until - 1);
        let mut place = [0; 8];
        file.read_exact_at(&mut place, middle * 8).map_err(unread)?;
        match u64::from_be_bytes(place).cmp(&position.0) {
            std::cmp::Ordering::Equal => return Ok(middle),
            std::cmp::Ordering::Less => from = middle + 1,
            std::cmp::Ordering::Greater => until = middle,
        }
        middle = from + (until - from) / 2;
    }
    Err(Unproven::TreeUnreadable(format!("{PLACES}: the event at {position} is not in it")))
}

/// An earlier state of the same tree, without its checkpoint.
pub(super) fn earlier(dir: &Path, sealed: &Sealed, size: u64) -> Result<Sealed, Unproven> {
    let pieces = Pieces { dir, sealed };
    let (_, root) = since(dir, sealed, size)?;
    let piece = |path| Ok(Piece { bytes: pieces.tile(&path)?, path });
    let edge = TilePath::partial_in(size).map(piece).collect::<Result<Arc<[Piece]>, TreeError>>()?;
    let position = size.checked_sub(1).map(|it| position(dir, it)).transpose()?;
    Ok(Sealed { head: TreeHead { size, root }, position, note: String::new(), edge })
}

/// The proof that the tree goes on from `old` events, and the root of these. It is checked: what then does not agree with
/// it was signed for another tree, and no damaged file is to blame.
pub(super) fn since(dir: &Path, sealed: &Sealed, old: u64) -> Result<(Vec<Hash>, Hash), Unproven> {
    let pieces = Pieces { dir, sealed };
    let nodes = TiledNodes::new(&pieces, sealed.head.size);
    let (proof, root) = (prove_consistency(&nodes, old, sealed.head.size)?, root_at(&nodes, old)?);
    let damaged = |_| {
        Unproven::TreeUnreadable("the files of the tree are damaged: the next start makes them again".into())
    };
    verify_consistency(&TreeHead { size: old, root }, &sealed.head, &proof).map_err(damaged)?;
    Ok((proof, root))
}

/// Where in the log the event at `index` is.
fn position(dir: &Path, index: u64) -> Result<Position, Unproven> {
    let mut place = [0; 8];
    let read = File::open(dir.join(PLACES)).and_then(|it| it.read_exact_at(&mut place, index * 8));
    read.map_err(unread)?;
    Ok(Position(u64::from_be_bytes(place)))
}

fn unread(err: io::Error) -> Unproven {
    Unproven::TreeUnreadable(format!("{PLACES}: {err}"))
}

/// The consistency proof and the root of the later size.
pub(super) fn consistency(
    dir: &Path,
    kept: &KeptTiles,
    sealed: &Sealed,
    from: u64,
    to: u64,
) -> Result<(Vec<Hash>, Hash), Unproven> {
    let pieces = Pieces { dir, sealed };
    let nodes = TiledNodes::keeping(&pieces, sealed.head.size, kept);
    Ok((prove_consistency(&nodes, from, to)?, root_at(&nodes, to)?))
}

/// The leaves of these indexes.
pub(super) fn leaves(dir: &Path, sealed: &Sealed, indexes: Range<u64>) -> Result<Vec<Vec<u8>>, Unproven> {
    let pieces = Pieces { dir, sealed };
    let (mut found, mut at) = (Vec::new(), indexes.start);
    while at < indexes.end.min(sealed.head.size) {
        let (n, skipped) = (at / u64::from(WIDTH), (at % u64::from(WIDTH)) as usize);
        let Some(path) = TilePath::in_tree(TileKind::Entries, n, sealed.head.size) else { break };
        let bundle = pieces.tile(&path)?;
        let leaves = decode_entries(&bundle, path.width)?;
        let wanted = (indexes.end - at) as usize;
        found.extend(leaves.into_iter().skip(skipped).take(wanted).map(<[u8]>::to_vec));
        at = (n + 1) * u64::from(WIDTH);
    }
    Ok(found)
}
