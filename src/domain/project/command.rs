//! What can be asked of a project.
use super::{DonorAsked, Movement, Origin, Sector, Verdict, Verification};
use crate::domain::charter::{RoleName, StageName};
use crate::domain::citation::Reference;
use crate::domain::evidence::Quantity;
use crate::domain::id::{IndicatorId, ProjectId, ResultId, TransactionId};
use crate::domain::money::Money;
use crate::domain::scope::{Country, Period};
use crate::domain::text::{Name, Prose, Slug, Source, Text};
use std::collections::BTreeSet;

/// A request; it may be refused.
#[derive(Debug, Clone, PartialEq, Eq, strum::VariantNames)]
pub enum Command {
    /// Put a project forward. It enters the first stage of the charter's law, which it carries from then on.
    ProposeProject {
        /// Its id: the stream's.
        project: ProjectId,
        /// What it is called in lists, such as `GLO/K31`.
        code: Option<Text<80>>,
        /// What it is called.
        title: Name,
        /// What it is for.
        summary: Option<Prose>,
        /// The charter's edition.
        charter: Reference,
        /// The PrioritySet of each priority it answers. May come later, before approval.
        priorities: Vec<Reference>,
        /// Where; none means everywhere.
        countries: BTreeSet<Country>,
        /// When.
        period: Period,
        /// What it takes.
        budget: Option<Money>,
        /// In which sectors; the percentages sum to 100.
        sectors: Vec<Sector>,
        /// The ProjectProposed of the project it is part of.
        parent: Option<Reference>,
        /// The admission of the partner that proposes it.
        proposed_for: Option<Reference>,
        /// Where it was imported from.
        origin: Option<Origin>,
    },
    /// Cite one more priority.
    CitePriority {
        /// Its PrioritySet; live.
        priority: Reference,
    },
    /// Cite a provision without a priority between: a marked exception.
    CiteProvision {
        /// Its ProvisionDefined, or the MandateRecorded of a document as a whole (a partial trace).
        provision: Reference,
        /// Why there is no priority.
        reason: Prose,
        /// Who allowed it.
        decided_by: Name,
    },
    /// Cite something no longer.
    RevokeCitation {
        /// The cited event.
        cited: Reference,
        /// Why.
        reason: Prose,
    },
    /// Write down a review.
    RecordReview {
        /// Of which kind.
        kind: Slug,
        /// In which role the reviewer acts.
        role: RoleName,
        /// The admission of the partner that the reviewer speaks for; a review without one is refused.
        partner: Option<Reference>,
        /// What it came to.
        verdict: Verdict,
        /// In which words.
        comment: Option<Prose>,
    },
    /// Attach a document that a gate may ask for.
    AttachDocument {
        /// Of which kind.
        kind: Slug,
        /// Which.
        document: Source,
    },
    /// Approve, for a partner in a role.
    ApproveProject {
        /// In which role.
        role: RoleName,
        /// The admission of the approving partner.
        partner: Reference,
    },
    /// Say no for good.
    RejectProject {
        /// Why.
        reason: Prose,
    },
    /// Promise money.
    PledgeFunds {
        /// Who.
        donor: DonorAsked,
        /// How much, when.
        movement: Movement,
    },
    /// Commit money, under the stage that the project is in.
    CommitFunds {
        /// Who.
        donor: DonorAsked,
        /// The pledge that it fulfils.
        pledge: Option<TransactionId>,
        /// How much, when.
        movement: Movement,
    },
    /// Take money in.
    ReceiveFunds {
        /// From whom.
        donor: DonorAsked,
        /// The commitment that it fulfils.
        commitment: Option<TransactionId>,
        /// How much, when.
        movement: Movement,
    },
    /// Make a pledge or commitment smaller.
    ReduceFunds {
        /// Which.
        of: TransactionId,
        /// By how much; less than is left.
        by: Money,
        /// Why.
        reason: Prose,
    },
    /// Take a pledge or commitment back.
    WithdrawFunds {
        /// Which.
        of: TransactionId,
        /// Why.
        reason: Prose,
    },
    /// Pass money on.
    DisburseFunds {
        /// To whom.
        to: Name,
        /// How much, when.
        movement: Movement,
    },
    /// Write down what was spent, be it there or not.
    RecordExpenditure {
        /// On what.
        purpose: Name,
        /// How much, when.
        movement: Movement,
    },
    /// Undo a transaction by its negative.
    ReverseTransaction {
        /// The id of the reversal.
        transaction: TransactionId,
        /// What is undone.
        of: TransactionId,
        /// Why.
        reason: Prose,
    },
    /// Leave a stage for the next one. Names the stage, so that asking twice passes one gate.
    PassGate {
        /// The stage that is left.
        stage: StageName,
        /// The TaskCompleted of each task that the gate asks for.
        tasks: Vec<Reference>,
    },
    /// Let it rest.
    SuspendProject {
        /// Why.
        reason: Prose,
    },
    /// Go on.
    ResumeProject {
        /// Why.
        reason: Prose,
    },
    /// End it: the gate of the last stage must hold.
    CompleteProject {
        /// The TaskCompleted of each task that the gate asks for.
        tasks: Vec<Reference>,
    },
    /// End it early.
    CancelProject {
        /// Why.
        reason: Prose,
    },
    /// Change what it takes.
    ReviseBudget {
        /// What it takes now.
        budget: Money,
        /// Why.
        reason: Prose,
    },
    /// Change where and when it is.
    ReviseScope {
        /// Where.
        countries: BTreeSet<Country>,
        /// When.
        period: Period,
        /// In which sectors.
        sectors: Vec<Sector>,
        /// Why.
        reason: Prose,
    },
    /// Say how success is measured.
    DefineIndicator {
        /// Its id.
        indicator: IndicatorId,
        /// What is measured.
        title: Name,
        /// Where it stood at the start; gives the unit.
        baseline: Quantity,
        /// The ProvisionDefined of the provision it is a measure of.
        provision: Option<Reference>,
    },
    /// Say what is aimed at.
    SetTarget {
        /// On which indicator.
        indicator: IndicatorId,
        /// By when.
        period: Period,
        /// How much, in the indicator's unit.
        value: Quantity,
    },
    /// Say what was reached.
    ReportResult {
        /// Its id.
        result: ResultId,
        /// On which indicator.
        indicator: IndicatorId,
        /// When.
        period: Period,
        /// How much, in the indicator's unit.
        value: Quantity,
        /// The EvidenceSubmitted it relies on.
        evidence: Option<Reference>,
    },
    /// Check what somebody else reported.
    VerifyResult {
        /// Which.
        result: ResultId,
        /// What it came to.
        verification: Verification,
        /// In which words.
        comment: Option<Prose>,
    },
    /// Put the project under another edition.
    AmendLaw {
        /// The charter's edition.
        charter: Reference,
        /// The stage of the new law that the project is in from now on.
        stage: StageName,
        /// The stage that it is in now, where `stage` is what the new law calls it: the time spent in it counts.
        /// `None` begins `stage` anew.
        from: Option<StageName>,
        /// Why, and under whose authority.
        reason: Prose,
    },
    /// Note that a stage's time is up. Names the stage and its end, so that a stale one decides nothing.
    ExpireStage {
        /// Which.
        stage: StageName,
    },
    /// Note that it is time to report. Names the stage and the term, so that a stale one decides nothing.
    ExpectReport {
        /// In which stage.
        stage: StageName,
        /// For which time in this stage, counted from one.
        term: u32,
    },
    /// Note that something cited fell away. Decides nothing when it stands, or was noted before.
    FlagCitation {
        /// The cited event.
        cited: Reference,
    },
    /// Look at the gate of the stage that the project is in. Decides nothing when it is in another one.
    ExamineGate {
        /// Which.
        stage: StageName,
        /// The TaskCompleted of each finished task about the project.
        tasks: Vec<Reference>,
    },
}
