//! What a project cites falls away: the project is flagged, and somebody has to retain or replace it.
use super::work::{self, Work};
use super::{AnyCommand, Found, Happened, Reaction, Request, Those};
use crate::codec::AnyEvent;
use crate::domain::citation::{Citation, Reference, StreamName};
use crate::domain::id::{TaskId, caused};
use crate::domain::project::{Command, Event, Flaw};
use crate::domain::{mandate, priority};

const NAME: &str = "citations";

/// The reaction. Whether something fell away is for the project to say, which is asked when something may have:
/// at the event that ends it, and at each citation, since that may have been decided at the same moment.
pub(super) struct Citations;

/// The task of retaining or replacing what `project` cites.
pub fn flag_task(project: &StreamName, cited: &Reference) -> TaskId {
    TaskId(caused(project.id(), &format!("{NAME}/{}", cited.stream), cited.revision))
}

impl Reaction for Citations {
    fn name(&self) -> &'static str {
        NAME
    }

    fn react(&self, event: &Happened) -> Vec<Request> {
        if let AnyEvent::Project(it) = &event.event {
            return of_project(event, it);
        }
        of_cited(event).into_iter().collect()
    }
}

fn of_cited(event: &Happened) -> Option<Request> {
    let here = || event.stream().clone();
    if let AnyEvent::Priority(priority::Event::PriorityRetired { priority, .. }) = &event.event {
        let those = Those::CitingPriority { list: here(), priority: priority.0 };
        return Some(Request::ForEach { those, ask: flag_found });
    }
    let AnyEvent::Mandate(it) = &event.event else { return None };
    if let mandate::Event::MandateSuperseded { .. } = it {
        let those = Those::CitingStream { cited: here(), by: None };
        return Some(Request::ForEach { those, ask: flag_found });
    }
    if let mandate::Event::CitationRetained { citing, .. } = it {
        let those = Those::CitingStream { cited: here(), by: Some(citing.clone()) };
        return Some(Request::ForEach { those, ask: retained });
    }
    None
}

fn of_project(event: &Happened, it: &Event) -> Vec<Request> {
    let project = event.stream();
    let flag = |cited: Reference| Request::Ask(flag(project, cited));
    if let Event::ProjectProposed { priorities, .. } = it {
        return priorities.iter().map(|it| flag(it.reference())).collect();
    }
    if let Event::PriorityCited { priority: cited } | Event::ProvisionCited { provision: cited, .. } = it {
        return vec![flag(cited.reference())];
    }
    if let Event::CitationFlagged { cited, because, steward: Some(role) } = it {
        let (kind, title, subject) = ("retain-or-replace", to_do(cited, *because), project);
        let work = Work { kind, title, subject, role, due_at: None, escalate_to: None };
        return work::open(flag_task(project, &cited.reference()), work).into_iter().collect();
    }
    if let Event::CitationRevoked { cited, .. } = it {
        let task = flag_task(project, &cited.reference());
        return work::cancel(task, "it is not cited any more").map(Request::Ask).into_iter().collect();
    }
    Vec::new()
}

fn to_do(cited: &Citation, because: Flaw) -> String {
    match because {
        Flaw::PriorityRetired => format!("Replace the priority {cited}: it is off its list"),
        Flaw::TextSuperseded => format!("Retain or replace {cited}: a newer text stands in its place"),
    }
}

fn flag(project: &StreamName, cited: Reference) -> AnyCommand {
    AnyCommand::Project(project.id(), Command::FlagCitation { cited })
}

fn flag_found(found: &Found) -> Option<AnyCommand> {
    match found {
        Found::Citing { project, cited } => Some(flag(project, cited.clone())),
        Found::Task(_) | Found::Gate { .. } => None,
    }
}

fn retained(found: &Found) -> Option<AnyCommand> {
    match found {
        Found::Citing { project, cited } => {
            work::cancel(flag_task(project, cited), "somebody decided to keep citing it")
        }
        Found::Task(_) | Found::Gate { .. } => None,
    }
}
