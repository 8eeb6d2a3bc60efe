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
    let (subject, escalate_to) = (event.stream(), None);
    let work = |kind, title, role, due_at| Some(Work { kind, title, subject, role, due_at, escalate_to });
    if let AnyEvent::Priority(priority::Event::ReviewFellDue { priority, role, next_at }) = &event.event {
        return work(REVIEW, format!("Look again at the priority {priority}"), role, Some(*next_at));
    }
    let AnyEvent::Project(it) = &event.event else { return None };
    if let project::Event::ReportFellDue { stage, role, next_at, .. } = it {
        return work(REPORT, format!("Report on the stage {stage}"), role, Some(*next_at));
    }
    if let project::Event::StageExpired { stage, consequence: Consequence::Escalate(role) } = it {
        return work(LATE_STAGE, format!("See to the stage {stage}: its time is up"), role, None);
    }
    None
}
