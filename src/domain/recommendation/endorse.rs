//! What follows when every forum has adopted a text: somebody has to take it up.
//!
//! Whoever asks may be late or the second to ask: each decides nothing unless there is something new to note.
use super::state::Draft;
use super::{Event, FollowUp, Rejection, TakeUp};
use crate::domain::charter::Law;
use crate::domain::citation::Reference;
use crate::domain::fact::{AdoptionFact, Cited, EditionFact, PriorityFact};
use crate::domain::{Given, Timestamp, after};

pub(super) fn endorse(draft: &Draft, given: &Given, adoption: &Reference) -> Result<Vec<Event>, Rejection> {
    let Cited { citation: adoption, fact } = given.cited::<AdoptionFact>(adoption)?;
    let of_this = fact.recommendation == Some(draft.id) && fact.digest == draft.digest && !draft.withdrawn;
    if !of_this || Some(&fact.forum) != draft.forums.last() || draft.endorsed.is_some() {
        return Ok(Vec::new());
    }
    let law = given.cited::<EditionFact>(&draft.charter.reference())?.fact.law;
    let taken_up =
        draft.answered.contains(&adoption) || draft.follow_up.as_ref().is_some_and(|it| acts(it.0));
    let take_up = (!taken_up).then(|| take_up(&law, given.at));
    let again = draft.endorsers.contains(&adoption);
    Ok(vec![Event::RecommendationEndorsed { adoption, take_up, again }])
}

pub(super) fn answer(draft: &Draft, given: &Given, priority: &Reference) -> Result<Vec<Event>, Rejection> {
    let Cited { citation: priority, fact } = given.cited::<PriorityFact>(priority)?;
    let adoption = fact.adoption;
    if fact.recommendation != draft.id || draft.answered.contains(&adoption) {
        return Ok(Vec::new());
    }
    let endorsed = draft.endorsed.clone().filter(|it| *it == adoption);
    Ok(vec![Event::RecommendationAnswered { priority, adoption, endorsed }])
}

fn take_up(law: &Law, at: Timestamp) -> TakeUp {
    let due_at = law.recommendations.take_up_days.map(|days| after(at, days));
    TakeUp {
        role: law.priorities.set_by.clone(),
        due_at,
        escalate_to: law.recommendations.escalate_to.clone(),
    }
}

/// Whether this report says that somebody does something about it.
pub fn acts(follow_up: FollowUp) -> bool {
    match follow_up {
        FollowUp::TakenUp | FollowUp::UnderWay | FollowUp::Implemented => true,
        FollowUp::NotTakenUp => false,
    }
}
