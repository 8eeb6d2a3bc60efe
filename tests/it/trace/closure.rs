//! Whatever is recorded, a trace is the closure of citations that the log itself gives, at any moment, and who
//! rests on an event is the inverse of it.
use super::world::*;
use futures::executor::block_on;
use pactline::codec::{AnyEvent, decode_any, decode_meta};
use pactline::domain::citation::{Citation, Reference};
use pactline::domain::consultation;
use pactline::domain::mandate;
use pactline::domain::priority;
use pactline::domain::project;
use pactline::domain::recommendation;
use pactline::log::Record;
use pactline::views::AsOf;
use pactline::views::trace::{self, Below, Place};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type At = (String, u64);

/// One more thing that happens, the day after; the numbers are places in the world's lists, taken around.
#[derive(Debug, Clone)]
enum Next {
    Cite(usize, usize),
    Except(usize, usize),
    Whole(usize, usize),
    Revoke(usize, usize),
    Link(usize, usize),
    Supersede(usize, usize),
    Retire(usize),
}

fn next() -> impl Strategy<Value = Next> {
    let n = || 0..6usize;
    prop_oneof![
        3 => (n(), n()).prop_map(|(a, b)| Next::Cite(a, b)),
        2 => (n(), n()).prop_map(|(a, b)| Next::Except(a, b)),
        1 => (n(), n()).prop_map(|(a, b)| Next::Whole(a, b)),
        2 => (n(), n()).prop_map(|(a, b)| Next::Revoke(a, b)),
        3 => (n(), n()).prop_map(|(a, b)| Next::Link(a, b)),
        1 => (n(), n()).prop_map(|(a, b)| Next::Supersede(a, b)),
        1 => n().prop_map(Next::Retire),
    ]
}

const MANDATES: [&str; 3] = ["A/1", "A/2", "A/3"];
const LOCATORS: [&str; 2] = ["para. 1", "para. 2"];
const PROJECTS: usize = 3;

async fn happened(story: &[Next]) -> World {
    let mut world = World::new().await;
    let (mut mandates, mut provisions, mut priorities) = (Vec::new(), Vec::new(), Vec::new());
    for (n, symbol) in MANDATES.iter().enumerate() {
        mandates.push(world.mandate(symbol, &format!("201{n}")).await);
        for locator in LOCATORS {
            provisions.push(world.provision(symbol, locator).await);
        }
    }
    for n in 0..3usize {
        let text =
            world.draft(n as u128 + 1, &[&provisions[n], &provisions[2 * n % 6]][..n.min(1) + 1]).await;
        let adoption = world.endorse(n as u128 + 1, &text).await;
        priorities.push(world.priority(n as u32 + 1, &text, &adoption).await);
    }
    for (n, priority) in (0..).zip(&priorities).take(PROJECTS) {
        world.project(n, &[priority]).await;
    }
    let cited: Vec<Reference> =
        [&priorities, &provisions, &mandates].into_iter().flatten().cloned().collect();
    for next in story {
        world.today += 1;
        // Much of this is refused and then is no part of the story.
        let _ = match next {
            Next::Cite(n, what) => world.cite((n % PROJECTS) as u128, &priorities[what % 3]).await,
            Next::Except(n, what) => world.except((n % PROJECTS) as u128, &provisions[what % 6]).await,
            Next::Whole(n, what) => world.except((n % PROJECTS) as u128, &mandates[what % 3]).await,
            Next::Revoke(n, what) => world.revoke((n % PROJECTS) as u128, &cited[*what]).await,
            Next::Link(n, to) => world.link(MANDATES[n % 3], LOCATORS[n / 3], &provisions[to % 6]).await,
            Next::Supersede(n, by) => world.supersede(MANDATES[n % 3], &mandates[by % 3]).await,
            Next::Retire(n) => world.retire(*n as u32 % 3 + 1).await,
        };
    }
    world
}

/// What counts at some moment, by stream and revision.
struct Known(BTreeMap<At, AnyEvent>);

impl Known {
    fn of(records: &[Record], as_of: AsOf) -> Self {
        let counts = |it: &&Record| match as_of {
            AsOf::Now => true,
            AsOf::Position(position) => it.position <= position,
            AsOf::RecordedAt(at) => it.recorded_at <= at,
            AsOf::EffectiveAt(at) => decode_meta(it).unwrap().effective_at <= at,
        };
        let known = records.iter().filter(counts);
        Self(known.map(|it| ((it.stream.to_string(), it.revision), decode_any(it).unwrap())).collect())
    }

    fn stream<'a>(&'a self, stream: &'a str) -> impl Iterator<Item = (&'a At, &'a AnyEvent)> {
        self.0.iter().filter(move |(at, _)| at.0 == stream)
    }

    /// What an event rests on, by reading it.
    fn cited_by(&self, at: &At) -> Vec<At> {
        match &self.0[at] {
            AnyEvent::Project(project::Event::ProjectProposed { .. }) => self.cited_by_project(&at.0),
            AnyEvent::Priority(priority::Event::PrioritySet { adoption, .. }) => vec![place(adoption)],
            AnyEvent::Consultation(consultation::Event::ConsensusReached { subject, previous, .. }) => {
                subject.text().into_iter().chain(previous).map(place).collect()
            }
            AnyEvent::Recommendation(recommendation::Event::RecommendationDrafted { provisions, .. }) => {
                provisions.iter().map(place).collect()
            }
            AnyEvent::Mandate(mandate::Event::ProvisionDefined { provision, .. }) => {
                let linked = self.stream(&at.0).filter_map(|(_, it)| match it {
                    AnyEvent::Mandate(mandate::Event::ProvisionsLinked { provision: of, to, .. }) => {
                        (of == provision).then(|| place(to))
                    }
                    _ => None,
                });
                linked.chain([(at.0.clone(), 0)]).collect()
            }
            _ => Vec::new(),
        }
    }

    fn cited_by_project(&self, stream: &str) -> Vec<At> {
        let mut cited = Vec::new();
        for (_, event) in self.stream(stream) {
            match event {
                AnyEvent::Project(project::Event::ProjectProposed { priorities, .. }) => {
                    cited.extend(priorities.iter().map(place));
                }
                AnyEvent::Project(project::Event::PriorityCited { priority }) => cited.push(place(priority)),
                AnyEvent::Project(project::Event::ProvisionCited { provision, .. }) => {
                    cited.push(place(provision));
                }
                AnyEvent::Project(project::Event::CitationRevoked { cited: no_more, .. }) => {
                    cited.retain(|it| *it != place(no_more));
                }
                _ => {}
            }
        }
        cited
    }

    fn closure(&self, from: At) -> BTreeSet<At> {
        let (mut closure, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(at) = open.pop() {
            if self.0.contains_key(&at) && closure.insert(at.clone()) {
                open.extend(self.cited_by(&at));
            }
        }
        closure
    }
}

fn place(it: &Citation) -> At {
    (it.stream.to_string(), it.revision)
}

/// The moments worth asking about: some positions, and every day of the story.
fn moments(world: &World, records: &[Record]) -> Vec<AsOf> {
    let some = records.iter().rev().step_by(3).take(12);
    let positions = some.clone().map(|it| AsOf::Position(it.position));
    let recorded = some.map(|it| AsOf::RecordedAt(it.recorded_at));
    let days = (0..=world.today).map(|it| AsOf::EffectiveAt(day(it)));
    positions.chain(recorded).chain(days).chain([AsOf::Now]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_trace_is_the_closure_of_citations_and_its_inverse_finds_the_project(
        story in proptest::collection::vec(next(), 0..24)
    ) {
        let world = block_on(happened(&story));
        let (records, db) = (block_on(world.records()), block_on(world.view()));
        for as_of in moments(&world, &records) {
            let known = Known::of(&records, as_of);
            let mut below: BTreeMap<At, BTreeSet<String>> = BTreeMap::new();
            for n in 0..PROJECTS {
                let subject = proposal(n as u128);
                let closure = known.closure((subject.stream.to_string(), 0));
                let found = trace::trace(&db, &subject, as_of).unwrap().map(|trace| {
                    let chain = trace.steps.iter().filter(|it| it.place == Place::Chain);
                    let places = chain.flat_map(|it| [it.from, it.to]).chain([0]);
                    places.map(|it| place(&trace.nodes[it].event)).collect::<BTreeSet<At>>()
                });
                prop_assert_eq!(found.unwrap_or_default(), closure.clone(), "{:?}", as_of);
                for at in closure {
                    below.entry(at).or_default().insert(subject.stream.to_string());
                }
            }
            for at in known.0.keys().filter(|it| !it.0.starts_with("project")) {
                let event = Reference::new(at.0.parse().unwrap(), at.1);
                let asked = trace::Dependents { kind: Some("project".into()), ..all_of(Below::Event(event)) };
                let found = trace::dependents(&db, &asked, as_of).unwrap();
                let found: BTreeSet<String> = found.iter().map(|it| it.stream.to_string()).collect();
                prop_assert_eq!(found, below.get(at).cloned().unwrap_or_default(), "{:?} {:?}", at, as_of);
            }
        }
    }
}
