//! What is published over plain HTTP: the checkpoint and the tiles, where c2sp.org/tlog-tiles says that they are.
use super::{Notary, Sealed, Unproven, prove};
use crate::audit::http::{Answer, Keep, Request, Site, TEXT};
use crate::audit::tiles::{self, Tile};

const BYTES: &str = "application/octet-stream";

/// The tree, as others may read it.
pub struct Tiles {
    notary: Notary,
}

impl Tiles {
    pub(super) fn new(notary: Notary) -> Self {
        Self { notary }
    }

    fn piece(&self, path: &str) -> Option<Answer> {
        let wanted = tiles::parse(path)?;
        // What was signed since the published checkpoint is no secret, and is asked for by those who just saw it.
        let newest = self.notary.0.shared.sealed.borrow().clone()?;
        let found = match wanted {
            Tile::Hashes { level, n, width } => {
                prove::tile(&self.notary.0.dir, &newest, level, n).ok()?.get(..width)?.concat()
            }
            Tile::Entries { n, width } => entries(&self.notary, &newest, n, width).ok()??,
        };
        Some(Answer { status: 200, content_type: BYTES, keep: Keep::Forever, body: found.into() })
    }
}

/// The first `width` entries of a bundle, each with its length before it.
fn entries(notary: &Notary, sealed: &Sealed, n: u64, width: usize) -> Result<Option<Vec<u8>>, Unproven> {
    let bundle = prove::bundle(&notary.0.dir, sealed, n)?;
    let (mut at, mut left) = (0, width);
    while left > 0 {
        let Some(length) = bundle.get(at..at + 2).and_then(|it| it.try_into().ok()) else { return Ok(None) };
        at += 2 + usize::from(u16::from_be_bytes(length));
        left -= 1;
    }
    Ok(bundle.get(..at).map(<[u8]>::to_vec))
}

impl Site for Tiles {
    fn answer(&self, request: Request) -> Answer {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return Answer::text(405, "this is only read: GET");
        }
        let path = request.path.trim_start_matches('/');
        if path == "checkpoint" {
            return match self.notary.published() {
                Some(it) => Answer {
                    status: 200,
                    content_type: TEXT,
                    keep: Keep::Moments,
                    body: it.note.clone().into_bytes().into(),
                },
                None => Answer::text(404, "nothing is published yet"),
            };
        }
        self.piece(path).unwrap_or_else(|| {
            Answer::text(404, "there is no such tile: see c2sp.org/tlog-tiles, and ask for what the checkpoint's size needs")
        })
    }
}
