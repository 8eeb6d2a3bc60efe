//! The last forum adopted a recommendation: it is endorsed. A priority was set: it answers its recommendation.
use super::{AnyCommand, Happened, Reaction, Request};
use crate::codec::AnyEvent;
use crate::domain::consultation::{Event as Decision, Subject};
use crate::domain::id::RecommendationId;
use crate::domain::priority::Event as Priorities;
use crate::domain::recommendation::Command;

/// The reaction. Whether the forum is the last one, and the text the current one, is for the recommendation to say.
pub(super) struct Endorsement;

impl Reaction for Endorsement {
    fn name(&self) -> &'static str {
        "endorsement"
    }

    fn react(&self, event: &Happened) -> Vec<Request> {
        let here = event.citation.reference();
        let ask = |id: &RecommendationId, it| vec![Request::Ask(AnyCommand::Recommendation(id.0, it))];
        if let AnyEvent::Consultation(
            Decision::ConsensusReached { subject, .. } | Decision::AdoptedByVote { subject, .. },
        ) = &event.event
            && let Subject::Recommendation { recommendation, .. } = subject
        {
            return ask(recommendation, Command::EndorseRecommendation { adoption: here });
        }
        if let AnyEvent::Priority(Priorities::PrioritySet { recommendation, .. }) = &event.event {
            return ask(recommendation, Command::AnswerRecommendation { priority: here });
        }
        Vec::new()
    }
}
