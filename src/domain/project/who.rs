//! Who could bring about what a gate still asks for: the other side of the separation of duties.
use super::Project;
use super::gate::counted;
use super::state::Proposal;
use crate::domain::Timestamp;
use crate::domain::charter::{Requirement, RoleName};
use crate::domain::id::PartnerId;
use crate::domain::text::PersonId;

/// Who could bring about what a requirement asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Able {
    /// The role that it takes; `None` where the law names none: then anybody may.
    pub role: Option<RoleName>,
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
pub fn able(project: &Project, requirement: &Requirement) -> Able {
    let Some(proposal) = &project.proposal else {
        return Able::default();
    };
    match requirement {
        Requirement::ReviewPassed { role, .. } => {
            let barred = vec![(Somebody::Person(proposal.proposer.clone()), Bar::Proposer)];
            Able { role: Some(role.clone()), more: 1, barred, ..Able::default() }
        }
        Requirement::Approvals { role, count } => approvers(project, proposal, role, *count),
        Requirement::ResultsReported { indicators, verified } => {
            let barred = if *verified { reporters(project) } else { Vec::new() };
            Able { more: usize::from(*indicators), barred, ..Able::default() }
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
        Requirement::CitesLivePriority
        | Requirement::CitesProvisionInForce
        | Requirement::Funded { .. }
        | Requirement::DocumentAttached { .. } => Able { more: 1, ..Able::default() },
    }
}

fn approvers(project: &Project, proposal: &Proposal, role: &RoleName, count: u8) -> Able {
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
    Able { role: Some(role.clone()), more, barred, ..Able::default() }
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
