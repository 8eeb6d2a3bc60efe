//! Why a project refuses a command.
use super::{End, Kind, Missing};
use crate::domain::charter::{RoleName, StageName};
use crate::domain::citation::{Citation, Reference, StreamName, Uncitable};
use crate::domain::id::{IndicatorId, PartnerId, ProjectId, ResultId, TransactionId};
use crate::domain::money::{BadMoney, Currency, Money};
use crate::domain::scope::BadPeriod;
use crate::domain::text::{Name, Text};
use crate::domain::{Date, Unvouched};

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rejection {
    /// What is cited is not there, or something else.
    #[error(transparent)]
    Uncitable(#[from] Uncitable),
    /// Nothing under this id.
    #[error("there is no such project: propose it first, or check its id")]
    NotProposed,
    /// One proposal per project.
    #[error("the project {project} was proposed before: choose another id")]
    AlreadyProposed {
        /// Which.
        project: ProjectId,
    },
    /// It ended.
    #[error("the project is {end}: only money that still moves and checks of results are recorded now")]
    Over {
        /// How it ended.
        end: End,
    },
    /// Nobody, or somebody else, signed it.
    #[error(transparent)]
    Unvouched(#[from] Unvouched),
    /// It rests.
    #[error("the project is suspended: resume it first")]
    Suspended,
    /// Nothing new starts under a retired charter.
    #[error("the charter is retired: no project can start under it")]
    CharterRetired,
    /// A later edition was published.
    #[error("edition {edition} of the charter is not the latest one: cite that")]
    EditionOutdated {
        /// The one cited.
        edition: u32,
    },
    /// The law of another pipeline.
    #[error("the project is under {current}: only another edition of that charter can govern it")]
    AnotherCharter {
        /// The edition that governs it.
        current: Citation,
    },
    /// An amendment is not a way around a gate.
    #[error("the project is under {current} already: pass the gates to get to another stage")]
    SameEdition {
        /// The edition that governs it.
        current: Citation,
    },
    /// The charter does not say what projects go through.
    #[error("the charter has no stages for projects")]
    NoStages,
    /// Not in the law.
    #[error("the law has no stage {stage}")]
    NoSuchStage {
        /// Which.
        stage: StageName,
    },
    /// Shares of a whole.
    #[error("the sectors' percentages must sum to 100 and come to {found}")]
    SectorsDoNotSum {
        /// What they come to.
        found: u64,
    },
    /// A sector twice.
    #[error("the sector {code} is there twice: add its shares up")]
    SectorTwice {
        /// Which.
        code: Text<20>,
    },
    /// A share of nothing.
    #[error("the sector {code} has no share: leave it out")]
    SectorEmpty {
        /// Which.
        code: Text<20>,
    },
    /// It would be a part of itself.
    #[error("a project cannot be part of itself")]
    OwnParent,
    /// It ended.
    #[error("the project {parent} is over: nothing can become part of it")]
    ParentOver {
        /// Which.
        parent: ProjectId,
    },
    /// Observers and former partners do not propose, review or approve.
    #[error("the partner {partner} is not a member now")]
    NotAMember {
        /// Which.
        partner: PartnerId,
    },
    /// Roles are granted.
    #[error("the partner {partner} does not hold the role {role}: grant it first")]
    RoleNotHeld {
        /// Which partner.
        partner: PartnerId,
        /// Which role.
        role: RoleName,
    },
    /// A role is held by partners: a review in it is one of theirs.
    #[error("a review as {role} is one of a partner that holds the role: name its admission")]
    NoPartnerNamed {
        /// In which role.
        role: RoleName,
    },
    /// Not in the charter.
    #[error("the project's charter has no role {role}: review in one that it has")]
    NoSuchRole {
        /// Which.
        role: RoleName,
    },
    /// One citation is enough.
    #[error("{citation} is cited already")]
    AlreadyCited {
        /// What.
        citation: Citation,
    },
    /// Nothing to revoke.
    #[error("{cited} is not cited, or not any more")]
    NotCited {
        /// What.
        cited: Reference,
    },
    /// It was retired.
    #[error("the priority {citation} is retired: cite one that is live")]
    PriorityRetired {
        /// Which.
        citation: Citation,
    },
    /// What another pipeline holds important is no mandate in this one.
    #[error("the priority {citation} is of another charter: cite one that was set under {charter}")]
    PriorityOfAnotherCharter {
        /// Which.
        citation: Citation,
        /// The project's charter.
        charter: StreamName,
    },
    /// Whoever acts for one partner does nothing for another.
    #[error("this was sent on behalf of {on_behalf_of}, and {partner} is to act: name one and the same")]
    ActsForAnother {
        /// In whose name it would be.
        partner: PartnerId,
        /// For whom it was sent.
        on_behalf_of: PartnerId,
    },
    /// A newer text stands in its place.
    #[error("{citation} is superseded: cite the newer text, or have the citation retained for this project")]
    ProvisionSuperseded {
        /// Which.
        citation: Citation,
    },
    /// No approval without a reason to do it.
    #[error("nothing live is cited: cite a live priority, or a provision by exception, before approval")]
    NoBasis,
    /// Nobody judges their own proposal.
    #[error(
        "whoever proposed the project neither reviews nor approves it, nor amends its law: somebody else must, and ExplainGate says who could"
    )]
    IsProposer,
    /// Whoever writes a law does not decide whom it governs.
    #[error("whoever published the edition does not put a project under it: somebody else must")]
    IsPublisher,
    /// Two partners are two voices.
    #[error("you approved for the partner {partner}: another person must speak for another partner")]
    SpokeForAnother {
        /// For whom.
        partner: PartnerId,
    },
    /// No partner approves its own proposal.
    #[error("the project was proposed for this partner: another one must approve it")]
    IsProposingPartner,
    /// Nothing, too much, or negative without being imported.
    #[error("{0}")]
    BadAmount(#[from] BadMoney),
    /// Amounts below zero come from elsewhere or undo something.
    #[error("a negative amount must say where it was imported from; to undo something, reverse it")]
    NegativeWithoutOrigin,
    /// Not a day on which money moved.
    #[error("the value date {date} is not right: {because}")]
    BadValueDate {
        /// Which.
        date: Date,
        /// Why not.
        because: BadPeriod,
    },
    /// Ids of transactions are used once.
    #[error("there is a transaction {transaction} already: choose another id")]
    TransactionTwice {
        /// Which.
        transaction: TransactionId,
    },
    /// No such movement.
    #[error("the project has no transaction {transaction}")]
    NoSuchTransaction {
        /// Which.
        transaction: TransactionId,
    },
    /// Another kind of movement.
    #[error("the transaction {transaction} is a {kind}, which is not what this can refer to")]
    WrongTransaction {
        /// Which.
        transaction: TransactionId,
        /// What it is.
        kind: Kind,
    },
    /// Whoever promised fulfils.
    #[error("the transaction {transaction} is by {donor}: only that donor can fulfil it")]
    AnotherDonor {
        /// Which.
        transaction: TransactionId,
        /// Whose it is.
        donor: Name,
    },
    /// No rates are known here.
    #[error("the amount must be in {currency}")]
    AnotherCurrency {
        /// In which.
        currency: Currency,
    },
    /// All of it is fulfilled, withdrawn or reversed.
    #[error("nothing is left of the transaction {transaction}")]
    NothingLeft {
        /// Which.
        transaction: TransactionId,
    },
    /// More than was promised.
    #[error("{asked} is more than what is left of the transaction {transaction}, {left}")]
    BeyondWhatIsLeft {
        /// Which.
        transaction: TransactionId,
        /// How much was asked.
        asked: Money,
        /// How much is left.
        left: Money,
    },
    /// A reduction leaves something.
    #[error("reducing by {by} would leave nothing of the transaction {transaction}: withdraw it instead")]
    LeavesNothing {
        /// Which.
        transaction: TransactionId,
        /// By how much.
        by: Money,
    },
    /// Undone once.
    #[error("the transaction {transaction} was reversed before")]
    AlreadyReversed {
        /// Which.
        transaction: TransactionId,
    },
    /// The project is somewhere else.
    #[error("the project is in the stage {current} and not in {stage}")]
    StageNotCurrent {
        /// The one it is in.
        current: StageName,
        /// The one asked for.
        stage: StageName,
    },
    /// Nothing comes after it.
    #[error("{stage} is the last stage: complete the project instead")]
    LastStage {
        /// Which.
        stage: StageName,
    },
    /// Something comes after it.
    #[error("a project is completed from its last stage, {last}, and this one is in {current}")]
    NotInLastStage {
        /// The one it is in.
        current: StageName,
        /// The last one.
        last: StageName,
    },
    /// Something is missing.
    #[error("the gate of {stage} is closed: {}", listed(missing))]
    GateClosed {
        /// Of which stage.
        stage: StageName,
        /// All that is missing.
        missing: Vec<Missing>,
    },
    /// Work on something else.
    #[error("the task {task} is about {subject} and not about this project")]
    ForeignTask {
        /// Which.
        task: Citation,
        /// What it is about.
        subject: StreamName,
    },
    /// Ids of indicators are used once.
    #[error("there is an indicator {indicator} already: choose another id")]
    IndicatorTwice {
        /// Which.
        indicator: IndicatorId,
    },
    /// Nothing to measure by.
    #[error("the project has no indicator {indicator}: define it first")]
    NoSuchIndicator {
        /// Which.
        indicator: IndicatorId,
    },
    /// An indicator has one unit.
    #[error("the indicator is measured in {unit} and not in {found}")]
    AnotherUnit {
        /// The indicator's.
        unit: Text<40>,
        /// The one given.
        found: Text<40>,
    },
    /// Ids of results are used once.
    #[error("there is a result {result} already: choose another id")]
    ResultTwice {
        /// Which.
        result: ResultId,
    },
    /// Nothing to verify.
    #[error("the project has no result {result}: report it first")]
    NoSuchResult {
        /// Which.
        result: ResultId,
    },
    /// Not to be relied on.
    #[error("the evidence {evidence} was withdrawn: rely on something else")]
    EvidenceWithdrawn {
        /// Which.
        evidence: Citation,
    },
    /// Nobody checks their own report.
    #[error("whoever reported a result does not verify it: somebody else must")]
    IsReporter,
    /// Checked once.
    #[error("the result {result} was verified before")]
    AlreadyVerified {
        /// Which.
        result: ResultId,
    },
}

fn listed(missing: &[Missing]) -> String {
    let because: Vec<&str> = missing.iter().map(|it| it.because.as_str()).collect();
    because.join("; ")
}
