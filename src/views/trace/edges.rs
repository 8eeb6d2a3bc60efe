//! Which citations lead down to provisions, and from which event.
use super::rows::{Result, Rows};
use crate::codec::AnyEvent;
use crate::domain::Edge;
use crate::domain::consultation;
use crate::domain::mandate;
use crate::domain::priority;
use crate::domain::project;
use crate::domain::recommendation;
use crate::log::Record;

/// Frequent events of projects and consultations that rest on nothing and change nothing in a trace: they are
/// not even read.
const QUIET: &[(&str, &[&str])] = &[
    (
        "project",
        &[
            "FundsDisbursed",
            "ExpenditureRecorded",
            "FundsReduced",
            "FundsWithdrawn",
            "ProjectFunded",
            "TargetSet",
            "ResultVerified",
            "DocumentAttached",
        ],
    ),
    ("consultation", &["PositionTaken", "ObjectionRaised", "VoteCast", "VoteCorrected", "StatementRecorded"]),
    ("task", &["TaskClaimed", "LeaseExtended", "TaskFailed"]),
];

/// Whether the event cannot matter to any trace, by its type alone.
pub(super) fn is_quiet(record: &Record) -> bool {
    let kind = record.stream.split_once('-').map_or("", |(kind, _)| kind);
    QUIET.iter().any(|(of, types)| *of == kind && types.contains(&&*record.kind))
}

/// Keeps what the event rests on, and ends what it revokes.
pub(super) fn connect(rows: &Rows<'_>, event: &AnyEvent) -> Result<()> {
    if let AnyEvent::Project(event) = event {
        money(rows, event)?;
    }
    let rests_on = event.rests_on();
    if rests_on.is_empty() {
        return Ok(());
    }
    let node = node(rows, event)?;
    for (n, (role, to)) in rests_on.into_iter().enumerate() {
        // Committed money has a row of its own that says under which stage.
        if role != Edge::Stage {
            rows.edge(is_chain(event, role), node, n, (role, to))?;
        }
    }
    Ok(())
}

fn money(rows: &Rows<'_>, event: &project::Event) -> Result<()> {
    if let project::Event::CitationRevoked { cited, .. } = event {
        return rows.revoke(cited);
    }
    if let project::Event::FundsCommitted { movement, under, .. } = event {
        return rows.commitment(movement.transaction, &movement.value_date.to_string(), under);
    }
    if let project::Event::TransactionReversed { of, .. } = event {
        return rows.reverse(*of);
    }
    Ok(())
}

/// The revision of the event whose citation it is: a project's citations are its proposal's, a link is its
/// provision's, any other the event's own.
fn node(rows: &Rows<'_>, event: &AnyEvent) -> Result<i64> {
    match event {
        AnyEvent::Project(_) => Ok(0),
        AnyEvent::Mandate(mandate::Event::ProvisionsLinked { provision, .. }) => {
            Ok(rows.begun(provision.0)?.unwrap_or_else(|| rows.revision()))
        }
        AnyEvent::Mandate(_)
        | AnyEvent::Partner(_)
        | AnyEvent::Evidence(_)
        | AnyEvent::Charter(_)
        | AnyEvent::Meeting(_)
        | AnyEvent::Recommendation(_)
        | AnyEvent::Consultation(_)
        | AnyEvent::Priority(_)
        | AnyEvent::Task(_)
        | AnyEvent::Redaction(_) => Ok(rows.revision()),
    }
}

/// Whether the citation is a step down to provisions. An indicator's provision says what is measured, and a
/// follow-up's project what came after: neither carries the project.
fn is_chain(event: &AnyEvent, role: Edge) -> bool {
    match event {
        AnyEvent::Project(event) => {
            let cites = matches!(
                event,
                project::Event::ProjectProposed { .. }
                    | project::Event::PriorityCited { .. }
                    | project::Event::ProvisionCited { .. }
            );
            cites && matches!(role, Edge::Priority | Edge::Provision | Edge::Document)
        }
        AnyEvent::Priority(event) => {
            matches!(event, priority::Event::PrioritySet { .. }) && role == Edge::Adoption
        }
        AnyEvent::Consultation(event) => {
            let adopts = matches!(
                event,
                consultation::Event::ConsensusReached { .. } | consultation::Event::AdoptedByVote { .. }
            );
            adopts && matches!(role, Edge::Text | Edge::Previous)
        }
        AnyEvent::Recommendation(event) => {
            let has_text = matches!(
                event,
                recommendation::Event::RecommendationDrafted { .. }
                    | recommendation::Event::TextRevised { .. }
            );
            has_text && role == Edge::Provision
        }
        AnyEvent::Mandate(_) => role == Edge::Link,
        AnyEvent::Partner(_)
        | AnyEvent::Evidence(_)
        | AnyEvent::Charter(_)
        | AnyEvent::Meeting(_)
        | AnyEvent::Task(_)
        | AnyEvent::Redaction(_) => false,
    }
}
