//! A stage is left or has time again, or a project is over: what nobody needs to do any more is called off.
use super::gate::PASS;
use super::reminders::{LATE_STAGE, REPORT};
use super::work;
use super::{Happened, Reaction, Request, Those};
use crate::codec::AnyEvent;
use crate::domain::project::Event;

/// What belongs to a stage and ends with it. What the law ordered in it stays: a gate that did not ask for it was
/// passed without it, and it is still to be done.
const OF_A_STAGE: &[&str] = &[PASS, LATE_STAGE, REPORT];

/// The reaction.
pub(super) struct Settle;

impl Reaction for Settle {
    fn name(&self) -> &'static str {
        "settle"
    }

    fn react(&self, event: &Happened) -> Vec<Request> {
        let AnyEvent::Project(it) = &event.event else { return Vec::new() };
        let (subject, before) = (event.stream().clone(), event.citation.revision);
        if let Event::StageEntered { left: Some(_), .. } = it {
            let those = Those::TasksAbout { subject, before, kinds: OF_A_STAGE };
            return vec![Request::ForEach {
                those,
                ask: |it| work::cancel_found(it, "the project left the stage"),
            }];
        }
        if let Event::LawAmended { due_at, .. } = it
            && due_at.is_none_or(|due_at| due_at > event.at)
        {
            let those = Those::TasksAbout { subject, before, kinds: &[LATE_STAGE] };
            return vec![Request::ForEach {
                those,
                ask: |it| work::cancel_found(it, "the stage has more time under another edition"),
            }];
        }
        if let Event::ProjectResumed { due_at: Some(_), .. } = it {
            let those = Those::TasksAbout { subject, before, kinds: &[LATE_STAGE] };
            return vec![Request::ForEach {
                those,
                ask: |it| work::cancel_found(it, "the project goes on, and the stage has its time again"),
            }];
        }
        if let Event::ProjectCompleted { .. }
        | Event::ProjectCancelled { .. }
        | Event::ProjectRejected { .. } = it
        {
            let those = Those::TasksAbout { subject, before, kinds: &[] };
            return vec![Request::ForEach { those, ask: |it| work::cancel_found(it, "the project is over") }];
        }
        Vec::new()
    }
}
