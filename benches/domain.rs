//! What the rules and the codec cost, without any log. `cargo bench --bench domain`.
#![allow(missing_docs)]
use futures::TryStreamExt;
use history::{Fallible, History};
use pactline::clock::Clock;
use pactline::codec;
use pactline::domain::consultation::{self, Consultation};
use pactline::domain::project::{self, Project};
use pactline::domain::{Decider, Given, Timestamp};
use pactline::engine::Engine;
use pactline::log::{Log, MemoryLog, Record};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

#[allow(dead_code, reason = "the load generator uses the rest")]
#[path = "../examples/load/history.rs"]
mod history;
mod story;

const EVENTS: u64 = 1_000;
/// How often the whole is measured; the median is printed.
const TIMES: usize = 15;

#[tokio::main]
async fn main() -> Fallible<()> {
    let clock = Clock::system();
    let now = clock.clone();
    let log = Arc::new(MemoryLog::new(move || now.now()));
    let history = History::begin(Engine::new(log.clone(), clock, 10_000)).await?;
    story::write(&history, EVENTS).await?;
    let chunks: Vec<Vec<Record>> = log.read_all(None).try_collect().await?;
    let records: Vec<Record> = chunks.into_iter().flatten().collect();
    let projects = of::<Project>(&records);
    let consultations = of::<Consultation>(&records);
    print("project: decode and evolve", &projects, || fold::<Project>(&projects).map(drop))?;
    print("consultation: decode and evolve", &consultations, || {
        fold::<Consultation>(&consultations).map(drop)
    })?;
    decide_pledges(&projects)?;
    decide_positions(&consultations)?;
    print("decode any event", &records, || {
        records.iter().try_for_each(|it| codec::decode_any(it).map(drop)).map_err(Into::into)
    })?;
    print("decode metadata", &records, || {
        records.iter().try_for_each(|it| codec::decode_meta(it).map(drop)).map_err(Into::into)
    })?;
    let events = decoded::<Project>(&projects)?;
    print("encode a project's event", &events, || {
        events.iter().try_for_each(|(_, it)| codec::encode(it).map(drop)).map_err(Into::into)
    })
}

fn of<D: Decider>(records: &[Record]) -> Vec<Record> {
    let of = |it: &&Record| it.stream.split_once('-').is_some_and(|(kind, _)| kind == D::KIND);
    records.iter().filter(of).cloned().collect()
}

fn decoded<D: Decider>(records: &[Record]) -> Fallible<Vec<(Record, D::Event)>> {
    records.iter().map(|it| Ok((it.clone(), codec::decode::<D::Event>(it)?))).collect()
}

/// Every stream's fold.
fn fold<D: Decider>(records: &[Record]) -> Fallible<Vec<D>> {
    let mut streams = std::collections::BTreeMap::<Arc<str>, D>::new();
    for it in records {
        let event: D::Event = codec::decode(it)?;
        streams.entry(it.stream.clone()).or_default().evolve(&event, it.recorded_at);
    }
    Ok(streams.into_values().collect())
}

fn given() -> Fallible<Given> {
    let at: Timestamp = "2030-01-01T00:00:00Z".parse()?;
    Ok(Given {
        at,
        by: history::text("recorder")?,
        on_behalf_of: None,
        vouched: Default::default(),
        facts: Default::default(),
    })
}

fn decide_pledges(records: &[Record]) -> Fallible<()> {
    let (states, given) = (fold::<Project>(records)?, given()?);
    let pledge = project::Command::PledgeFunds {
        donor: project::DonorAsked { name: history::text("Norway")?, partner: None },
        movement: project::Movement {
            transaction: pactline::domain::id::TransactionId::of("another"),
            amount: history::usd(100)?,
            value_date: pactline::domain::Date::constant(2024, 6, 1),
            origin: None,
        },
    };
    print("project: decide a pledge", &states, || {
        for it in &states {
            black_box(it.decide(pledge.clone(), &given)?);
        }
        Ok(())
    })
}

fn decide_positions(records: &[Record]) -> Fallible<()> {
    let (states, given) = (fold::<Consultation>(records)?, given()?);
    // What is said after the close is only a statement, which is as much work.
    let object = consultation::Command::Object {
        party: pactline::domain::partner::Party::Country("FRA".parse()?).id(),
        reason: history::text("not yet")?,
        conditional_on: Vec::new(),
    };
    print("consultation: decide an objection", &states, || {
        for it in &states {
            black_box(it.decide(object.clone(), &given)?);
        }
        Ok(())
    })
}

/// The median time of one of `all`, when `work` goes through all of them.
fn print<T>(what: &str, all: &[T], work: impl Fn() -> Fallible<()>) -> Fallible<()> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let start = Instant::now();
        for _ in 0..10 {
            black_box(work()?);
        }
        times.push(start.elapsed().as_nanos() as f64 / 10.0 / all.len() as f64);
    }
    times.sort_by(f64::total_cmp);
    println!("{what:<34} {:>8.0} ns", times[TIMES / 2]);
    Ok(())
}
