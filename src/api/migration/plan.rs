//! What a migration would make of one project: its rules decide on a copy, and nothing is recorded.
use super::{Course, Migrations};
use crate::api::gate::tasks_about;
use crate::api::proto as pb;
use crate::api::register::shown::event;
use crate::api::status;
use crate::api::trace::moment;
use crate::domain::charter::{ProjectLaw, Requirement, StageName, TaskOrder};
use crate::domain::citation::Citation;
use crate::domain::project::{Command, Event, Project, Rejection};
use crate::domain::text::Prose;
use crate::domain::{Decider, Given, Rejection as _, Vouched};
use crate::views::register::project::Project as Entry;
use crate::views::register::task::{Status as Stand, Task};
use tonic::Status;

/// A plan, and what it rests on.
pub(super) struct Planned {
    pub(super) shown: pb::ProjectMigration,
    /// What to ask for; `None` where the new law has no stage for the project.
    pub(super) command: Option<Command>,
    /// The revision that the plan is of.
    pub(super) revision: Option<u64>,
}

impl Migrations {
    /// What would become of the project that the register knows as `entry`.
    pub(super) async fn planned(&self, course: &Course, entry: &Entry) -> Result<Planned, Status> {
        let reason = Prose::try_from("planned").map_err(|err| Status::internal(err.to_string()))?;
        self.planned_because(course, entry, &reason).await
    }

    /// The same, for a reason.
    pub(super) async fn planned_because(
        &self,
        course: &Course,
        entry: &Entry,
        reason: &Prose,
    ) -> Result<Planned, Status> {
        let project = self.engine.load::<Project, _>(entry.id, Project::clone).await;
        let project = project.map_err(|err| status::broken(&err))?;
        let mut shown = pb::ProjectMigration {
            project_id: entry.id.to_string(),
            code: entry.code.clone(),
            title: entry.title.clone(),
            ..Default::default()
        };
        let (Some(law), Some(stay)) = (project.law(), project.stay()) else {
            return Ok(Planned { shown, command: None, revision: None });
        };
        shown.from = project.charter().cloned().map(event);
        shown.from_edition = project.charter().map(|it| place(course, it)).unwrap_or_default();
        shown.stage_before = stay.stage.to_string();
        shown.due_before = stay.due_at.map(moment);
        let revision = project.last_revision();
        let stage = course.renames.get(&stay.stage).unwrap_or(&stay.stage);
        let new = &course.edition.law.projects;
        let Some((_, entered)) = new.stage(stage) else {
            (shown.reason, shown.because) = nowhere(new, &stay.stage, stage);
            return Ok(Planned { shown, command: None, revision });
        };
        let old = law.stage(&stay.stage).map(|(_, it)| it);
        shown.stage_after = stage.to_string();
        shown.gate = gates(old.map(|it| it.gate.as_slice()).unwrap_or_default(), &entered.gate);
        let stream = project.stream();
        let tasks = match &stream {
            Some(stream) => tasks_about(&self.views, stream, None).await?,
            None => Vec::new(),
        };
        shown.tasks = works(old.map(|it| it.tasks.as_slice()).unwrap_or_default(), &entered.tasks, &tasks);
        let command = Command::AmendLaw {
            charter: course.to.reference(),
            stage: stage.clone(),
            from: Some(stay.stage.clone()),
            reason: reason.clone(),
        };
        match self.decided(course, &project, &command).await? {
            Ok(due_after) => (shown.possible, shown.due_after) = (true, due_after.map(moment)),
            Err(no) => (shown.reason, shown.because) = (no.reason().to_owned(), no.to_string()),
        }
        Ok(Planned { shown, command: Some(command), revision })
    }

    /// What the project's rules say: when the stage would be due, or why not.
    async fn decided(
        &self,
        course: &Course,
        project: &Project,
        command: &Command,
    ) -> Result<Result<Option<crate::domain::Timestamp>, Rejection>, Status> {
        let at = self.engine.clock().now();
        let facts =
            self.engine.facts(&project.cites(command), at).await.map_err(|err| status::broken(&err))?;
        let given = Given { at, by: course.by.clone(), on_behalf_of: None, vouched: Vouched::Word, facts };
        let due_at = |events: Vec<Event>| {
            events.into_iter().find_map(|it| match it {
                Event::LawAmended { due_at, .. } => due_at,
                _ => None,
            })
        };
        Ok(project.decide(command.clone(), &given).map(due_at))
    }
}

/// The number of an edition.
fn place(course: &Course, edition: &Citation) -> u32 {
    let nth = course.editions.iter().position(|it| it == edition);
    nth.and_then(|it| u32::try_from(it + 1).ok()).unwrap_or_default()
}

fn nowhere(law: &ProjectLaw, stage: &StageName, wanted: &StageName) -> (String, String) {
    let known = law.stages.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ");
    let because = format!("the edition has no stage {wanted}: say which of {known} {stage} is called there");
    ("NO_SUCH_STAGE".to_owned(), because)
}

fn gates(old: &[Requirement], new: &[Requirement]) -> Vec<pb::GateChange> {
    let change = |change: pb::Change, it: &Requirement| pb::GateChange {
        change: change.into(),
        requirement: it.to_string(),
    };
    let dropped = old.iter().filter(|it| !new.contains(it)).map(|it| change(pb::Change::Dropped, it));
    let asked = new.iter().map(|it| match old.contains(it) {
        true => change(pb::Change::Kept, it),
        false => change(pb::Change::Added, it),
    });
    asked.chain(dropped).collect()
}

/// What the two laws order in the stage, and every other open task about the project.
fn works(old: &[TaskOrder], new: &[TaskOrder], tasks: &[Task]) -> Vec<pb::TaskChange> {
    let ordered = |orders: &[TaskOrder], kind: &str| orders.iter().any(|it| it.kind.as_str() == kind);
    let change = |change: pb::Change, kind: &str| {
        let task = tasks.iter().find(|it| it.kind == kind && it.status != Stand::Cancelled);
        pb::TaskChange {
            change: change.into(),
            kind: kind.to_owned(),
            task_id: task.map(|it| it.id.to_string()).unwrap_or_default(),
            status: task.map(|it| shown(it.status)).unwrap_or_default().into(),
        }
    };
    let asked = new.iter().map(|it| it.kind.as_str()).map(|kind| match ordered(old, kind) {
        true => change(pb::Change::Kept, kind),
        false => change(pb::Change::Added, kind),
    });
    let open = |it: &&Task| !matches!(it.status, Stand::Completed | Stand::Cancelled);
    let left = old.iter().map(|it| it.kind.as_str()).filter(|it| !ordered(new, it));
    let others = tasks.iter().filter(open).map(|it| it.kind.as_str());
    let others = others.filter(|it| !ordered(new, it) && !ordered(old, it));
    asked.chain(left.chain(others).map(|kind| change(pb::Change::Dropped, kind))).collect()
}

fn shown(it: Stand) -> pb::TaskStatus {
    match it {
        Stand::Open => pb::TaskStatus::Open,
        Stand::Claimed => pb::TaskStatus::Claimed,
        Stand::Completed => pb::TaskStatus::Completed,
        Stand::Incident => pb::TaskStatus::Incident,
        Stand::Cancelled => pb::TaskStatus::Cancelled,
    }
}
