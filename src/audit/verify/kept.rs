//! The leaves that were kept beside the log: what was signed, event by event.
use crate::audit::hash::{Hash, hash_leaf};
use crate::audit::leaf::Leaf;
use crate::audit::tiles::{TileKind, TilePath, WIDTH};
use std::fs;
use std::path::Path;

/// What was kept of one event.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// What was committed to; `None` when that is lost.
    pub(super) leaf: Option<Leaf>,
    /// What it gave in the tree; `None` when that is lost.
    pub(super) hash: Option<Hash>,
}

/// What was kept of the first `count` events of a block. `found` is what the events that are found give: a file that
/// says the same as they do is believed rather than one that does not.
pub(super) fn block(tree: &Path, block: u64, count: u16, found: &[Option<Hash>]) -> Vec<Kept> {
    let entries = file(tree, count, TileKind::Entries, block).map(|it| split(&it)).unwrap_or_default();
    let hashes = file(tree, count, TileKind::Hashes(0), block).unwrap_or_default();
    let kept = |n: usize| {
        let entry = entries.get(n).map(|it| (hash_leaf(it), Leaf::decode(it).ok()));
        let hash: Option<Hash> = hashes.get(n * 32..n * 32 + 32).and_then(|it| it.try_into().ok()).map(Hash);
        let believed = found.get(n).copied().flatten();
        match (entry, hash) {
            (Some((of_entry, leaf)), Some(hash)) if of_entry == hash || believed != Some(hash) => {
                Kept { leaf, hash: Some(of_entry) }
            }
            (Some((of_entry, leaf)), None) => Kept { leaf, hash: Some(of_entry) },
            (Some(_) | None, hash) => Kept { leaf: None, hash },
        }
    };
    (0..count.into()).map(kept).collect()
}

/// A file of the layout: full, or the narrowest part of it that has `count` of its pieces.
fn file(tree: &Path, count: u16, kind: TileKind, index: u64) -> Option<Vec<u8>> {
    let paths = (count..=WIDTH).map(|width| TilePath { kind, index, width });
    paths.map(|it| tree.join(it.to_string())).find_map(|it| fs::read(it).ok())
}

/// The entries of a bundle; none after one that is cut short.
fn split(bundle: &[u8]) -> Vec<Vec<u8>> {
    let (mut entries, mut rest) = (Vec::new(), bundle);
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length));
        let Some((entry, after)) = after.split_at_checked(length) else { break };
        entries.push(entry.to_vec());
        rest = after;
    }
    entries
}
