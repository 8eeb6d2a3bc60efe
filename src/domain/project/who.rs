//! Who could bring about what a gate still asks for: the other side of the separation of duties.
use super::Project;
use super::citations::basis;
use super::funds::money;
use super::gate::{Sight, counted};
use super::state::Proposal;
use crate::domain::Timestamp;
use crate::domain::charter::{FundingBasis, Requirement, RoleName};
use crate::domain::id::PartnerId;
use crate::domain::text::PersonId;

/// Who could bring about what a requirement asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Able {
    /// The role that it takes; `None` where the law names none: then anybody may.
    pub role: Option<RoleName>,
    /// Whether anybody may who is not barred: the law names neither a role nor a person.
    pub anybody: bool,
    /// What they would do, in words; empty where the requirement says it.
    pub how: String,
    /// How many more of them it takes; nothing where it holds.
    pub more: usize,
    /// Who of those in the role cannot, whatever else they are.
    pub barred: Vec<(Somebody, Bar)>,
    /// Those who alone can; empty where others may.
    pub only: Vec<PersonId>,
    /// When it comes about by itself.
    pub at: Option<Timestamp>,
}

/// A partner, or a person in whatever role: duties are separated between people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Somebody {
    /// Whoever speaks for it.
    Partner(PartnerId),
    /// In any role, for any partner.
    Person(PersonId),
}

/// Why somebody cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Bar {
    /// They proposed the project.
    Proposer,
    /// The project was proposed for it.
    ProposingPartner,
    /// It approved already.
    Approved,
    /// They approved for another partner.
    SpokeForAnother,
    /// They reported what is to be verified.
    Reporter,
}

/// Who could do something about `requirement`, of which `more` is missing; nobody is named before the project was
/// proposed.
pub fn able(project: &Project, requirement: &Requirement, sight: &Sight<'_>) -> Able {
    let Some(proposal) = &project.proposal else {
        return Able::default();
    };
    match requirement {
        Requirement::ReviewPassed { role, .. } => {
            let barred = vec![(Somebody::Person(proposal.proposer.clone()), Bar::Proposer)];
            Able { role: Some(role.clone()), more: 1, barred, ..Able::default() }
        }
        Requirement::Approvals { role, count } => approvers(project, proposal, (role, *count), sight),
        Requirement::ResultsReported { indicators, verified: true } => {
            let how = "confirm a result that somebody else reported";
            Able { more: usize::from(*indicators), barred: reporters(project), ..anybody(how) }
        }
        Requirement::ResultsReported { indicators, verified: false } => {
            Able { more: usize::from(*indicators), ..anybody("report a result of an indicator") }
        }
        Requirement::DateReached { days } => {
            let at = project.stage.as_ref().map(|it| crate::domain::after(it.since, *days));
            Able { at, ..Able::default() }
        }
        Requirement::NoOpenObjection => {
            let objects = project.reviews.iter().filter(|it| it.verdict == super::Verdict::Objection);
            let mut only: Vec<PersonId> = objects.map(|it| it.reviewer.clone()).collect();
            only.dedup();
            Able { more: only.len(), only, ..Able::default() }
        }
        Requirement::TaskDone { kind } => {
            let orders = proposal.law.stages.iter().flat_map(|it| &it.tasks);
            let role = orders.into_iter().rfind(|it| it.kind == *kind).map(|it| it.role.clone());
            let barred = vec![(Somebody::Person(proposal.proposer.clone()), Bar::Proposer)];
            Able { role, more: 1, barred, ..Able::default() }
        }
        Requirement::CitesLivePriority => anybody("cite a priority that is live"),
        Requirement::CitesProvisionInForce => {
            anybody("cite a provision in force, or decide to retain one that is not")
        }
        Requirement::DocumentAttached { kind } => anybody(&format!("attach a document of the kind {kind}")),
        Requirement::Funded { percent, basis } => anybody(&funding(project, *percent, *basis)),
    }
}

/// Anybody may, and what.
fn anybody(how: &str) -> Able {
    Able { anybody: true, how: how.to_owned(), more: 1, ..Able::default() }
}

/// What is still to come from donors, who need not be partners.
fn funding(project: &Project, percent: u8, basis: FundingBasis) -> String {
    let Some(budget) = project.budget else {
        return "give the project a budget, so that there is something to fund".to_owned();
    };
    let there = project.ledger.total(budget.currency).funded(basis);
    let asked = (i128::from(budget.minor) * i128::from(percent) + 99) / 100;
    let left = money(budget.currency, asked - there);
    match basis {
        FundingBasis::Committed => format!("record what a donor, a partner or not, commits: {left} more"),
        FundingBasis::Received => format!("record what comes in from donors, partners or not: {left} more"),
    }
}

fn approvers(
    project: &Project,
    proposal: &Proposal,
    (role, count): (&RoleName, u8),
    sight: &Sight<'_>,
) -> Able {
    let found = counted(project, proposal, role);
    let more = usize::from(count).saturating_sub(found.len());
    let mut barred = vec![(Somebody::Person(proposal.proposer.clone()), Bar::Proposer)];
    barred.extend(proposal.partner.map(|it| (Somebody::Partner(it), Bar::ProposingPartner)));
    let given = project.approvals.iter();
    barred.extend(
        given.clone().filter(|it| it.role == *role).map(|it| (Somebody::Partner(it.partner), Bar::Approved)),
    );
    for approval in given {
        let person = (Somebody::Person(approval.approver.clone()), Bar::SpokeForAnother);
        if !barred.contains(&person) {
            barred.push(person);
        }
    }
    // An approval says what it rests on.
    let how = match basis(project, sight.facts, sight.at).is_empty() {
        true => "approve it once a live priority is cited, or a provision by exception",
        false => "",
    };
    Able { role: Some(role.clone()), how: how.to_owned(), more, barred, ..Able::default() }
}

/// The reporters of results that nobody verified yet; each may verify what others reported.
fn reporters(project: &Project) -> Vec<(Somebody, Bar)> {
    let mut barred = Vec::new();
    for result in project.results.values().filter(|it| it.verification.is_none()) {
        let reporter = (Somebody::Person(result.reporter.clone()), Bar::Reporter);
        if !barred.contains(&reporter) {
            barred.push(reporter);
        }
    }
    barred
}
