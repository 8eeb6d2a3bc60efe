//! What members say: positions, objections, and taking them back.
use super::state::{Objection, Run};
use super::{Event, Position, Rejection};
use crate::domain::citation::Reference;
use crate::domain::fact::{Capacity, EditionFact, ParagraphFact, PartnerFact};
use crate::domain::id::PartnerId;
use crate::domain::meeting::Seat;
use crate::domain::text::{Prose, Slug};
use crate::domain::{Given, Unvouched, Vouched};

/// The latest position of a member holds; the same one again changes nothing.
pub(super) fn position(
    run: &Run,
    party: PartnerId,
    position: Position,
    given: &Given,
) -> Result<Vec<Event>, Rejection> {
    let seat = entitled(run, party, given)?;
    still_silent(run, given)?;
    if run.objections.contains_key(&party) {
        return Err(Rejection::ObjectionStands { name: seat.name.clone() });
    }
    let same = run.positions.get(&party) == Some(&position);
    Ok(if same { Vec::new() } else { vec![Event::PositionTaken { party, position }] })
}

/// An objection at the very instant of the deadline counts. Later, or after the close, it is recorded as what
/// was said, and decides nothing, whoever says it.
pub(super) fn object(
    run: &Run,
    party: PartnerId,
    reason: Prose,
    conditional_on: Vec<Slug>,
    given: &Given,
) -> Result<Vec<Event>, Rejection> {
    if run.closed || still_silent(run, given).is_err() {
        return Ok(vec![Event::StatementRecorded { party, statement: reason }]);
    }
    entitled(run, party, given)?;
    if run.vote.is_some() {
        return Err(Rejection::VotingBegan);
    }
    if !conditional_on.is_empty() && run.subject.recommendation().is_none() {
        return Err(Rejection::ConditionsOnDocument);
    }
    let objection = Objection { reason, conditional_on };
    if run.objections.get(&party) == Some(&objection) {
        return Ok(Vec::new());
    }
    let Objection { reason, conditional_on } = objection;
    Ok(vec![Event::ObjectionRaised { party, reason, conditional_on }])
}

/// A partner that left may still lift: nobody else could, and a lifted objection is not a new position. What
/// was unlifted when silence ended stays unlifted.
pub(super) fn lift(
    run: &Run,
    party: PartnerId,
    agreed: &[Reference],
    given: &Given,
) -> Result<Vec<Event>, Rejection> {
    let seat = member(run, party)?;
    speaks_for(party, given)?;
    still_silent(run, given)?;
    let Some(objection) = run.objections.get(&party) else {
        return Err(Rejection::NotObjecting { name: seat.name.clone() });
    };
    let paragraphs = given.all_cited::<ParagraphFact>(agreed)?;
    for paragraph in paragraphs.iter().map(|it| &it.fact) {
        let ParagraphFact { recommendation, paragraph, agreed } = paragraph.clone();
        if run.subject.recommendation() != Some(recommendation) {
            return Err(Rejection::ParagraphOfAnotherRecommendation { paragraph });
        }
        if !agreed {
            return Err(Rejection::ParagraphNotAgreed { paragraph });
        }
    }
    let met = |it: &&Slug| !paragraphs.iter().any(|paragraph| paragraph.fact.paragraph == **it);
    if let Some(open) = objection.conditional_on.iter().find(met) {
        return Err(Rejection::ConditionNotMet { paragraph: open.clone() });
    }
    let agreed = paragraphs.into_iter().map(|it| it.citation).collect();
    Ok(vec![Event::ObjectionLifted { party, agreed }])
}

/// Where the forum's law asks for it, a member signs what it decides; what it decided before there was that law is
/// taken from documents. What a signature vouches for is this member's
/// word on this text, and nothing else.
pub(super) fn vouched(run: &Run, party: PartnerId, given: &Given) -> Result<(), Rejection> {
    match &given.vouched {
        Vouched::Word if run.forum.signed => Err(Unvouched::SignatureMissing.into()),
        Vouched::Source if run.forum.signed => {
            let edition = given.cited::<EditionFact>(&run.charter.reference())?;
            Ok(Unvouched::by_document(given.at, edition.fact.since)?)
        }
        Vouched::Word | Vouched::Source => Ok(()),
        Vouched::Signature { party: signer, .. } if *signer != party => {
            Err(Unvouched::SignedByAnother.into())
        }
        Vouched::Signature { text, .. } if text.as_ref() != Some(run.subject.digest()) => {
            Err(Unvouched::SignedForAnotherText { text: run.subject.digest().clone() }.into())
        }
        Vouched::Signature { .. } => Ok(()),
    }
}

/// A member of the roster, as it was drawn up. Observers and parties that came later have no standing.
pub(super) fn member(run: &Run, party: PartnerId) -> Result<&Seat, Rejection> {
    let seat = run.roster.iter().find(|it| it.party == party && it.capacity == Capacity::Member);
    seat.ok_or(Rejection::NoStanding { party })
}

/// A member of the roster who is a member still.
pub(super) fn entitled<'a>(run: &'a Run, party: PartnerId, given: &Given) -> Result<&'a Seat, Rejection> {
    let seat = member(run, party)?;
    speaks_for(party, given)?;
    let Some(admission) = &seat.partner else {
        return Ok(seat);
    };
    let now = given.cited::<PartnerFact>(&admission.reference())?.fact.capacity;
    if now == Some(Capacity::Member) {
        return Ok(seat);
    }
    Err(Rejection::MemberNoLonger { name: seat.name.clone() })
}

/// Whoever says for whom they act says nothing in another party's name.
fn speaks_for(party: PartnerId, given: &Given) -> Result<(), Rejection> {
    match given.on_behalf_of.filter(|it| *it != party) {
        Some(on_behalf_of) => Err(Rejection::SpeaksForAnother { party, on_behalf_of }),
        None => Ok(()),
    }
}

/// Where silence decides, nothing counts that is said after its end.
pub(super) fn still_silent(run: &Run, given: &Given) -> Result<(), Rejection> {
    match run.silent() {
        Some(deadline) if given.at > deadline => Err(Rejection::SilenceOver { deadline }),
        Some(_) | None => Ok(()),
    }
}
