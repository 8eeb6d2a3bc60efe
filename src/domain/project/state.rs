//! Just enough memory of a project's past to decide its future.
use super::{Event, Ledger, Sector, Verdict, Verification};
use crate::domain::charter::{ProjectLaw, RoleName, StageName};
use crate::domain::citation::{Citation, Reference, StreamName};
use crate::domain::fact::{Fact, ProjectFact, StageFact};
use crate::domain::id::{IndicatorId, PartnerId, ProjectId, ResultId, TransactionId};
use crate::domain::money::Money;
use crate::domain::scope::{Country, Period};
use crate::domain::text::{PersonId, Slug, Source, Text};
use crate::domain::{Decider, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A project as its events left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// How many events happened: the revision of the next one.
    pub(super) revision: u64,
    pub(super) proposal: Option<Proposal>,
    pub(super) end: Option<End>,
    pub(super) suspended: bool,
    pub(super) stage: Option<Stay>,
    /// The kinds of work that were ordered, and for which role.
    pub(super) ordered: BTreeSet<(Slug, RoleName)>,
    /// The next report, while the stage asks for reports.
    pub(super) report: Option<Expected>,
    pub(super) extent: Option<Extent>,
    pub(super) budget: Option<Money>,
    pub(super) citations: Vec<Cites>,
    /// The latest review of each reviewer in each kind and role, in the order they were recorded.
    pub(super) reviews: Vec<Review>,
    pub(super) documents: Vec<Attached>,
    /// At most one of each partner in each role, in the order they were given.
    pub(super) approvals: Vec<Approval>,
    pub(super) ledger: Ledger,
    /// The revision of each movement of money.
    pub(super) moved: BTreeMap<TransactionId, u64>,
    /// Whether the funding threshold was crossed at some time.
    pub(super) funded: bool,
    /// The unit of each indicator.
    pub(super) indicators: BTreeMap<IndicatorId, Text<40>>,
    pub(super) results: BTreeMap<ResultId, Outcome>,
}

/// What a project was put forward as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposal {
    pub(super) project: ProjectId,
    pub(super) charter: Citation,
    pub(super) law: Arc<ProjectLaw>,
    pub(super) proposer: PersonId,
    pub(super) partner: Option<PartnerId>,
}

/// How a project ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum End {
    /// Turned down.
    Rejected,
    /// As it should.
    Completed,
    /// Early.
    Cancelled,
}

/// The time that a project is in a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// Which.
    pub stage: StageName,
    /// The revision of the event that began it.
    pub revision: u64,
    /// Since when.
    pub since: Timestamp,
    /// When it should be over.
    pub due_at: Option<Timestamp>,
    /// Whether it was noted that it took longer.
    pub expired: bool,
}

/// A report that is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expected {
    /// For which time in the stage, counted from one.
    pub(super) term: u32,
    pub(super) due_at: Timestamp,
}

/// Where and when a project is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) countries: BTreeSet<Country>,
    pub(super) period: Period,
    pub(super) sectors: Vec<Sector>,
}

/// What a project cites and did not revoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cites {
    pub(super) citation: Citation,
    pub(super) what: What,
    /// Whether it was noted that it fell away.
    pub(super) flagged: bool,
    /// The revision of the event that cites it.
    pub(super) revision: u64,
}

/// What kind of thing a project cites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Priority,
    Provision,
    Document,
}

/// A reviewer's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Review {
    pub(super) kind: Slug,
    pub(super) role: RoleName,
    pub(super) reviewer: PersonId,
    pub(super) verdict: Verdict,
    pub(super) revision: u64,
}

/// A document and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attached {
    pub(super) kind: Slug,
    pub(super) document: Source,
    pub(super) revision: u64,
}

/// A partner's approval, and the person who spoke for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Approval {
    pub(super) role: RoleName,
    pub(super) partner: PartnerId,
    pub(super) approver: PersonId,
    pub(super) revision: u64,
}

/// A reported result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) indicator: IndicatorId,
    pub(super) reporter: PersonId,
    pub(super) verification: Option<Verification>,
    /// The revision of the event that reported it, and of the one that checked it.
    pub(super) revision: u64,
    pub(super) checked: Option<u64>,
}

impl Project {
    /// The project's money.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Everything it cites now; a gate looks at what these stand for.
    pub fn cited(&self) -> Vec<Reference> {
        self.citations.iter().map(|it| it.citation.reference()).collect()
    }

    /// The name of its stream, once it was proposed.
    pub fn stream(&self) -> Option<StreamName> {
        self.proposal.as_ref().map(|it| stream(it.project))
    }

    /// The revision of its last event, once it was proposed.
    pub fn last_revision(&self) -> Option<u64> {
        self.revision.checked_sub(1)
    }

    /// What governs it, once it was proposed.
    pub fn law(&self) -> Option<&Arc<ProjectLaw>> {
        self.proposal.as_ref().map(|it| &it.law)
    }

    /// The edition that governs it, once it was proposed.
    pub fn charter(&self) -> Option<&Citation> {
        self.proposal.as_ref().map(|it| &it.charter)
    }

    /// The stage it is in, once it was proposed; the last one when it is over.
    pub fn stay(&self) -> Option<&Stay> {
        self.stage.as_ref()
    }

    /// How it ended, if it did.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// Whether it rests.
    pub fn is_suspended(&self) -> bool {
        self.suspended
    }

    pub(super) fn stage_reference(&self) -> Option<Reference> {
        Some(Reference::new(self.stream()?, self.stage.as_ref()?.revision))
    }

    pub(super) fn is_proposer(&self, person: &PersonId) -> bool {
        self.proposal.as_ref().is_some_and(|it| it.proposer == *person)
    }

    /// For which roles work of this kind was ordered, or is by the law.
    pub(super) fn ordered_for(&self, kind: &Slug) -> BTreeSet<&RoleName> {
        let law = self.law().into_iter().flat_map(|it| &it.stages).flat_map(|it| &it.tasks);
        let law = law.map(|it| (&it.kind, &it.role));
        let before = self.ordered.iter().map(|(kind, role)| (kind, role));
        law.chain(before).filter(|(it, _)| *it == kind).map(|(_, role)| role).collect()
    }

    fn cite(&mut self, citation: &Citation, what: What) {
        let (citation, revision) = (citation.clone(), self.revision);
        self.citations.push(Cites { citation, what, flagged: false, revision });
    }

    fn enter(&mut self, stage: &StageName, due_at: Option<Timestamp>, at: Timestamp) {
        let (stage, revision) = (stage.clone(), self.revision);
        self.stage = Some(Stay { stage, revision, since: at, due_at, expired: false });
    }

    fn review(&mut self, review: Review) {
        let same =
            |it: &Review| it.kind == review.kind && it.role == review.role && it.reviewer == review.reviewer;
        self.reviews.retain(|it| !same(it));
        self.reviews.push(review);
    }
}

/// The name of the project's stream.
pub(super) fn stream(project: ProjectId) -> StreamName {
    StreamName::new(Project::KIND, project.0)
}

pub(super) fn evolve(project: &mut Project, event: &Event, at: Timestamp) {
    project.ledger.apply(event);
    if let Event::StageEntered { orders, .. } | Event::LawAmended { orders, .. } = event {
        project.ordered.extend(orders.iter().map(|it| (it.kind.clone(), it.role.clone())));
    }
    match event {
        Event::ProjectProposed { .. } => propose(project, event),
        Event::PriorityCited { priority } => project.cite(priority, What::Priority),
        Event::ProvisionCited { provision, whole_document: true, .. } => {
            project.cite(provision, What::Document);
        }
        Event::ProvisionCited { provision, .. } => project.cite(provision, What::Provision),
        Event::CitationRevoked { cited, .. } => project.citations.retain(|it| it.citation != *cited),
        Event::ReviewRecorded { kind, role, reviewer, verdict, .. } => {
            let (kind, role, reviewer) = (kind.clone(), role.clone(), reviewer.clone());
            let revision = project.revision;
            project.review(Review { kind, role, reviewer, verdict: *verdict, revision });
        }
        Event::DocumentAttached { kind, document } => {
            let (kind, document, revision) = (kind.clone(), document.clone(), project.revision);
            project.documents.push(Attached { kind, document, revision });
        }
        Event::ProjectApproved { role, partner, approver, .. } => {
            let there = project.approvals.iter().any(|it| it.role == *role && it.partner == *partner);
            let (role, partner, approver) = (role.clone(), *partner, approver.clone());
            let approval = Approval { role, partner, approver, revision: project.revision };
            project.approvals.extend(Some(approval).filter(|_| !there));
        }
        Event::ProjectRejected { .. } => project.end = Some(End::Rejected),
        Event::ProjectCompleted { .. } => project.end = Some(End::Completed),
        Event::ProjectCancelled { .. } => project.end = Some(End::Cancelled),
        Event::ProjectFunded { .. } => project.funded = true,
        Event::StageEntered { stage, due_at, report_at, .. } => {
            project.enter(stage, *due_at, at);
            project.report = report_at.map(|due_at| Expected { term: 1, due_at });
        }
        Event::ProjectSuspended { .. } => project.suspended = true,
        Event::ProjectResumed { .. } => project.suspended = false,
        Event::BudgetRevised { budget, .. } => project.budget = Some(*budget),
        Event::ScopeRevised { countries, period, sectors, .. } => {
            let (countries, sectors) = (countries.clone(), sectors.clone());
            project.extent = Some(Extent { countries, period: *period, sectors });
        }
        Event::IndicatorDefined { indicator, baseline, .. } => {
            project.indicators.insert(*indicator, baseline.unit.clone());
        }
        Event::ResultReported { result, indicator, reporter, .. } => {
            let (indicator, reporter) = (*indicator, reporter.clone());
            let revision = project.revision;
            let outcome = Outcome { indicator, reporter, verification: None, revision, checked: None };
            project.results.insert(*result, outcome);
        }
        Event::ResultVerified { result, verification, .. } => {
            let checked = Some(project.revision);
            let checked = |it: &mut Outcome| (it.verification, it.checked) = (Some(*verification), checked);
            project.results.entry(*result).and_modify(checked);
        }
        Event::LawAmended { charter, law, stage, due_at, since, report_at, .. } => {
            if let Some(proposal) = &mut project.proposal {
                proposal.charter = charter.clone();
                proposal.law = law.clone();
            }
            // Where a stage goes on with the same end, what came of that end is not to come again.
            let same = |it: &&Stay| since.is_some() && it.expired && it.due_at == *due_at;
            let expired = project.stage.as_ref().filter(same).is_some();
            project.enter(stage, *due_at, since.unwrap_or(at));
            project.stage.iter_mut().for_each(|it| it.expired = expired);
            project.report = report_at.map(|due_at| Expected { term: 1, due_at });
        }
        Event::ReportFellDue { term, next_at, .. } => {
            project.report = Some(Expected { term: term.saturating_add(1), due_at: *next_at });
        }
        Event::CitationFlagged { cited, .. } => {
            let flagged = project.citations.iter_mut().filter(|it| it.citation == *cited);
            flagged.for_each(|it| it.flagged = true);
        }
        Event::StageExpired { stage, .. } => {
            let expired = project.stage.as_mut().filter(|it| it.stage == *stage);
            expired.into_iter().for_each(|it| it.expired = true);
        }
        Event::FundsPledged { movement, .. }
        | Event::FundsCommitted { movement, .. }
        | Event::FundsReceived { movement, .. } => {
            project.moved.insert(movement.transaction, project.revision);
        }
        Event::FundsReduced { .. }
        | Event::FundsWithdrawn { .. }
        | Event::FundsDisbursed { .. }
        | Event::ExpenditureRecorded { .. }
        | Event::TransactionReversed { .. }
        | Event::TargetSet { .. }
        | Event::GateExamined { .. } => {}
    }
    project.revision = project.revision.saturating_add(1);
}

fn propose(now: &mut Project, event: &Event) {
    let Event::ProjectProposed { project, charter, law, priorities, proposed_for, proposer, .. } = event
    else {
        return;
    };
    now.proposal = Some(Proposal {
        project: *project,
        charter: charter.clone(),
        law: law.clone(),
        proposer: proposer.clone(),
        partner: proposed_for.as_ref().map(|it| PartnerId(it.stream.id())),
    });
    priorities.iter().for_each(|it| now.cite(it, What::Priority));
    if let Event::ProjectProposed { countries, period, budget, sectors, .. } = event {
        now.budget = *budget;
        let (countries, sectors) = (countries.clone(), sectors.clone());
        now.extent = Some(Extent { countries, period: *period, sectors });
    }
}

/// A proposal stands for the project, an entry into a stage for that stage.
pub(super) fn attest(project: &Project, event: &Event, _at: Timestamp) -> Option<Fact> {
    match event {
        Event::ProjectProposed { project: id, .. } => {
            Some(ProjectFact { project: *id, over: project.end.is_some() }.into())
        }
        Event::StageEntered { stage, .. } | Event::LawAmended { stage, .. } => {
            let project = project.proposal.as_ref()?.project;
            Some(StageFact { project, stage: stage.clone() }.into())
        }
        _ => None,
    }
}
