//! `pactline replay`: every view made anew from the first event, and whether it says the same; or as it stood then.
use super::failure::{Exit, Failure};
use super::place::Place;
use super::{out, table};
use crate::log::{Log, Position};
use crate::views::{self, Rebuilt, View, ViewError, Views};
use clap::Args;
use counted::Counted;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

mod counted;
mod until;

/// How long a view that is in use may take to catch up with the log.
const CATCH_UP_MAX: Duration = Duration::from_secs(3600);

/// Which views, and what for.
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// Only this view, such as `register-1`; may be repeated
    #[arg(long = "view", value_name = "NAME")]
    views: Vec<String>,
    /// Compare each view that is in use with one made anew; this is what happens when nothing else is asked
    #[arg(long)]
    check: bool,
    /// Make the views as they stood then: at a position (`1200`), at the end of a day (`2024-03-01`, in UTC) or at a
    /// moment (`2024-03-01T12:00:00Z`), by what was on record
    #[arg(long, value_name = "WHEN", conflicts_with = "check")]
    until: Option<String>,
    /// The folder for the views as they stood; those that are there are replaced. `replay` in the data folder when
    /// nothing is said
    #[arg(long, value_name = "DIR", requires = "until")]
    into: Option<PathBuf>,
}

/// What came of one view.
struct Replayed {
    view: &'static str,
    events: u64,
    rows: u64,
    took: Duration,
    /// The tables that say something else.
    different: Vec<String>,
}

impl Replay {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        self.must_be_known()?;
        let until = self.until.as_deref().map(super::moment::on_record).transpose()?;
        let _folder = place.lock_views()?;
        let log = place.log().await?;
        let done = match until {
            _ if let Some(how) = log.damage() => Err(Failure::new(Exit::Corrupt, how.to_string())
                .hint("a replay of what is left is no replay of the record: restore it from a backup")),
            Some(until) if !self.check => self.stand(place, log.clone(), until).await,
            Some(_) | None => self.compare(place, log.clone()).await,
        };
        log.close().await?;
        done
    }

    fn must_be_known(&self) -> Result<(), Failure> {
        let unknown = self.views.iter().find(|name| views::all().iter().all(|it| it.name() != **name));
        match unknown {
            Some(unknown) => {
                Err(Failure::usage(format!("there is no view {unknown}"))
                    .hint("pactline status lists the views"))
            }
            None => Ok(()),
        }
    }

    fn wanted(&self) -> Vec<Box<dyn View>> {
        let named = |name: &str| self.views.is_empty() || self.views.iter().any(|it| it == name);
        views::all().into_iter().filter(|it| named(it.name())).collect()
    }

    /// The views made anew in `dir`, all from one reading.
    async fn rebuilt(
        &self,
        log: Arc<dyn Log>,
        dir: &Path,
        until: Option<Position>,
    ) -> Result<Vec<Rebuilt>, Failure> {
        let events = log.head().await?.min(until.or(Some(Position(u64::MAX))));
        let bar = out::progress(events.map_or(0, |it| it.0), "events");
        let counted = Arc::new(Counted { log, bar: bar.clone() });
        let rebuilt = views::rebuild_all(self.wanted(), counted, dir, until).await.map_err(failed)?;
        bar.finish_and_clear();
        Ok(rebuilt)
    }

    async fn compare(&self, place: &Place, log: Arc<dyn Log>) -> Result<(), Failure> {
        let live = place.data.join("views");
        let fresh = place.data.join("replay");
        catch_up(&live, log.clone(), &self.wanted()).await?;
        std::fs::create_dir_all(&fresh)?;
        let rebuilt = self.rebuilt(log, &fresh, None).await?;
        let replayed = rebuilt.into_iter().map(|it| compared(it, &live)).collect::<Result<Vec<_>, _>>()?;
        std::fs::remove_dir_all(&fresh)?;
        print(&replayed, place)?;
        let different: Vec<&str> =
            replayed.iter().filter(|it| !it.different.is_empty()).map(|it| it.view).collect();
        if different.is_empty() {
            return Ok(());
        }
        Err(Failure::no(format!("not what the record says: {}", different.join(", ")))
            .hint("delete the folder's views; the next start builds them again"))
    }
}

/// Lets the views that are in use take everything into account.
async fn catch_up(live: &Path, log: Arc<dyn Log>, wanted: &[Box<dyn View>]) -> Result<(), Failure> {
    let head = log.head().await?;
    let open = Views::open(live, log).map_err(failed)?;
    for view in wanted {
        open.wait(view.name(), head, CATCH_UP_MAX).await.map_err(failed)?;
    }
    open.stop().await;
    Ok(())
}

fn compared(rebuilt: Rebuilt, live: &Path) -> Result<Replayed, Failure> {
    let Rebuilt { view, file, position, took } = rebuilt;
    let live = live.join(format!("{view}.db"));
    let different = views::compare(&live, &file).map_err(failed)?.into_iter().map(|it| it.table).collect();
    let rows = rows(&file).map_err(|err| failed(err.into()))?;
    Ok(Replayed { view, events: position.map_or(0, |it| it.0), rows, took, different })
}

/// How many rows all of a file's tables have.
fn rows(path: &Path) -> rusqlite::Result<u64> {
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut tables =
        file.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")?;
    let tables: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let count = |table: &String| {
        file.query_row(&format!("SELECT count(*) FROM \"{table}\""), [], |row| row.get::<_, i64>(0))
    };
    let counts = tables.iter().filter(|it| *it != "checkpoint").map(count);
    counts.sum::<rusqlite::Result<i64>>().map(i64::unsigned_abs)
}

fn print(replayed: &[Replayed], place: &Place) -> std::io::Result<()> {
    if place.json {
        return replayed.iter().try_for_each(|it| {
            out::json(&json!({
                "view": it.view,
                "events": it.events,
                "rows": it.rows,
                "seconds": it.took.as_secs_f64(),
                "equal": it.different.is_empty(),
                "different_tables": it.different,
            }))
        });
    }
    let row = |it: &Replayed| {
        let equal = match it.different.as_slice() {
            [] => "yes".to_owned(),
            tables => format!("NO: {}", tables.join(", ")),
        };
        let seconds = it.took.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate that people read")]
        let rate = format!("{:.0}/s", it.events as f64 / seconds.max(1e-6));
        vec![it.view.to_owned(), it.events.to_string(), it.rows.to_string(), rate, equal]
    };
    table::print(&["view", "events", "rows", "rate", "equal"], &replayed.iter().map(row).collect::<Vec<_>>())
}

fn failed(err: ViewError) -> Failure {
    match err {
        ViewError::Log(err) => err.into(),
        ViewError::Unreadable(_) | ViewError::Contradiction(_) => {
            Failure::new(Exit::Corrupt, err.to_string())
        }
        other => Failure::unavailable(other.to_string()),
    }
}
