//! What is published over plain HTTP: the checkpoint and the tiles, where c2sp.org/tlog-tiles says that they are.
use super::Notary;
use super::trees::Pieces;
use crate::audit::http::{Answer, Keep, Request, Site, TEXT};
use crate::audit::tiles::{TilePath, Tiles};

const BYTES: &str = "application/octet-stream";

/// The tree, as others may read it.
pub struct Published {
    notary: Notary,
}

impl Published {
    pub(super) fn new(notary: Notary) -> Self {
        Self { notary }
    }

    fn tile(&self, path: &str) -> Option<Answer> {
        let wanted: TilePath = path.parse().ok()?;
        // What was signed since the published checkpoint is no secret: whoever waited for a signature asks for it.
        let newest = self.notary.0.shared.sealed.borrow().clone()?;
        let found = Pieces { dir: &self.notary.0.dir, sealed: &newest }.tile(&wanted).ok()?;
        Some(Answer { status: 200, content_type: BYTES, keep: Keep::Forever, body: found.into() })
    }
}

impl Site for Published {
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
                None => Answer::text(503, "nothing is published yet"),
            };
        }
        let none = "there is no such tile: c2sp.org/tlog-tiles says what a checkpoint of its size has";
        self.tile(path).unwrap_or_else(|| Answer::text(404, none))
    }
}
