//! A recommendation is endorsed: somebody has to take it up, until somebody does or it falls.
use super::work::{self, Work};
use super::{Happened, Reaction, Request};
use crate::codec::AnyEvent;
use crate::domain::citation::Citation;
use crate::domain::id::{TaskId, caused};
use crate::domain::recommendation::{Event, acts};

const NAME: &str = "take-up";

/// The reaction.
pub(super) struct TakeUp;

/// The task of taking up what `adoption`, the decision of the last forum, endorsed.
pub fn take_up_task(adoption: &Citation) -> TaskId {
    TaskId(caused(adoption.event_id, NAME, 0))
}

impl Reaction for TakeUp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn react(&self, event: &Happened) -> Vec<Request> {
        let AnyEvent::Recommendation(it) = &event.event else { return Vec::new() };
        let cancel = |adoption: &Citation, because: String| {
            work::cancel(take_up_task(adoption), because).map(Request::Ask)
        };
        let request = match it {
            Event::RecommendationEndorsed { adoption, take_up: Some(take_up) } => {
                let work = Work {
                    kind: NAME,
                    title: "Set a priority for what was endorsed, or say what becomes of it".into(),
                    subject: event.stream(),
                    role: &take_up.role,
                    due_at: take_up.due_at,
                    escalate_to: take_up.escalate_to.as_ref().filter(|it| **it != take_up.role),
                };
                work::open(take_up_task(adoption), work)
            }
            Event::RecommendationAnswered { adoption, priority } => {
                cancel(adoption, format!("the priority {priority} answers it"))
            }
            Event::FollowUpReported { follow_up, endorsed: Some(endorsed), .. } if acts(*follow_up) => {
                cancel(endorsed, format!("somebody reported on it, {}", event.citation))
            }
            Event::RecommendationWithdrawn { endorsed: Some(endorsed), .. } => {
                cancel(endorsed, "the recommendation was withdrawn".into())
            }
            Event::TextRevised { endorsed: Some(endorsed), .. } => {
                cancel(endorsed, "another text took the place of the endorsed one".into())
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
