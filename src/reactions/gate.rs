//! The threshold of funding is crossed, or was before a stage began that asks for money: the gate is looked at, and when
//! it is open somebody may pass it.
use super::work::{self, Work};
use super::{AnyCommand, Found, Happened, Reaction, Request, Those};
use crate::codec::AnyEvent;
use crate::domain::id::{TaskId, caused};
use crate::domain::project::{Command, Event};

const NAME: &str = "gate";

/// The kind of task to pass a gate that is open.
pub(super) const PASS: &str = "pass-gate";

/// The reaction.
pub(super) struct Gate;

impl Reaction for Gate {
    fn name(&self) -> &'static str {
        NAME
    }

    fn react(&self, event: &Happened) -> Vec<Request> {
        let AnyEvent::Project(it) = &event.event else { return Vec::new() };
        if let Event::ProjectFunded { stage: Some(stage), .. }
        | Event::StageEntered { stage, funded: true, .. } = it
        {
            let those = Those::GateOf { project: event.stream().clone(), stage: stage.clone() };
            return vec![Request::ForEach { those, ask: examine }];
        }
        if let Event::GateExamined { stage, missing, steward: Some(role) } = it
            && missing.is_empty()
        {
            let (title, subject) =
                (format!("Pass the gate of the stage {stage}: it is open"), event.stream());
            let work = Work { kind: PASS, title, subject, role, due_at: None, escalate_to: None };
            let task = TaskId(caused(event.citation.event_id, NAME, 0));
            return work::open(task, work).into_iter().chain([looked_at_again(event)]).collect();
        }
        Vec::new()
    }
}

/// There is one task for one gate. One that is found shut keeps it: whoever looked may have named too little.
fn looked_at_again(event: &Happened) -> Request {
    let (subject, before) = (event.stream().clone(), event.citation.revision);
    let those = Those::TasksAbout { subject, before, kinds: &[PASS] };
    Request::ForEach { those, ask: |it| work::cancel_found(it, "the gate was looked at again") }
}

fn examine(found: &Found) -> Option<AnyCommand> {
    match found {
        Found::Gate { project, stage, tasks } => {
            let command = Command::ExamineGate { stage: stage.clone(), tasks: tasks.clone() };
            Some(AnyCommand::Project(project.id(), command))
        }
        Found::Citing { .. } | Found::Task(_) => None,
    }
}
