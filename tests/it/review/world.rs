//! The Council's members, a State under review, and what they do, through the engine as it happens.
use crate::given::person;
use futures::TryStreamExt;
use jiff::SignedDuration;
use pactline::clock::Clock;
use pactline::codec::{self, AnyEvent};
use pactline::domain::charter::{self, Charter, Law, charter_id, parse};
use pactline::domain::citation::{Reference, StreamName};
use pactline::domain::consultation::{self, Consultation, SubjectAsked, Tally, Vote};
use pactline::domain::fact::Capacity;
use pactline::domain::id::*;
use pactline::domain::mandate::{self, Force, Instrument, Mandate, mandate_id};
use pactline::domain::meeting::{self, Attendee, Meeting, SeatAsked};
use pactline::domain::money::Money;
use pactline::domain::partner::{self, Partner, Party};
use pactline::domain::priority::{self, PriorityList, list_id};
use pactline::domain::recommendation::{self, Recommendation};
use pactline::domain::scope::{Period, Scope};
use pactline::domain::task;
use pactline::domain::text::{Digest, Slug, Text};
use pactline::domain::{Date, Decider, Timestamp};
use pactline::engine::{CommandMeta, Engine};
use pactline::log::{Log, MemoryLog, Record};
use pactline::reactions::{Reactor, Timer, all};
use pactline::views::Views;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

pub const CHARTER: &str = include_str!("../../../charters/universal-periodic-review.toml");

/// The members of the Council in these stories.
const MEMBERS: [&str; 4] = ["BRA", "FRA", "GHA", "JPN"];
/// The State under review.
pub(super) const STATE: &str = "MNG";
const COVENANT: &str = "A/RES/2200A (XXI)";

pub(super) fn word<const MAX: usize>(text: &str) -> Text<MAX> {
    text.try_into().unwrap()
}

pub(super) fn slug(text: &str) -> Slug {
    text.try_into().unwrap()
}

fn party(code: &str) -> Party {
    Party::Country(code.parse().unwrap())
}

pub(super) fn cycle() -> Period {
    Period::new(Date::constant(2026, 1, 1), Date::constant(2030, 6, 30)).unwrap()
}

pub(super) fn usd(units: i64) -> Money {
    Money { currency: "USD".parse().unwrap(), minor: units * 100 }
}

fn consultation_of(n: u128, forum: &str) -> Uuid {
    ConsultationId::of(&format!("{n}/{forum}")).0
}

pub struct World {
    pub(super) log: MemoryLog,
    engine: Engine,
    now: Arc<AtomicI64>,
    asked: u128,
    by: &'static str,
    charter: Option<Reference>,
}

impl World {
    /// The charter is published; the State and a partner that assists are in their roles.
    pub async fn new() -> Self {
        let start: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
        let now = Arc::new(AtomicI64::new(start.as_microsecond()));
        let read = now.clone();
        let clock = Clock::reading(move || read.load(Ordering::SeqCst));
        let says = clock.clone();
        let log = MemoryLog::new(move || says.now());
        let engine = Engine::new(Arc::new(log.clone()), clock, 1000);
        let mut world = Self { log, engine, now, asked: 0, by: "coordinator", charter: None };
        let (law, digest) = (parse(CHARTER).unwrap(), Digest::of(CHARTER.as_bytes()));
        let id = charter_id(&law.name).0;
        let published =
            world.ask::<Charter>(id, charter::Command::PublishCharter { law, digest }).await.unwrap();
        world.charter = Some(published);
        world.admit(STATE, "Mongolia", "state-under-review").await;
        world.admit("NOR", "Norway", "assisting-partner").await;
        world.admit("GHA", "Ghana", "rapporteur").await;
        world
    }

    /// So many days go by, and everything that follows by itself happens.
    pub(super) async fn days(&mut self, days: i64) {
        let micros = SignedDuration::from_hours(24 * days).as_micros() as i64;
        self.now.fetch_add(micros, Ordering::SeqCst);
        let dir = tempfile::tempdir().unwrap();
        let views = Views::open(&dir.path().join("views"), Arc::new(self.log.clone())).unwrap();
        let open = Reactor::open(dir.path(), self.engine.clone(), views.clone(), all());
        let (mut reactor, mut timer) = (open.await.unwrap(), Timer::new(self.engine.clone(), views.clone()));
        let mut before = None;
        while self.log.head().await.unwrap() != before {
            before = self.log.head().await.unwrap();
            reactor.run_until_idle().await.unwrap();
            for view in views.status() {
                let longest = std::time::Duration::from_secs(20);
                views.wait(view.view, self.log.head().await.unwrap(), longest).await.unwrap();
            }
            timer.run_until_idle().await.unwrap();
        }
        views.stop().await;
    }

    /// Who is asked to do what, and who is asked next: the kinds and roles of tasks, and the roles they were handed to.
    pub(super) async fn asked_of(&self) -> Vec<String> {
        let records: Vec<Record> = self.log.read_all(None).try_concat().await.unwrap();
        let told = |record: &Record| match codec::decode_any(record).unwrap() {
            AnyEvent::Task(task::Event::TaskOpened { kind, role, .. }) => Some(format!("{kind}: {role}")),
            AnyEvent::Task(task::Event::TaskEscalated { to, .. }) => Some(format!("then {to}")),
            _ => None,
        };
        records.iter().filter_map(told).collect()
    }

    async fn admit(&mut self, code: &str, name: &str, role: &str) {
        let id = party(code).id().0;
        let admit = partner::Command::AdmitPartner { party: party(code), name: word(name) };
        self.ask::<Partner>(id, admit).await.unwrap();
        self.ask::<Partner>(id, partner::Command::GrantRole { role: slug(role) }).await.unwrap();
    }

    /// An hour later, somebody asks; the first event that comes of it, or why none does.
    pub(super) async fn ask<D: Decider>(
        &mut self,
        id: Uuid,
        command: D::Command,
    ) -> Result<Reference, String> {
        self.asked += 1;
        self.now.fetch_add(SignedDuration::from_hours(1).as_micros() as i64, Ordering::SeqCst);
        let meta = CommandMeta::now(Uuid::from_u128(self.asked), person(self.by));
        let outcome = self.engine.execute::<D>(id, command, meta).await.map_err(|err| err.to_string())?;
        let first = outcome.events.first().ok_or("nothing came of it")?;
        Ok(Reference::new(outcome.stream.clone(), first.revision))
    }

    pub(super) async fn by<D: Decider>(
        &mut self,
        who: &'static str,
        id: Uuid,
        command: D::Command,
    ) -> Result<Reference, String> {
        let before = std::mem::replace(&mut self.by, who);
        let answer = self.ask::<D>(id, command).await;
        self.by = before;
        answer
    }

    pub(super) fn charter(&self) -> Reference {
        self.charter.clone().unwrap()
    }

    pub(super) fn admission(&self, code: &str) -> Reference {
        Reference::new(StreamName::new(Partner::KIND, party(code).id().0), 0)
    }

    pub async fn law_name(&self) -> String {
        let records: Vec<_> = self.log.read_all(None).try_concat().await.unwrap();
        let data: serde_json::Value = serde_json::from_slice(&records[0].data).unwrap();
        let law: Law = serde_json::from_value(data["law"].clone()).unwrap();
        law.name.to_string()
    }

    /// A recommendation to the State, resting on a provision of the covenant of 1966 on civil and political rights.
    pub async fn recommend(&mut self, n: u128) -> Reference {
        let id = mandate_id(&COVENANT.parse().unwrap()).0;
        let record = mandate::Command::RecordMandate {
            symbol: COVENANT.parse().unwrap(),
            title: word("International Covenant on Civil and Political Rights"),
            instrument: Instrument::Convention,
            organ: Some(word("General Assembly")),
            adopted_on: "1966-12-16".parse().unwrap(),
        };
        self.ask::<Mandate>(id, record).await.unwrap();
        let version = mandate::Command::RecordTextVersion { version: slug("en"), digest: None };
        self.ask::<Mandate>(id, version).await.unwrap();
        let define = mandate::Command::DefineProvision {
            provision: ProvisionId::of("covenant/10"),
            version: slug("en"),
            locator: word("art. 10, para. 1"),
            subject: word("how people who are detained are treated"),
            force: Force::Operative,
        };
        let provision = self.ask::<Mandate>(id, define).await.unwrap();
        let draft = recommendation::Command::DraftRecommendation {
            recommendation: RecommendationId(Uuid::from_u128(n)),
            title: word("Places of detention"),
            text: word("Let an independent body visit every place of detention."),
            pillar: slug("civil-and-political-rights"),
            provisions: vec![provision],
            charter: self.charter(),
        };
        self.ask::<Recommendation>(Uuid::from_u128(n), draft).await.unwrap()
    }

    /// A forum meets, all members come, and the text is put before them.
    pub async fn open(&mut self, n: u128, forum: &str, text: &Reference, previous: Option<&Reference>) {
        let id = MeetingId::of(&format!("{n}/{forum}"));
        let seat = |code: &&str| SeatAsked {
            party: party(code).id(),
            name: word(code),
            capacity: Capacity::Member,
            partner: None,
        };
        let convene = meeting::Command::ConveneMeeting {
            meeting: id,
            title: word("A session"),
            forum: slug(forum),
            charter: self.charter(),
            roster: MEMBERS.iter().map(seat).collect(),
            days: Period::new(Date::constant(2026, 1, 5), Date::constant(2026, 1, 16)).unwrap(),
            place: Some(word("Geneva")),
        };
        let meeting = self.ask::<Meeting>(id.0, convene).await.unwrap();
        self.ask::<Meeting>(id.0, meeting::Command::OpenMeeting).await.unwrap();
        let there = |code: &&str| Attendee { party: party(code).id(), capacity: Capacity::Member };
        let attendees = MEMBERS.iter().map(there).collect();
        self.ask::<Meeting>(id.0, meeting::Command::RecordAttendance { attendees }).await.unwrap();
        self.ask::<Meeting>(id.0, meeting::Command::EstablishQuorum).await.unwrap();
        let open = consultation::Command::OpenConsultation {
            consultation: ConsultationId(consultation_of(n, forum)),
            charter: self.charter(),
            forum: slug(forum),
            method: None,
            subject: SubjectAsked::Recommendation(text.clone()),
            previous: previous.cloned(),
            meeting: Some(meeting),
            roster: Vec::new(),
            deadline: None,
        };
        self.ask::<Consultation>(consultation_of(n, forum), open).await.unwrap();
    }

    /// The same, and nobody objects when the gavel falls.
    pub async fn adopt(
        &mut self,
        n: u128,
        forum: &str,
        text: &Reference,
        previous: Option<&Reference>,
    ) -> Reference {
        self.open(n, forum, text, previous).await;
        let close = consultation::Command::CloseConsultation;
        self.ask::<Consultation>(consultation_of(n, forum), close).await.unwrap()
    }

    pub async fn ask_for_a_vote(&mut self, n: u128, who: &str) {
        let request = consultation::Command::RequestVote { party: party(who).id() };
        self.ask::<Consultation>(consultation_of(n, "council"), request).await.unwrap();
    }

    pub async fn vote(&mut self, n: u128, who: &str, vote: Vote) {
        let cast = consultation::Command::CastVote { party: party(who).id(), vote };
        self.ask::<Consultation>(consultation_of(n, "council"), cast).await.unwrap();
    }

    /// The tally is declared and the decision closed: the type of the event that closes it.
    pub async fn declare(&mut self, n: u128, declared: Tally) -> String {
        let id = consultation_of(n, "council");
        self.ask::<Consultation>(id, consultation::Command::DeclareTally { declared }).await.unwrap();
        self.ask::<Consultation>(id, consultation::Command::CloseConsultation).await.unwrap();
        let records: Vec<_> = self.log.read_all(None).try_concat().await.unwrap();
        records.last().unwrap().kind.to_string()
    }

    /// The State says that a recommendation enjoys its support.
    pub async fn support(
        &mut self,
        n: u128,
        text: &Reference,
        outcome: &Reference,
    ) -> Result<Reference, String> {
        self.support_as(STATE, n, text, outcome).await
    }

    pub async fn support_as(
        &mut self,
        who: &str,
        n: u128,
        text: &Reference,
        outcome: &Reference,
    ) -> Result<Reference, String> {
        let set = priority::Command::SetPriority {
            priority: PriorityId(Uuid::from_u128(n)),
            list: slug("supported"),
            charter: self.charter(),
            set_by: self.admission(who),
            title: word("Places of detention"),
            adoption: outcome.clone(),
            text: text.clone(),
            scope: Scope {
                pillar: slug("civil-and-political-rights"),
                routes: Default::default(),
                countries: [STATE.parse().unwrap()].into(),
                period: cycle(),
            },
            rank: 1,
            needs: None,
        };
        let list = list_id(&self.charter().stream, &slug("supported"), &cycle());
        self.by::<PriorityList>("delegate-of-the-state", list.0, set).await
    }

    /// The State supports a recommendation that the plenary adopted.
    pub async fn supported(&mut self, n: u128) -> Reference {
        let text = self.recommend(n).await;
        let report = self.adopt(n, "working-group", &text, None).await;
        let outcome = self.adopt(n, "council", &text, Some(&report)).await;
        self.support(n, &text, &outcome).await.unwrap()
    }

    /// A measure that answers it comes as far as its implementation.
    pub async fn implementing(&mut self, n: u128) {
        let supported = self.supported(n).await;
        self.measure(n, &supported).await;
        self.attach(n, "implementation-plan").await;
        self.attach(n, "consultation-summary").await;
        self.pass(n, "plan", &[]).await.unwrap();
        self.commit(n, 50).await;
        self.approve(n, "NOR").await.unwrap();
        self.pass(n, "assistance", &[]).await.unwrap();
    }

    /// The State takes it back.
    pub async fn retire(&mut self, n: u128) {
        let priority = PriorityId(Uuid::from_u128(n));
        let retire = priority::Command::RetirePriority { priority, reason: word("it is done otherwise") };
        let list = list_id(&self.charter().stream, &slug("supported"), &cycle());
        self.by::<PriorityList>("delegate-of-the-state", list.0, retire).await.unwrap();
    }
}
