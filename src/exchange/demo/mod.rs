//! The demonstration: the Paris Pact from its mandates to projects with results, told through the same gRPC calls
//! as any other client's.
//!
//! What is told is in examples/paris-pact, which says what of it is fact and what is illustration; the sources of
//! the events say it too. Every command has an id derived from a label, so telling it twice records nothing new.
mod cast;
mod commission;
mod decisions;
mod facts;
mod mandates;
mod meetings;
mod partners;
mod priorities;
mod projects;
mod voices;
mod works;

use super::desk::{Desk, Failed, When, event, source};
use crate::api::proto::*;
use crate::domain::id::ProjectId;
use facts::{CHARTER, EVIDENCE, Facts, ToldAs};
use futures::{StreamExt, TryStreamExt};
use jiff::SignedDuration;
use std::future::Future;
use std::time::{Duration, Instant};
use tonic::transport::Channel;

const IN_FLIGHT_MAX: usize = 32;

/// What was told.
#[derive(Debug, Clone)]
pub struct Told {
    /// How many events were recorded that were not there before.
    pub events: u64,
    /// How long that took.
    pub elapsed: Duration,
    /// A project every step of whose trace is there.
    pub complete: ProjectId,
    /// A project that rests on a text on which a member reserved.
    pub contested: ProjectId,
    /// A project that rests on superseded text.
    pub stale: ProjectId,
    /// A project that rests on nothing.
    pub broken: ProjectId,
    /// What is worth a look, a sentence each.
    pub notes: Vec<String>,
}

/// Tells it to the server behind `channel`.
pub async fn run(channel: Channel) -> Result<Told, Failed> {
    let began = Instant::now();
    let facts = Facts::read()?;
    let story = Story { desk: Desk::new(channel), facts: &facts };
    let (partners, mandates, charter) =
        futures::try_join!(partners::admit(&story), mandates::record(&story), publish(&story))?;
    let world = World { story: &story, partners, mandates, charter };
    let (adopted, vote, evidence) =
        futures::try_join!(decisions::take(&world), commission::vote(&world), submit(&story))?;
    let priorities = priorities::set(&world, &adopted).await?;
    let ground = projects::Ground { world: &world, adopted: &adopted, priorities: &priorities, evidence };
    let shut = projects::run(&ground).await?;
    // Only now: the recommendation that rests on the older text was drafted when nobody had noticed the newer.
    mandates::supersede(&world).await?;
    let (notes, desk) = (vote.into_iter().chain(shut).collect(), &story.desk);
    Ok(Told {
        events: desk.events(),
        elapsed: began.elapsed(),
        complete: facts.told_as(ToldAs::Complete)?,
        contested: facts.told_as(ToldAs::Contested)?,
        stale: facts.told_as(ToldAs::Stale)?,
        broken: facts.told_as(ToldAs::Broken)?,
        notes,
    })
}

impl Facts {
    fn told_as(&self, told: ToldAs) -> Result<ProjectId, Failed> {
        let found = self.projects.projects.iter().find(|it| it.told_as == Some(told));
        let missing =
            || Failed::format("examples/paris-pact/projects.toml", format!("no project is told as {told:?}"));
        found.map(projects::id).ok_or_else(missing)
    }
}

/// What is told, and to whom.
struct Story<'a> {
    desk: Desk,
    facts: &'a Facts,
}

/// What everything later rests on.
struct World<'a> {
    story: &'a Story<'a>,
    partners: partners::Partners,
    mandates: mandates::Mandates,
    charter: EventReference,
}

impl World<'_> {
    fn desk(&self) -> &Desk {
        &self.story.desk
    }
    fn facts(&self) -> &Facts {
        self.story.facts
    }
}

async fn publish(story: &Story<'_>) -> Result<EventReference, Failed> {
    let request = PublishCharterRequest { toml: CHARTER.to_owned(), ..PublishCharterRequest::default() };
    let when = then(
        "2013-06-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap_or_default(),
        "charters/paris-pact.toml",
    );
    let recorded = story.desk.ask(cast::SECRETARIAT, &label("charter"), &when, request).await?;
    event(&recorded, "CharterPublished")
}

async fn submit(story: &Story<'_>) -> Result<EventReference, Failed> {
    let it = &story.facts.evidence;
    let measure = |it: &facts::Measure| Measure {
        name: it.name.clone(),
        quantity: Some(quantity(it.amount, &it.unit)),
    };
    let request = SubmitEvidenceRequest {
        kind: it.kind.clone(),
        title: it.title.clone(),
        source: Some(source(&it.source, None)),
        digest: crate::domain::text::Digest::of(EVIDENCE.as_bytes()).to_string(),
        period: Some(period(&it.from, &it.until)),
        places: it.places.clone(),
        measures: it.measures.iter().map(measure).collect(),
        ..SubmitEvidenceRequest::default()
    };
    let recorded = story.desk.ask(cast::ANALYST, &label("evidence"), &When::Now, request).await?;
    event(&recorded, "EvidenceSubmitted")
}

/// The label of a command of the demonstration.
fn label(what: &str) -> String {
    format!("demo/paris-pact/{what}")
}

/// The id of something of the demonstration, as its type makes it.
fn key(what: &str) -> String {
    format!("demo/paris-pact/{what}")
}

/// In the past, as `document` says.
fn then(at: jiff::Timestamp, document: &str) -> When {
    When::Then(super::desk::wire(at), source(document, None))
}

/// So many hours later, or earlier.
fn hours(at: jiff::Timestamp, hours: i64) -> jiff::Timestamp {
    at.checked_add(SignedDuration::from_hours(hours)).unwrap_or(at)
}

fn period(from: &str, until: &str) -> Period {
    Period { from: from.to_owned(), until: until.to_owned() }
}

fn quantity(amount: i64, unit: &str) -> Quantity {
    Quantity { thousandths: amount.saturating_mul(1000), unit: unit.to_owned() }
}

/// Whole US dollars.
fn usd(units: i64) -> Money {
    Money { currency: "USD".to_owned(), minor: units.saturating_mul(100) }
}

/// Runs what does not depend on each other side by side; the answers come in the order asked.
async fn together<T, F: Future<Output = Result<T, Failed>>>(
    all: impl IntoIterator<Item = F>,
) -> Result<Vec<T>, Failed> {
    futures::stream::iter(all).buffered(IN_FLIGHT_MAX).try_collect().await
}
