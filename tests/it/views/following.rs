//! Views follow the log, each on its own, and say where they are.
use super::{SOON, begun, caught_up, head, log_of, story};
use crate::trace::world::World;
use pactline::log::Position;
use pactline::views::{Seen, State, View, ViewError, Views, timeline};
use rusqlite::Connection;
use std::time::Duration;

/// A view that counts events and stumbles over a position.
struct Stumbling {
    over: Option<Position>,
}

impl View for Stumbling {
    fn name(&self) -> &'static str {
        "stumbling-1"
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE seen (position INTEGER PRIMARY KEY)"
    }

    fn apply(&mut self, tx: &Connection, event: &Seen) -> Result<(), ViewError> {
        tx.execute("INSERT INTO seen VALUES (?1)", [event.record.position.0 as i64])?;
        match self.over {
            Some(at) if at == event.record.position => Err(ViewError::Contradiction("a stone".into())),
            _ => Ok(()),
        }
    }
}

fn beside(over: Option<Position>) -> Vec<Box<dyn View>> {
    let mut views = pactline::views::all();
    views.push(Box::new(Stumbling { over }));
    views
}

async fn seen(views: &Views) -> i64 {
    let count = |db: &Connection, _| Ok(db.query_row("SELECT count(*) FROM seen", [], |row| row.get(0))?);
    views.ask("stumbling-1", count).await.unwrap()
}

#[tokio::test]
async fn an_event_that_fails_stops_only_its_view_and_status_names_it() {
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    let log = log_of(&world);
    let views =
        Views::open_these(dir.path(), log.clone(), beside(Some(Position(5))), Duration::ZERO).unwrap();
    let stopped = views.wait("stumbling-1", head(&log).await, SOON).await.unwrap_err();
    assert!(matches!(&stopped, ViewError::Stopped { error, .. } if error == "a stone"), "{stopped}");
    let status = views.status().into_iter().find(|it| it.view == "stumbling-1").unwrap();
    assert_eq!(status.state, State::Failed { at: Some(Position(5)), error: "a stone".into() });
    assert_eq!(status.position, Some(Position(4)));
    assert_eq!(seen(&views).await, 4);
    for it in views.status().iter().filter(|it| it.view != "stumbling-1") {
        views.wait(it.view, head(&log).await, SOON).await.unwrap();
    }
    views.stop().await;

    let again = Views::open_these(dir.path(), log.clone(), beside(None), Duration::ZERO).unwrap();
    again.wait("stumbling-1", head(&log).await, SOON).await.unwrap();
    assert_eq!(seen(&again).await, head(&log).await.unwrap().0 as i64);
}

#[tokio::test]
async fn a_live_event_that_fails_leaves_the_ones_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let (mut world, provision) = begun().await;
    let log = log_of(&world);
    let over = Position(head(&log).await.unwrap().0 + 2);
    let views = Views::open_these(dir.path(), log.clone(), beside(Some(over)), Duration::ZERO).unwrap();
    views.wait("stumbling-1", head(&log).await, SOON).await.unwrap();
    world.draft(1, &[&provision]).await;
    world.draft(2, &[&provision]).await;
    views.wait("stumbling-1", Some(over), SOON).await.unwrap_err();
    assert_eq!(seen(&views).await as u64, over.0 - 1);
}

#[tokio::test]
async fn who_wrote_reads_what_they_wrote() {
    let dir = tempfile::tempdir().unwrap();
    let (mut world, provision) = begun().await;
    let log = log_of(&world);
    let views = caught_up(dir.path(), &log).await;
    for n in 1..20 {
        world.draft(n, &[&provision]).await;
        let at = head(&log).await;
        views.wait(timeline::NAME, at, SOON).await.unwrap();
        let newest = views.ask(timeline::NAME, |_, position| Ok(position)).await.unwrap();
        assert!(newest >= at, "{newest:?} is before {at:?}");
    }
}

#[tokio::test]
async fn waiting_for_what_does_not_come_ends_with_where_the_view_is() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new().await;
    let log = log_of(&world);
    let views = caught_up(dir.path(), &log).await;
    let wanted = Position(1_000_000);
    let waited = views.wait(timeline::NAME, Some(wanted), Duration::from_millis(20)).await;
    let Err(ViewError::Behind { found, wanted: asked, .. }) = waited else { panic!("{waited:?}") };
    assert_eq!((found, asked), (head(&log).await, wanted));
    assert!(matches!(views.wait("nothing-1", None, SOON).await, Err(ViewError::NoSuchView(_))));
}
