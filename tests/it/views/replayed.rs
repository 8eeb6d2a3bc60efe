//! To ask as of a position is to replay to it: for any history, of any view, and by the program itself.
use super::{SOON, caught_up, log_of, story, view};
use crate::program::pactline;
use crate::trace::world::{World, date, proposal};
use futures::TryStreamExt;
use pactline::domain::Timestamp;
use pactline::domain::citation::Reference;
use pactline::log::{EmbeddedLog, Expected, Log, MemoryLog, NewRecord, Position, Record};
use pactline::views::register::consultations::Consultation;
use pactline::views::register::priority::Priority;
use pactline::views::register::project::Project;
use pactline::views::register::recommendation::Recommendation;
use pactline::views::register::{Entry, List, Order, Snapshot, answers, list};
use pactline::views::{AsOf, Ask, Views, rebuild, timeline, trace};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// What anyone may do next; what does not fit is refused or left out.
#[derive(Debug, Clone, Copy)]
enum Step {
    Endorse,
    Propose(usize),
    Commit(u128),
    Revoke(u128, usize),
    Cite(u128, usize),
    Retire(u32),
    Withdraw(u128),
    Wait,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Endorse),
        3 => any::<usize>().prop_map(Step::Propose),
        2 => (0..4_u128).prop_map(Step::Commit),
        1 => (0..4_u128, any::<usize>()).prop_map(|(n, it)| Step::Revoke(n, it)),
        1 => (0..4_u128, any::<usize>()).prop_map(|(n, it)| Step::Cite(n, it)),
        1 => (1..4_u32).prop_map(Step::Retire),
        1 => (1..4_u128).prop_map(Step::Withdraw),
        1 => Just(Step::Wait),
    ]
}

/// A history and how many projects it has.
async fn history(steps: &[Step]) -> (World, u128) {
    let mut world = World::new().await;
    world.mandate("A/RES/1", "2012-02-16").await;
    let provision = world.provision("A/RES/1", "para. 2").await;
    let (mut recommended, mut priorities, mut projects) = (0_u128, Vec::<Reference>::new(), 0_u128);
    let mut withdrawn = BTreeSet::new();
    let mut retired = Vec::new();
    for (n, step) in (0..).zip(steps) {
        let chosen = |it: usize| priorities.get(it % priorities.len().max(1)).cloned();
        match *step {
            Step::Endorse => {
                recommended += 1;
                let text = world.draft(recommended, &[&provision]).await;
                let decided = world.endorse(recommended, &text).await;
                priorities.push(world.priority(recommended as u32, &text, &decided).await);
            }
            Step::Propose(it) => {
                if let Some(priority) = chosen(it).filter(|it| !retired.contains(it)) {
                    world.project(projects, &[&priority]).await;
                    projects += 1;
                }
            }
            Step::Commit(of) if of < projects => {
                world.commit(of, 1000 + n, date(world.today)).await;
            }
            Step::Revoke(of, it) => {
                if let Some(priority) = chosen(it) {
                    world.revoke(of, &priority).await.ok();
                }
            }
            Step::Cite(of, it) => {
                if let Some(priority) = chosen(it) {
                    world.cite(of, &priority).await.ok();
                }
            }
            Step::Retire(it) => {
                if world.retire(it).await.is_ok() {
                    retired.extend(chosen(it as usize - 1));
                }
            }
            Step::Withdraw(it) if it <= recommended && projects == 0 && withdrawn.insert(it) => {
                world.withdraw(it).await;
            }
            Step::Wait => world.today += 1,
            Step::Commit(_) | Step::Withdraw(_) => {}
        }
    }
    (world, projects)
}

/// The same events up to `until`, in `log`.
async fn copy(records: &[Record], until: Position, log: &dyn Log) {
    for it in records.iter().filter(|it| it.position <= until) {
        let expected = it.revision.checked_sub(1).map_or(Expected::NoStream, Expected::Revision);
        let (id, kind, data, meta) = (it.id, it.kind.clone(), it.data.clone(), it.meta.clone());
        let record = NewRecord { id, kind, data, meta, recorded_at: Some(it.recorded_at) };
        log.append(&it.stream, expected, vec![record]).await.unwrap();
    }
}

/// Every view replayed to `until`, and opened as if nothing had happened since.
async fn replayed(dir: &Path, log: &Arc<dyn Log>, records: &[Record], until: Position) -> Views {
    for it in pactline::views::all() {
        let (name, file) = (it.name(), dir.join(format!("{}.db", it.name())));
        let reached = rebuild(view(name), log.clone(), &file, Some(until)).await.unwrap();
        assert_eq!(reached, Some(until), "{name}");
    }
    let short = MemoryLog::new(|| Timestamp::UNIX_EPOCH);
    copy(records, until, &short).await;
    let views = Views::open(dir, Arc::new(short)).unwrap();
    for it in views.status() {
        views.wait(it.view, Some(until), SOON).await.unwrap();
    }
    views
}

async fn entries<E: Entry>(views: &Views, as_of: AsOf) -> Vec<String> {
    let which = List { order: Order::Up(0), size: 1000, after: None };
    let through = |_: &Snapshot<'_>| Ok(|_: &_| true);
    let found = list::<E, _>(views, &Ask::NOW.as_of(as_of), which, through).await.unwrap().found.entries;
    found.iter().map(|it| serde_json::to_string(it).unwrap()).collect()
}

/// All that is asked of the views in this test, as text.
async fn said(views: &Views, as_of: AsOf, projects: u128) -> Vec<String> {
    let ask = Ask::NOW.as_of(as_of);
    let mut said = entries::<Recommendation>(views, as_of).await;
    said.extend(entries::<Consultation>(views, as_of).await);
    said.extend(entries::<Priority>(views, as_of).await);
    said.extend(entries::<Project>(views, as_of).await);
    for project in (0..projects).map(proposal) {
        let found = views.ask(trace::VIEW, move |db, _| trace::trace(db, &project, as_of)).await.unwrap();
        said.push(format!("{found:?}"));
    }
    let which = timeline::Which { size: 1000, ..timeline::Which::default() };
    let page = timeline::timeline(views, &ask, timeline::Filter::default(), which).await.unwrap();
    said.push(format!("{page:?}"));
    said
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn to_ask_as_of_a_position_is_to_replay_to_it(
        steps in proptest::collection::vec(step(), 4..14),
        places in proptest::collection::vec(any::<prop::sample::Index>(), 3),
    ) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let (world, projects) = history(&steps).await;
            let (log, records, live) = (log_of(&world), world.records().await, tempfile::tempdir().unwrap());
            let now = caught_up(live.path(), &log).await;
            for place in &places {
                let until = records[place.index(records.len())].position;
                let dir = tempfile::tempdir().unwrap();
                let then = replayed(dir.path(), &log, &records, until).await;
                let as_of = said(&now, AsOf::Position(until), projects).await;
                let replayed = said(&then, AsOf::Now, projects).await;
                let counted = answers(&now, &Ask::NOW.as_of(AsOf::Position(until))).await.unwrap();
                assert_eq!(counted, answers(&then, &Ask::NOW).await.unwrap(), "at {until} after {steps:?}");
                let differs = as_of.iter().zip(&replayed).find(|(one, other)| one != other);
                assert_eq!(differs, None, "at {until} after {steps:?}");
                assert_eq!(as_of.len(), replayed.len());
            }
        });
    }
}

/// A folder with the story in it.
async fn folder() -> (tempfile::TempDir, Vec<Record>) {
    let dir = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(dir.path(), || Timestamp::UNIX_EPOCH).unwrap();
    copy(&story().await.records().await, Position(u64::MAX), &log).await;
    let records = log.read_all(None).try_concat().await.unwrap();
    log.close().await.unwrap();
    (dir, records)
}

fn documents(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_replay_to_the_same_place_get_the_same_views() {
    let (dir, records) = folder().await;
    let (middle, other) = (&records[records.len() / 2], tempfile::tempdir().unwrap());
    let (until, moment) = (middle.position.to_string(), middle.recorded_at.to_string());
    let first = pactline(dir.path(), &["--json", "replay", "--until", &until]);
    assert_eq!(first.code, 0, "{}", first.err);
    let into = other.path().to_str().unwrap();
    let second = pactline(dir.path(), &["--json", "replay", "--until", &moment, "--into", into]);
    assert_eq!(second.code, 0, "{}", second.err);
    let (first, second) = (documents(&first.out), documents(&second.out));
    assert_eq!(first.len(), pactline::views::all().len());
    for (one, two) in first.iter().zip(&second) {
        assert_eq!((&one["view"], &one["sha256"]), (&two["view"], &two["sha256"]));
        assert_eq!(one["position"], middle.position.0);
        assert!(Path::new(two["file"].as_str().unwrap()).starts_with(other.path()));
    }
    let now = pactline(dir.path(), &["--json", "replay", "--until", "9999-01-01", "--view", "register-1"]);
    let now = documents(&now.out);
    assert_eq!(now.len(), 1);
    assert_eq!(now[0]["position"], records.last().unwrap().position.0);
    assert_ne!(now[0]["sha256"], first[0]["sha256"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_and_a_replay_to_a_place_are_two_things() {
    let (dir, _) = folder().await;
    let both = pactline(dir.path(), &["replay", "--check", "--until", "3"]);
    assert_eq!(both.code, 2);
    let when = pactline(dir.path(), &["replay", "--until", "effective:2024-03-01"]);
    assert_eq!(when.code, 2);
    assert!(when.err.contains("is no position, day or moment"), "{}", when.err);
    let check = pactline(dir.path(), &["replay", "--check"]);
    assert_eq!(check.code, 0, "{}", check.err);
    assert_eq!(pactline(dir.path(), &["replay"]).code, 0);
}
