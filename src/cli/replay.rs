//! `pactline replay`: every view made anew from the first event, and whether it says the same.
use super::failure::{Exit, Failure};
use super::place::Place;
use super::{out, table};
use crate::log::{Appended, Error, Expected, Log, NewRecord, Payload, Position, Records};
use crate::views::{self, View, ViewError, Views};
use async_trait::async_trait;
use clap::Args;
use futures::StreamExt;
use indicatif::ProgressBar;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a view that is in use may take to catch up with the log.
const CATCH_UP_MAX: Duration = Duration::from_secs(3600);

/// Which views.
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// Only this view, such as `register-1`; may be repeated
    #[arg(long = "view", value_name = "NAME")]
    views: Vec<String>,
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
        let log = Arc::new(place.log()?);
        let replayed = self.replay(place, log.clone()).await;
        log.close().await?;
        let replayed = replayed?;
        print(&replayed, place)?;
        let different: Vec<&str> =
            replayed.iter().filter(|it| !it.different.is_empty()).map(|it| it.view).collect();
        if different.is_empty() {
            return Ok(());
        }
        Err(Failure::no(format!("not what the record says: {}", different.join(", ")))
            .hint("delete the folder's views; the next start builds them again"))
    }

    async fn replay(&self, place: &Place, log: Arc<dyn Log>) -> Result<Vec<Replayed>, Failure> {
        let live = place.data.join("views");
        let fresh = place.data.join("replay");
        let wanted = |it: &dyn View| self.views.is_empty() || self.views.iter().any(|name| name == it.name());
        if let Some(unknown) =
            self.views.iter().find(|name| views::all().iter().all(|it| it.name() != **name))
        {
            return Err(
                Failure::usage(format!("there is no view {unknown}")).hint("pactline status lists the views")
            );
        }
        catch_up(&live, log.clone(), &wanted).await?;
        std::fs::create_dir_all(&fresh)?;
        let mut replayed = Vec::new();
        for view in views::all().into_iter().filter(|it| wanted(&**it)) {
            replayed.push(replay(view, log.clone(), &live, &fresh).await?);
        }
        std::fs::remove_dir_all(&fresh)?;
        Ok(replayed)
    }
}

/// Lets the views that are in use take everything into account.
async fn catch_up(live: &Path, log: Arc<dyn Log>, wanted: &dyn Fn(&dyn View) -> bool) -> Result<(), Failure> {
    let head = log.head().await?;
    let open = Views::open(live, log).map_err(failed)?;
    for view in views::all().into_iter().filter(|it| wanted(&**it)) {
        open.wait(view.name(), head, CATCH_UP_MAX).await.map_err(failed)?;
    }
    open.stop().await;
    Ok(())
}

async fn replay(
    view: Box<dyn View>,
    log: Arc<dyn Log>,
    live: &Path,
    fresh: &Path,
) -> Result<Replayed, Failure> {
    let name = view.name();
    let (live, fresh) = (live.join(format!("{name}.db")), fresh.join(format!("{name}.db")));
    let bar = out::progress(log.head().await?.map_or(0, |it| it.0), name);
    let counted = Arc::new(Counted { log, bar: bar.clone() });
    let started = Instant::now();
    let reached = views::rebuild(view, counted, &fresh, None).await.map_err(failed)?;
    let took = started.elapsed();
    bar.finish_and_clear();
    let different = views::compare(&live, &fresh).map_err(failed)?.into_iter().map(|it| it.table).collect();
    let rows = rows(&fresh).map_err(|err| failed(err.into()))?;
    Ok(Replayed { view: name, events: reached.map_or(0, |it| it.0), rows, took, different })
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

/// The log, with a bar that shows how much of it was read.
struct Counted {
    log: Arc<dyn Log>,
    bar: ProgressBar,
}

impl Counted {
    fn counting(&self, records: Records) -> Records {
        let bar = self.bar.clone();
        let count = move |chunk: &Result<Vec<crate::log::Record>, Error>| {
            if let Some(last) = chunk.as_ref().ok().and_then(|it| it.last()) {
                bar.set_position(last.position.0);
            }
        };
        records.inspect(count).boxed()
    }
}

#[async_trait]
impl Log for Counted {
    async fn append(
        &self,
        stream: &str,
        expected: Expected,
        records: Vec<NewRecord>,
    ) -> Result<Appended, Error> {
        self.log.append(stream, expected, records).await
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.log.read_stream(stream, from)
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        self.counting(self.log.read_all(after))
    }

    fn follow(&self, after: Option<Position>) -> Records {
        self.counting(self.log.follow(after))
    }

    async fn redact(&self, place: &crate::log::Place, payload: Payload) -> Result<(), Error> {
        self.log.redact(place, payload).await
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        self.log.head().await
    }
}
