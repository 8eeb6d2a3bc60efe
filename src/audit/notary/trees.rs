//! The tree of a signed state: full pieces from the folder, unfinished ones as they were when it was signed.
use super::Sealed;
use crate::audit::merkle::TreeError;
use crate::audit::tiles::{TileKind, TilePath, Tiles, WIDTH, decode_entries, encode_entries};
use std::fs;
use std::path::Path;

/// Where its pieces are.
pub(super) struct Pieces<'a> {
    pub(super) dir: &'a Path,
    pub(super) sealed: &'a Sealed,
}

impl Tiles for Pieces<'_> {
    fn tile(&self, path: &TilePath) -> Result<Vec<u8>, TreeError> {
        let within = TilePath::in_tree(path.kind, path.index, self.sealed.head.size);
        match within.filter(|it| it.width >= path.width) {
            Some(it) if it == *path => self.whole(path),
            Some(it) => narrowed(&it, &self.whole(&it)?, path.width),
            None => Err(TreeError::Missing { what: format!("{path} is beyond what is signed") }),
        }
    }
}

impl Pieces<'_> {
    fn whole(&self, path: &TilePath) -> Result<Vec<u8>, TreeError> {
        if path.width < WIDTH
            && let Some(piece) = self.sealed.edge.iter().find(|it| it.path == *path)
        {
            return Ok(piece.bytes.clone());
        }
        let unread = |err| TreeError::Missing { what: format!("{path}: {err}") };
        fs::read(self.dir.join(path.to_string())).map_err(unread)
    }
}

/// The first `width` hashes or leaves of a piece.
fn narrowed(path: &TilePath, bytes: &[u8], width: u16) -> Result<Vec<u8>, TreeError> {
    match path.kind {
        TileKind::Hashes(_) => {
            let cut = || TreeError::Missing { what: format!("{path} is cut short") };
            bytes.get(..32 * usize::from(width)).map(<[u8]>::to_vec).ok_or_else(cut)
        }
        TileKind::Entries => {
            let leaves = decode_entries(bytes, path.width)?;
            encode_entries(leaves.into_iter().take(width.into()))
        }
    }
}
