//! Requests about consultations.
use super::Form;
use super::shared::{reference, seat};
use crate::api::proto as pb;
use crate::domain::charter::Method;
use crate::domain::consultation::{Command, Consultation, Position, SubjectAsked, Tally, Vote};
use crate::domain::id::ConsultationId;

asked! {
    Consultation by consultation_id;
    OpenConsultation = OpenConsultationRequest opens consultation: ConsultationId {
        charter: part(reference), forum: text, method: optional_choice(method), subject: part(subject),
        previous: optional_part(reference), meeting: optional_part(reference), roster: each(seat),
        deadline: optional_moment,
    }
    TakePosition = TakePositionRequest { party <- party_id: text, position: part(position) }
    Object = ObjectRequest { party <- party_id: text, reason: text, conditional_on: texts }
    LiftObjection = LiftObjectionRequest { party <- party_id: text, agreed: each(reference) }
    ReviseText = ConsultationServiceReviseTextRequest { subject: part(subject), deadline: optional_moment }
    ExtendDeadline = ExtendDeadlineRequest { deadline: moment }
    RequestVote = RequestVoteRequest { party <- party_id: text }
    CastVote = CastVoteRequest { party <- party_id: text, vote: choice(vote) }
    CorrectVote = CorrectVoteRequest { party <- party_id: text, vote: choice(vote) }
    DeclareTally = DeclareTallyRequest { declared: part(tally) }
    CloseConsultation = CloseConsultationRequest {}
    RecordStatement = RecordStatementRequest { party <- party_id: text, statement: text }
}

fn subject(form: &mut Form, it: pb::ConsultationSubject) -> Option<SubjectAsked> {
    match it.subject {
        Some(pb::consultation_subject::Subject::Recommendation(it)) => {
            form.part("recommendation", Some(it), reference).map(SubjectAsked::Recommendation)
        }
        Some(pb::consultation_subject::Subject::Document(it)) => form.part("document", Some(it), document),
        None => form.refuse("", "must be a recommendation's text or a document"),
    }
}

fn document(form: &mut Form, it: pb::consultation_subject::Document) -> Option<SubjectAsked> {
    let symbol = form.text("symbol", it.symbol);
    let title = form.text("title", it.title);
    let digest = form.text("digest", it.digest);
    Some(SubjectAsked::Document { symbol: symbol?, title: title?, digest: digest? })
}

fn position(form: &mut Form, it: pb::Position) -> Option<Position> {
    match it.position {
        Some(pb::position::Position::Agree(_)) => Some(Position::Agree),
        Some(pb::position::Position::Abstain(_)) => Some(Position::Abstain),
        Some(pb::position::Position::Reserve(it)) => form.part("reserve", Some(it), reserve),
        None => form.refuse("", "must be to agree, abstain or reserve"),
    }
}

fn reserve(form: &mut Form, it: pb::position::Reserve) -> Option<Position> {
    let paragraphs = form.texts("paragraphs", it.paragraphs);
    let statement = form.text("statement", it.statement);
    Some(Position::Reserve { paragraphs: paragraphs?, statement: statement? })
}

fn method(it: pb::Method) -> Option<Method> {
    match it {
        pb::Method::Unspecified => None,
        pb::Method::Silence => Some(Method::Silence),
        pb::Method::Consensus => Some(Method::Consensus),
        pb::Method::Unanimity => Some(Method::Unanimity),
        pb::Method::Majority => Some(Method::Majority),
    }
}

fn vote(it: pb::Vote) -> Option<Vote> {
    match it {
        pb::Vote::Unspecified => None,
        pb::Vote::Yes => Some(Vote::Yes),
        pb::Vote::No => Some(Vote::No),
        pb::Vote::Abstain => Some(Vote::Abstain),
    }
}

fn tally(_: &mut Form, it: pb::Tally) -> Option<Tally> {
    Some(Tally { yes: it.yes, no: it.no, abstain: it.abstain })
}
