//! A view made anew from the first event, and whether two files say the same: how a view proves itself.
use super::progress::Status;
use super::projector::{Halt, Projector, Until};
use super::readers::Readers;
use super::reading::Reading;
use super::store::{self, Store};
use super::{View, ViewError};
use crate::log::{Log, Position};
use futures::future::join_all;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

/// A view that was built anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// Which view.
    pub view: &'static str,
    /// Where its file is; whatever was there is gone.
    pub file: PathBuf,
    /// The last event that it takes into account; `None` when there is none.
    pub position: Option<Position>,
    /// How long it took, while the others were built.
    pub took: Duration,
}

/// Builds all of `views` into new files in `dir` at the same time, from the first event up to `until`, or to the log's
/// head. Must be called within a tokio runtime.
pub async fn rebuild_all(
    views: Vec<Box<dyn View>>,
    log: Arc<dyn Log>,
    dir: &Path,
    until: Option<Position>,
) -> Result<Vec<Rebuilt>, ViewError> {
    let all = Reading::of_all(log.clone());
    let build = |view: Box<dyn View>| {
        let (log, all, runtime) = (log.clone(), all.clone(), Handle::current());
        let file = store::path(dir, view.name());
        spawn_blocking(move || runtime.block_on(build(view, log, all, file, until)))
    };
    let building: Vec<_> = views.into_iter().map(build).collect();
    drop(all);
    let ended = join_all(building).await.into_iter();
    ended
        .map(|it| it.unwrap_or_else(|err| Err(ViewError::Store(format!("it was given up: {err}")))))
        .collect()
}

/// Builds `view` alone into a new file at `into`; the last event that it then takes into account.
pub async fn rebuild(
    view: Box<dyn View>,
    log: Arc<dyn Log>,
    into: &Path,
    until: Option<Position>,
) -> Result<Option<Position>, ViewError> {
    let all = Reading::of_all(log.clone());
    Ok(build(view, log, all, into.to_owned(), until).await?.position)
}

async fn build(
    view: Box<dyn View>,
    log: Arc<dyn Log>,
    all: Reading,
    file: PathBuf,
    until: Option<Position>,
) -> Result<Rebuilt, ViewError> {
    let (start, name) = (Instant::now(), view.name());
    let store = Store::create(&file, &*view)?;
    let progress = watch::Sender::new(Status::begin(name));
    let (_go_on, stop) = watch::channel(false);
    let head = log.head().await?;
    let readers = Arc::new(Readers::new(file.clone()));
    let mut projector = Projector { view, readers, log, all: Some(all), progress, stop };
    if let Some(head) = head {
        let until = Until::Position(until.map_or(head, |it| it.min(head)));
        match projector.drive(&store, until).await {
            Ok(()) | Err(Halt::Stopped | Halt::Wiped) => {}
            Err(Halt::Failed(_, err)) => return Err(err),
        }
    }
    let position = store.checkpoint()?.map(|it| it.position);
    store.finish(&file, &*projector.view)?;
    Ok(Rebuilt { view: name, file, position, took: start.elapsed() })
}

/// A table in which two files differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which table.
    pub table: String,
    /// SHA-256 of its rows in the first file; `None` when it is not there.
    pub first: Option<String>,
    /// SHA-256 of its rows in the second file; `None` when it is not there.
    pub second: Option<String>,
}

/// The tables whose rows are not the same, byte for byte, in the two view files. None: they say the same.
pub fn compare(first: &Path, second: &Path) -> Result<Vec<Difference>, ViewError> {
    let (first, second) = (digests(first)?, digests(second)?);
    let names: std::collections::BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let different = names.into_iter().filter(|it| first.get(*it) != second.get(*it));
    let difference = |table: &String| Difference {
        table: table.clone(),
        first: first.get(table).cloned(),
        second: second.get(table).cloned(),
    };
    Ok(different.map(difference).collect())
}

/// SHA-256 of all that a view file says, checkpoint included: the same wherever the same events were replayed.
pub fn fingerprint(path: &Path) -> Result<String, ViewError> {
    let mut hash = Sha256::new();
    for (table, rows) in digests(path)? {
        hash.update(format!("{table} {rows}\n"));
    }
    Ok(hash.finalize().iter().map(|it| format!("{it:02x}")).collect())
}

/// SHA-256 of the rows of each table of a view file.
fn digests(path: &Path) -> Result<BTreeMap<String, String>, ViewError> {
    let connection = store::read_only(path)?;
    connection.execute_batch("BEGIN")?;
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")?;
    let names: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    names.into_iter().map(|name| digest(&connection, &name).map(|it| (name, it))).collect()
}

fn digest(connection: &Connection, table: &str) -> Result<String, ViewError> {
    let columns = connection.prepare(&format!("SELECT * FROM \"{table}\""))?.column_count();
    let order = (1..=columns).map(|it| it.to_string()).collect::<Vec<_>>().join(", ");
    let mut query = connection.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY {order}"))?;
    let mut rows = query.query([])?;
    let mut hash = Sha256::new();
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            let (tag, bytes) = match row.get_ref(column)? {
                ValueRef::Null => (0_u8, Vec::new()),
                ValueRef::Integer(it) => (1, it.to_be_bytes().to_vec()),
                ValueRef::Real(it) => (2, it.to_be_bytes().to_vec()),
                ValueRef::Text(it) => (3, it.to_vec()),
                ValueRef::Blob(it) => (4, it.to_vec()),
            };
            hash.update([tag]);
            hash.update(bytes.len().to_be_bytes());
            hash.update(bytes);
        }
    }
    Ok(hash.finalize().iter().map(|it| format!("{it:02x}")).collect())
}
