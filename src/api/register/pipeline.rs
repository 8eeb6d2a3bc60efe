//! Recommendations, decisions, priorities and projects as messages.
use super::shown::{Shown, event, events, money, number, period, place, seat, worded, words};
use crate::api::proto as pb;
use crate::api::trace::moment;
use crate::domain::charter::Method;
use crate::domain::consultation::{Position, Subject, Tally, Vote};
use crate::domain::id::PartnerId;
use crate::domain::money::Currency;
use crate::domain::project::{Origin, Sector, Totals};
use crate::domain::recommendation::FollowUp;
use crate::domain::scope::Scope;
use crate::views::register::Answers;
use crate::views::register::consultations::{self, Consultation, Stand};
use crate::views::register::priority::Priority;
use crate::views::register::project::{self, Project};
use crate::views::register::recommendation::{self, Recommendation};

impl Shown for Recommendation {
    type Wire = pb::Recommendation;
    fn shown(self, _: &Answers) -> pb::Recommendation {
        use recommendation::Status;
        let status = match self.status() {
            Status::Draft => pb::RecommendationStatus::Draft,
            Status::Adopted => pb::RecommendationStatus::Adopted,
            Status::Endorsed => pb::RecommendationStatus::Endorsed,
            Status::Withdrawn => pb::RecommendationStatus::Withdrawn,
        };
        let follow_up = self.follow_up.map(|it| match it {
            FollowUp::TakenUp => pb::FollowUp::TakenUp,
            FollowUp::UnderWay => pb::FollowUp::UnderWay,
            FollowUp::Implemented => pb::FollowUp::Implemented,
            FollowUp::NotTakenUp => pb::FollowUp::NotTakenUp,
        });
        pb::Recommendation {
            recommendation_id: self.id.to_string(),
            title: self.title,
            text: self.text,
            digest: worded(self.digest),
            text_reference: self.text_reference.map(event),
            pillar: worded(self.pillar),
            provisions: events(self.provisions),
            status: status.into(),
            forums: words(self.forums),
            adoptions: self.adoptions.into_iter().map(|(_, it)| event(it)).collect(),
            brackets: words(self.brackets),
            follow_up: follow_up.unwrap_or_default().into(),
            charter: self.charter.map(event),
            drafted_at: self.drafted_at.map(moment),
            entry: place(self.place),
        }
    }
}

impl Shown for Consultation {
    type Wire = pb::Consultation;
    fn shown(self, _: &Answers) -> pb::Consultation {
        use consultations::Status;
        let status = match self.status {
            Status::Open => pb::ConsultationStatus::Open,
            Status::Consensus => pb::ConsultationStatus::Consensus,
            Status::Vote => pb::ConsultationStatus::Vote,
            Status::NotAdopted => pb::ConsultationStatus::NotAdopted,
        };
        let recorded_tally = self.recorded().map(tally);
        let stands = self.stands.iter().map(|(party, it)| stand(&self, *party, it)).collect();
        pb::Consultation {
            consultation_id: self.id.to_string(),
            forum: worded(self.forum),
            method: self.rule.map(|it| method(it.method())).unwrap_or_default().into(),
            digest: self.subject.as_ref().map(|it| it.digest().to_string()).unwrap_or_default(),
            subject: self.subject.map(subject),
            subject_title: self.subject_title,
            status: status.into(),
            roster: self.roster.into_iter().map(seat).collect(),
            stands,
            recorded_tally,
            declared_tally: self.declared.map(tally),
            tally_disputed: self.disputed,
            opened_at: self.opened_at.map(moment),
            deadline: self.deadline.map(moment),
            closed_at: self.closed_at.map(moment),
            outcome: self.outcome.map(event),
            meeting: self.meeting.map(event),
            charter: self.charter.map(event),
            entry: place(self.place),
        }
    }
}

fn method(it: Method) -> pb::Method {
    match it {
        Method::Silence => pb::Method::Silence,
        Method::Consensus => pb::Method::Consensus,
        Method::Unanimity => pb::Method::Unanimity,
        Method::Majority => pb::Method::Majority,
    }
}

fn subject(it: Subject) -> pb::ConsultationSubject {
    use pb::consultation_subject::{Document, Subject as Wire};
    let subject = match it {
        Subject::Recommendation { text, .. } => Wire::Recommendation(event(text)),
        Subject::Document { symbol, title, digest } => {
            Wire::Document(Document { symbol: symbol.into(), title: title.into(), digest: digest.into() })
        }
    };
    pb::ConsultationSubject { subject: Some(subject) }
}

fn tally(it: Tally) -> pb::Tally {
    pb::Tally { yes: it.yes, no: it.no, abstain: it.abstain }
}

fn stand(consultation: &Consultation, party: PartnerId, it: &Stand) -> pb::MemberStand {
    let vote = it.vote.map(|it| match it {
        Vote::Yes => pb::Vote::Yes,
        Vote::No => pb::Vote::No,
        Vote::Abstain => pb::Vote::Abstain,
    });
    let seat = consultation.roster.iter().find(|it| it.party == party);
    pb::MemberStand {
        party_id: party.to_string(),
        name: worded(seat.map(|it| &it.name)),
        position: it.position.clone().map(position),
        objected: it.objected,
        lifted: it.lifted,
        vote: vote.unwrap_or_default().into(),
    }
}

fn position(it: Position) -> pb::Position {
    use pb::position::{Abstain, Agree, Position as Wire, Reserve};
    let position = match it {
        Position::Agree => Wire::Agree(Agree {}),
        Position::Abstain => Wire::Abstain(Abstain {}),
        Position::Reserve { paragraphs, statement } => {
            Wire::Reserve(Reserve { paragraphs: words(paragraphs), statement: statement.into() })
        }
    };
    pb::Position { position: Some(position) }
}

impl Shown for Priority {
    type Wire = pb::Priority;
    const COUNTED: bool = true;
    fn shown(self, answers: &Answers) -> pb::Priority {
        let projects = self.reference.as_ref().map_or(0, |it| answers.of_priority(it.event_id));
        pb::Priority {
            priority_id: self.id.to_string(),
            list_id: self.list_id.to_string(),
            list: self.list,
            title: self.title,
            rank: self.rank,
            scope: self.scope.map(scope),
            needs: self.needs.map(money),
            retired: self.retired,
            reference: self.reference.map(event),
            adoption: self.adoption.map(event),
            recommendation_id: self.recommendation.to_string(),
            projects: number(projects),
            charter: self.charter.map(event),
            entry: place(self.place),
        }
    }
}

fn scope(it: Scope) -> pb::Scope {
    pb::Scope {
        pillar: it.pillar.into(),
        routes: words(it.routes),
        countries: words(it.countries),
        period: Some(period(it.period)),
    }
}

impl Shown for Project {
    type Wire = pb::Project;
    fn shown(self, _: &Answers) -> pb::Project {
        use project::Status;
        let status = match self.status() {
            Status::Proposed => pb::ProjectStatus::Proposed,
            Status::Approved => pb::ProjectStatus::Approved,
            Status::Suspended => pb::ProjectStatus::Suspended,
            Status::Completed => pb::ProjectStatus::Completed,
            Status::Cancelled => pb::ProjectStatus::Cancelled,
            Status::Rejected => pb::ProjectStatus::Rejected,
        };
        pb::Project {
            project_id: self.id.to_string(),
            code: self.code,
            title: self.title,
            summary: self.summary,
            status: status.into(),
            stage: self.stage,
            priorities: events(self.priorities),
            provisions: events(self.provisions),
            countries: words(self.countries),
            period: self.period.map(period),
            budget: self.budget.map(money),
            funding: self.ledger.totals().into_iter().map(funding).collect(),
            funded: self.funded,
            donors: words(self.donors),
            sectors: self.sectors.into_iter().map(sector).collect(),
            charter: self.charter.map(event),
            parent: self.parent.map(event),
            origin: self.origin.map(origin),
            proposed_at: self.proposed_at.map(moment),
            approved_at: self.approved_at.map(moment),
            entry: place(self.place),
        }
    }
}

fn funding((currency, totals): (Currency, Totals)) -> pb::FundingLine {
    pb::FundingLine {
        currency: currency.to_string(),
        pledged_minor: minor(totals.pledged),
        committed_minor: minor(totals.committed),
        received_minor: minor(totals.received),
        disbursed_minor: minor(totals.disbursed),
        spent_minor: minor(totals.spent),
    }
}

/// A sum as the wire has it. No sum of amounts that exist is beyond it.
fn minor(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

fn sector(it: Sector) -> pb::Sector {
    pb::Sector { code: it.code.into(), percent: it.percent.into() }
}

fn origin(it: Origin) -> pb::Origin {
    pb::Origin { source: it.source.into(), external_id: it.external_id.into() }
}
