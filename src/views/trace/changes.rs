//! What becomes of the steps of a trace: superseded, retained, withdrawn, retired, reserved on, disputed.
use super::rows::{Change, Result, Rows};
use crate::codec::AnyEvent;
use crate::domain::consultation;
use crate::domain::consultation::{Reservation, Tally};
use crate::domain::mandate;
use crate::domain::priority;
use crate::domain::recommendation;

/// Keeps what the event changes about others, or was decided with.
pub(super) fn note(rows: &Rows<'_>, event: &AnyEvent) -> Result<()> {
    match event {
        AnyEvent::Mandate(event) => mandate(rows, event),
        AnyEvent::Recommendation(event) => recommendation(rows, event),
        AnyEvent::Consultation(event) => consultation(rows, event),
        AnyEvent::Priority(event) => priority(rows, event),
        AnyEvent::Partner(_)
        | AnyEvent::Evidence(_)
        | AnyEvent::Charter(_)
        | AnyEvent::Meeting(_)
        | AnyEvent::Project(_)
        | AnyEvent::Task(_)
        | AnyEvent::Redaction(_) => Ok(()),
    }
}

fn mandate(rows: &Rows<'_>, event: &mandate::Event) -> Result<()> {
    match event {
        mandate::Event::MandateSuperseded { by, symbol } => {
            let change =
                Change { what: "superseded", who: &format!("{symbol} ({by})"), reason: symbol.as_str() };
            rows.change(0, 0, &change)
        }
        mandate::Event::CitationRetained { citing, reason, .. } => {
            let change = Change { what: "retained", who: citing.as_str(), reason: reason.as_str() };
            rows.change(0, 0, &change)
        }
        mandate::Event::MandateRecorded { .. }
        | mandate::Event::TextVersionRecorded { .. }
        | mandate::Event::ProvisionDefined { .. }
        | mandate::Event::ProvisionsLinked { .. } => Ok(()),
    }
}

fn recommendation(rows: &Rows<'_>, event: &recommendation::Event) -> Result<()> {
    match event {
        recommendation::Event::RecommendationWithdrawn { reason, .. } => {
            rows.change(0, 0, &Change { what: "withdrawn", who: "", reason: reason.as_str() })
        }
        recommendation::Event::RecommendationDrafted { .. }
        | recommendation::Event::TextRevised { .. }
        | recommendation::Event::ParagraphBracketed { .. }
        | recommendation::Event::ParagraphAgreed { .. }
        | recommendation::Event::FollowUpReported { .. }
        | recommendation::Event::RecommendationEndorsed { .. }
        | recommendation::Event::RecommendationAnswered { .. } => Ok(()),
    }
}

fn priority(rows: &Rows<'_>, event: &priority::Event) -> Result<()> {
    match event {
        priority::Event::PriorityRetired { priority, reason } => match rows.begun(priority.0)? {
            Some(node) => rows.change(node, 0, &Change { what: "retired", who: "", reason: reason.as_str() }),
            None => Ok(()),
        },
        priority::Event::PrioritySet { .. }
        | priority::Event::PriorityReranked { .. }
        | priority::Event::PriorityRevised { .. }
        | priority::Event::ReviewFellDue { .. } => Ok(()),
    }
}

fn consultation(rows: &Rows<'_>, event: &consultation::Event) -> Result<()> {
    match event {
        consultation::Event::ConsensusReached { reservations, .. } => reserved(rows, reservations),
        consultation::Event::AdoptedByVote { reservations, recorded, disputed, .. } => {
            reserved(rows, reservations)?;
            disputed.as_ref().map_or(Ok(()), |declared| dispute(rows, reservations.len(), recorded, declared))
        }
        consultation::Event::ConsultationOpened { .. }
        | consultation::Event::PositionTaken { .. }
        | consultation::Event::ObjectionRaised { .. }
        | consultation::Event::ObjectionLifted { .. }
        | consultation::Event::TextRevised { .. }
        | consultation::Event::DeadlineExtended { .. }
        | consultation::Event::VoteRequested { .. }
        | consultation::Event::VoteCast { .. }
        | consultation::Event::VoteCorrected { .. }
        | consultation::Event::TallyDeclared { .. }
        | consultation::Event::TallyDisputed { .. }
        | consultation::Event::ConsensusNotReached { .. }
        | consultation::Event::StatementRecorded { .. } => Ok(()),
    }
}

fn reserved(rows: &Rows<'_>, reservations: &[Reservation]) -> Result<()> {
    for (n, it) in reservations.iter().enumerate() {
        let stream = crate::domain::citation::StreamName::new("partner", it.party.0);
        let mut who = rows.title_of(stream.as_str(), 0)?;
        if who.is_empty() {
            who = it.party.to_string();
        }
        let paragraphs: Vec<&str> = it.paragraphs.iter().map(|it| it.as_str()).collect();
        let on = match paragraphs.as_slice() {
            [] => "the whole text".to_owned(),
            some => format!("para. {}", some.join(", ")),
        };
        let reason = format!("{on}: {}", it.statement);
        rows.change(rows.revision(), n, &Change { what: "reserved", who: &who, reason: &reason })?;
    }
    Ok(())
}

fn dispute(rows: &Rows<'_>, n: usize, recorded: &Tally, declared: &Tally) -> Result<()> {
    let (recorded, declared) = (figures(recorded), figures(declared));
    let reason = format!("the chair declared {declared} and the recorded names add up to {recorded}");
    rows.change(rows.revision(), n, &Change { what: "disputed", who: "", reason: &reason })
}

/// Yes, no, abstaining.
pub(super) fn figures(tally: &Tally) -> String {
    format!("{}-{}-{}", tally.yes, tally.no, tally.abstain)
}
