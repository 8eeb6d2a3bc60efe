//! A charter, a project under it and the parties around it, for the stories about projects and priorities.
use crate::given::{Given, given_at, person};
use pactline::domain::charter::{Law, ProjectLaw};
use pactline::domain::citation::{Citation, StreamName};
use pactline::domain::fact::*;
use pactline::domain::id::*;
use pactline::domain::money::Money;
use pactline::domain::project::*;
use pactline::domain::scope::{Period, Scope};
use pactline::domain::text::{Digest, Prose, Slug, Source, Text};
use pactline::domain::{Date, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

const LAW: &str = r#"
name = "pact"
title = "A pact"
roles = ["chair", "donor"]
pillars = ["supply", "precursors"]
routes = ["balkan", "northern"]
forums = []
recommendations = { forums = ["policy-group"] }
priorities = { set_by = "chair", basis = "policy-group" }

[projects]
funding = { threshold_percent = 80, basis = "committed" }
[[projects.stages]]
name = "design"
title = "Design"
deadline_days = 30
on_expiry = "suspend"
[[projects.stages]]
name = "delivery"
title = "Delivery"
"#;

/// The whole charter.
pub fn law() -> Law {
    toml::from_str(LAW).unwrap()
}

/// The law of projects whose first stage, `design`, has this gate, as a list in TOML.
pub fn law_with_gate(gate: &str) -> ProjectLaw {
    let text = LAW.replace("title = \"Design\"", &format!("title = \"Design\"\ngate = {gate}"));
    toml::from_str::<Law>(&text).unwrap().projects
}

/// Midnight of the `n`th day.
pub fn day(n: i64) -> Timestamp {
    Timestamp::from_second(n * 86_400).unwrap()
}

/// The event at `revision` in the `n`th stream of a kind.
pub fn event(kind: &str, n: u128, revision: u64) -> Citation {
    let event_id = Uuid::from_u128(n << 64 | u128::from(revision));
    Citation { event_id, stream: StreamName::new(kind, Uuid::from_u128(n)), revision }
}

pub fn slug(text: &str) -> Slug {
    text.try_into().unwrap()
}

pub fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    text.try_into().unwrap()
}

pub fn why() -> Prose {
    text("because")
}

pub fn money(code: &str, minor: i64) -> Money {
    Money { currency: code.parse().unwrap(), minor }
}

/// Dollars, in cents.
pub fn usd(minor: i64) -> Money {
    money("USD", minor)
}

pub fn year(n: i16) -> Period {
    Period::new(Date::constant(n, 1, 1), Date::constant(n, 12, 31)).unwrap()
}

pub const PROJECT: ProjectId = ProjectId(Uuid::from_u128(700));

/// The `n`th edition of the charter; `law` is what it says.
pub fn edition(n: u32, law: Law) -> (Citation, EditionFact) {
    let charter = CharterId(Uuid::from_u128(100));
    let law = Arc::new(law);
    let publisher = Some(person("pia"));
    let since = day(0);
    let fact = EditionFact { charter, edition: n, law, since, retired: false, outdated: false, publisher };
    (event("charter", 100, u64::from(n) - 1), fact)
}

/// The `n`th partner, a member, in these roles.
pub fn partner(n: u128, roles: &[&str]) -> (Citation, PartnerFact) {
    let roles = roles.iter().map(|it| slug(it)).collect();
    let fact = PartnerFact { id: PartnerId(Uuid::from_u128(n)), capacity: Some(Capacity::Member), roles };
    (event("partner", n, 0), fact)
}

pub fn scope() -> Scope {
    let (routes, countries) = (BTreeSet::from([slug("balkan")]), BTreeSet::new());
    Scope { pillar: slug("supply"), routes, countries, period: year(2024) }
}

/// The `n`th priority of a list.
pub fn priority(n: u64, live: bool) -> (Citation, PriorityFact) {
    let priority = PriorityId(Uuid::from_u128(u128::from(n)));
    let (list, charter) = (ListId(Uuid::from_u128(300)), event("charter", 100, 0));
    let (recommendation, adoption) = (RecommendationId(Uuid::from_u128(600)), event("consultation", 500, 4));
    let fact = PriorityFact { list, priority, scope: scope(), live, charter, recommendation, adoption };
    (event("priority", 300, n), fact)
}

/// A provision, in force or since when not.
pub fn provision(superseded_at: Option<Timestamp>) -> (Citation, ProvisionFact) {
    let fact = ProvisionFact {
        mandate: MandateId(Uuid::from_u128(400)),
        provision: ProvisionId(Uuid::from_u128(401)),
        symbol: text("A/RES/S-30/1"),
        superseded_at,
        retained_for: BTreeSet::new(),
    };
    (event("mandate", 400, 2), fact)
}

pub fn own_stream() -> StreamName {
    StreamName::new("project", PROJECT.0)
}

/// The project's own event at `revision`.
pub fn own(revision: u64) -> Citation {
    event("project", 700, revision)
}

pub fn in_stage(stage: &str) -> StageFact {
    StageFact { project: PROJECT, stage: slug(stage) }
}

/// What `pat` asks for partner 1: a project of USD 1,000.00 that cites nothing.
pub fn asked() -> Command {
    Command::ProposeProject {
        project: PROJECT,
        code: None,
        title: text("Border posts"),
        summary: None,
        charter: event("charter", 100, 0).reference(),
        priorities: Vec::new(),
        countries: BTreeSet::new(),
        period: year(2024),
        budget: Some(usd(100_000)),
        sectors: Vec::new(),
        parent: None,
        proposed_for: Some(event("partner", 1, 0).reference()),
        origin: None,
    }
}

/// What comes of it, under this law.
pub fn proposal(law: ProjectLaw) -> Event {
    Event::ProjectProposed {
        project: PROJECT,
        code: None,
        title: text("Border posts"),
        summary: None,
        charter: event("charter", 100, 0),
        law: Arc::new(law),
        priorities: Vec::new(),
        countries: BTreeSet::new(),
        period: year(2024),
        budget: Some(usd(100_000)),
        sectors: Vec::new(),
        parent: None,
        proposed_for: Some(event("partner", 1, 0)),
        origin: None,
        proposer: person("pat"),
    }
}

pub fn entered(stage: &str, left: Option<&str>, due_at: Option<Timestamp>) -> Event {
    let (stage, left) = (slug(stage), left.map(slug));
    Event::StageEntered {
        stage,
        left,
        tasks: Vec::new(),
        due_at,
        orders: Vec::new(),
        report_at: None,
        funded: false,
    }
}

/// A project that was proposed at the epoch, under the usual law, and what happened since.
pub fn project(more: impl IntoIterator<Item = Event>) -> Given<Project> {
    project_under(law().projects, more)
}

/// The same under another law.
pub fn project_under(law: ProjectLaw, more: impl IntoIterator<Item = Event>) -> Given<Project> {
    let begun = [proposal(law), entered("design", None, Some(day(30)))];
    let (first, says) = edition(1, self::law());
    given_at(day(0), begun).and_at(day(0), more).citing(own(1), in_stage("design")).citing(first, says)
}

pub fn transaction(n: u128) -> TransactionId {
    TransactionId(Uuid::from_u128(n))
}

/// The `n`th movement, of so much.
pub fn moved(n: u128, amount: Money) -> Movement {
    let value_date = Date::constant(2024, 3, 1);
    Movement { transaction: transaction(n), amount, value_date, origin: None }
}

pub fn origin() -> Option<Origin> {
    Some(Origin { source: text("uninfo"), external_id: text("4711") })
}

pub fn donor() -> Donor {
    Donor { name: text("Norway"), partner: None }
}

pub fn asked_donor() -> DonorAsked {
    DonorAsked { name: text("Norway"), partner: None }
}

pub fn pledged(n: u128, minor: i64) -> Event {
    Event::FundsPledged { donor: donor(), movement: moved(n, usd(minor)) }
}

pub fn committed(n: u128, pledge: Option<u128>, minor: i64) -> Event {
    let pledge = pledge.map(transaction);
    Event::FundsCommitted { donor: donor(), pledge, movement: moved(n, usd(minor)), under: own(1) }
}

pub fn received(n: u128, commitment: Option<u128>, minor: i64) -> Event {
    let commitment = commitment.map(transaction);
    Event::FundsReceived { donor: donor(), commitment, movement: moved(n, usd(minor)) }
}

pub fn reversed(n: u128, of: u128, minor: i64) -> Event {
    let (transaction, of) = (transaction(n), transaction(of));
    Event::TransactionReversed { transaction, of, amount: usd(minor), reason: why() }
}

pub fn review(kind: &str, role: &str, reviewer: &str, verdict: Verdict) -> Event {
    let (kind, role, reviewer) = (slug(kind), slug(role), person(reviewer));
    Event::ReviewRecorded { kind, role, partner: None, reviewer, verdict, comment: None }
}

pub fn approved(partner: u128) -> Event {
    approved_by(partner, "ann")
}

pub fn approved_by(partner: u128, approver: &str) -> Event {
    Event::ProjectApproved {
        role: slug("donor"),
        partner: PartnerId(Uuid::from_u128(partner)),
        admission: event("partner", partner, 0),
        approver: person(approver),
        basis: vec![event("priority", 300, 0)],
    }
}

pub fn document() -> Source {
    Source { symbol: text("E/CN.7/2024/1"), locator: None, sha256: Some(Digest::of(b"a document")) }
}

pub fn completed() -> Event {
    Event::ProjectCompleted { tasks: Vec::new() }
}

pub fn suspended() -> Event {
    Event::ProjectSuspended { reason: why() }
}
