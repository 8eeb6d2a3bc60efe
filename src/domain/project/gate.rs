//! What a gate may ask, and when it is satisfied.
use super::citations::{is_in_force, live_priorities};
use super::funds::reaches;
use super::state::{Proposal, Stay, What};
use super::{Project, Verdict, Verification};
use crate::domain::charter::{FundingBasis, Requirement, RoleName, Stage};
use crate::domain::citation::{Reference, StreamName};
use crate::domain::fact::{Facts, ProvisionFact, TaskFact};
use crate::domain::id::{IndicatorId, PartnerId};
use crate::domain::text::Slug;
use crate::domain::{Timestamp, after};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is known when a gate is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// What [`Project::cited`] and `tasks` stand for now.
    pub facts: &'a Facts,
    /// The TaskCompleted events that are brought forward.
    pub tasks: &'a [Reference],
    /// When.
    pub at: Timestamp,
}

/// Whether one requirement of a gate is satisfied, and why or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What the law asks for.
    pub requirement: Requirement,
    /// Whether it is so.
    pub holds: bool,
    /// What there is, in words.
    pub because: String,
}

/// A requirement that is not satisfied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// What the law asks for.
    pub requirement: Requirement,
    /// What there is instead, in words.
    pub because: String,
}

/// Every requirement of the gate of the stage that the project is in, in the law's order. Empty when it has
/// none, and before the project was proposed.
pub fn findings(project: &Project, sight: &Sight<'_>) -> Vec<Finding> {
    let (Some(proposal), Some(stay)) = (&project.proposal, &project.stage) else {
        return Vec::new();
    };
    let Some((_, stage)) = proposal.law.stage(&stay.stage) else {
        return Vec::new();
    };
    let look = Look { project, proposal, stay, sight };
    look.all(stage)
}

/// What keeps the gate shut; nothing when it is open.
pub fn open(project: &Project, sight: &Sight<'_>) -> Vec<Missing> {
    let shut = findings(project, sight).into_iter().filter(|it| !it.holds);
    shut.map(|Finding { requirement, because, .. }| Missing { requirement, because }).collect()
}

struct Look<'a> {
    project: &'a Project,
    proposal: &'a Proposal,
    stay: &'a Stay,
    sight: &'a Sight<'a>,
}

type Answer = (bool, String);

impl Look<'_> {
    fn all(&self, stage: &Stage) -> Vec<Finding> {
        let find = |requirement: &Requirement| {
            let (holds, because) = self.at(requirement);
            Finding { requirement: requirement.clone(), holds, because }
        };
        stage.gate.iter().map(find).collect()
    }

    fn at(&self, requirement: &Requirement) -> Answer {
        match requirement {
            Requirement::ReviewPassed { kind, role } => self.review(kind, role),
            Requirement::Approvals { role, count } => self.approvals(role, *count),
            Requirement::CitesLivePriority => self.priority(),
            Requirement::CitesProvisionInForce => self.provision(),
            Requirement::Funded { percent, basis } => self.funded(*percent, *basis),
            Requirement::DocumentAttached { kind } => self.document(kind),
            Requirement::ResultsReported { indicators, verified: true } => self.verified(*indicators),
            Requirement::ResultsReported { indicators, verified: false } => self.reported(*indicators),
            Requirement::DateReached { days } => self.date(*days),
            Requirement::NoOpenObjection => self.objections(),
            Requirement::TaskDone { kind } => self.task(kind),
        }
    }

    fn review(&self, kind: &Slug, role: &RoleName) -> Answer {
        let of = |it: &&super::state::Review| {
            it.kind == *kind && it.role == *role && it.reviewer != self.proposal.proposer
        };
        match self.project.reviews.iter().rev().find(of).map(|it| it.verdict) {
            Some(verdict) => {
                let because = format!("the latest {kind} review as {role} came to {verdict}");
                (verdict == Verdict::Passed, because)
            }
            None => (false, format!("there is no {kind} review as {role}")),
        }
    }

    fn approvals(&self, role: &RoleName, count: u8) -> Answer {
        let counts =
            |(by, partner): &&(RoleName, PartnerId)| by == role && Some(*partner) != self.proposal.partner;
        let found = self.project.approvals.iter().filter(counts).count();
        (found >= usize::from(count), format!("{found} of {count} partners approved as {role}"))
    }

    fn priority(&self) -> Answer {
        match live_priorities(self.project, self.sight.facts).len() {
            0 => (false, "no cited priority is live".to_owned()),
            live => (true, format!("{live} cited priorities are live")),
        }
    }

    fn provision(&self) -> Answer {
        let stream = self.stream();
        let provisions = self.project.citations.iter().filter(|it| it.what == What::Provision);
        let facts = provisions
            .filter_map(|it| self.sight.facts.cited::<ProvisionFact>(&it.citation.reference()).ok());
        match facts.filter(|it| is_in_force(&it.fact, &stream, self.sight.at)).count() {
            0 => (false, "no provision in force is cited".to_owned()),
            found => (true, format!("{found} cited provisions are in force or retained")),
        }
    }

    fn funded(&self, percent: u8, basis: FundingBasis) -> Answer {
        let Some(budget) = self.project.budget else {
            return (false, "there is no budget, so that no share of it can be there".to_owned());
        };
        let funded = self.project.ledger.total(budget.currency).funded(basis);
        let there = super::funds::money(budget.currency, funded);
        let because = format!("{there} of {budget} is {basis}, and {percent} percent is asked for");
        (reaches(funded, percent, budget), because)
    }

    fn document(&self, kind: &Slug) -> Answer {
        match self.project.documents.iter().any(|(it, _)| it == kind) {
            true => (true, format!("a document of the kind {kind} is attached")),
            false => (false, format!("no document of the kind {kind} is attached")),
        }
    }

    fn verified(&self, asked: u16) -> Answer {
        let found = self.indicators(|it| it == Some(Verification::Confirmed));
        let because = format!("{found} of {asked} indicators have a verified result");
        (found >= usize::from(asked), because)
    }

    fn reported(&self, asked: u16) -> Answer {
        let found = self.indicators(|it| it != Some(Verification::Refuted));
        (found >= usize::from(asked), format!("{found} of {asked} indicators have a result"))
    }

    /// How many indicators have a result whose verification is good.
    fn indicators(&self, good: impl Fn(Option<Verification>) -> bool) -> usize {
        let good = self.project.results.values().filter(|it| good(it.verification));
        good.map(|it| it.indicator).collect::<BTreeSet<IndicatorId>>().len()
    }

    fn date(&self, days: u32) -> Answer {
        let reached = after(self.stay.since, days);
        let because = format!("{days} days in the stage are over at {reached}");
        (self.sight.at >= reached, because)
    }

    fn objections(&self) -> Answer {
        let open = self.project.reviews.iter().filter(|it| it.verdict == Verdict::Objection).count();
        (open == 0, format!("{open} objections of reviewers are open"))
    }

    fn task(&self, kind: &Slug) -> Answer {
        let stream = self.stream();
        let tasks = self.sight.tasks.iter().filter_map(|it| self.sight.facts.cited::<TaskFact>(it).ok());
        match tasks.map(|it| it.fact).any(|it| it.kind == *kind && it.subject == stream) {
            true => (true, format!("a {kind} task is done")),
            false => (false, format!("no finished {kind} task about this project is cited")),
        }
    }

    fn stream(&self) -> StreamName {
        super::state::stream(self.proposal.project)
    }
}
