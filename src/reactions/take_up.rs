//! A recommendation is endorsed: somebody has to take it up, until somebody does or it falls.
use super::work::{self, Work};
use super::{AnyCommand, Found, Happened, Reaction, Request, Those};
use crate::codec::AnyEvent;
use crate::domain::id::{TaskId, caused};
use crate::domain::recommendation::{Event, acts};
use uuid::Uuid;

const NAME: &str = "take-up";

/// The reaction.
pub(super) struct TakeUp;

/// The task of taking up what the event `endorsement` endorsed. An adoption endorses again where its text was put back,
/// so the task is not the adoption's.
pub fn take_up_task(endorsement: Uuid) -> TaskId {
    TaskId(caused(endorsement, NAME, 0))
}

impl Reaction for TakeUp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn react(&self, event: &Happened) -> Vec<Request> {
        let AnyEvent::Recommendation(it) = &event.event else { return Vec::new() };
        let request = match it {
            Event::RecommendationEndorsed { take_up: Some(take_up), .. } => {
                let work = Work {
                    kind: NAME,
                    title: "Set a priority for what was endorsed, or say what becomes of it".into(),
                    subject: event.stream(),
                    role: &take_up.role,
                    due_at: take_up.due_at,
                    escalate_to: take_up.escalate_to.as_ref().filter(|it| **it != take_up.role),
                };
                work::open(take_up_task(event.citation.event_id), work)
            }
            Event::RecommendationAnswered { .. } => {
                over(event, |it| work::cancel_found(it, "a priority answers it"))
            }
            Event::FollowUpReported { follow_up, endorsed: Some(_), .. } if acts(*follow_up) => {
                over(event, |it| work::cancel_found(it, "somebody reported on it"))
            }
            Event::RecommendationWithdrawn { endorsed: Some(_), .. } => {
                over(event, |it| work::cancel_found(it, "the recommendation was withdrawn"))
            }
            Event::TextRevised { endorsed: Some(_), .. } => {
                over(event, |it| work::cancel_found(it, "another text took the place of the endorsed one"))
            }
            Event::RecommendationEndorsed { take_up: None, .. }
            | Event::FollowUpReported { .. }
            | Event::RecommendationWithdrawn { .. }
            | Event::TextRevised { .. }
            | Event::RecommendationDrafted { .. }
            | Event::ParagraphBracketed { .. }
            | Event::ParagraphAgreed { .. } => None,
        };
        request.into_iter().collect()
    }
}

/// Nobody has to take up any more what was endorsed before `event`.
fn over(event: &Happened, ask: fn(&Found) -> Option<AnyCommand>) -> Option<Request> {
    let (subject, before) = (event.stream().clone(), event.citation.revision);
    Some(Request::ForEach { those: Those::TasksAbout { subject, before, kinds: &[NAME] }, ask })
}
