//! Reviews, documents, approval and rejection: nobody judges what they put forward themselves.
use super::{Event, Project, Rejection, Verdict, citations};
use crate::domain::Given;
use crate::domain::charter::RoleName;
use crate::domain::citation::Reference;
use crate::domain::fact::{Capacity, Cited, EditionFact, PartnerFact};
use crate::domain::text::{Prose, Slug, Source};

/// A review as it is asked for.
pub(super) struct Asked {
    pub(super) kind: Slug,
    pub(super) role: RoleName,
    pub(super) partner: Option<Reference>,
    pub(super) verdict: Verdict,
    pub(super) comment: Option<Prose>,
}

pub(super) fn record(project: &Project, given: &Given, asked: Asked) -> Result<Vec<Event>, Rejection> {
    project.underway()?;
    not_the_proposer(project, given)?;
    let Asked { kind, role, partner, verdict, comment } = asked;
    in_the_charter(project, given, &role)?;
    let partner = partner.ok_or_else(|| Rejection::NoPartnerNamed { role: role.clone() })?;
    let partner = Some(holder(given, &partner, &role)?.citation);
    let reviewer = given.by.clone();
    Ok(vec![Event::ReviewRecorded { kind, role, partner, reviewer, verdict, comment }])
}

pub(super) fn attach(project: &Project, kind: Slug, document: Source) -> Result<Vec<Event>, Rejection> {
    project.underway()?;
    match project.documents.iter().any(|it| it.kind == kind && it.document == document) {
        true => Ok(Vec::new()),
        false => Ok(vec![Event::DocumentAttached { kind, document }]),
    }
}

pub(super) fn approve(
    project: &Project,
    given: &Given,
    role: RoleName,
    partner: &Reference,
) -> Result<Vec<Event>, Rejection> {
    let proposal = project.underway()?;
    not_the_proposer(project, given)?;
    let Cited { citation: admission, fact } = holder(given, partner, &role)?;
    let partner = fact.id;
    if proposal.partner == Some(partner) {
        return Err(Rejection::IsProposingPartner);
    }
    if project.approvals.iter().any(|it| it.role == role && it.partner == partner) {
        return Ok(Vec::new());
    }
    if let Some(other) = project.approvals.iter().find(|it| it.approver == given.by && it.partner != partner)
    {
        return Err(Rejection::SpokeForAnother { partner: other.partner });
    }
    let basis = citations::basis(project, &given.facts, given.at);
    if basis.is_empty() {
        return Err(Rejection::NoBasis);
    }
    let approver = given.by.clone();
    Ok(vec![Event::ProjectApproved { role, partner, admission, approver, basis }])
}

pub(super) fn reject(project: &Project, reason: Prose) -> Result<Vec<Event>, Rejection> {
    project.underway()?;
    Ok(vec![Event::ProjectRejected { reason }])
}

/// The partner, when it is a member.
fn member(given: &Given, partner: &Reference) -> Result<Cited<PartnerFact>, Rejection> {
    let cited = given.cited::<PartnerFact>(partner)?;
    match cited.fact.capacity {
        Some(Capacity::Member) => Ok(cited),
        Some(Capacity::Observer) | None => Err(Rejection::NotAMember { partner: cited.fact.id }),
    }
}

/// The partner, when it is a member and nobody acts for another one.
pub(super) fn represented(given: &Given, partner: &Reference) -> Result<Cited<PartnerFact>, Rejection> {
    let cited = member(given, partner)?;
    match given.on_behalf_of.filter(|it| *it != cited.fact.id) {
        Some(on_behalf_of) => Err(Rejection::ActsForAnother { partner: cited.fact.id, on_behalf_of }),
        None => Ok(cited),
    }
}

fn holder(given: &Given, partner: &Reference, role: &RoleName) -> Result<Cited<PartnerFact>, Rejection> {
    let cited = represented(given, partner)?;
    match cited.fact.roles.contains(role) {
        true => Ok(cited),
        false => Err(Rejection::RoleNotHeld { partner: cited.fact.id, role: role.clone() }),
    }
}

/// The edition that governs the project has the role.
fn in_the_charter(project: &Project, given: &Given, role: &RoleName) -> Result<(), Rejection> {
    let edition = project.charter().ok_or(Rejection::NotProposed)?.reference();
    let law = given.cited::<EditionFact>(&edition)?.fact.law;
    match law.roles.contains(role) {
        true => Ok(()),
        false => Err(Rejection::NoSuchRole { role: role.clone() }),
    }
}

fn not_the_proposer(project: &Project, given: &Given) -> Result<(), Rejection> {
    if project.is_proposer(&given.by) { Err(Rejection::IsProposer) } else { Ok(()) }
}
