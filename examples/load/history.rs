//! A history to measure with: the pipeline up to its priorities, and as many projects under it as are asked for.
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use pactline::domain::charter::{self, Charter, Law, Method};
use pactline::domain::citation::{Citation, Reference, StreamName};
use pactline::domain::consultation::{self, Consultation, Position, SubjectAsked};
use pactline::domain::fact::Capacity;
use pactline::domain::id::*;
use pactline::domain::mandate::{self, Force, Instrument, Mandate, mandate_id};
use pactline::domain::meeting::SeatAsked;
use pactline::domain::money::Money;
use pactline::domain::partner::{self, Partner, Party};
use pactline::domain::priority::{self, PriorityList, list_id};
use pactline::domain::project::{self, Project};
use pactline::domain::recommendation::{self, Recommendation};
use pactline::domain::scope::{Period, Scope};
use pactline::domain::text::{Digest, PersonId, Slug, Source, Text};
use pactline::domain::{Date, Decider};
use pactline::engine::{CommandMeta, Effective, Engine, Outcome};
use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// What may go wrong anywhere in a measurement.
pub(crate) type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

const CHARTER: &str = include_str!("../../charters/paris-pact.toml");
const MEMBERS: [&str; 12] =
    ["AFG", "IRN", "PAK", "TJK", "KGZ", "KAZ", "UZB", "TUR", "FRA", "DEU", "ITA", "AUT"];
const PRIORITIES: u32 = 20;
const SILENCE: SignedDuration = SignedDuration::from_hours(72);
/// How many projects are written at the same time.
const AT_ONCE: u64 = 500;

/// The history so far.
#[derive(Clone)]
pub(crate) struct History {
    engine: Engine,
    next: Arc<AtomicU64>,
    charter: Reference,
    priorities: Vec<Reference>,
}

/// A text that is within its bounds.
pub(crate) fn text<T>(text: impl Into<String>) -> Fallible<T>
where
    T: TryFrom<String>,
    T::Error: Error + Send + Sync + 'static,
{
    Ok(T::try_from(text.into())?)
}

/// The `n`th project's id.
pub(crate) fn project_id(n: u64) -> ProjectId {
    ProjectId::of(&n.to_string())
}

/// So many cents.
pub(crate) fn usd(minor: i64) -> Fallible<Money> {
    Ok(Money { currency: "USD".parse()?, minor })
}

/// The one cited event of an answer.
fn cited(outcome: &Outcome) -> Fallible<Reference> {
    let first = outcome.events.first().ok_or("a command of the history changed nothing")?;
    let (event_id, stream, revision) = (first.id, outcome.stream.clone(), first.revision);
    Ok(Citation { event_id, stream, revision }.reference())
}

impl History {
    /// Partners, a mandate, the charter, and priorities on which two forums agreed.
    pub(crate) async fn begin(engine: Engine) -> Fallible<Self> {
        let nothing = Reference::new(StreamName::new("charter", Uuid::nil()), 0);
        let next = Arc::new(AtomicU64::new(1));
        let mut history = Self { engine, next, charter: nothing, priorities: Vec::new() };
        let seats = history.partners().await?;
        let coordinator = seats[0].partner.clone().ok_or("a seat without a partner")?;
        let provision = history.mandate().await?;
        history.charter = history.charter().await?;
        for n in 1..=PRIORITIES {
            let text = history.recommendation(n, &provision).await?;
            let first = history.silence("expert-working-group", n, &text, None, &seats).await?;
            let then = history.silence("policy-consultative-group", n, &text, Some(first), &seats).await?;
            let set = history.priority(n, then, text, coordinator.clone()).await?;
            history.priorities.push(set);
        }
        Ok(history)
    }

    /// Projects `from..until` as they are proposed, two events each.
    pub(crate) async fn proposals(&self, from: u64, until: u64) -> Fallible<()> {
        for first in (from..until).step_by(AT_ONCE as usize) {
            try_join_all((first..until.min(first + AT_ONCE)).map(|n| self.propose(n))).await?;
        }
        Ok(())
    }

    async fn propose(&self, n: u64) -> Fallible<()> {
        let (project, cited) = (project_id(n), n as usize % self.priorities.len());
        let period = Period::new(Date::constant(2024, 1, 1), Date::constant(2024, 12, 31))?;
        let command = project::Command::ProposeProject {
            project,
            code: Some(text(format!("GLO/{n}"))?),
            title: text(format!("Border liaison offices along the northern route, part {n}"))?,
            summary: Some(text("Joint posts, shared forensic profiling, and one channel for alerts.")?),
            charter: self.charter.clone(),
            priorities: vec![self.priorities[cited].clone()],
            countries: BTreeSet::from(["TJK".parse()?, "KGZ".parse()?]),
            period,
            budget: Some(usd(50_000_000)?),
            sectors: Vec::new(),
            parent: None,
            proposed_for: None,
            origin: None,
        };
        self.now::<Project>(project.0, command).await?;
        Ok(())
    }

    async fn partners(&self) -> Fallible<Vec<SeatAsked>> {
        let mut seats = Vec::new();
        for code in MEMBERS {
            let party = Party::Country(code.parse()?);
            let (id, name) = (party.id(), text::<Text<600>>(code)?);
            let admit = partner::Command::AdmitPartner { party, name: name.clone() };
            let admission = cited(&self.past::<Partner>(id.0, 0, admit).await?)?;
            if seats.is_empty() {
                let role = partner::Command::GrantRole { role: text("coordinator")? };
                self.past::<Partner>(id.0, 1, role).await?;
            }
            seats.push(SeatAsked { party: id, name, capacity: Capacity::Member, partner: Some(admission) });
        }
        Ok(seats)
    }

    async fn mandate(&self) -> Fallible<Reference> {
        let symbol = text("E/CN.7/2012/17")?;
        let (id, version) = (mandate_id(&symbol).0, text::<Slug>("en-2012")?);
        let record = mandate::Command::RecordMandate {
            symbol,
            title: text("Vienna Declaration")?,
            instrument: Instrument::Declaration,
            organ: None,
            adopted_on: "2012-02-16".parse()?,
        };
        self.past::<Mandate>(id, 0, record).await?;
        let recorded = mandate::Command::RecordTextVersion { version: version.clone(), digest: None };
        self.past::<Mandate>(id, 1, recorded).await?;
        let define = mandate::Command::DefineProvision {
            provision: ProvisionId::of("pillar I para. 9"),
            version,
            locator: text("pillar I para. 9")?,
            subject: text("Border control along the routes")?,
            force: Force::Operative,
        };
        cited(&self.past::<Mandate>(id, 2, define).await?)
    }

    async fn charter(&self) -> Fallible<Reference> {
        let law: Law = charter::check_text(CHARTER).map_err(|it| format!("{} faults", it.len()))?;
        let id = CharterId::of(law.name.as_str()).0;
        let publish = charter::Command::PublishCharter { law, digest: Digest::of(CHARTER.as_bytes()) };
        cited(&self.past::<Charter>(id, 0, publish).await?)
    }

    async fn recommendation(&self, n: u32, provision: &Reference) -> Fallible<Reference> {
        let id = RecommendationId::of(&n.to_string());
        let draft = recommendation::Command::DraftRecommendation {
            recommendation: id,
            title: text(format!("Liaison officers, number {n}"))?,
            text: text("Partners should post liaison officers at each other's border crossings.")?,
            pillar: text("regional-initiatives")?,
            provisions: vec![provision.clone()],
            charter: self.charter.clone(),
        };
        cited(&self.past::<Recommendation>(id.0, 1, draft).await?)
    }

    /// Half of the roster agrees aloud, nobody objects, and the silence ends.
    async fn silence(
        &self,
        forum: &str,
        n: u32,
        put: &Reference,
        previous: Option<Reference>,
        seats: &[SeatAsked],
    ) -> Fallible<Reference> {
        let id = ConsultationId::of(&format!("{forum}/{n}"));
        let day = if previous.is_none() { 2 } else { 12 };
        let open = consultation::Command::OpenConsultation {
            consultation: id,
            charter: self.charter.clone(),
            forum: text(forum)?,
            method: Some(Method::Silence),
            subject: SubjectAsked::Recommendation(put.clone()),
            previous,
            meeting: None,
            roster: seats.to_vec(),
            deadline: Some(at(day)? + SILENCE),
        };
        self.past::<Consultation>(id.0, day, open).await?;
        for seat in seats.iter().step_by(2) {
            let take = consultation::Command::TakePosition { party: seat.party, position: Position::Agree };
            self.past::<Consultation>(id.0, day + 1, take).await?;
        }
        cited(&self.past::<Consultation>(id.0, day + 4, consultation::Command::CloseConsultation).await?)
    }

    async fn priority(
        &self,
        n: u32,
        adoption: Reference,
        put: Reference,
        set_by: Reference,
    ) -> Fallible<Reference> {
        let list = text::<Slug>("biennium")?;
        let period = Period::new(Date::constant(2024, 1, 1), Date::constant(2025, 12, 31))?;
        let id = list_id(&self.charter.stream, &list, &period);
        let (pillar, routes) = (text("regional-initiatives")?, BTreeSet::from([text("northern")?]));
        let set = priority::Command::SetPriority {
            priority: PriorityId::of(&n.to_string()),
            list,
            charter: self.charter.clone(),
            set_by,
            title: text(format!("Border liaison, number {n}"))?,
            adoption,
            text: put,
            scope: Scope { pillar, routes, countries: BTreeSet::new(), period },
            rank: n,
            needs: Some(usd(200_000_000)?),
        };
        cited(&self.past::<PriorityList>(id.0, 30, set).await?)
    }

    /// Asks now.
    pub(crate) async fn now<D: Decider>(&self, id: Uuid, command: D::Command) -> Fallible<Outcome> {
        self.send::<D>(id, command, self.meta()?).await
    }

    /// Took effect on that day of 2024, as a document says.
    async fn past<D: Decider>(&self, id: Uuid, day: i64, command: D::Command) -> Fallible<Outcome> {
        let source = Some(Source { symbol: text("E/CN.7/2024/CRP.1")?, locator: None, sha256: None });
        let meta = CommandMeta { effective: Effective::At(at(day)?), source, ..self.meta()? };
        self.send::<D>(id, command, meta).await
    }

    fn meta(&self) -> Fallible<CommandMeta> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let command_id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &n.to_be_bytes());
        Ok(CommandMeta::now(command_id, text::<PersonId>("recorder")?))
    }

    async fn send<D: Decider>(&self, id: Uuid, command: D::Command, meta: CommandMeta) -> Fallible<Outcome> {
        let sent = self.engine.execute::<D>(id, command, meta).await;
        sent.map_err(|err| format!("{} {id}: {err}", D::KIND).into())
    }
}

/// The day of 2024, counted from zero.
fn at(day: i64) -> Fallible<Timestamp> {
    Ok("2024-01-01T00:00:00Z".parse::<Timestamp>()? + SignedDuration::from_hours(24 * day))
}
