//! A small initiative on record, made through the engine, for the stories about traces.
use crate::given::person;
use futures::TryStreamExt;
use pactline::clock::Clock;
use pactline::codec;
use pactline::domain::charter::{self, Charter};
use pactline::domain::citation::{Reference, StreamName};
use pactline::domain::consultation::{self, Consultation, SubjectAsked};
use pactline::domain::fact::Capacity;
use pactline::domain::id::*;
use pactline::domain::mandate::{self, Force, Instrument, Mandate, Relation, mandate_id};
use pactline::domain::meeting::SeatAsked;
use pactline::domain::money::Money;
use pactline::domain::partner::{self, Partner, Party};
use pactline::domain::priority::{self, PriorityList, list_id};
use pactline::domain::project::{self, Movement, Project};
use pactline::domain::recommendation::{self, Recommendation};
use pactline::domain::scope::{Period, Scope};
use pactline::domain::text::{Digest, Slug, Source, Symbol, Text};
use pactline::domain::{Date, Decider, Timestamp};
use pactline::engine::{CommandMeta, Effective, Engine};
use pactline::log::{Expected, Log, MemoryLog, NewRecord, Record};
use pactline::views::trace::{self, Below, Dependents, Trace, Traces, Verdict};
use pactline::views::{AsOf, Seen, View};
use rusqlite::Connection;
use std::sync::Arc;
use uuid::Uuid;

const LAW: &str = r#"
name = "pact"
title = "A pact"
roles = ["coordinator"]
pillars = ["supply"]
forums = [
    { name = "experts", title = "Experts", standing = "partners", rules = ["silence"], silence_min_hours = 1 },
    { name = "policy", title = "Policy Group", standing = "partners", rules = ["silence"], silence_min_hours = 1 },
]
recommendations = { forums = ["experts", "policy"] }
priorities = { set_by = "coordinator", basis = "policy" }

[projects]
funding = { threshold_percent = 80, basis = "committed" }
[[projects.stages]]
name = "design"
title = "Design"
"#;

pub fn word<const MAX: usize>(text: &str) -> Text<MAX> {
    text.try_into().unwrap()
}

pub fn slug(text: &str) -> Slug {
    text.try_into().unwrap()
}

/// Midnight of the `n`th day of the story: days of 2019 and later.
pub fn day(n: i64) -> Timestamp {
    Timestamp::from_second((17_897 + n) * 86_400).unwrap()
}

/// The same as a date.
pub fn date(n: i64) -> Date {
    jiff::tz::Offset::UTC.to_datetime(day(n)).date()
}

fn year() -> Period {
    Period::new(Date::constant(2020, 1, 1), Date::constant(2020, 12, 31)).unwrap()
}

/// The initiative: everything is recorded afterwards, each thing with the day on which it took effect.
pub struct World {
    pub log: MemoryLog,
    engine: Engine,
    asked: u128,
    pub today: i64,
    charter: Option<Reference>,
    partner: Option<Reference>,
}

impl World {
    /// A charter and the one partner, in the coordinator's role.
    pub async fn new() -> Self {
        let clock = Clock::system();
        let log = MemoryLog::new(move || clock.now());
        let engine = Engine::new(Arc::new(log.clone()), Clock::system(), 1000);
        let mut world = Self { log, engine, asked: 0, today: 0, charter: None, partner: None };
        let publish = charter::Command::PublishCharter {
            law: toml::from_str(LAW).unwrap(),
            digest: Digest::of(LAW.as_bytes()),
        };
        world.charter = Some(world.ask::<Charter>(CharterId::of("pact").0, publish).await.unwrap());
        let admit = partner::Command::AdmitPartner { party: party(), name: word("Tajikistan") };
        world.partner = Some(world.ask::<Partner>(party().id().0, admit).await.unwrap());
        let grant = partner::Command::GrantRole { role: slug("coordinator") };
        world.ask::<Partner>(party().id().0, grant).await.unwrap();
        world
    }

    /// Asks today; the first event that comes of it, or why none does.
    pub async fn ask<D: Decider>(&mut self, id: Uuid, command: D::Command) -> Result<Reference, String> {
        self.asked += 1;
        let source = Source { symbol: word("records"), locator: None, sha256: None };
        let meta = CommandMeta {
            effective: Effective::At(day(self.today)),
            source: Some(source),
            ..CommandMeta::now(Uuid::from_u128(self.asked), person("recorder"))
        };
        let outcome = self.engine.execute::<D>(id, command, meta).await.map_err(|err| err.to_string())?;
        let first = outcome.events.first().ok_or("nothing came of it")?;
        Ok(Reference::new(outcome.stream.clone(), first.revision))
    }

    /// Puts an event into the log past the rules.
    pub async fn force<D: Decider>(&mut self, id: Uuid, event: D::Event) -> Reference {
        let stream = StreamName::new(D::KIND, id);
        let before: Vec<Record> = self.log.read_stream(stream.as_str(), 0).try_concat().await.unwrap();
        let last = before.last().unwrap();
        let (kind, data) = codec::encode(&event).unwrap();
        let id = Uuid::from_u128(0xF << 64 | last.position.0 as u128);
        let record = NewRecord { id, kind, data, meta: last.meta.clone(), recorded_at: None };
        self.log.append(stream.as_str(), Expected::Revision(last.revision), vec![record]).await.unwrap();
        Reference::new(stream, last.revision + 1)
    }

    pub async fn mandate(&mut self, symbol: &str, adopted_on: &str) -> Reference {
        let id = mandate_of(symbol).0;
        let record = mandate::Command::RecordMandate {
            symbol: word(symbol),
            title: word("An instrument"),
            instrument: Instrument::Resolution,
            organ: None,
            adopted_on: adopted_on.parse().unwrap(),
        };
        let recorded = self.ask::<Mandate>(id, record).await.unwrap();
        let version = mandate::Command::RecordTextVersion { version: slug("en"), digest: None };
        self.ask::<Mandate>(id, version).await.unwrap();
        recorded
    }

    pub async fn provision(&mut self, symbol: &str, locator: &str) -> Reference {
        let define = mandate::Command::DefineProvision {
            provision: provision_of(symbol, locator),
            version: slug("en"),
            locator: word(locator),
            subject: word("what is asked for"),
            force: Force::Operative,
        };
        self.ask::<Mandate>(mandate_of(symbol).0, define).await.unwrap()
    }

    pub async fn link(&mut self, symbol: &str, locator: &str, to: &Reference) -> Result<Reference, String> {
        let provision = provision_of(symbol, locator);
        let link =
            mandate::Command::LinkProvisions { provision, relation: Relation::Implements, to: to.clone() };
        self.ask::<Mandate>(mandate_of(symbol).0, link).await
    }

    pub async fn supersede(&mut self, symbol: &str, by: &Reference) -> Result<Reference, String> {
        let supersede = mandate::Command::SupersedeMandate { by: by.clone() };
        self.ask::<Mandate>(mandate_of(symbol).0, supersede).await
    }

    pub async fn retain(&mut self, symbol: &str, citing: &StreamName) -> Result<Reference, String> {
        let (reason, decided_by) = (word("it still binds"), word("Policy Group"));
        let retain = mandate::Command::RetainCitation { citing: citing.clone(), reason, decided_by };
        self.ask::<Mandate>(mandate_of(symbol).0, retain).await
    }

    pub async fn draft(&mut self, n: u128, provisions: &[&Reference]) -> Reference {
        let draft = recommendation::Command::DraftRecommendation {
            recommendation: RecommendationId(Uuid::from_u128(n)),
            title: word(&format!("Recommendation {n}")),
            text: word(&format!("Do the {n}th thing.")),
            pillar: slug("supply"),
            provisions: provisions.iter().map(|it| (*it).clone()).collect(),
            charter: self.charter.clone().unwrap(),
        };
        self.ask::<Recommendation>(Uuid::from_u128(n), draft).await.unwrap()
    }

    pub async fn withdraw(&mut self, n: u128) {
        let withdraw = recommendation::Command::WithdrawRecommendation { reason: word("overtaken") };
        self.ask::<Recommendation>(Uuid::from_u128(n), withdraw).await.unwrap();
    }

    /// Opens a silence of one day; see [`World::adopt`] for its end.
    pub async fn open(&mut self, n: u128, forum: &str, text: &Reference, previous: Option<&Reference>) {
        let seat = SeatAsked {
            party: party().id(),
            name: word("Tajikistan"),
            capacity: Capacity::Member,
            partner: self.partner.clone(),
        };
        let open = consultation::Command::OpenConsultation {
            consultation: ConsultationId(Uuid::from_u128(n)),
            charter: self.charter.clone().unwrap(),
            forum: slug(forum),
            method: None,
            subject: SubjectAsked::Recommendation(text.clone()),
            previous: previous.cloned(),
            meeting: None,
            roster: vec![seat],
            deadline: Some(day(self.today + 1)),
        };
        self.ask::<Consultation>(Uuid::from_u128(n), open).await.unwrap();
    }

    pub async fn reserve(&mut self, n: u128, paragraph: &str) {
        let position = consultation::Position::Reserve {
            paragraphs: vec![slug(paragraph)],
            statement: word("our law differs"),
        };
        let take = consultation::Command::TakePosition { party: party().id(), position };
        self.ask::<Consultation>(Uuid::from_u128(n), take).await.unwrap();
    }

    /// The silence is over: a day later, the text is adopted.
    pub async fn adopt(&mut self, n: u128) -> Reference {
        self.today += 1;
        let close = consultation::Command::CloseConsultation;
        self.ask::<Consultation>(Uuid::from_u128(n), close).await.unwrap()
    }

    /// Both forums adopt the text, within two days: what the policy group said.
    pub async fn endorse(&mut self, n: u128, text: &Reference) -> Reference {
        self.open(n * 10 + 1, "experts", text, None).await;
        let experts = self.adopt(n * 10 + 1).await;
        self.open(n * 10 + 2, "policy", text, Some(&experts)).await;
        self.adopt(n * 10 + 2).await
    }

    pub async fn priority(&mut self, n: u32, text: &Reference, adoption: &Reference) -> Reference {
        let set = priority::Command::SetPriority {
            priority: priority_of(n),
            list: slug("list"),
            charter: self.charter.clone().unwrap(),
            set_by: self.partner.clone().unwrap(),
            title: word(&format!("Priority {n}")),
            adoption: adoption.clone(),
            text: text.clone(),
            scope: Scope {
                pillar: slug("supply"),
                routes: Default::default(),
                countries: Default::default(),
                period: year(),
            },
            rank: n,
            needs: None,
        };
        let list = self.list();
        self.ask::<PriorityList>(list.0, set).await.unwrap()
    }

    pub async fn retire(&mut self, n: u32) -> Result<Reference, String> {
        let retire =
            priority::Command::RetirePriority { priority: priority_of(n), reason: word("it is done") };
        let list = self.list();
        self.ask::<PriorityList>(list.0, retire).await
    }

    fn list(&self) -> ListId {
        list_id(&self.charter.as_ref().unwrap().stream, &slug("list"), &year())
    }

    pub async fn project(&mut self, n: u128, priorities: &[&Reference]) -> Reference {
        let propose = project::Command::ProposeProject {
            project: ProjectId(Uuid::from_u128(n)),
            code: None,
            title: word(&format!("Project {n}")),
            summary: None,
            charter: self.charter.clone().unwrap(),
            priorities: priorities.iter().map(|it| (*it).clone()).collect(),
            countries: Default::default(),
            period: year(),
            budget: None,
            sectors: Vec::new(),
            parent: None,
            proposed_for: self.partner.clone(),
            origin: None,
        };
        self.ask::<Project>(Uuid::from_u128(n), propose).await.unwrap()
    }

    pub async fn cite(&mut self, n: u128, priority: &Reference) -> Result<Reference, String> {
        let cite = project::Command::CitePriority { priority: priority.clone() };
        self.ask::<Project>(Uuid::from_u128(n), cite).await
    }

    pub async fn except(&mut self, n: u128, provision: &Reference) -> Result<Reference, String> {
        let (provision, reason, decided_by) = (provision.clone(), word("it is urgent"), word("The chair"));
        let cite = project::Command::CiteProvision { provision, reason, decided_by };
        self.ask::<Project>(Uuid::from_u128(n), cite).await
    }

    pub async fn revoke(&mut self, n: u128, cited: &Reference) -> Result<Reference, String> {
        let revoke = project::Command::RevokeCitation { cited: cited.clone(), reason: word("a mistake") };
        self.ask::<Project>(Uuid::from_u128(n), revoke).await
    }

    pub async fn commit(&mut self, n: u128, money: u128, value_date: Date) -> Reference {
        let movement = Movement {
            transaction: TransactionId(Uuid::from_u128(money)),
            amount: Money { currency: "USD".parse().unwrap(), minor: 100 },
            value_date,
            origin: None,
        };
        let donor = project::DonorAsked { name: word("Norway"), partner: None };
        let commit = project::Command::CommitFunds { donor, pledge: None, movement };
        self.ask::<Project>(Uuid::from_u128(n), commit).await.unwrap()
    }

    /// Everything on record.
    pub async fn records(&self) -> Vec<Record> {
        self.log.read_all(None).try_concat().await.unwrap()
    }

    /// The view as it is after everything on record.
    pub async fn view(&self) -> Connection {
        let (db, mut view) = (Connection::open_in_memory().unwrap(), Traces);
        db.execute_batch(&[view.schema(), view.indexes()].concat()).unwrap();
        for record in self.records().await {
            view.apply(&db, &Seen::new(record)).unwrap();
        }
        db
    }

    pub async fn trace(&self, n: u128, as_of: AsOf) -> Trace {
        trace::trace(&self.view().await, &proposal(n), as_of).unwrap().expect("a project on record")
    }

    /// The verdicts on a project now, each once.
    pub async fn verdicts(&self, n: u128) -> Vec<Verdict> {
        verdicts(&self.trace(n, AsOf::Now).await)
    }

    /// The verdicts on a project by what was in effect on a day.
    pub async fn verdicts_on(&self, n: u128, on: i64) -> Vec<Verdict> {
        verdicts(&self.trace(n, AsOf::EffectiveAt(day(on))).await)
    }
}

pub fn verdicts(trace: &Trace) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = trace.findings.iter().map(|it| it.verdict).collect();
    verdicts.sort();
    verdicts.dedup();
    verdicts
}

/// Everything that rests on an event or stream.
pub fn all_of(below: Below) -> Dependents {
    Dependents { below, kind: None, after: None, most: 1000 }
}

pub fn proposal(n: u128) -> Reference {
    Reference::new(StreamName::new("project", Uuid::from_u128(n)), 0)
}

pub fn mandate_of(symbol: &str) -> MandateId {
    mandate_id(&Symbol::try_from(symbol).unwrap())
}

pub fn provision_of(symbol: &str, locator: &str) -> ProvisionId {
    ProvisionId::of(&format!("{symbol} {locator}"))
}

fn priority_of(n: u32) -> PriorityId {
    PriorityId(Uuid::from_u128(n.into()))
}

fn party() -> Party {
    Party::Country("TJK".parse().unwrap())
}
