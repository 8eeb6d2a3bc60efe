//! Requests about projects.
use super::Form;
use super::money::{donor, money, movement, origin};
use super::shared::{period, quantity, reference, source};
use crate::api::proto as pb;
use crate::domain::id::{IndicatorId, ProjectId, ResultId, TransactionId};
use crate::domain::project::{Command, Project, Sector, Verdict, Verification};

asked! {
    Project by project_id;
    ProposeProject = ProposeProjectRequest opens project: ProjectId {
        code: optional_text, title: text, summary: optional_text, charter: part(reference),
        priorities: each(reference), countries: texts, period: part(period), budget: optional_part(money),
        sectors: each(sector), parent: optional_part(reference), proposed_for: optional_part(reference),
        origin: optional_part(origin),
    }
    CitePriority = CitePriorityRequest { priority: part(reference) }
    CiteProvision = CiteProvisionRequest { provision: part(reference), reason: text, decided_by: text }
    RevokeCitation = RevokeCitationRequest { cited: part(reference), reason: text }
    RecordReview = RecordReviewRequest {
        kind: text, role: text, partner: optional_part(reference), verdict: choice(verdict),
        comment: optional_text,
    }
    AttachDocument = AttachDocumentRequest { kind: text, document: part(source) }
    ApproveProject = ApproveProjectRequest { role: text, partner: part(reference) }
    RejectProject = RejectProjectRequest { reason: text }
    PledgeFunds = PledgeFundsRequest { donor: part(donor), movement: part(movement) }
    CommitFunds = CommitFundsRequest {
        donor: part(donor), pledge <- pledge_id: optional_text, movement: part(movement),
    }
    ReceiveFunds = ReceiveFundsRequest {
        donor: part(donor), commitment <- commitment_id: optional_text, movement: part(movement),
    }
    ReduceFunds = ReduceFundsRequest { of <- transaction_id: text, by: part(money), reason: text }
    WithdrawFunds = WithdrawFundsRequest { of <- transaction_id: text, reason: text }
    DisburseFunds = DisburseFundsRequest { to: text, movement: part(movement) }
    RecordExpenditure = RecordExpenditureRequest { purpose: text, movement: part(movement) }
    ReverseTransaction = ReverseTransactionRequest {
        transaction <- reversal_id: fresh(TransactionId::of), of <- transaction_id: text, reason: text,
    }
    PassGate = PassGateRequest { stage: text, tasks: each(reference) }
    SuspendProject = SuspendProjectRequest { reason: text }
    ResumeProject = ResumeProjectRequest { reason: text }
    CompleteProject = CompleteProjectRequest { tasks: each(reference) }
    CancelProject = CancelProjectRequest { reason: text }
    ReviseBudget = ReviseBudgetRequest { budget: part(money), reason: text }
    ReviseScope = ReviseScopeRequest {
        countries: texts, period: part(period), sectors: each(sector), reason: text,
    }
    DefineIndicator = DefineIndicatorRequest {
        indicator <- indicator_id: fresh(IndicatorId::of), title: text, baseline: part(quantity),
        provision: optional_part(reference),
    }
    SetTarget = SetTargetRequest {
        indicator <- indicator_id: text, period: part(period), value: part(quantity),
    }
    ReportResult = ReportResultRequest {
        result <- result_id: fresh(ResultId::of), indicator <- indicator_id: text, period: part(period),
        value: part(quantity), evidence: optional_part(reference),
    }
    VerifyResult = VerifyResultRequest {
        result <- result_id: text, verification: choice(verification), comment: optional_text,
    }
    AmendLaw = AmendLawRequest {
        charter: part(reference), stage: text, from <- from_stage: text_or_none, reason: text,
    }
    ExpireStage = ExpireStageRequest { stage: text }
    ExpectReport = ExpectReportRequest { stage: text, term: ordinal }
    FlagCitation = FlagCitationRequest { cited: part(reference) }
    ExamineGate = ExamineGateRequest { stage: text, tasks: each(reference) }
}

fn sector(form: &mut Form, it: pb::Sector) -> Option<Sector> {
    let code = form.text("code", it.code);
    let percent = match u8::try_from(it.percent) {
        Ok(percent @ 1..=100) => Some(percent),
        _ => form.refuse("percent", "must be from 1 to 100"),
    };
    Some(Sector { code: code?, percent: percent? })
}

fn verdict(it: pb::ReviewVerdict) -> Option<Verdict> {
    match it {
        pb::ReviewVerdict::Unspecified => None,
        pb::ReviewVerdict::Passed => Some(Verdict::Passed),
        pb::ReviewVerdict::ChangesAsked => Some(Verdict::ChangesAsked),
        pb::ReviewVerdict::Objection => Some(Verdict::Objection),
    }
}

fn verification(it: pb::Verification) -> Option<Verification> {
    match it {
        pb::Verification::Unspecified => None,
        pb::Verification::Confirmed => Some(Verification::Confirmed),
        pb::Verification::Refuted => Some(Verification::Refuted),
    }
}
