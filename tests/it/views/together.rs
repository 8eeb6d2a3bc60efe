//! Views read the log together, and none waits for one that does not.
use super::{SOON, caught_up, head, log_of, story};
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use pactline::domain::Timestamp;
use pactline::log::{
    Appended, Error, Expected, Log, MemoryLog, NewRecord, Payload, Place, Position, Promises, Record, Records,
};
use pactline::views::{Seen, View, ViewError, Views};
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// A log that knows how many events were read from it.
struct Counting {
    log: Arc<dyn Log>,
    read: Arc<AtomicUsize>,
}

impl Counting {
    fn count(&self, records: Records) -> Records {
        let read = self.read.clone();
        let count = move |chunk: &Result<Vec<Record>, Error>| {
            read.fetch_add(chunk.as_ref().map_or(0, Vec::len), Ordering::Relaxed);
        };
        records.inspect(count).boxed()
    }
}

#[async_trait]
impl Log for Counting {
    async fn append(&self, to: &str, expected: Expected, new: Vec<NewRecord>) -> Result<Appended, Error> {
        self.log.append(to, expected, new).await
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.log.read_stream(stream, from)
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        self.count(self.log.read_all(after))
    }

    fn follow(&self, after: Option<Position>) -> Records {
        self.count(self.log.follow(after))
    }

    async fn redact(&self, place: &Place, payload: Payload) -> Result<(), Error> {
        self.log.redact(place, payload).await
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        self.log.head().await
    }

    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        self.log.event_at(position).await
    }

    fn promises(&self) -> Promises {
        self.log.promises()
    }
}

#[tokio::test]
async fn views_that_are_built_at_the_same_time_read_each_event_once() {
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    let read = Arc::new(AtomicUsize::new(0));
    let log: Arc<dyn Log> = Arc::new(Counting { log: log_of(&world), read: read.clone() });
    caught_up(dir.path(), &log).await.stop().await;
    assert_eq!(read.load(Ordering::Relaxed) as u64, head(&log).await.unwrap().0);
}

/// A view that knows the last event only, and stops at one.
struct Latest {
    name: &'static str,
    stops_at: Option<Position>,
}

impl View for Latest {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE latest (one INTEGER PRIMARY KEY, position INTEGER)"
    }

    fn apply(&mut self, tx: &Connection, event: &Seen) -> Result<(), ViewError> {
        let position = event.record.position;
        if self.stops_at == Some(position) {
            return Err(ViewError::Contradiction("enough".into()));
        }
        tx.prepare_cached("REPLACE INTO latest VALUES (1, ?1)")?.execute([position.0 as i64])?;
        Ok(())
    }
}

/// More events than are ever in memory for views.
async fn long() -> Arc<dyn Log> {
    let log = MemoryLog::new(|| Timestamp::UNIX_EPOCH);
    let event = |n: u128| NewRecord {
        id: Uuid::from_u128(n),
        kind: "Noted".into(),
        data: Bytes::from_static(b"{}"),
        meta: Bytes::from_static(b"{}"),
        recorded_at: None,
    };
    log.append("note-1", Expected::NoStream, (0..40_000).map(event).collect()).await.unwrap();
    Arc::new(log)
}

fn latest(name: &'static str, stops_at: Option<Position>) -> Box<dyn View> {
    Box::new(Latest { name, stops_at })
}

#[tokio::test]
async fn a_view_that_is_there_or_stops_holds_up_none_that_is_built() {
    let (dir, log) = (tempfile::tempdir().unwrap(), long().await);
    let there =
        Views::open_these(dir.path(), log.clone(), vec![latest("there-1", None)], Duration::ZERO).unwrap();
    there.wait("there-1", head(&log).await, SOON).await.unwrap();
    there.stop().await;

    let three = vec![latest("there-1", None), latest("stops-1", Some(Position(9))), latest("built-1", None)];
    let views = Views::open_these(dir.path(), log.clone(), three, Duration::ZERO).unwrap();
    views.wait("built-1", head(&log).await, SOON).await.unwrap();
    let stopped = views.wait("stops-1", head(&log).await, SOON).await.unwrap_err();
    assert!(matches!(&stopped, ViewError::Stopped { error, .. } if error == "enough"), "{stopped}");
    views.stop().await;
}
