//! An office that runs a pipeline through the real server: parties, mandates, projects, each asked by a person.
use pactline::api::proto as pb;
use pactline::app::InProcess;
use pactline::domain::partner::Party;
use tempfile::TempDir;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// Says who asks.
#[derive(Clone)]
pub struct By(String);

impl Interceptor for By {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("pactline-actor", self.0.parse().unwrap());
        Ok(request)
    }
}

pub type Caller = InterceptedService<Channel, By>;

/// A server over a folder of its own.
pub struct Office {
    server: InProcess,
    dir: TempDir,
}

/// The client of a service, for a person.
macro_rules! clients {
    ($($name:ident: $module:ident::$client:ident;)*) => {$(
        pub fn $name(&self, by: &str) -> pb::$module::$client<Caller> {
            pb::$module::$client::with_interceptor(self.server.channel(), By(by.to_owned()))
        }
    )*};
}

impl Office {
    pub async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let server = crate::demo::server(dir.path()).await;
        Self { server, dir }
    }

    pub async fn close(self) -> TempDir {
        self.server.close().await.unwrap();
        self.dir
    }

    clients! {
        charters: charter_service_client::CharterServiceClient;
        partners: partner_service_client::PartnerServiceClient;
        mandates: mandate_service_client::MandateServiceClient;
        projects: project_service_client::ProjectServiceClient;
        tasks: task_service_client::TaskServiceClient;
        gates: gate_service_client::GateServiceClient;
        migrations: migration_service_client::MigrationServiceClient;
    }

    /// An answer's first event, to be cited.
    pub fn noted(&self, recorded: Option<pb::Recorded>) -> pb::EventReference {
        let recorded = recorded.unwrap();
        let first = recorded.events.first().unwrap();
        let event_id = first.event_id.clone();
        pb::EventReference { stream: recorded.stream, revision: first.revision, event_id }
    }

    /// The edition that the text becomes.
    pub async fn publish(&self, by: &str, toml: &str) -> pb::EventReference {
        let request = pb::PublishCharterRequest { toml: toml.to_owned(), ..Default::default() };
        let answer = self.charters(by).publish_charter(request).await.unwrap();
        self.noted(answer.into_inner().recorded)
    }

    /// The admission of a country in these roles.
    pub async fn partner(&self, iso: &str, roles: &[&str]) -> pb::EventReference {
        let party = Some(pb::Party { party: Some(pb::party::Party::Country(iso.to_owned())) });
        let request = pb::AdmitPartnerRequest { party, name: format!("The {iso}"), ..Default::default() };
        let answer = self.partners("registrar").admit_partner(request).await.unwrap();
        let admission = self.noted(answer.into_inner().recorded);
        for role in roles {
            let partner_id = party_id(iso);
            let request = pb::GrantRoleRequest { partner_id, role: (*role).to_owned(), ..Default::default() };
            self.noted(self.partners("registrar").grant_role(request).await.unwrap().into_inner().recorded);
        }
        admission
    }

    /// A provision of a resolution of its own.
    pub async fn provision(&self, symbol: &str, locator: &str) -> pb::EventReference {
        let mut mandates = self.mandates("registrar");
        let request = pb::RecordMandateRequest {
            symbol: symbol.to_owned(),
            title: format!("Resolution {symbol}"),
            instrument: pb::Instrument::Resolution.into(),
            adopted_on: "2007-06-18".to_owned(),
            ..Default::default()
        };
        let recorded = mandates.record_mandate(request).await.unwrap().into_inner().recorded.unwrap();
        let mandate_id = recorded.id;
        let version = "en".to_owned();
        let request =
            pb::RecordTextVersionRequest { mandate_id: mandate_id.clone(), version, ..Default::default() };
        mandates.record_text_version(request).await.unwrap();
        let request = pb::DefineProvisionRequest {
            mandate_id,
            version: "en".to_owned(),
            locator: locator.to_owned(),
            subject: "what it says".to_owned(),
            force: pb::Force::Operative.into(),
            ..Default::default()
        };
        self.noted(mandates.define_provision(request).await.unwrap().into_inner().recorded)
    }

    /// A project that `by` proposes for a partner.
    pub async fn propose(
        &self,
        by: &str,
        title: &str,
        charter: &pb::EventReference,
        proposed_for: Option<&pb::EventReference>,
    ) -> String {
        let request = pb::ProposeProjectRequest {
            title: title.to_owned(),
            charter: Some(charter.clone()),
            period: Some(pb::Period { from: "2026-01-01".to_owned(), until: "2027-12-31".to_owned() }),
            budget: Some(pb::Money { currency: "USD".to_owned(), minor: 100_000 }),
            proposed_for: proposed_for.cloned(),
            ..Default::default()
        };
        let recorded = self.projects(by).propose_project(request).await.unwrap().into_inner().recorded;
        let id = recorded.as_ref().unwrap().id.clone();
        self.noted(recorded);
        id
    }

    /// Leaves the stage, if the gate is open.
    pub async fn pass(&self, by: &str, project_id: &str, stage: &str) -> Result<(), Status> {
        let (project_id, stage) = (project_id.to_owned(), stage.to_owned());
        let request = pb::PassGateRequest { project_id, stage, ..Default::default() };
        let answer = self.projects(by).pass_gate(request).await?;
        self.noted(answer.into_inner().recorded);
        Ok(())
    }

    /// What keeps the project where it is.
    pub async fn explain(&self, project_id: &str) -> pb::ExplainGateResponse {
        let request = pb::ExplainGateRequest { after: None, project_id: project_id.to_owned() };
        self.gates("anyone").explain_gate(request).await.unwrap().into_inner()
    }

    /// Does what the law ordered, once that is a task.
    pub async fn work(&self, by: &str, project_id: &str, kind: &str) {
        loop {
            let gate = self.explain(project_id).await.gate.unwrap();
            let tasks =
                gate.findings.iter().filter(|it| it.kind == "task_done" && it.requirement.contains(kind));
            let mut tasks = tasks.filter_map(|it| it.remedy.clone()).map(|it| it.task_id);
            if let Some(task_id) = tasks.find(|it| !it.is_empty()) {
                return self.does(by, task_id).await;
            }
        }
    }

    /// Opens a task about the project, takes it and does it.
    pub async fn make_work(&self, by: &str, project_id: &str, kind: &str, role: &str) {
        let request = pb::OpenTaskRequest {
            kind: kind.to_owned(),
            title: format!("Do the {kind}"),
            subject: format!("project-{project_id}"),
            role: role.to_owned(),
            attempts_max: 1,
            ..Default::default()
        };
        let task_id = self.tasks(by).open_task(request).await.unwrap().into_inner().recorded.unwrap().id;
        self.does(by, task_id).await;
    }

    async fn does(&self, by: &str, task_id: String) {
        let (mut tasks, worker) = (self.tasks(by), by.to_owned());
        let request =
            pb::ClaimTaskRequest { task_id: task_id.clone(), worker, lease_ms: 60_000, ..Default::default() };
        tasks.claim_task(request).await.unwrap();
        let (worker, outcome) = (by.to_owned(), "it is done".to_owned());
        let request = pb::CompleteTaskRequest { task_id, worker, outcome, ..Default::default() };
        self.noted(tasks.complete_task(request).await.unwrap().into_inner().recorded);
    }

    pub async fn attach(&self, by: &str, project_id: &str, kind: &str) {
        let document = Some(pb::Source { symbol: format!("DOC/{kind}"), ..Default::default() });
        let (project_id, kind) = (project_id.to_owned(), kind.to_owned());
        let request = pb::AttachDocumentRequest { project_id, kind, document, ..Default::default() };
        self.noted(self.projects(by).attach_document(request).await.unwrap().into_inner().recorded);
    }

    pub async fn approve(
        &self,
        by: &str,
        project_id: &str,
        role: &str,
        partner: &pb::EventReference,
    ) -> Result<(), Status> {
        let (project_id, role, partner) = (project_id.to_owned(), role.to_owned(), Some(partner.clone()));
        let request = pb::ApproveProjectRequest { project_id, role, partner, ..Default::default() };
        self.noted(self.projects(by).approve_project(request).await?.into_inner().recorded);
        Ok(())
    }

    pub async fn review(
        &self,
        by: &str,
        project_id: &str,
        (kind, role): (&str, &str),
        partner: Option<&pb::EventReference>,
    ) -> Result<(), Status> {
        let request = pb::RecordReviewRequest {
            project_id: project_id.to_owned(),
            kind: kind.to_owned(),
            role: role.to_owned(),
            partner: partner.cloned(),
            verdict: pb::ReviewVerdict::Passed.into(),
            ..Default::default()
        };
        self.noted(self.projects(by).record_review(request).await?.into_inner().recorded);
        Ok(())
    }

    pub async fn commit(&self, project_id: &str, minor: i64) {
        let amount = Some(pb::Money { currency: "USD".to_owned(), minor });
        let value_date = "2026-03-01".to_owned();
        let request = pb::CommitFundsRequest {
            project_id: project_id.to_owned(),
            donor: Some(pb::Donor { name: "Norway".to_owned(), partner: None }),
            movement: Some(pb::Movement { amount, value_date, ..Default::default() }),
            ..Default::default()
        };
        self.noted(self.projects("treasurer").commit_funds(request).await.unwrap().into_inner().recorded);
    }

    /// Cites a provision by exception.
    pub async fn cite(&self, project_id: &str, provision: &pb::EventReference) {
        let request = pb::CiteProvisionRequest {
            project_id: project_id.to_owned(),
            provision: Some(provision.clone()),
            reason: "there is no priority yet".to_owned(),
            decided_by: "the chair".to_owned(),
            ..Default::default()
        };
        self.noted(self.projects("chair").cite_provision(request).await.unwrap().into_inner().recorded);
    }
}

/// The id of a country's partner.
pub fn party_id(iso: &str) -> String {
    Party::Country(iso.parse().unwrap()).id().to_string()
}
