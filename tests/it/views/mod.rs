//! What views promise, over a small initiative made through the engine.
mod following;
mod moments;
mod pages;
mod rebuilding;
mod replayed;
mod together;

use crate::trace::world::World;
use pactline::domain::citation::Reference;
use pactline::log::{Log, Position};
use pactline::views::{View, Views};
use std::sync::Arc;
use std::time::Duration;

/// Long enough for what must come.
const SOON: Duration = Duration::from_secs(20);

/// An initiative in which everything that lists show changed at some time.
pub(crate) async fn story() -> World {
    let mut world = World::new().await;
    world.mandate("A/RES/1", "2012-02-16").await;
    let first = world.provision("A/RES/1", "para. 2").await;
    let second = world.provision("A/RES/1", "para. 10").await;
    world.today += 1;
    let text = world.draft(7, &[&first, &second]).await;
    let decided = world.endorse(7, &text).await;
    world.today += 1;
    let priority = world.priority(1, &text, &decided).await;
    let other = world.priority(2, &text, &decided).await;
    world.today += 1;
    world.project(100, &[&priority]).await;
    world.project(101, &[&priority, &other]).await;
    world.project(102, &[&other]).await;
    world.today += 1;
    world.commit(100, 1, crate::trace::world::date(6)).await;
    world.commit(100, 2, crate::trace::world::date(7)).await;
    world.revoke(101, &priority).await.unwrap();
    world.retire(2).await.unwrap();
    world
}

/// An initiative with one provision, so that there is something to recommend.
async fn begun() -> (World, Reference) {
    let mut world = World::new().await;
    world.mandate("A/RES/1", "2012-02-16").await;
    let provision = world.provision("A/RES/1", "para. 2").await;
    (world, provision)
}

pub(crate) fn log_of(world: &World) -> Arc<dyn Log> {
    Arc::new(world.log.clone())
}

pub(crate) async fn head(log: &Arc<dyn Log>) -> Option<Position> {
    log.head().await.unwrap()
}

/// The views in `dir`, caught up with the log.
pub(crate) async fn caught_up(dir: &std::path::Path, log: &Arc<dyn Log>) -> Views {
    let views = Views::open(dir, log.clone()).unwrap();
    for status in views.status() {
        views.wait(status.view, head(log).await, SOON).await.unwrap();
    }
    views
}

fn view(name: &str) -> Box<dyn View> {
    pactline::views::all().into_iter().find(|it| it.name() == name).unwrap()
}
