//! What a charter says. These shapes are stored in CharterPublished and, in part, in the first event of
//! whatever it governs.
use super::Fraction;
use crate::domain::text::{Name, Slug};
use serde::{Deserialize, Serialize};

/// What a party may be: donor, implementer, chair.
pub type RoleName = Slug;
/// Where decisions are taken.
pub type ForumName = Slug;
/// A part of a project's life.
pub type StageName = Slug;

/// A whole charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// What it is called in ids and commands, such as `paris-pact`.
    pub name: Slug,
    /// What it is called in print.
    pub title: Name,
    /// The roles that partners may hold.
    pub roles: Vec<RoleName>,
    /// The subjects that recommendations and priorities are sorted by.
    pub pillars: Vec<Slug>,
    /// The routes that a scope may name.
    #[serde(default)]
    pub routes: Vec<Slug>,
    /// Where decisions are taken.
    pub forums: Vec<Forum>,
    /// What a recommendation must go through.
    pub recommendations: RecommendationLaw,
    /// Who sets priorities, and on what basis.
    pub priorities: PriorityLaw,
    /// What a project goes through.
    pub projects: ProjectLaw,
}

impl Law {
    /// The forum of this name.
    pub fn forum(&self, name: &ForumName) -> Option<&Forum> {
        self.forums.iter().find(|it| it.name == *name)
    }
}

/// A body that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forum {
    /// What it is called in commands.
    pub name: ForumName,
    /// What it is called in print.
    pub title: Name,
    /// Who may take a position.
    pub standing: Standing,
    /// The rules it may decide by; the first is the usual one.
    pub rules: Vec<Rule>,
    /// The share of the roster that must be there, for consensus in the room and for votes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Fraction>,
    /// The shortest silence, in hours (72 in UN practice: GA decision 74/544).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence_min_hours: Option<u32>,
    /// What a request for a vote (rule 57 of the ECOSOC functional commissions) turns a decision into;
    /// absent where nobody may ask for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Majority>,
    /// How many reservations a consensus bears; absent means any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservations_max: Option<u32>,
    /// Whether members sign what they decide with a key of theirs: positions, objections and votes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub signed: bool,
}

/// Who may take a position in a forum.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Standing {
    /// Partners of the initiative: every seat cites an admission.
    Partners,
    /// The members of a body outside the initiative, as its records list them.
    Listed,
}

/// How a forum decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Adopted at the deadline unless a member objected.
    Silence,
    /// Adopted at the gavel unless a member who is there objects.
    Consensus,
    /// Adopted when every member says yes.
    Unanimity,
    /// Adopted by a majority of the votes cast.
    Majority(Majority),
}

impl Rule {
    /// The rule without its figures, as a command names it.
    pub fn method(&self) -> Method {
        match self {
            Rule::Silence => Method::Silence,
            Rule::Consensus => Method::Consensus,
            Rule::Unanimity => Method::Unanimity,
            Rule::Majority(_) => Method::Majority,
        }
    }
}

/// A kind of decision rule.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Method {
    /// See [`Rule::Silence`].
    Silence,
    /// See [`Rule::Consensus`].
    Consensus,
    /// See [`Rule::Unanimity`].
    Unanimity,
    /// See [`Rule::Majority`].
    Majority,
}

/// How many yes votes are enough: `yes * of >= parts * (yes + no)`, or strictly more where `strict`. Simple
/// majority is strictly more than one half. Abstentions are outside the base (rule 58).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Majority {
    /// The share of yes among yes and no.
    pub share: Fraction,
    /// Whether exactly the share is too little.
    #[serde(default)]
    pub strict: bool,
}

/// What a recommendation must go through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecommendationLaw {
    /// The forums that must adopt it, in order; the last one endorses it.
    pub forums: Vec<ForumName>,
    /// Within how many days of its endorsement somebody should take it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take_up_days: Option<u32>,
    /// Which role hears of it when nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_to: Option<RoleName>,
}

/// Who sets priorities, and on what basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorityLaw {
    /// The role of the partner that sets them.
    pub set_by: RoleName,
    /// The forum whose adoption a priority must cite.
    pub basis: ForumName,
    /// After how many days a priority is looked at again, by whoever sets them; absent means never by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_days: Option<u32>,
    /// Who sees to a priority that was not looked at in time; the steward where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_to: Option<RoleName>,
}

/// What a project goes through. A project carries this in its first event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectLaw {
    /// In order of passage.
    pub stages: Vec<Stage>,
    /// When a project counts as funded.
    pub funding: Funding,
    /// The role that sees to what a project itself asks for: a gate that could be passed, a basis that fell. What the
    /// law lets nobody else see to when it is late, it sees to as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steward: Option<RoleName>,
}

impl ProjectLaw {
    /// The stage of this name and its place in the order.
    pub fn stage(&self, name: &StageName) -> Option<(usize, &Stage)> {
        self.stages.iter().enumerate().find(|(_, it)| it.name == *name)
    }

    /// Who sees to it when `late` does not do what is due: whom the law names, or else the steward, who is never
    /// asked to see to their own work.
    pub fn sees_to(&self, late: &RoleName, named: Option<&RoleName>) -> Option<RoleName> {
        named.or(self.steward.as_ref()).filter(|it| *it != late).cloned()
    }
}

/// When a project counts as funded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Funding {
    /// Which share of the budget, in percent.
    pub threshold_percent: u8,
    /// Which money counts.
    pub basis: FundingBasis,
    /// Whether donors sign what they commit with a key of theirs.
    #[serde(default, skip_serializing_if = "is_false")]
    pub signed: bool,
}

fn is_false(it: &bool) -> bool {
    !it
}

/// Which money counts as funding. A pledge never does.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FundingBasis {
    /// Legally committed.
    Committed,
    /// In the account.
    Received,
}

/// A part of a project's life, and what must hold before it is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// What it is called in commands.
    pub name: StageName,
    /// What it is called in print.
    pub title: Name,
    /// What must hold to leave it.
    #[serde(default)]
    pub gate: Vec<Requirement>,
    /// How long it may take, in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_days: Option<u32>,
    /// What happens when it takes longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_expiry: Option<Consequence>,
    /// What somebody has to do when it is entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskOrder>,
    /// How often somebody reports while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Reporting>,
}

/// A report that comes round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reporting {
    /// After how many days, again and again.
    pub every_days: u32,
    /// Who reports.
    pub role: RoleName,
    /// Who sees to a report that does not come in time; the steward where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_to: Option<RoleName>,
}

/// What happens when a stage takes longer than it may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// A role hears of it.
    Escalate(RoleName),
    /// The project rests until somebody resumes it.
    Suspend,
    /// The project ends.
    Cancel,
}

/// Work that a stage brings with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskOrder {
    /// What kind of work.
    pub kind: Slug,
    /// What it is called in print.
    pub title: Name,
    /// Who does it.
    pub role: RoleName,
    /// Within how many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_days: Option<u32>,
    /// Which role gets it when nobody does it in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_to: Option<RoleName>,
}

/// The kinds of thing a gate may ask for. Closed: a new kind is a variant here and an arm in `project/gate.rs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::EnumDiscriminants)]
#[strum_discriminants(
    name(RequirementKind),
    doc = "A kind of requirement, by the word that charters use.",
    derive(strum::Display, strum::EnumString, strum::IntoStaticStr, strum::VariantNames),
    strum(serialize_all = "snake_case"),
    allow(missing_docs)
)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Requirement {
    /// A review of this kind passed, by this role, not by the proposer.
    ReviewPassed {
        /// Of which kind.
        kind: Slug,
        /// By which role.
        role: RoleName,
    },
    /// So many distinct partners in this role approved, none through the proposer.
    Approvals {
        /// In which role.
        role: RoleName,
        /// How many partners.
        count: u8,
    },
    /// At least one cited priority is live.
    CitesLivePriority,
    /// At least one provision in force is cited, directly or as a retained old text.
    CitesProvisionInForce,
    /// At least this share of the budget is there.
    Funded {
        /// In percent of the budget.
        percent: u8,
        /// Which money counts.
        basis: FundingBasis,
    },
    /// A document of this kind is attached.
    DocumentAttached {
        /// Of which kind.
        kind: Slug,
    },
    /// At least so many indicators have a result that was verified.
    ResultsReported {
        /// How many indicators.
        indicators: u16,
        /// Whether somebody else must have verified them.
        #[serde(default)]
        verified: bool,
    },
    /// So many days have passed since the stage was entered.
    DateReached {
        /// How many days.
        days: u32,
    },
    /// No reviewer's latest word is an objection.
    NoOpenObjection,
    /// A task of this kind about the project is done.
    TaskDone {
        /// Of which kind.
        kind: Slug,
    },
}
