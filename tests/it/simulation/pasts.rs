//! What runs begin after: histories in which nothing went wrong, so that runs soon get far, and what views make of them.
use super::chance::Chance;
use super::known::Past;
use super::living::in_memory;
use super::shown::Shown;
use super::world::World;
use pactline::log::{MemoryLog, Record};
use pactline::views::{Views, all};
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

/// After so many events each, what views make of a history is kept: a replay then has the rest to do.
const STRIDE: usize = 128;

/// The names of views' files and what is in them.
pub type Files = Vec<(String, Vec<u8>)>;

/// What is on record, the places at which everything had followed, and what views make of it.
pub struct History {
    pub records: Vec<(Record, Arc<Past>)>,
    pub followed: Vec<u64>,
    pub views: Vec<Files>,
}

/// What there is when a run begins: nothing, or a history up to some command.
#[derive(Default)]
pub struct Before {
    pub records: &'static [(Record, Arc<Past>)],
    /// The checkpoint of reactions.
    pub place: Option<String>,
    /// What views make of most of it.
    pub views: Option<&'static Files>,
}

pub fn pasts() -> &'static [History] {
    static PASTS: OnceLock<Vec<History>> = OnceLock::new();
    PASTS.get_or_init(|| {
        thread::scope(|scope| {
            let calm = |it| scope.spawn(move || World::calm(u64::MAX - it, 1000));
            let calm: Vec<_> = (0..8).map(calm).collect();
            calm.into_iter().map(|it| it.join().unwrap()).collect()
        })
    })
}

pub fn before(seed: u64) -> Before {
    let mut chance = Chance::new(seed).apart();
    let Some(History { records, followed, views }) = chance.of(pasts()) else { return Before::default() };
    let mut cut = chance.below(records.len() as u64) as usize;
    // Not between the events of one command.
    while cut > 0 && records[cut - 1].1.meta.command_id == records[cut].1.meta.command_id {
        cut -= 1;
    }
    if seed.is_multiple_of(8) {
        return Before::default();
    }
    let place = followed.iter().rfind(|it| **it > 0 && **it <= cut as u64).filter(|_| chance.percent(80));
    let place = place.map(|it| format!("{it} {}", records[*it as usize - 1].0.id));
    let views = (cut / STRIDE).checked_sub(1).and_then(|it| views.get(it));
    Before { records: &records[..cut], place, views }
}

/// Views of the first `events` of a log after each [`STRIDE`] of them, made from the first one on.
pub fn replayed(log: &MemoryLog, events: usize) -> Vec<Files> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
    let _inside = runtime.enter();
    let (dir, shown) = (in_memory(), Arc::new(Shown::new(log.clone(), 0)));
    let views = Views::open_these(dir.path(), shown.clone(), all(), Duration::ZERO).unwrap();
    let names: Vec<&str> = views.status().iter().map(|it| it.view).collect();
    let after = |events: usize| {
        shown.show(events as u64, names.len());
        names.iter().map(|it| file(dir.path(), it)).collect()
    };
    let files = (STRIDE..=events).step_by(STRIDE).map(after).collect();
    runtime.block_on(views.stop());
    files
}

fn file(dir: &Path, view: &str) -> (String, Vec<u8>) {
    let name = format!("{view}.db");
    let connection = Connection::open(dir.join(&name)).unwrap();
    // Nothing is left beside it then.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let content = std::fs::read(dir.join(&name)).unwrap();
    (name, content)
}
