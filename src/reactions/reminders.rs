//! A term ran out: whoever the law names gets a task.
use super::work::{self, Work};
use super::{Happened, Reaction, Request};
use crate::codec::AnyEvent;
use crate::domain::charter::Consequence;
use crate::domain::id::{TaskId, caused};
use crate::domain::{priority, project};

const NAME: &str = "reminders";

/// The kind of task that a stage leaves behind which took too long.
pub(super) const LATE_STAGE: &str = "late-stage";
/// The kind of task to report.
pub(super) const REPORT: &str = "report";
/// The kind of task to look at a priority again.
const REVIEW: &str = "review-priority";

/// The reaction.
pub(super) struct Reminders;

impl Reaction for Reminders {
    fn name(&self) -> &'static str {
        NAME
    }

    fn react(&self, event: &Happened) -> Vec<Request> {
        reminder(event).and_then(|it| work::open(task(event), it)).into_iter().collect()
    }
}

fn task(event: &Happened) -> TaskId {
    TaskId(caused(event.citation.event_id, NAME, 0))
}

fn reminder(event: &Happened) -> Option<Work<'_>> {
    let subject = event.stream();
    let work = |kind, title, role| Work { kind, title, subject, role, due_at: None, escalate_to: None };
    if let AnyEvent::Priority(priority::Event::ReviewFellDue { priority, role, next_at, escalate_to }) =
        &event.event
    {
        let title = format!("Look again at the priority {priority}");
        let (due_at, escalate_to) = (Some(*next_at), escalate_to.as_ref());
        return Some(Work { due_at, escalate_to, ..work(REVIEW, title, role) });
    }
    let AnyEvent::Project(it) = &event.event else { return None };
    if let project::Event::ReportFellDue { stage, role, next_at, escalate_to, .. } = it {
        let (due_at, escalate_to) = (Some(*next_at), escalate_to.as_ref());
        let title = format!("Report on the stage {stage}");
        return Some(Work { due_at, escalate_to, ..work(REPORT, title, role) });
    }
    if let project::Event::StageExpired { stage, consequence: Consequence::Escalate(role), .. } = it {
        return Some(work(LATE_STAGE, format!("See to the stage {stage}: its time is up"), role));
    }
    if let project::Event::StageExpired { stage, consequence: Consequence::Suspend, steward: Some(role) } = it
    {
        let title = format!("Resume the project or end it: the time for the stage {stage} is up");
        return Some(work(LATE_STAGE, title, role));
    }
    None
}
