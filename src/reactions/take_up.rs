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

/// The task of taking up what was endorsed. It is that of `of`, the adoption, so that it is put up once however often
/// anybody notes it; where the adoption endorses again because its text was put back, that of the endorsement, since the
/// first one was called off.
pub fn take_up_task(of: Uuid) -> TaskId {
    TaskId(caused(of, NAME, 0))
}

impl Reaction for TakeUp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn react(&self, event: &Happened) -> Vec<Request> {
        let AnyEvent::Recommendation(it) = &event.event else { return Vec::new() };
        let request = match it {
            Event::RecommendationEndorsed { adoption, take_up: Some(take_up), again } => {
                let work = Work {
                    kind: NAME,
                    title: "Set a priority for what was endorsed, or say what becomes of it".into(),
                    subject: event.stream(),
                    role: &take_up.role,
                    due_at: take_up.due_at,
                    escalate_to: take_up.escalate_to.as_ref().filter(|it| **it != take_up.role),
                };
                let of = if *again { event.citation.event_id } else { adoption.event_id };
                work::open(take_up_task(of), work)
            }
            Event::RecommendationAnswered { endorsed: Some(_), .. } => {
                over(event, |it| work::cancel_found(it, "a priority answers it"))
            }
            // Another text may be endorsed by now, which this priority does not answer.
            Event::RecommendationAnswered { adoption, endorsed: None, .. } => {
                work::cancel(take_up_task(adoption.event_id), "a priority answers it").map(Request::Ask)
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
