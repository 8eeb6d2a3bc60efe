//! What a gate may ask, and when it is satisfied.
use super::citations::{is_in_force, live_priorities};
use super::funds::reaches;
use super::ledger::{Entry, Kind};
use super::state::{Approval, Outcome, Proposal, Stay, What};
use super::{Project, Verdict, Verification};
use crate::domain::charter::{FundingBasis, Requirement, RoleName, Stage};
use crate::domain::citation::{Citation, Reference, StreamName};
use crate::domain::fact::{Cited, Facts, ProvisionFact, TaskFact};
use crate::domain::id::{IndicatorId, TransactionId};
use crate::domain::text::{self, Slug};
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
    /// The events that make it so: of the project itself without their ids, of other streams with them. Where
    /// it does not hold, those that come near.
    pub rests_on: Vec<Reference>,
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

/// Whether it holds, what there is, and the events that say so.
type Answer = (bool, String, Vec<Reference>);

impl Look<'_> {
    fn all(&self, stage: &Stage) -> Vec<Finding> {
        let find = |requirement: &Requirement| {
            let (holds, because, rests_on) = self.at(requirement);
            Finding { requirement: requirement.clone(), holds, because, rests_on }
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
        match self.project.reviews.iter().rev().find(of) {
            Some(it) => {
                let because = format!("the latest {kind} review as {role} came to {}", it.verdict);
                (it.verdict == Verdict::Passed, because, self.own([it.revision]))
            }
            None => (false, format!("there is no {kind} review as {role}"), Vec::new()),
        }
    }

    fn approvals(&self, role: &RoleName, count: u8) -> Answer {
        let found = counted(self.project, self.proposal, role);
        let because = format!("{} of {} approved as {role}", found.len(), text::counted(count, "partner"));
        (found.len() >= usize::from(count), because, self.own(found.iter().map(|it| it.revision)))
    }

    fn priority(&self) -> Answer {
        let live = live_priorities(self.project, self.sight.facts);
        match live.len() {
            0 => (false, "no cited priority is live".to_owned(), self.cited(What::Priority, |_| true)),
            found => {
                let rests_on = self.cited(What::Priority, |it| live.contains(it));
                (true, format!("{found} cited priorities are live"), rests_on)
            }
        }
    }

    fn provision(&self) -> Answer {
        let (stream, facts) = (self.stream(), self.sight.facts);
        let in_force = |it: &Citation| {
            let provision = facts.cited::<ProvisionFact>(&it.reference());
            provision.is_ok_and(|it| is_in_force(&it.fact, &stream, self.sight.at))
        };
        let provisions = self.project.citations.iter().filter(|it| it.what == What::Provision);
        match provisions.filter(|it| in_force(&it.citation)).count() {
            0 => (false, "no provision in force is cited".to_owned(), self.cited(What::Provision, |_| true)),
            found => {
                let because = format!("{found} cited provisions are in force or retained");
                (true, because, self.cited(What::Provision, in_force))
            }
        }
    }

    /// The events that cite, and what they cite.
    fn cited(&self, what: What, which: impl Fn(&Citation) -> bool) -> Vec<Reference> {
        let cites = self.project.citations.iter().filter(|it| it.what == what && which(&it.citation));
        cites.flat_map(|it| self.own([it.revision]).into_iter().chain([it.citation.reference()])).collect()
    }

    fn funded(&self, percent: u8, basis: FundingBasis) -> Answer {
        let Some(budget) = self.project.budget else {
            let because = "there is no budget, so that no share of it can be there".to_owned();
            return (false, because, Vec::new());
        };
        let ledger = &self.project.ledger;
        let funded = ledger.total(budget.currency).funded(basis);
        let there = super::funds::money(budget.currency, funded);
        let because = format!("{there} of {budget} is {basis}, and {percent} percent is asked for");
        let counts = |(id, it): &(TransactionId, &Entry)| {
            let kind = match basis {
                FundingBasis::Committed => matches!(it.kind, Kind::Commitment | Kind::Receipt),
                FundingBasis::Received => it.kind == Kind::Receipt,
            };
            kind && it.amount.currency == budget.currency && !ledger.is_reversed(*id)
        };
        let moved =
            ledger.entries().filter(counts).filter_map(|(id, _)| self.project.moved.get(&id).copied());
        let mut moved: Vec<u64> = moved.collect();
        moved.sort_unstable();
        (reaches(funded, percent, budget), because, self.own(moved))
    }

    fn document(&self, kind: &Slug) -> Answer {
        let found = self.project.documents.iter().filter(|it| it.kind == *kind).map(|it| it.revision);
        let found: Vec<u64> = found.collect();
        match found.is_empty() {
            false => (true, format!("a document of the kind {kind} is attached"), self.own(found)),
            true => (false, format!("no document of the kind {kind} is attached"), Vec::new()),
        }
    }

    fn verified(&self, asked: u16) -> Answer {
        let (found, rests_on) = self.indicators(|it| it == Some(Verification::Confirmed));
        (found >= usize::from(asked), have(found, "a verified result", asked), rests_on)
    }

    fn reported(&self, asked: u16) -> Answer {
        let (found, rests_on) = self.indicators(|it| it != Some(Verification::Refuted));
        (found >= usize::from(asked), have(found, "a result", asked), rests_on)
    }

    /// How many indicators have a result whose verification is good, and where those are on record.
    fn indicators(&self, good: impl Fn(Option<Verification>) -> bool) -> (usize, Vec<Reference>) {
        let good: Vec<&Outcome> = self.project.results.values().filter(|it| good(it.verification)).collect();
        let indicators: BTreeSet<IndicatorId> = good.iter().map(|it| it.indicator).collect();
        let mut revisions: Vec<u64> =
            good.iter().flat_map(|it| [Some(it.revision), it.checked]).flatten().collect();
        revisions.sort_unstable();
        (indicators.len(), self.own(revisions))
    }

    fn date(&self, days: u32) -> Answer {
        let reached = after(self.stay.since, days);
        let because = format!("{} at {reached}", Requirement::DateReached { days });
        (self.sight.at >= reached, because, self.own([self.stay.revision]))
    }

    fn objections(&self) -> Answer {
        let open = self.project.reviews.iter().filter(|it| it.verdict == Verdict::Objection);
        let open: Vec<u64> = open.map(|it| it.revision).collect();
        let because = match open.len() {
            1 => "1 objection of a reviewer is open".to_owned(),
            more => format!("{more} objections of reviewers are open"),
        };
        (open.is_empty(), because, self.own(open))
    }

    fn task(&self, kind: &Slug) -> Answer {
        let stream = self.stream();
        let tasks = self.sight.tasks.iter().filter_map(|it| self.sight.facts.cited::<TaskFact>(it).ok());
        let done = tasks.filter(|it| it.fact.kind == *kind && it.fact.subject == stream);
        let (count, idle): (Vec<_>, Vec<_>) = done.partition(|it| self.idle(&it.fact).is_none());
        let references =
            |done: &[Cited<TaskFact>]| done.iter().map(|it| it.citation.reference()).collect::<Vec<_>>();
        if !count.is_empty() {
            return (true, format!("a {kind} task is done"), references(&count));
        }
        let why = idle.first().and_then(|it| self.idle(&it.fact));
        let because = why.unwrap_or_else(|| format!("no finished {kind} task about this project is cited"));
        (false, because, references(&idle))
    }

    /// Why a finished task does not count: only what is of a kind and role that the law orders does, and nobody checks their own proposal.
    fn idle(&self, task: &TaskFact) -> Option<String> {
        let (kind, role) = (&task.kind, &task.role);
        if task.worker == self.proposal.proposer {
            return Some(format!("the {kind} task was done by whoever proposed the project"));
        }
        let ordered: Vec<&str> = self.project.ordered_for(kind).into_iter().map(Slug::as_str).collect();
        let was_not =
            || format!("the {kind} task was done as {role}, and the law asks {}", ordered.join(", "));
        (!ordered.contains(&role.as_str())).then(was_not)
    }

    fn own(&self, revisions: impl IntoIterator<Item = u64>) -> Vec<Reference> {
        let stream = self.stream();
        revisions.into_iter().map(|it| Reference::new(stream.clone(), it)).collect()
    }

    fn stream(&self) -> StreamName {
        super::state::stream(self.proposal.project)
    }
}

/// `1 indicator has a result, and 2 are asked for`.
fn have(found: usize, result: &str, asked: u16) -> String {
    let have = if found == 1 { "has" } else { "have" };
    let are = if asked == 1 { "is" } else { "are" };
    format!("{} {have} {result}, and {asked} {are} asked for", text::counted(found, "indicator"))
}

/// The approvals in `role` that count: of other partners than the proposing one, each by a person of its own
/// who is not the proposer.
pub(super) fn counted<'a>(project: &'a Project, proposal: &Proposal, role: &RoleName) -> Vec<&'a Approval> {
    let mut spoke = BTreeSet::new();
    let counts = |it: &&Approval| {
        let other = Some(it.partner) != proposal.partner && it.approver != proposal.proposer;
        it.role == *role && other && spoke.insert(it.approver.clone())
    };
    project.approvals.iter().filter(counts).collect()
}
