//! Where a project stands, and what keeps it there: the law's questions, answered from the record.
use super::proto as pb;
use super::query;
use super::register::shown::{Shown, event};
use super::status;
use super::trace::moment;
use crate::domain::Timestamp;
use crate::domain::charter::{Consequence, ProjectLaw, Requirement, RequirementKind, Stage};
use crate::domain::citation::Reference;
use crate::domain::fact::Facts;
use crate::domain::project::{Finding, Project, Sight, Stay, findings};
use crate::engine::Engine;
use crate::log::Position;
use crate::views::Views;
use crate::views::register::task::Task;
use crate::views::register::{Answers, get, project};
use evidence::Evidence;
use tonic::{Request, Response, Status};
use uuid::Uuid;

mod evidence;
mod finished;
mod remedy;

use finished::finished;
pub(super) use finished::tasks_about;

/// Answers questions about gates.
#[derive(Clone)]
pub struct GateQueries {
    engine: Engine,
    views: Views,
}

/// All that an explanation is made from.
struct Ground {
    project: Project,
    law: std::sync::Arc<ProjectLaw>,
    stay: Stay,
    tasks: Vec<Task>,
    facts: Facts,
    at: Timestamp,
}

impl GateQueries {
    /// Answers from the log, through `engine`, and from `views`.
    pub fn new(engine: Engine, views: Views) -> Self {
        Self { engine, views }
    }

    /// What is known about the project, the tasks about it among it.
    async fn ground(&self, id: Uuid, after: Option<Position>) -> Result<Ground, Status> {
        let missing = || query::not_on_record(&format!("the project {id}"));
        let project = self.engine.load::<Project, _>(id, Project::clone).await;
        let project = project.map_err(|err| status::broken(&err))?;
        let (Some(stream), Some(law), Some(stay)) = (project.stream(), project.law(), project.stay()) else {
            return Err(missing());
        };
        let (law, stay) = (law.clone(), stay.clone());
        let tasks = tasks_about(&self.views, &stream, after).await?;
        let at = self.engine.clock().now();
        let references: Vec<Reference> = project.cited().into_iter().chain(finished(&tasks)).collect();
        let facts = self.engine.facts(&references, at).await.map_err(|err| status::broken(&err))?;
        Ok(Ground { project, law, stay, tasks, facts, at })
    }

    async fn gate(&self, ground: &Ground) -> Result<pb::Gate, Status> {
        let Ground { project, law, stay, facts, at, .. } = ground;
        let (place, stage) = law.stage(&stay.stage).ok_or_else(|| odd(stay))?;
        let tasks = finished(&ground.tasks);
        let found = findings(project, &Sight { facts, tasks: &tasks, at: *at });
        let evidence = Evidence::of(&**self.engine.log(), project.stream(), &found).await?;
        let mut shown = Vec::with_capacity(found.len());
        for finding in &found {
            let remedy = match finding.holds {
                true => None,
                false => Some(remedy::of(&self.views, ground, finding).await?),
            };
            shown.push(self.finding(finding, &evidence, remedy));
        }
        let running = project.end().is_none();
        Ok(pb::Gate {
            stage: stage.name.to_string(),
            title: stage.title.to_string(),
            next: law.stages.get(place + 1).map(|it| it.name.to_string()).unwrap_or_default(),
            since: Some(moment(stay.since)),
            entry: evidence.entry(project.stream(), stay.revision),
            due_at: stay.due_at.map(moment),
            consequence: stage.on_expiry.as_ref().map(ToString::to_string).unwrap_or_default(),
            escalate_to: escalates(stage),
            overdue: running && stay.due_at.is_some_and(|it| it <= *at),
            expired: stay.expired,
            open: found.iter().all(|it| it.holds),
            findings: shown,
            charter: project.charter().cloned().map(event),
        })
    }

    fn finding(&self, it: &Finding, evidence: &Evidence, remedy: Option<pb::GateRemedy>) -> pb::GateFinding {
        pb::GateFinding {
            kind: RequirementKind::from(&it.requirement).to_string(),
            requirement: it.requirement.to_string(),
            holds: it.holds,
            because: it.because.clone(),
            rests_on: it.rests_on.iter().filter_map(|it| evidence.shown(it)).collect(),
            remedy,
        }
    }
}

fn escalates(stage: &Stage) -> String {
    match &stage.on_expiry {
        Some(Consequence::Escalate(role)) => role.to_string(),
        Some(Consequence::Suspend | Consequence::Cancel) | None => String::new(),
    }
}

/// A project is always in a stage of its own law; a log in which it is not was not written by this program.
fn odd(stay: &Stay) -> Status {
    status::broken(&crate::log::Error::Corrupt(format!("the project's law has no stage {}", stay.stage)))
}

#[tonic::async_trait]
impl pb::gate_service_server::GateService for GateQueries {
    async fn explain_gate(
        &self,
        request: Request<pb::ExplainGateRequest>,
    ) -> Result<Response<pb::ExplainGateResponse>, Status> {
        let request = request.into_inner();
        let id = query::read(|form| form.existing("project_id", request.project_id))?;
        let ground = self.ground(id, request.after.map(Position)).await?;
        let gate = self.gate(&ground).await?;
        let ask = finished::now(&self.views, request.after.map(Position)).await?;
        let shown = get::<project::Project>(&self.views, &ask, id).await;
        let shown = shown.map_err(|err| query::unanswered(&err))?;
        let nothing = Answers::default();
        Ok(Response::new(pb::ExplainGateResponse {
            project: shown.found.map(|it| it.shown(&nothing)),
            gate: Some(gate),
            tasks: ground.tasks.into_iter().map(|it| it.shown(&nothing)).collect(),
            at: Some(moment(ground.at)),
        }))
    }
}

/// The TaskCompleted of each finished task that the gate of the project's stage asks for; nothing is looked up
/// where it asks for none.
pub(super) async fn wanted(
    engine: &Engine,
    views: &Views,
    id: Uuid,
) -> Result<Vec<pb::EventReference>, Status> {
    let kinds = engine.load::<Project, _>(id, |it| (it.stream(), asked_kinds(it))).await;
    let (stream, kinds) = kinds.map_err(|err| status::broken(&err))?;
    let Some(stream) = stream.filter(|_| !kinds.is_empty()) else { return Ok(Vec::new()) };
    let mut tasks = tasks_about(views, &stream, None).await?;
    tasks.retain(|it| kinds.contains(&it.kind));
    let reference = |it: Reference| pb::EventReference {
        stream: it.stream.into(),
        revision: it.revision,
        event_id: String::new(),
    };
    Ok(finished(&tasks).into_iter().map(reference).collect())
}

/// The kinds of task that the gate before the project asks for.
fn asked_kinds(project: &Project) -> Vec<String> {
    let stage = project.law().zip(project.stay()).and_then(|(law, stay)| law.stage(&stay.stage));
    let gate = stage.map(|(_, it)| it.gate.as_slice()).unwrap_or_default();
    let kind = |it: &Requirement| match it {
        Requirement::TaskDone { kind } => Some(kind.to_string()),
        Requirement::ReviewPassed { .. }
        | Requirement::Approvals { .. }
        | Requirement::CitesLivePriority
        | Requirement::CitesProvisionInForce
        | Requirement::Funded { .. }
        | Requirement::DocumentAttached { .. }
        | Requirement::ResultsReported { .. }
        | Requirement::DateReached { .. }
        | Requirement::NoOpenObjection => None,
    };
    gate.iter().filter_map(kind).collect()
}
