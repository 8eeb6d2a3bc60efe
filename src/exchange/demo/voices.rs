//! What members say on a text. All of it is illustration, and says so.
use super::decisions::{Draft, Talk};
use super::facts::{Conflict, Dissent};
use super::meetings::Session;
use super::{Failed, World, cast, event};
use crate::api::proto::*;

/// How many of those who certainly came say yes in so many words; the others are silent, which is consensus too.
const SPEAKERS: usize = 3;

pub(super) async fn positions(
    world: &World<'_>,
    session: &Session<'_>,
    talk: &Talk,
    draft: &Draft<'_>,
) -> Result<(), Failed> {
    let dissenter = draft.facts.conflict.as_ref().map(|it| it.party.as_str());
    let others = session.facts.certain.iter().filter(|it| Some(it.as_str()) != dissenter);
    for code in others.take(SPEAKERS) {
        position(world, session, talk, code, position::Position::Agree(position::Agree {})).await?;
    }
    Ok(())
}

async fn position(
    world: &World<'_>,
    session: &Session<'_>,
    talk: &Talk,
    code: &str,
    position: position::Position,
) -> Result<(), Failed> {
    let request = TakePositionRequest {
        consultation_id: talk.id.clone(),
        party_id: world.partners.of(code)?.id.clone(),
        position: Some(Position { position: Some(position) }),
        ..TakePositionRequest::default()
    };
    let label = talk.label(&format!("position/{code}"));
    world.desk().ask(&cast::delegate(code), &label, &session.illustrated(2), request).await.map(|_| ())
}

/// Experts object, and lift their objection once the paragraph is agreed; the policy group bears a reservation.
pub(super) async fn dissent(
    world: &World<'_>,
    session: &Session<'_>,
    talk: &Talk,
    draft: &Draft<'_>,
) -> Result<(), Failed> {
    match &draft.facts.conflict {
        Some(it) if it.kind == Dissent::Objection && talk.is_of_experts() => {
            package(world, session, talk, draft, it).await
        }
        Some(it) if it.kind == Dissent::Reservation && !talk.is_of_experts() => {
            let reserve =
                position::Reserve { paragraphs: vec![it.paragraph.clone()], statement: it.words.clone() };
            position(world, session, talk, &it.party, position::Position::Reserve(reserve)).await
        }
        Some(_) | None => Ok(()),
    }
}

/// A package deal: the objection stands until the bracketed paragraph is agreed.
async fn package(
    world: &World<'_>,
    session: &Session<'_>,
    talk: &Talk,
    draft: &Draft<'_>,
    it: &Conflict,
) -> Result<(), Failed> {
    let (desk, party) = (world.desk(), world.partners.of(&it.party)?);
    let bracket = BracketParagraphRequest {
        recommendation_id: draft.id.clone(),
        paragraph: it.paragraph.clone(),
        reason: it.words.clone(),
        ..BracketParagraphRequest::default()
    };
    let (secretariat, delegate) = (cast::SECRETARIAT, cast::delegate(&it.party));
    desk.ask(secretariat, &talk.label("bracket"), &session.illustrated(3), bracket).await?;
    let object = ObjectRequest {
        consultation_id: talk.id.clone(),
        party_id: party.id.clone(),
        reason: it.words.clone(),
        conditional_on: vec![it.paragraph.clone()],
        ..ObjectRequest::default()
    };
    desk.ask(&delegate, &talk.label("object"), &session.illustrated(3), object).await?;
    let agree = AgreeParagraphRequest {
        recommendation_id: draft.id.clone(),
        paragraph: it.paragraph.clone(),
        ..AgreeParagraphRequest::default()
    };
    let agreed = desk.ask(secretariat, &talk.label("agree"), &session.illustrated(24), agree).await?;
    let lift = LiftObjectionRequest {
        consultation_id: talk.id.clone(),
        party_id: party.id.clone(),
        agreed: vec![event(&agreed, "ParagraphAgreed")?],
        ..LiftObjectionRequest::default()
    };
    desk.ask(&delegate, &talk.label("lift"), &session.illustrated(25), lift).await.map(|_| ())
}
