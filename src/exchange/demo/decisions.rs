//! From draft to endorsement: the experts agree in their meeting or by silence, the policy group endorses.
use super::facts::{Recommendation, Way};
use super::meetings::{self, Session};
use super::voices;
use super::{Failed, World, cast, event, key, label, then, together};
use crate::api::proto::*;
use crate::domain::id::{ConsultationId, RecommendationId};
use crate::exchange::desk::wire;

pub(super) const EXPERTS: &str = "expert-working-group";
pub(super) const POLICY: &str = "policy-consultative-group";

/// A recommendation on its way.
pub(super) struct Draft<'a> {
    pub(super) facts: &'a Recommendation,
    pub(super) id: String,
    /// Its RecommendationDrafted.
    pub(super) text: EventReference,
}

/// A recommendation that the policy group endorsed.
pub(super) struct Adopted<'a> {
    pub(super) facts: &'a Recommendation,
    pub(super) id: String,
    /// Its RecommendationDrafted.
    pub(super) text: EventReference,
    /// The policy group's ConsensusReached.
    pub(super) adoption: EventReference,
}

pub(super) async fn take<'a>(world: &World<'a>) -> Result<Vec<Adopted<'a>>, Failed> {
    let facts = world.story.facts;
    let experts = meetings::open(world, EXPERTS, &facts.meetings.expert_working_group).await?;
    let drafts = together(facts.recommendations.recommendations.iter().map(|it| draft(world, it))).await?;
    let agreed = together(drafts.iter().map(|it| agree(world, &experts, it))).await?;
    meetings::close(world, &experts).await?;
    let policy = meetings::open(world, POLICY, &facts.meetings.policy_consultative_group).await?;
    let both = drafts.iter().zip(&agreed);
    let endorsed = together(both.map(|(draft, agreed)| endorse(world, &policy, draft, agreed))).await?;
    meetings::close(world, &policy).await?;
    let adopted = |(Draft { facts, id, text }, adoption)| Adopted { facts, id, text, adoption };
    Ok(drafts.into_iter().zip(endorsed).map(adopted).collect())
}

async fn draft<'a>(world: &World<'a>, it: &'a Recommendation) -> Result<Draft<'a>, Failed> {
    let facts = &world.facts().recommendations;
    let provisions: Result<_, _> = it.provisions.iter().map(|it| world.mandates.provision(it)).collect();
    let id = RecommendationId::of(&key(&it.key)).to_string();
    let request = DraftRecommendationRequest {
        recommendation_id: id.clone(),
        title: it.title.clone(),
        text: it.text.trim().to_owned(),
        pillar: it.pillar.clone(),
        provisions: provisions?,
        charter: Some(world.charter.clone()),
        ..DraftRecommendationRequest::default()
    };
    let when = then(facts.drafted_at, &facts.source);
    let label = label(&format!("recommendation/{}", it.key));
    let recorded = world.desk().ask(cast::SECRETARIAT, &label, &when, request).await?;
    Ok(Draft { facts: it, id, text: event(&recorded, "RecommendationDrafted")? })
}

async fn agree(
    world: &World<'_>,
    session: &Session<'_>,
    draft: &Draft<'_>,
) -> Result<EventReference, Failed> {
    match draft.facts.way {
        Way::Meeting => in_meeting(world, session, draft, None).await,
        Way::Silence => by_silence(world, draft).await,
    }
}

async fn endorse(
    world: &World<'_>,
    session: &Session<'_>,
    draft: &Draft<'_>,
    agreed: &EventReference,
) -> Result<EventReference, Failed> {
    in_meeting(world, session, draft, Some(agreed.clone())).await
}

/// Opened on the first day, talked about, and decided at the end. The ConsensusReached.
async fn in_meeting(
    world: &World<'_>,
    session: &Session<'_>,
    draft: &Draft<'_>,
    previous: Option<EventReference>,
) -> Result<EventReference, Failed> {
    let talk = Talk::on(session.forum, draft);
    let request = OpenConsultationRequest {
        method: Method::Consensus.into(),
        previous,
        meeting: Some(session.convened.clone()),
        ..talk.opening(world, draft)
    };
    let (desk, by) = (world.desk(), cast::SECRETARIAT);
    desk.ask(by, &talk.label("open"), &session.illustrated(1), request).await?;
    voices::positions(world, session, &talk, draft).await?;
    voices::dissent(world, session, &talk, draft).await?;
    let closed = desk.ask(by, &talk.label("close"), &session.decided(), talk.closing()).await?;
    event(&closed, "ConsensusReached")
}

/// Circulated, and adopted because nobody broke the silence. The ConsensusReached.
async fn by_silence(world: &World<'_>, draft: &Draft<'_>) -> Result<EventReference, Failed> {
    let facts = &world.facts().recommendations;
    let talk = Talk::on(EXPERTS, draft);
    let request = OpenConsultationRequest {
        method: Method::Silence.into(),
        roster: world.partners.roster()?,
        deadline: Some(wire(facts.silent_until)),
        ..talk.opening(world, draft)
    };
    let (desk, by) = (world.desk(), cast::SECRETARIAT);
    desk.ask(by, &talk.label("open"), &then(facts.silent_from, &facts.source), request).await?;
    let over = then(facts.silent_until, &facts.source);
    let closed = desk.ask(by, &talk.label("close"), &over, talk.closing()).await?;
    event(&closed, "ConsensusReached")
}

/// One consultation of one forum on one recommendation.
pub(super) struct Talk {
    pub(super) id: String,
    forum: &'static str,
    name: String,
}

impl Talk {
    fn on(forum: &'static str, draft: &Draft<'_>) -> Self {
        let name = format!("consultation/{forum}/{}", draft.facts.key);
        Self { id: ConsultationId::of(&key(&name)).to_string(), forum, name }
    }

    pub(super) fn label(&self, what: &str) -> String {
        label(&format!("{}/{what}", self.name))
    }

    pub(super) fn is_of_experts(&self) -> bool {
        self.forum == EXPERTS
    }

    fn opening(&self, world: &World<'_>, draft: &Draft<'_>) -> OpenConsultationRequest {
        let subject = consultation_subject::Subject::Recommendation(draft.text.clone());
        OpenConsultationRequest {
            consultation_id: self.id.clone(),
            charter: Some(world.charter.clone()),
            forum: self.forum.to_owned(),
            subject: Some(ConsultationSubject { subject: Some(subject) }),
            ..OpenConsultationRequest::default()
        }
    }

    fn closing(&self) -> CloseConsultationRequest {
        CloseConsultationRequest { consultation_id: self.id.clone(), ..CloseConsultationRequest::default() }
    }
}
