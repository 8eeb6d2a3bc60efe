//! What the State does about a recommendation that it supports.
use super::world::{STATE, World, cycle, slug, usd, word};
use crate::given::person;
use futures::TryStreamExt;
use pactline::domain::citation::{Reference, StreamName};
use pactline::domain::evidence::Quantity;
use pactline::domain::id::*;
use pactline::domain::project::{self, Movement, Project};
use pactline::domain::task::{self, Task};
use pactline::domain::text::Source;
use pactline::domain::{Date, Decider};
use pactline::log::Log;
use pactline::views::trace::{self, Trace, Traces, Verdict};
use pactline::views::{AsOf, Seen, View};
use rusqlite::Connection;
use uuid::Uuid;

impl World {
    pub async fn measure(&mut self, n: u128, supported: &Reference) {
        self.propose(n, vec![supported.clone()]).await;
    }

    /// A measure that answers no supported recommendation.
    pub async fn measure_alone(&mut self, n: u128) {
        self.propose(n, Vec::new()).await;
    }

    async fn propose(&mut self, n: u128, priorities: Vec<Reference>) {
        let propose = project::Command::ProposeProject {
            project: ProjectId(Uuid::from_u128(n)),
            code: None,
            title: word("A national preventive mechanism"),
            summary: None,
            charter: self.charter(),
            priorities,
            countries: [STATE.parse().unwrap()].into(),
            period: cycle(),
            budget: Some(usd(100)),
            sectors: Vec::new(),
            parent: None,
            proposed_for: Some(self.admission(STATE)),
            origin: None,
        };
        self.by::<Project>("delegate-of-the-state", Uuid::from_u128(n), propose).await.unwrap();
    }

    async fn about(
        &mut self,
        n: u128,
        who: &'static str,
        what: project::Command,
    ) -> Result<Reference, String> {
        self.by::<Project>(who, Uuid::from_u128(n), what).await
    }

    pub async fn attach(&mut self, n: u128, kind: &str) {
        let document = Source { symbol: word(kind), locator: None, sha256: None };
        let attach = project::Command::AttachDocument { kind: slug(kind), document };
        self.about(n, "delegate-of-the-state", attach).await.unwrap();
    }

    pub async fn pass(&mut self, n: u128, stage: &str, tasks: &[Reference]) -> Result<(), String> {
        let pass = project::Command::PassGate { stage: slug(stage), tasks: tasks.to_vec() };
        self.about(n, "coordinator", pass).await.map(|_| ())
    }

    pub async fn complete(&mut self, n: u128) -> Result<(), String> {
        let complete = project::Command::CompleteProject { tasks: Vec::new() };
        self.about(n, "coordinator", complete).await.map(|_| ())
    }

    /// A partner that assists commits so many dollars.
    pub async fn commit(&mut self, n: u128, units: i64) {
        let movement = Movement {
            transaction: TransactionId(Uuid::from_u128(n)),
            amount: usd(units),
            value_date: Date::constant(2026, 2, 1),
            origin: None,
        };
        let donor = project::DonorAsked { name: word("Norway"), partner: Some(self.admission("NOR")) };
        let commit = project::Command::CommitFunds { donor, pledge: None, movement };
        self.about(n, "treasurer", commit).await.unwrap();
    }

    pub async fn approve(&mut self, n: u128, code: &str) -> Result<(), String> {
        let (role, partner) = (slug("assisting-partner"), self.admission(code));
        let approve = project::Command::ApproveProject { role, partner };
        self.about(n, "delegate-of-the-partner", approve).await.map(|_| ())
    }

    /// The coordinator looks at what the State has told: the TaskCompleted.
    pub async fn look(&mut self, n: u128) -> Reference {
        let id = TaskId::of(&format!("midterm/{n}"));
        let open = task::Command::OpenTask {
            task: id,
            kind: slug("midterm-look"),
            title: word("Look at what the State has told"),
            subject: StreamName::new(Project::KIND, Uuid::from_u128(n)),
            role: slug("coordinator"),
            due_at: None,
            escalate_to: None,
            attempts_max: 1,
            backoff_ms: 0,
        };
        self.ask::<Task>(id.0, open).await.unwrap();
        let claim = task::Command::ClaimTask { worker: person("coordinator"), lease_ms: 24 * 3_600_000 };
        self.ask::<Task>(id.0, claim).await.unwrap();
        let worker = person("coordinator");
        let complete = task::Command::CompleteTask { worker, outcome: word("an update was sent") };
        self.ask::<Task>(id.0, complete).await.unwrap()
    }

    /// The State reports a result, and somebody else confirms it.
    pub async fn result(&mut self, n: u128) {
        let visits = |count: i64| Quantity { thousandths: count * 1000, unit: word("visits") };
        let (indicator, result) = (IndicatorId(Uuid::from_u128(n)), ResultId(Uuid::from_u128(n)));
        let define = project::Command::DefineIndicator {
            indicator,
            title: word("Places visited"),
            baseline: visits(0),
            provision: None,
        };
        self.about(n, "delegate-of-the-state", define).await.unwrap();
        let report = project::Command::ReportResult {
            result,
            indicator,
            period: cycle(),
            value: visits(12),
            evidence: None,
        };
        self.about(n, "delegate-of-the-state", report).await.unwrap();
        let verification = project::Verification::Confirmed;
        let verify = project::Command::VerifyResult { result, verification, comment: None };
        self.about(n, "rapporteur", verify).await.unwrap();
    }

    pub async fn review(&mut self, n: u128) {
        let review = project::Command::RecordReview {
            kind: slug("follow-up"),
            role: slug("rapporteur"),
            partner: Some(self.admission("GHA")),
            verdict: project::Verdict::Passed,
            comment: None,
        };
        self.about(n, "rapporteur", review).await.unwrap();
    }

    async fn trace(&self, n: u128) -> Trace {
        let (db, mut view) = (Connection::open_in_memory().unwrap(), Traces);
        db.execute_batch(&[view.schema(), view.indexes()].concat()).unwrap();
        let records: Vec<_> = self.log.read_all(None).try_concat().await.unwrap();
        records.into_iter().for_each(|it| view.apply(&db, &Seen::new(it)).unwrap());
        let proposal = Reference::new(StreamName::new(Project::KIND, Uuid::from_u128(n)), 0);
        trace::trace(&db, &proposal, AsOf::Now).unwrap().expect("a measure on record")
    }

    pub async fn verdicts(&self, n: u128) -> Vec<Verdict> {
        self.trace(n).await.findings.iter().map(|it| it.verdict).collect()
    }

    /// The types of the events that a measure's trace leads through.
    pub async fn steps(&self, n: u128) -> Vec<String> {
        self.trace(n).await.nodes.iter().map(|it| it.kind.to_string()).collect()
    }
}
