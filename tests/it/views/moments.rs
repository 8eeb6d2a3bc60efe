//! The register as of a moment is what it was, or would have been, at that moment.
use super::{SOON, caught_up, head, log_of, story, view};
use crate::trace::world::{day, mandate_of, provision_of};
use pactline::domain::Timestamp;
use pactline::log::{Log, Position};
use pactline::views::register::consultations::Consultation;
use pactline::views::register::mandate::{Mandate, Provision};
use pactline::views::register::priority::Priority;
use pactline::views::register::project::{self, Project};
use pactline::views::register::recommendation::{self, Recommendation};
use pactline::views::register::{Entry, List, Order, Snapshot, answers, get, list};
use pactline::views::{AsOf, Ask, Views};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

async fn all_of<E: Entry>(views: &Views, as_of: AsOf) -> Vec<E> {
    let which = List { order: Order::Up(0), size: 1000, after: None };
    let through = |_: &Snapshot<'_>| Ok(|_: &_| true);
    list::<E, _>(views, &Ask::NOW.as_of(as_of), which, through).await.unwrap().found.entries
}

fn json<E: Entry>(entries: &[E]) -> Vec<String> {
    entries.iter().map(|it| serde_json::to_string(it).unwrap()).collect()
}

/// What a register says that knows nothing after `position`.
async fn until(log: &Arc<dyn Log>, position: Position) -> (tempfile::TempDir, Views) {
    let dir = tempfile::tempdir().unwrap();
    let short: Arc<dyn Log> = Arc::new(copy(log, position).await);
    let views = Views::open_these(dir.path(), short, vec![view("register-1")], Duration::ZERO).unwrap();
    views.wait("register-1", Some(position), SOON).await.unwrap();
    (dir, views)
}

/// The log as it was at `position`.
async fn copy(log: &Arc<dyn Log>, position: Position) -> pactline::log::MemoryLog {
    use futures::TryStreamExt;
    use pactline::log::{Expected, MemoryLog, NewRecord};
    let copy = MemoryLog::new(|| Timestamp::UNIX_EPOCH);
    let records: Vec<pactline::log::Record> = log.read_all(None).try_concat().await.unwrap();
    for it in records.into_iter().filter(|it| it.position <= position) {
        let expected = it.revision.checked_sub(1).map_or(Expected::NoStream, Expected::Revision);
        let (id, kind, data, meta) = (it.id, it.kind, it.data, it.meta);
        let record = NewRecord { id, kind, data, meta, recorded_at: Some(it.recorded_at) };
        copy.append(&it.stream, expected, vec![record]).await.unwrap();
    }
    copy
}

async fn same<E: Entry>(now: &Views, then: &Views, position: Position) {
    let then = json(&all_of::<E>(then, AsOf::Now).await);
    assert_eq!(json(&all_of::<E>(now, AsOf::Position(position)).await), then, "{} @{position}", E::NAME);
}

#[tokio::test]
async fn as_of_a_position_is_as_after_replaying_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    let log = log_of(&world);
    let views = caught_up(dir.path(), &log).await;
    for position in 1..=head(&log).await.unwrap().0 {
        let position = Position(position);
        let (_dir, then) = until(&log, position).await;
        same::<Mandate>(&views, &then, position).await;
        same::<Provision>(&views, &then, position).await;
        same::<Recommendation>(&views, &then, position).await;
        same::<Consultation>(&views, &then, position).await;
        same::<Priority>(&views, &then, position).await;
        same::<Project>(&views, &then, position).await;
        let ask = Ask::NOW.as_of(AsOf::Position(position));
        let counted = answers(&views, &ask).await.unwrap();
        assert_eq!(counted, answers(&then, &Ask::NOW).await.unwrap(), "@{position}");
    }
}

#[tokio::test]
async fn as_of_a_recorded_time_is_as_of_the_last_event_on_record_then() {
    use futures::TryStreamExt;
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    let log = log_of(&world);
    let views = caught_up(dir.path(), &log).await;
    let records: Vec<pactline::log::Record> = log.read_all(None).try_concat().await.unwrap();
    for it in records {
        let at = all_of::<Project>(&views, AsOf::Position(it.position)).await;
        assert_eq!(json(&all_of::<Project>(&views, AsOf::RecordedAt(it.recorded_at)).await), json(&at));
    }
}

#[tokio::test]
async fn what_took_effect_later_was_not_in_effect_before() {
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    let views = caught_up(dir.path(), &log_of(&world)).await;
    let on = |n| Ask::NOW.as_of(AsOf::EffectiveAt(day(n)));
    let recommendation =
        async |n| get::<Recommendation>(&views, &on(n), Uuid::from_u128(7)).await.unwrap().found;
    assert!(recommendation(0).await.is_none());
    let statuses = [
        recommendation(1).await.unwrap().status(),
        recommendation(2).await.unwrap().status(),
        recommendation(3).await.unwrap().status(),
    ];
    use recommendation::Status::*;
    assert_eq!(statuses, [Draft, Adopted, Endorsed]);
    assert_eq!(all_of::<Project>(&views, AsOf::EffectiveAt(day(4))).await.len(), 0);
    assert_eq!(all_of::<Project>(&views, AsOf::EffectiveAt(day(5))).await.len(), 3);
}

#[tokio::test]
async fn a_project_shows_its_money_and_its_standing() {
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    let views = caught_up(dir.path(), &log_of(&world)).await;
    let found = get::<Project>(&views, &Ask::NOW, Uuid::from_u128(100)).await.unwrap().found.unwrap();
    assert_eq!(found.ledger.total("USD".parse().unwrap()).committed, 200);
    assert_eq!(found.donors.iter().collect::<Vec<_>>(), ["Norway"]);
    assert_eq!(found.status(), project::Status::Proposed);
    assert!(get::<Project>(&views, &Ask::NOW, Uuid::from_u128(999)).await.unwrap().found.is_none());
}

#[tokio::test]
async fn provisions_are_answered_by_live_projects_through_priorities() {
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    let views = caught_up(dir.path(), &log_of(&world)).await;
    let id = provision_of("A/RES/1", "para. 2").0;
    let provision = get::<Provision>(&views, &Ask::NOW, id).await.unwrap().found.unwrap();
    assert_eq!((provision.symbol.as_str(), provision.mandate), ("A/RES/1", mandate_of("A/RES/1").0));
    let answers = answers(&views, &Ask::NOW).await.unwrap().found;
    assert_eq!(answers.of_provision(provision.reference.unwrap().event_id), 3);
    let priority = get::<Priority>(&views, &Ask::NOW, Uuid::from_u128(1)).await.unwrap().found.unwrap();
    assert_eq!(answers.of_priority(priority.reference.unwrap().event_id), 1);
}
