//! Requests about recommendations.
use super::shared::reference;
use crate::api::proto as pb;
use crate::domain::id::RecommendationId;
use crate::domain::recommendation::{Command, FollowUp, Recommendation};

asked! {
    Recommendation by recommendation_id;
    DraftRecommendation = DraftRecommendationRequest opens recommendation: RecommendationId {
        title: text, text: text, pillar: text, provisions: each(reference), charter: part(reference),
    }
    ReviseText = RecommendationServiceReviseTextRequest { text: text, provisions: each(reference) }
    BracketParagraph = BracketParagraphRequest { paragraph: text, reason: text }
    AgreeParagraph = AgreeParagraphRequest { paragraph: text }
    WithdrawRecommendation = WithdrawRecommendationRequest { reason: text }
    ReportFollowUp = ReportFollowUpRequest {
        follow_up: choice(follow_up), report: text, project: optional_part(reference),
    }
    EndorseRecommendation = EndorseRecommendationRequest { adoption: part(reference) }
    AnswerRecommendation = AnswerRecommendationRequest { priority: part(reference) }
}

fn follow_up(it: pb::FollowUp) -> Option<FollowUp> {
    match it {
        pb::FollowUp::Unspecified => None,
        pb::FollowUp::TakenUp => Some(FollowUp::TakenUp),
        pb::FollowUp::UnderWay => Some(FollowUp::UnderWay),
        pb::FollowUp::Implemented => Some(FollowUp::Implemented),
        pb::FollowUp::NotTakenUp => Some(FollowUp::NotTakenUp),
    }
}
