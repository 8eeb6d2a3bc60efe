//! A view is a function of the log: rebuilt, resumed, repaired, it says the same.
use super::{begun, caught_up, head, log_of, story, view};
use crate::trace::world::{World, word};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use pactline::domain::partner::{self, Partner, Party};
use pactline::log::{
    Appended, Error, Expected, Log, MemoryLog, NewRecord, Payload, Place, Position, Promises, Record, Records,
};
use pactline::views::{all, compare, rebuild};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

async fn rebuilt_equals(live: &Path, name: &str, world: &World) {
    let fresh = live.with_extension("fresh");
    let log = log_of(world);
    let reached = rebuild(view(name), log.clone(), &fresh, None).await.unwrap();
    assert_eq!(reached, head(&log).await);
    assert_eq!(compare(live, &fresh).unwrap(), []);
}

#[tokio::test]
async fn a_rebuilt_view_equals_the_live_one_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let (mut world, provision) = begun().await;
    let views = caught_up(dir.path(), &log_of(&world)).await;
    // Event by event, as it is in use.
    for n in 0..20_u128 {
        let text = world.draft(n + 1, &[&provision]).await;
        let decided = world.endorse(n + 1, &text).await;
        world.priority(n as u32 + 1, &text, &decided).await;
        let log = log_of(&world);
        for it in views.status() {
            views.wait(it.view, head(&log).await, super::SOON).await.unwrap();
        }
    }
    views.stop().await;
    for it in all() {
        rebuilt_equals(&dir.path().join(format!("{}.db", it.name())), it.name(), &world).await;
    }
}

#[tokio::test]
async fn a_difference_is_found_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    caught_up(dir.path(), &log_of(&world)).await.stop().await;
    let live = dir.path().join("register-1.db");
    let fresh = dir.path().join("fresh.db");
    rebuild(view("register-1"), log_of(&world), &fresh, None).await.unwrap();
    rusqlite::Connection::open(&live)
        .unwrap()
        .execute("UPDATE entry SET doc = x'00' WHERE kind = 1", [])
        .unwrap();
    let different = compare(&live, &fresh).unwrap();
    assert_eq!(different.iter().map(|it| it.table.as_str()).collect::<Vec<_>>(), ["entry"]);
}

#[tokio::test]
async fn going_on_where_it_stopped_changes_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let (mut world, provision) = begun().await;
    caught_up(dir.path(), &log_of(&world)).await.stop().await;
    for n in 1..4 {
        world.draft(n, &[&provision]).await;
        caught_up(dir.path(), &log_of(&world)).await.stop().await;
        caught_up(dir.path(), &log_of(&world)).await.stop().await;
    }
    for it in all() {
        rebuilt_equals(&dir.path().join(format!("{}.db", it.name())), it.name(), &world).await;
    }
}

#[tokio::test]
async fn a_deleted_view_file_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    caught_up(dir.path(), &log_of(&world)).await.stop().await;
    let path = dir.path().join("register-1.db");
    std::fs::remove_file(&path).unwrap();
    caught_up(dir.path(), &log_of(&world)).await.stop().await;
    rebuilt_equals(&path, "register-1", &world).await;
}

#[tokio::test]
async fn a_file_that_is_no_view_is_built_again() {
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    let path = dir.path().join("timeline-1.db");
    std::fs::write(
        &path,
        "this is not a view, and long enough to be read as the header of a file".repeat(100),
    )
    .unwrap();
    caught_up(dir.path(), &log_of(&world)).await.stop().await;
    rebuilt_equals(&path, "timeline-1", &world).await;
}

#[tokio::test]
async fn a_file_made_from_another_log_is_built_again() {
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    caught_up(dir.path(), &log_of(&world)).await.stop().await;
    // Shorter: the file is ahead of it.
    let mut other = World::new().await;
    let party = Party::Country("TJK".parse().unwrap());
    let renamed = partner::Event::PartnerRenamed { name: word("Republic of Tajikistan") };
    other.force::<Partner>(party.id().0, renamed).await;
    caught_up(dir.path(), &log_of(&other)).await.stop().await;
    rebuilt_equals(&dir.path().join("register-1.db"), "register-1", &other).await;
    // Longer: the event at the checkpoint is another one.
    let (mut third, provision) = begun().await;
    third.draft(1, &[&provision]).await;
    for n in 2..6 {
        third.draft(n, &[&provision]).await;
    }
    caught_up(dir.path(), &log_of(&third)).await.stop().await;
    rebuilt_equals(&dir.path().join("register-1.db"), "register-1", &third).await;
}

/// A log that gets longer whenever it is looked at, and that nobody may read beyond its end.
struct Growing {
    log: MemoryLog,
    looks: AtomicU64,
}

#[async_trait]
impl Log for Growing {
    async fn append(&self, to: &str, expected: Expected, new: Vec<NewRecord>) -> Result<Appended, Error> {
        self.log.append(to, expected, new).await
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.log.read_stream(stream, from)
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        let read = |mut rest: Records| async move { rest.next().await.map(|it| (it, rest)) };
        stream::unfold(self.log.read_all(after), read).boxed()
    }

    fn follow(&self, after: Option<Position>) -> Records {
        self.log.follow(after)
    }

    async fn redact(&self, place: &Place, payload: Payload) -> Result<(), Error> {
        self.log.redact(place, payload).await
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        let more = self.looks.fetch_add(1, Ordering::Relaxed);
        Ok(self.log.head().await?.map(|it| Position(it.0 + more)))
    }

    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        self.log.event_at(position).await
    }

    fn promises(&self) -> Promises {
        self.log.promises()
    }
}

#[tokio::test]
async fn a_view_can_be_built_while_the_log_moves_on() {
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    let there = head(&log_of(&world)).await;
    let log = Arc::new(Growing { log: world.log.clone(), looks: AtomicU64::new(0) });
    for it in all() {
        log.looks.store(0, Ordering::Relaxed);
        let path = dir.path().join(it.name());
        assert_eq!(rebuild(it, log.clone(), &path, None).await.unwrap(), there);
    }
}
