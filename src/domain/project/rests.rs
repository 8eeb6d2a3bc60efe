//! What a project's events rest on: the edges at the near end of every trace.
use super::Event;
use crate::domain::citation::Citation;
use crate::domain::{Edge, Rests};

impl Rests for Event {
    fn rests_on(&self) -> Vec<(Edge, &Citation)> {
        rests_on(self)
    }
}

fn rests_on(event: &Event) -> Vec<(Edge, &Citation)> {
    match event {
        Event::ProjectProposed { charter, priorities, parent, proposed_for, .. } => {
            let mut edges = vec![(Edge::Charter, charter)];
            edges.extend(priorities.iter().map(|it| (Edge::Priority, it)));
            edges.extend(parent.iter().map(|it| (Edge::Parent, it)));
            edges.extend(proposed_for.iter().map(|it| (Edge::Partner, it)));
            edges
        }
        Event::PriorityCited { priority } => vec![(Edge::Priority, priority)],
        Event::ProvisionCited { provision, whole_document, .. } => {
            vec![(if *whole_document { Edge::Document } else { Edge::Provision }, provision)]
        }
        Event::ReviewRecorded { partner, .. } => partner.iter().map(|it| (Edge::Partner, it)).collect(),
        Event::ProjectApproved { admission, .. } => vec![(Edge::Partner, admission)],
        Event::FundsPledged { donor, .. } | Event::FundsReceived { donor, .. } => {
            donor.partner.iter().map(|it| (Edge::Partner, it)).collect()
        }
        Event::FundsCommitted { donor, under, .. } => {
            let donor = donor.partner.iter().map(|it| (Edge::Partner, it));
            [(Edge::Stage, under)].into_iter().chain(donor).collect()
        }
        Event::StageEntered { tasks, .. } | Event::ProjectCompleted { tasks } => {
            tasks.iter().map(|it| (Edge::Evidence, it)).collect()
        }
        Event::IndicatorDefined { provision, .. } => {
            provision.iter().map(|it| (Edge::Provision, it)).collect()
        }
        Event::ResultReported { evidence, .. } => evidence.iter().map(|it| (Edge::Evidence, it)).collect(),
        Event::LawAmended { charter, .. } => vec![(Edge::Charter, charter)],
        Event::CitationRevoked { .. }
        | Event::DocumentAttached { .. }
        | Event::ProjectRejected { .. }
        | Event::ProjectFunded { .. }
        | Event::FundsReduced { .. }
        | Event::FundsWithdrawn { .. }
        | Event::FundsDisbursed { .. }
        | Event::ExpenditureRecorded { .. }
        | Event::TransactionReversed { .. }
        | Event::ProjectSuspended { .. }
        | Event::ProjectResumed { .. }
        | Event::ProjectCancelled { .. }
        | Event::BudgetRevised { .. }
        | Event::ScopeRevised { .. }
        | Event::TargetSet { .. }
        | Event::ResultVerified { .. }
        | Event::StageExpired { .. }
        | Event::ReportFellDue { .. }
        | Event::CitationFlagged { .. }
        | Event::GateExamined { .. } => Vec::new(),
    }
}
