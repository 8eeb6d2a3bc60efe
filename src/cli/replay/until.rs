//! The views as they stood: made from the first event up to a place, and no further.
use super::{Replay, failed, rows};
use crate::cli::failure::Failure;
use crate::cli::moment::OnRecord;
use crate::cli::place::Place;
use crate::cli::{out, table};
use crate::log::{Log, Position};
use crate::views::{self, Rebuilt};
use futures::TryStreamExt;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// A view as it stood.
struct Stood {
    view: &'static str,
    /// The last event that it takes into account; `None` before the first.
    position: Option<Position>,
    rows: u64,
    /// SHA-256 of what it says: the same for everyone who replays the same record.
    says: String,
    file: PathBuf,
}

impl Replay {
    /// Makes the views as they stood and says where they are.
    pub(super) async fn stand(
        &self,
        place: &Place,
        log: Arc<dyn Log>,
        until: OnRecord,
    ) -> Result<(), Failure> {
        let into = self.into.clone().unwrap_or_else(|| place.data.join("replay"));
        let until = position(&*log, until).await?;
        std::fs::create_dir_all(&into).map_err(|err| Failure::from(err).about(into.display()))?;
        let rebuilt = self.rebuilt(log, &into, Some(until)).await?;
        let stood = rebuilt.into_iter().map(stood).collect::<Result<Vec<_>, _>>()?;
        Ok(print(&stood, place)?)
    }
}

/// The last event that was on record then: positions need not be dense.
async fn position(log: &dyn Log, until: OnRecord) -> Result<Position, Failure> {
    let at = match until {
        OnRecord::Position(position) => return Ok(Position(position)),
        OnRecord::Moment(at) => at,
    };
    let (mut last, mut chunks) = (Position(0), log.read_all(None));
    while let Some(chunk) = chunks.try_next().await? {
        for record in chunk {
            if record.recorded_at > at {
                return Ok(last);
            }
            last = record.position;
        }
    }
    Ok(last)
}

fn stood(rebuilt: Rebuilt) -> Result<Stood, Failure> {
    let Rebuilt { view, file, position, .. } = rebuilt;
    let rows = rows(&file).map_err(|err| failed(err.into()))?;
    let says = views::fingerprint(&file).map_err(failed)?;
    Ok(Stood { view, position, rows, says, file })
}

fn print(stood: &[Stood], place: &Place) -> std::io::Result<()> {
    if place.json {
        return stood.iter().try_for_each(|it| {
            out::json(&json!({
                "view": it.view,
                "position": it.position.map(|it| it.0),
                "rows": it.rows,
                "sha256": it.says,
                "file": it.file.display().to_string(),
            }))
        });
    }
    let row = |it: &Stood| {
        let position = it.position.map_or("-".to_owned(), |it| it.to_string());
        let says = it.says.chars().take(16).collect();
        vec![it.view.to_owned(), position, it.rows.to_string(), says, it.file.display().to_string()]
    };
    table::print(
        &["view", "position", "rows", "says (SHA-256)", "file"],
        &stood.iter().map(row).collect::<Vec<_>>(),
    )
}
