//! What can happen to a project. These names and shapes are the storage format.
use super::{Donor, Flaw, Missing, Movement, Origin, Sector, Verdict, Verification};
use crate::domain::charter::{Consequence, FundingBasis, ProjectLaw, RoleName, StageName, TaskOrder};
use crate::domain::id::{IndicatorId, PartnerId, ProjectId, ResultId, TransactionId};
use crate::domain::scope::{Country, Period};
use crate::domain::text::{Name, PersonId, Prose, Slug, Source, Text};
use crate::domain::{Timestamp, citation::Citation, evidence::Quantity, money::Money};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A fact; it cannot be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
pub enum Event {
    /// It is put forward.
    ProjectProposed {
        /// Its id.
        project: ProjectId,
        /// What it is called in lists.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Text<80>>,
        /// What it is called.
        title: Name,
        /// What it is for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        summary: Option<Prose>,
        /// Under which edition.
        charter: Citation,
        /// What governs it: its own law.
        law: Arc<ProjectLaw>,
        /// The priorities it answers.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        priorities: Vec<Citation>,
        /// Where.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        countries: BTreeSet<Country>,
        /// When.
        period: Period,
        /// What it takes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        budget: Option<Money>,
        /// In which sectors.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sectors: Vec<Sector>,
        /// The project it is part of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<Citation>,
        /// The admission of the partner that proposes it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposed_for: Option<Citation>,
        /// Where it was imported from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        origin: Option<Origin>,
        /// Who proposed it.
        proposer: PersonId,
    },
    /// It answers one more priority.
    PriorityCited {
        /// Which.
        priority: Citation,
    },
    /// It cites a provision, or a document as a whole, without a priority between.
    ProvisionCited {
        /// Which.
        provision: Citation,
        /// Whether it is a document as a whole.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        whole_document: bool,
        /// Why there is no priority.
        reason: Prose,
        /// Who allowed it.
        decided_by: Name,
    },
    /// It cites something no longer.
    CitationRevoked {
        /// What.
        cited: Citation,
        /// Why.
        reason: Prose,
    },
    /// Somebody reviewed it.
    ReviewRecorded {
        /// Of which kind.
        kind: Slug,
        /// In which role.
        role: RoleName,
        /// For which partner.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        partner: Option<Citation>,
        /// Who.
        reviewer: PersonId,
        /// What it came to.
        verdict: Verdict,
        /// In which words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<Prose>,
    },
    /// A document is attached.
    DocumentAttached {
        /// Of which kind.
        kind: Slug,
        /// Which.
        document: Source,
    },
    /// A partner approved it.
    ProjectApproved {
        /// In which role.
        role: RoleName,
        /// Which partner.
        partner: PartnerId,
        /// Its admission.
        admission: Citation,
        /// Who spoke for it.
        approver: PersonId,
        /// The live priorities and excepted provisions that the approval rests on.
        basis: Vec<Citation>,
    },
    /// It was turned down.
    ProjectRejected {
        /// Why.
        reason: Prose,
    },
    /// Money was promised.
    FundsPledged {
        /// By whom.
        donor: Donor,
        /// How much, when.
        movement: Movement,
    },
    /// Money was committed.
    FundsCommitted {
        /// By whom.
        donor: Donor,
        /// The pledge that it fulfils.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pledge: Option<TransactionId>,
        /// How much, when.
        movement: Movement,
        /// The StageEntered of the stage it was committed under.
        under: Citation,
    },
    /// Money came in.
    FundsReceived {
        /// From whom.
        donor: Donor,
        /// The commitment that it fulfils.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commitment: Option<TransactionId>,
        /// How much, when.
        movement: Movement,
    },
    /// The charter's threshold is crossed: for the first time, or after what was there fell below it.
    ProjectFunded {
        /// Which money counts.
        basis: FundingBasis,
        /// How much is there.
        funded: Money,
        /// Of what it takes.
        budget: Money,
        /// The stage that it is in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stage: Option<StageName>,
    },
    /// A pledge or commitment is smaller.
    FundsReduced {
        /// Which.
        of: TransactionId,
        /// By how much.
        by: Money,
        /// Why.
        reason: Prose,
    },
    /// A pledge or commitment is gone.
    FundsWithdrawn {
        /// Which.
        of: TransactionId,
        /// Why.
        reason: Prose,
    },
    /// Money was passed on.
    FundsDisbursed {
        /// To whom.
        to: Name,
        /// How much, when.
        movement: Movement,
        /// How much of it was not there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        beyond_available: Option<Money>,
    },
    /// Money was spent.
    ExpenditureRecorded {
        /// On what.
        purpose: Name,
        /// How much, when.
        movement: Movement,
        /// How much of it was not there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        beyond_available: Option<Money>,
    },
    /// A transaction is undone.
    TransactionReversed {
        /// The id of the reversal.
        transaction: TransactionId,
        /// What is undone.
        of: TransactionId,
        /// How much that comes to: the negative of what is undone.
        amount: Money,
        /// Why.
        reason: Prose,
    },
    /// It is in a stage.
    StageEntered {
        /// Which.
        stage: StageName,
        /// The stage whose gate was passed; absent for the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<StageName>,
        /// The finished tasks that the gate asked for.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tasks: Vec<Citation>,
        /// When the stage should be over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
        /// What has to be done in it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        orders: Vec<TaskOrder>,
        /// When the first report is due.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        report_at: Option<Timestamp>,
        /// Whether its gate asks for money and the threshold was crossed before: nothing may be left to wait for.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        funded: bool,
    },
    /// It rests.
    ProjectSuspended {
        /// Why.
        reason: Prose,
    },
    /// It goes on.
    ProjectResumed {
        /// Why.
        reason: Prose,
        /// The stage whose time runs anew, where it had been up and the project rested because of that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stage: Option<StageName>,
        /// When that stage should be over now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
    },
    /// It ended as it should.
    ProjectCompleted {
        /// The finished tasks that the gate asked for.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tasks: Vec<Citation>,
    },
    /// It ended early.
    ProjectCancelled {
        /// Why.
        reason: Prose,
    },
    /// It takes something else.
    BudgetRevised {
        /// What it takes.
        budget: Money,
        /// Why.
        reason: Prose,
    },
    /// It is somewhere or at some time else.
    ScopeRevised {
        /// Where.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        countries: BTreeSet<Country>,
        /// When.
        period: Period,
        /// In which sectors.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sectors: Vec<Sector>,
        /// Why.
        reason: Prose,
    },
    /// Success is measured by this.
    IndicatorDefined {
        /// Which.
        indicator: IndicatorId,
        /// What is measured.
        title: Name,
        /// Where it stood at the start.
        baseline: Quantity,
        /// The provision it is a measure of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provision: Option<Citation>,
    },
    /// This is aimed at.
    TargetSet {
        /// On which indicator.
        indicator: IndicatorId,
        /// By when.
        period: Period,
        /// How much.
        value: Quantity,
    },
    /// This was reached, somebody says.
    ResultReported {
        /// Which.
        result: ResultId,
        /// On which indicator.
        indicator: IndicatorId,
        /// When.
        period: Period,
        /// How much.
        value: Quantity,
        /// What it relies on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Citation>,
        /// Who says so.
        reporter: PersonId,
    },
    /// Somebody else checked.
    ResultVerified {
        /// Which.
        result: ResultId,
        /// What it came to.
        verification: Verification,
        /// In which words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<Prose>,
        /// Who checked.
        verifier: PersonId,
    },
    /// Another edition governs it.
    LawAmended {
        /// Which.
        charter: Citation,
        /// What governs it.
        law: Arc<ProjectLaw>,
        /// The stage it is in.
        stage: StageName,
        /// Why.
        reason: Prose,
        /// When the stage should be over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
        /// Who decided.
        approver: PersonId,
        /// Since when it is in the stage, where the stage goes on under the new law; absent where it begins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
        /// What has to be done in the stage, and had not to be before.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        orders: Vec<TaskOrder>,
        /// When the first report is due.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        report_at: Option<Timestamp>,
    },
    /// A stage's time is up.
    StageExpired {
        /// Which.
        stage: StageName,
        /// What the law says about it.
        consequence: Consequence,
        /// The role that sees to a project that rests because of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        steward: Option<RoleName>,
    },
    /// It is time to report.
    ReportFellDue {
        /// In which stage.
        stage: StageName,
        /// For which time in this stage, counted from one.
        term: u32,
        /// Who reports.
        role: RoleName,
        /// When the next report is due.
        next_at: Timestamp,
        /// Who sees to it when it does not come by then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        escalate_to: Option<RoleName>,
    },
    /// What it cites fell away after it was cited.
    CitationFlagged {
        /// What.
        cited: Citation,
        /// How.
        because: Flaw,
        /// The role that sees to it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        steward: Option<RoleName>,
    },
    /// Its gate was looked at because something changed that could open it.
    GateExamined {
        /// Of which stage.
        stage: StageName,
        /// What keeps it shut; nothing when it is open.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        missing: Vec<Missing>,
        /// The role that sees to it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        steward: Option<RoleName>,
    },
}
