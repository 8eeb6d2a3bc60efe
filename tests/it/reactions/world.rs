//! A small initiative that runs live, at an hour that the story sets, with reactions and timers that it drives.
use crate::given::person;
use futures::TryStreamExt;
use jiff::SignedDuration;
use pactline::clock::Clock;
use pactline::codec;
use pactline::domain::charter::{self, Charter};
use pactline::domain::citation::{Reference, StreamName};
use pactline::domain::consultation::{self, Consultation, SubjectAsked};
use pactline::domain::fact::Capacity;
use pactline::domain::id::*;
use pactline::domain::mandate::{self, Force, Instrument, Mandate, mandate_id};
use pactline::domain::meeting::SeatAsked;
use pactline::domain::money::Money;
use pactline::domain::partner::{self, Partner, Party};
use pactline::domain::priority::{self, PriorityList, list_id};
use pactline::domain::project::{self, Movement, Project};
use pactline::domain::recommendation::{self, Recommendation};
use pactline::domain::scope::{Period, Scope};
use pactline::domain::task::{self, Task};
use pactline::domain::text::{Digest, PersonId, Slug, Source, Symbol, Text};
use pactline::domain::{Date, Decider, Timestamp};
use pactline::engine::{CommandMeta, Effective, Engine};
use pactline::log::{Log, MemoryLog, Record};
use pactline::reactions::{Reactor, Timer, all};
use pactline::views::Views;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tempfile::TempDir;
use uuid::Uuid;

pub const LAW: &str = r#"
name = "pact"
title = "A pact"
roles = ["coordinator", "chair", "donor"]
pillars = ["supply"]
forums = [
    { name = "experts", title = "Experts", standing = "partners", rules = ["silence"], silence_min_hours = 1 },
    { name = "policy", title = "Policy Group", standing = "partners", rules = ["silence"], silence_min_hours = 1 },
]
recommendations = { forums = ["experts", "policy"], take_up_days = 30, escalate_to = "chair" }
priorities = { set_by = "coordinator", basis = "policy", review_days = 100, escalate_to = "chair" }

[projects]
steward = "coordinator"
funding = { threshold_percent = 80, basis = "committed" }
[[projects.stages]]
name = "design"
title = "Design"
gate = [{ funded = { percent = 80, basis = "committed" } }]
deadline_days = 30
on_expiry = { escalate = "chair" }
tasks = [{ kind = "plan", title = "Write the plan", role = "coordinator", due_days = 10, escalate_to = "chair" }]
report = { every_days = 7, role = "donor" }
[[projects.stages]]
name = "delivery"
title = "Delivery"
deadline_days = 30
on_expiry = "cancel"
"#;

pub fn word<const MAX: usize>(text: &str) -> Text<MAX> {
    text.try_into().unwrap()
}

pub fn slug(text: &str) -> Slug {
    text.try_into().unwrap()
}

/// Midnight of the `n`th day of 2020.
pub fn day(n: i64) -> Timestamp {
    Timestamp::from_second((18_262 + n) * 86_400).unwrap()
}

fn year() -> Period {
    Period::new(Date::constant(2020, 1, 1), Date::constant(2020, 12, 31)).unwrap()
}

/// How long a silence is here.
pub const SILENCE: SignedDuration = SignedDuration::from_hours(2);

/// The initiative.
pub struct World {
    pub log: Arc<dyn Log>,
    pub engine: Engine,
    pub views: Views,
    pub dir: TempDir,
    micros: Arc<AtomicI64>,
    asked: AtomicU64,
}

impl World {
    /// On the first day: a charter, and a partner in every role.
    pub async fn new() -> Self {
        Self::begin(day(0), |clock| Arc::new(MemoryLog::new(move || clock.now()))).await
    }

    /// The same from `at` on, on another log.
    pub async fn begin(at: Timestamp, log: impl FnOnce(Clock) -> Arc<dyn Log>) -> Self {
        let micros = Arc::new(AtomicI64::new(at.as_microsecond()));
        let clock = Clock::reading({
            let micros = micros.clone();
            move || micros.load(Ordering::SeqCst)
        });
        let log = log(clock.clone());
        let dir = tempfile::tempdir().unwrap();
        let views = Views::open(&dir.path().join("views"), log.clone()).unwrap();
        let engine = Engine::new(log.clone(), clock, 100_000);
        let world = Self { log, engine, views, dir, micros, asked: AtomicU64::new(1) };
        let law = toml::from_str(LAW).unwrap();
        let publish = charter::Command::PublishCharter { law, digest: Digest::of(LAW.as_bytes()) };
        world.ask::<Charter>(CharterId::of("pact").0, publish).await;
        let admit = partner::Command::AdmitPartner { party: party(), name: word("Tajikistan") };
        world.ask::<Partner>(party().id().0, admit).await;
        let grant = partner::Command::GrantRole { role: slug("coordinator") };
        world.ask::<Partner>(party().id().0, grant).await;
        world
    }

    /// The same on record, seen through other views.
    pub fn with_views(self, views: Views) -> Self {
        Self { views, ..self }
    }

    /// The clock goes to `at`, be it forward or back.
    pub fn at(&self, at: Timestamp) {
        self.micros.store(at.as_microsecond(), Ordering::SeqCst);
    }

    fn meta(&self) -> CommandMeta {
        let n = self.asked.fetch_add(1, Ordering::SeqCst);
        CommandMeta::now(Uuid::from_u128(n.into()), person("ana"))
    }

    /// Asks now; the first event that comes of it.
    pub async fn ask<D: Decider>(&self, id: Uuid, command: D::Command) -> Reference {
        let outcome = self.engine.execute::<D>(id, command, self.meta()).await.unwrap();
        Reference::new(outcome.stream.clone(), outcome.events[0].revision)
    }

    /// Asks for something that a document says of `at`.
    pub async fn ask_of_the_past<D: Decider>(&self, id: Uuid, command: D::Command, at: Timestamp) {
        let source = Some(Source { symbol: word("records"), locator: None, sha256: None });
        let meta = CommandMeta { effective: Effective::At(at), source, ..self.meta() };
        self.engine.execute::<D>(id, command, meta).await.unwrap();
    }

    /// Reactions that keep how far they got in the folder called `name`.
    pub async fn reactor(&self, name: &str) -> Reactor {
        let dir: &Path = self.dir.path();
        Reactor::open(&dir.join(name), self.engine.clone(), self.views.clone(), all()).await.unwrap()
    }

    pub fn timer(&self) -> Timer {
        Timer::new(self.engine.clone(), self.views.clone())
    }

    /// Everything that follows now happens.
    pub async fn follow(&self) {
        let (mut reactor, mut timer) = (self.reactor("usual").await, self.timer());
        loop {
            let before = self.log.head().await.unwrap();
            reactor.run_until_idle().await.unwrap();
            self.caught_up().await;
            timer.run_until_idle().await.unwrap();
            if self.log.head().await.unwrap() == before {
                return;
            }
        }
    }

    /// The views show everything in the log.
    pub async fn caught_up(&self) {
        let head = self.log.head().await.unwrap();
        for view in self.views.status() {
            self.views.wait(view.view, head, std::time::Duration::from_secs(120)).await.unwrap();
        }
    }

    pub async fn records(&self) -> Vec<Record> {
        self.log.read_all(None).try_concat().await.unwrap()
    }

    /// What happened by itself, in order: the events' types.
    pub async fn by_itself(&self) -> Vec<String> {
        self.effects().await.into_iter().map(|(_, kind)| kind).collect()
    }

    /// What happened by itself to what, in order: streams and the events' types.
    pub async fn effects(&self) -> Vec<(String, String)> {
        let by_itself = |it: &Record| codec::decode_meta(it).unwrap().actor == PersonId::program();
        let own = self.records().await.into_iter().filter(by_itself);
        own.map(|it| (it.stream.to_string(), it.kind.to_string())).collect()
    }

    /// How often this happened.
    pub async fn count(&self, kind: &str) -> usize {
        self.records().await.iter().filter(|it| &*it.kind == kind).count()
    }

    /// The tasks that were opened: their kinds, roles and ids.
    pub async fn tasks(&self) -> Vec<(String, String, TaskId)> {
        let opened = |record: &Record| match codec::decode_any(record).unwrap() {
            codec::AnyEvent::Task(task::Event::TaskOpened { kind, role, task, .. }) => {
                Some((kind.to_string(), role.to_string(), task))
            }
            _ => None,
        };
        self.records().await.iter().filter_map(opened).collect()
    }

    /// Why a task was called off; `None` when it was not.
    pub async fn cancelled(&self, task: TaskId) -> Option<String> {
        let stream = StreamName::new(Task::KIND, task.0);
        let events = self.log.read_stream(stream.as_str(), 0).try_concat().await.unwrap();
        let reason = |record: &Record| match codec::decode(record).unwrap() {
            task::Event::TaskCancelled { reason } => Some(reason.to_string()),
            _ => None,
        };
        events.iter().find_map(reason)
    }

    pub async fn mandate(&self, symbol: &str, adopted_on: &str) -> Reference {
        let id = mandate_of(symbol);
        let record = mandate::Command::RecordMandate {
            symbol: word(symbol),
            title: word("An instrument"),
            instrument: Instrument::Resolution,
            organ: None,
            adopted_on: adopted_on.parse().unwrap(),
        };
        let recorded = self.ask::<Mandate>(id, record).await;
        let version = mandate::Command::RecordTextVersion { version: slug("en"), digest: None };
        self.ask::<Mandate>(id, version).await;
        recorded
    }

    pub async fn provision(&self, symbol: &str) -> Reference {
        let define = mandate::Command::DefineProvision {
            provision: ProvisionId::of(symbol),
            version: slug("en"),
            locator: word("para. 1"),
            subject: word("what is asked for"),
            force: Force::Operative,
        };
        self.ask::<Mandate>(mandate_of(symbol), define).await
    }

    /// A recommendation under the id `n`, on a provision of a mandate of its own.
    pub async fn draft(&self, n: u128) -> Reference {
        let symbol = format!("A/RES/{n}");
        self.mandate(&symbol, "2009").await;
        let draft = recommendation::Command::DraftRecommendation {
            recommendation: RecommendationId(Uuid::from_u128(n)),
            title: word("A recommendation"),
            text: word(&format!("Do the {n}th thing.")),
            pillar: slug("supply"),
            provisions: vec![self.provision(&symbol).await],
            charter: charter(),
        };
        self.ask::<Recommendation>(Uuid::from_u128(n), draft).await
    }

    pub fn opening(
        &self,
        n: u128,
        forum: &str,
        text: &Reference,
        previous: Option<Reference>,
    ) -> consultation::Command {
        let seat = SeatAsked {
            party: party().id(),
            name: word("Tajikistan"),
            capacity: Capacity::Member,
            partner: Some(admission()),
        };
        consultation::Command::OpenConsultation {
            consultation: ConsultationId(Uuid::from_u128(n)),
            charter: charter(),
            forum: slug(forum),
            method: None,
            subject: SubjectAsked::Recommendation(text.clone()),
            previous,
            meeting: None,
            roster: vec![seat],
            deadline: Some(self.engine.clock().now() + SILENCE),
        }
    }

    /// Both forums adopt the text by silence, which ends by itself; what the last one said.
    pub async fn endorse(&self, n: u128, text: &Reference) -> Reference {
        let mut previous = None;
        for (consultation, forum) in [(n * 10 + 1, "experts"), (n * 10 + 2, "policy")] {
            let open = self.opening(consultation, forum, text, previous);
            let id = Uuid::from_u128(consultation);
            self.ask::<Consultation>(id, open).await;
            self.at(self.engine.clock().now() + SILENCE);
            self.follow().await;
            previous = Some(Reference::new(StreamName::new("consultation", id), 1));
        }
        previous.unwrap()
    }

    pub async fn priority(&self, n: u32, text: &Reference, adoption: &Reference) -> Reference {
        self.ask::<PriorityList>(list(), self.setting(n, text, adoption)).await
    }
    pub fn setting(&self, n: u32, text: &Reference, adoption: &Reference) -> priority::Command {
        let (routes, countries) = (Default::default(), Default::default());
        priority::Command::SetPriority {
            priority: PriorityId(Uuid::from_u128(n.into())),
            list: slug("list"),
            charter: charter(),
            set_by: admission(),
            title: word("A priority"),
            adoption: adoption.clone(),
            text: text.clone(),
            scope: Scope { pillar: slug("supply"), routes, countries, period: year() },
            rank: n,
            needs: None,
        }
    }

    pub async fn retire(&self, n: u32) {
        let priority = PriorityId(Uuid::from_u128(n.into()));
        let retire = priority::Command::RetirePriority { priority, reason: word("it is done") };
        self.ask::<PriorityList>(list(), retire).await;
    }

    pub fn proposal(n: u128, priorities: &[&Reference]) -> project::Command {
        project::Command::ProposeProject {
            project: ProjectId(Uuid::from_u128(n)),
            code: None,
            title: word("A project"),
            summary: None,
            charter: charter(),
            priorities: priorities.iter().map(|it| (*it).clone()).collect(),
            countries: Default::default(),
            period: year(),
            budget: Some(usd(100)),
            sectors: Vec::new(),
            parent: None,
            proposed_for: Some(admission()),
            origin: None,
        }
    }

    pub async fn project(&self, n: u128, priorities: &[&Reference]) -> Reference {
        self.of_project(n, Self::proposal(n, priorities)).await
    }

    pub async fn of_project(&self, n: u128, command: project::Command) -> Reference {
        self.ask::<Project>(Uuid::from_u128(n), command).await
    }

    pub async fn except(&self, n: u128, provision: &Reference) {
        let (provision, reason, decided_by) = (provision.clone(), word("it is urgent"), word("The chair"));
        self.of_project(n, project::Command::CiteProvision { provision, reason, decided_by }).await;
    }

    pub async fn commit(&self, n: u128, minor: i64) {
        let transaction = TransactionId(Uuid::from_u128(n));
        let movement = Movement {
            transaction,
            amount: usd(minor),
            value_date: Date::constant(2020, 1, 2),
            origin: None,
        };
        let donor = project::DonorAsked { name: word("Norway"), partner: None };
        self.of_project(n, project::Command::CommitFunds { donor, pledge: None, movement }).await;
    }
}

pub fn project_stream(n: u128) -> StreamName {
    StreamName::new(Project::KIND, Uuid::from_u128(n))
}

pub fn mandate_of(symbol: &str) -> Uuid {
    mandate_id(&Symbol::try_from(symbol).unwrap()).0
}

fn usd(minor: i64) -> Money {
    Money { currency: "USD".parse().unwrap(), minor }
}

pub fn list() -> Uuid {
    list_id(&charter().stream, &slug("list"), &year()).0
}

pub fn charter() -> Reference {
    Reference::new(StreamName::new(Charter::KIND, CharterId::of("pact").0), 0)
}

fn admission() -> Reference {
    Reference::new(StreamName::new(Partner::KIND, party().id().0), 0)
}

fn party() -> Party {
    Party::Country("TJK".parse().unwrap())
}
