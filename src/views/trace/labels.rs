//! What the events that can be a step of a trace are called.
use super::changes::figures;
use super::rows::{Label, Result, Rows};
use crate::codec::AnyEvent;
use crate::domain::charter;
use crate::domain::consultation;
use crate::domain::consultation::Subject;
use crate::domain::evidence;
use crate::domain::mandate;
use crate::domain::meeting;
use crate::domain::partner;
use crate::domain::priority;
use crate::domain::project;
use crate::domain::recommendation;
use crate::domain::task;

/// Keeps the event's title and details, when it can be a step.
pub(super) fn label(rows: &Rows<'_>, event: &AnyEvent) -> Result<()> {
    match event {
        AnyEvent::Mandate(event) => mandate(rows, event),
        AnyEvent::Recommendation(event) => recommendation(rows, event),
        AnyEvent::Consultation(event) => consultation(rows, event),
        AnyEvent::Priority(event) => priority(rows, event),
        AnyEvent::Project(event) => project(rows, event),
        AnyEvent::Partner(_)
        | AnyEvent::Evidence(_)
        | AnyEvent::Charter(_)
        | AnyEvent::Meeting(_)
        | AnyEvent::Task(_)
        | AnyEvent::Redaction(_) => beside(rows, event),
    }
}

fn titled(title: impl Into<String>) -> Label {
    Label { title: title.into(), ..Label::default() }
}

fn mandate(rows: &Rows<'_>, event: &mandate::Event) -> Result<()> {
    if let mandate::Event::MandateRecorded { symbol, title, instrument, organ, adopted_on } = event {
        let details = vec![title.to_string(), format!("{instrument}, adopted {adopted_on}")];
        let decider = organ.as_ref().map(ToString::to_string).unwrap_or_default();
        return rows.event(&Label { title: symbol.to_string(), details, decider, thing: None });
    }
    if let mandate::Event::ProvisionDefined { provision, version, locator, subject, force } = event {
        let title = format!("{}, {locator}", rows.first_title()?);
        let details = vec![subject.to_string(), format!("{force}, text {version}")];
        return rows.event(&Label { title, details, thing: Some(provision.0), ..Label::default() });
    }
    Ok(())
}

fn recommendation(rows: &Rows<'_>, event: &recommendation::Event) -> Result<()> {
    if let recommendation::Event::RecommendationDrafted { title, digest, pillar, .. } = event {
        let details = vec![format!("pillar {pillar}"), format!("text sha-256 {digest}")];
        return rows.event(&Label { details, ..titled(title.as_str()) });
    }
    if let recommendation::Event::TextRevised { digest, .. } = event {
        let details = vec![format!("text sha-256 {digest}")];
        return rows.event(&Label { details, ..titled(rows.first_title()?) });
    }
    Ok(())
}

fn consultation(rows: &Rows<'_>, event: &consultation::Event) -> Result<()> {
    match event {
        consultation::Event::ConsultationOpened { forum, roster, .. } => {
            let details = vec![format!("{} seats", roster.len())];
            rows.event(&Label { details, decider: forum.title.to_string(), ..titled(forum.title.as_str()) })
        }
        consultation::Event::ConsensusReached { rule, subject, reservations, .. } => {
            let how = format!("adopted by {}", rule.method());
            adopted(rows, how, subject, reservations)
        }
        consultation::Event::AdoptedByVote { recorded, subject, reservations, .. } => {
            let how = format!("adopted by vote, {} (yes-no-abstaining)", figures(recorded));
            adopted(rows, how, subject, reservations)
        }
        consultation::Event::PositionTaken { .. }
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

fn adopted(
    rows: &Rows<'_>,
    how: String,
    subject: &Subject,
    reservations: &[consultation::Reservation],
) -> Result<()> {
    let forum = rows.first_title()?;
    let mut details = vec![format!("text sha-256 {}", subject.digest())];
    if let Subject::Document { symbol, title, .. } = subject {
        details.push(format!("document {symbol}: {title}"));
    }
    if !reservations.is_empty() {
        details.push(format!("reservations: {}", reservations.len()));
    }
    rows.event(&Label { title: format!("{forum}: {how}"), details, decider: forum, thing: None })
}

fn priority(rows: &Rows<'_>, event: &priority::Event) -> Result<()> {
    match event {
        priority::Event::PrioritySet { priority, list, set_by, title, rank, .. } => {
            let decider = rows.title_of(set_by.stream.as_str(), 0)?;
            let details = vec![format!("list {list}, place {rank}")];
            rows.event(&Label { details, decider, thing: Some(priority.0), ..titled(title.as_str()) })
        }
        priority::Event::PriorityReranked { .. }
        | priority::Event::PriorityRevised { .. }
        | priority::Event::ReviewFellDue { .. }
        | priority::Event::PriorityRetired { .. } => Ok(()),
    }
}

fn project(rows: &Rows<'_>, event: &project::Event) -> Result<()> {
    if let project::Event::ProjectProposed { code, title, .. } = event {
        let details = code.iter().map(|it| format!("code {it}")).collect();
        return rows.event(&Label { details, ..titled(title.as_str()) });
    }
    if let project::Event::ProvisionCited { reason, decided_by, .. } = event {
        let decider = decided_by.to_string();
        let details = vec![reason.to_string()];
        return rows.event(&Label { details, decider, ..titled("cited without a priority") });
    }
    if let project::Event::StageEntered { stage, .. } = event {
        return rows.event(&titled(format!("stage {stage}")));
    }
    Ok(())
}

/// What is shown beside the chain.
fn beside(rows: &Rows<'_>, event: &AnyEvent) -> Result<()> {
    if let AnyEvent::Partner(
        partner::Event::PartnerAdmitted { name, .. } | partner::Event::ObserverStatusGranted { name, .. },
    ) = event
    {
        return rows.event(&titled(name.as_str()));
    }
    if let AnyEvent::Evidence(evidence::Event::EvidenceSubmitted { title, .. }) = event {
        return rows.event(&titled(title.as_str()));
    }
    if let AnyEvent::Charter(charter::Event::CharterPublished { edition, law, digest, .. }) = event {
        let details = vec![format!("text sha-256 {digest}")];
        return rows.event(&Label { details, ..titled(format!("{}, edition {edition}", law.title)) });
    }
    if let AnyEvent::Meeting(meeting::Event::MeetingConvened { title, .. }) = event {
        return rows.event(&titled(title.as_str()));
    }
    if let AnyEvent::Task(task::Event::TaskOpened { title, .. }) = event {
        return rows.event(&titled(title.as_str()));
    }
    if let AnyEvent::Task(task::Event::TaskCompleted { outcome, .. }) = event {
        let details = vec![outcome.to_string()];
        return rows.event(&Label { details, ..titled(rows.first_title()?) });
    }
    Ok(())
}
