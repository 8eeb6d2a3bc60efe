//! The rules of a project, one arm per command; each is written where its subject is.
use super::state::{Extent, Proposal};
use super::{
    Command, DonorAsked, Event, Project, Rejection, amend, citations, funds, noted, propose, results, review,
    stages,
};
use crate::domain::Given;
use crate::domain::citation::{Citation, Reference};

pub(super) fn cites(project: &Project, command: &Command) -> Vec<Reference> {
    match command {
        Command::ProposeProject { charter, priorities, parent, proposed_for, .. } => {
            let all = [charter].into_iter().chain(priorities).chain(parent).chain(proposed_for);
            all.cloned().collect()
        }
        Command::FlagCitation { cited }
        | Command::CitePriority { priority: cited }
        | Command::CiteProvision { provision: cited, .. }
        | Command::AmendLaw { charter: cited, .. } => vec![cited.clone()],
        Command::RecordReview { partner, .. } => {
            let edition = project.charter().map(Citation::reference);
            partner.iter().cloned().chain(edition).collect()
        }
        Command::DefineIndicator { provision: cited, .. }
        | Command::ReportResult { evidence: cited, .. }
        | Command::PledgeFunds { donor: DonorAsked { partner: cited, .. }, .. }
        | Command::ReceiveFunds { donor: DonorAsked { partner: cited, .. }, .. } => {
            cited.iter().cloned().collect()
        }
        Command::CommitFunds { donor, .. } => {
            let signed = project.proposal.as_ref().filter(|it| it.law.funding.signed);
            let law = signed.map(|it| it.charter.reference());
            donor.partner.iter().cloned().chain(project.stage_reference()).chain(law).collect()
        }
        Command::ApproveProject { partner, .. } => {
            [partner.clone()].into_iter().chain(project.cited()).collect()
        }
        Command::PassGate { tasks, .. }
        | Command::CompleteProject { tasks }
        | Command::ExamineGate { tasks, .. } => tasks.iter().cloned().chain(project.cited()).collect(),
        Command::RevokeCitation { .. }
        | Command::AttachDocument { .. }
        | Command::RejectProject { .. }
        | Command::ReduceFunds { .. }
        | Command::WithdrawFunds { .. }
        | Command::DisburseFunds { .. }
        | Command::RecordExpenditure { .. }
        | Command::ReverseTransaction { .. }
        | Command::SuspendProject { .. }
        | Command::ResumeProject { .. }
        | Command::CancelProject { .. }
        | Command::ReviseBudget { .. }
        | Command::ReviseScope { .. }
        | Command::SetTarget { .. }
        | Command::VerifyResult { .. }
        | Command::ExpireStage { .. }
        | Command::ExpectReport { .. } => Vec::new(),
    }
}

pub(super) fn decide(project: &Project, command: Command, given: &Given) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::ProposeProject { .. } => propose::propose(project, command, given),
        Command::CitePriority { priority } => citations::cite_priority(project, given, &priority),
        Command::CiteProvision { provision, reason, decided_by } => {
            citations::cite_provision(project, given, &provision, (reason, decided_by))
        }
        Command::RevokeCitation { cited, reason } => citations::revoke(project, cited, reason),
        Command::RecordReview { kind, role, partner, verdict, comment } => {
            review::record(project, given, review::Asked { kind, role, partner, verdict, comment })
        }
        Command::AttachDocument { kind, document } => review::attach(project, kind, document),
        Command::ApproveProject { role, partner } => review::approve(project, given, role, &partner),
        Command::RejectProject { reason } => review::reject(project, reason),
        Command::PledgeFunds { donor, movement } => funds::pledge(project, given, donor, movement),
        Command::CommitFunds { donor, pledge, movement } => {
            funds::commit(project, given, donor, (pledge, movement))
        }
        Command::ReceiveFunds { donor, commitment, movement } => {
            funds::receive(project, given, donor, (commitment, movement))
        }
        Command::ReduceFunds { of, by, reason } => funds::reduce(project, of, by, reason),
        Command::WithdrawFunds { of, reason } => funds::withdraw(project, of, reason),
        Command::DisburseFunds { to, movement } => funds::disburse(project, to, movement),
        Command::RecordExpenditure { purpose, movement } => funds::spend(project, purpose, movement),
        Command::ReverseTransaction { transaction, of, reason } => {
            funds::reverse(project, given, (transaction, of), reason)
        }
        Command::PassGate { stage, tasks } => stages::pass(project, given, stage, &tasks),
        Command::SuspendProject { reason } => stages::suspend(project, reason),
        Command::ResumeProject { reason } => stages::resume(project, given, reason),
        Command::CompleteProject { tasks } => stages::complete(project, given, &tasks),
        Command::CancelProject { reason } => stages::cancel(project, reason),
        Command::ReviseBudget { budget, reason } => propose::revise_budget(project, given, budget, reason),
        Command::ReviseScope { countries, period, sectors, reason } => {
            propose::revise_scope(project, Extent { countries, period, sectors }, reason)
        }
        Command::DefineIndicator { indicator, title, baseline, provision } => {
            results::define(project, given, indicator, (title, baseline, provision))
        }
        Command::SetTarget { indicator, period, value } => results::aim(project, indicator, period, value),
        Command::ReportResult { result, indicator, period, value, evidence } => {
            let asked = results::Asked { result, indicator, period, value, evidence };
            results::report(project, given, asked)
        }
        Command::VerifyResult { result, verification, comment } => {
            results::verify(project, given, result, (verification, comment))
        }
        Command::AmendLaw { charter, stage, from, reason } => {
            amend::amend(project, given, amend::Asked { charter, stage, from, reason })
        }
        Command::ExpireStage { stage } => noted::expire(project, given, stage),
        Command::ExpectReport { stage, term } => noted::expect_report(project, given, stage, term),
        Command::FlagCitation { cited } => noted::flag(project, given, &cited),
        Command::ExamineGate { stage, tasks } => noted::examine(project, given, stage, &tasks),
    }
}

impl Project {
    /// What it was put forward as; a refusal before that.
    pub(super) fn proposed(&self) -> Result<&Proposal, Rejection> {
        self.proposal.as_ref().ok_or(Rejection::NotProposed)
    }

    /// The same; a refusal once it is over.
    pub(super) fn underway(&self) -> Result<&Proposal, Rejection> {
        match (self.proposed()?, self.end) {
            (proposal, None) => Ok(proposal),
            (_, Some(end)) => Err(Rejection::Over { end }),
        }
    }
}
