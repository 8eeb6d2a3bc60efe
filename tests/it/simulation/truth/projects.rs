//! Projects: stages in order, nobody judges their own, and nothing without its ground.
use super::{Judge, Past};
use pactline::codec::AnyEvent;
use pactline::domain::Timestamp;
use pactline::domain::charter::ProjectLaw;
use pactline::domain::citation::{Citation, StreamName};
use pactline::domain::id::ResultId;
use pactline::domain::project::Event;
use pactline::domain::text::PersonId;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
struct Run<'a> {
    law: Option<&'a ProjectLaw>,
    stage: Option<&'a str>,
    expired: bool,
    proposer: Option<&'a PersonId>,
    partner: Option<StreamName>,
    cited: BTreeSet<&'a Citation>,
    results: BTreeMap<ResultId, (&'a PersonId, bool)>,
    flagged: BTreeSet<&'a Citation>,
    reports: u32,
    report_at: Option<Timestamp>,
    suspended: bool,
    over: bool,
}

impl Judge<'_> {
    pub(super) fn project(&mut self, stream: &StreamName) {
        let mut run = Run::default();
        for past in self.of(stream) {
            let AnyEvent::Project(event) = &past.event else { continue };
            let late = matches!(
                event,
                Event::FundsReceived { .. }
                    | Event::ExpenditureRecorded { .. }
                    | Event::TransactionReversed { .. }
                    | Event::ResultVerified { .. }
            );
            self.must(!run.over || late, "little follows the end of a project", past);
            self.must(run.law.is_some() || past.revision == 0, "a project is proposed first", past);
            match event {
                Event::ProjectProposed { .. } => self.proposed(&mut run, event, past),
                Event::PriorityCited { priority } => {
                    self.must(
                        self.once(past, |it| self.is_live(priority, it)),
                        "a live priority is cited",
                        past,
                    );
                    self.must(run.cited.insert(priority), "what is cited is cited once", past);
                }
                Event::ProvisionCited { provision, .. } => {
                    self.must(run.cited.insert(provision), "what is cited is cited once", past);
                }
                Event::CitationRevoked { cited, .. } => {
                    self.must(run.cited.remove(cited), "what is cited is revoked", past);
                    run.flagged.remove(cited);
                }
                Event::ReviewRecorded { reviewer, .. } => {
                    self.must(Some(reviewer) != run.proposer, "nobody reviews their own", past);
                }
                Event::ProjectApproved { role, admission, approver, basis, .. } => {
                    self.must(Some(approver) != run.proposer, "nobody approves their own", past);
                    self.must(
                        run.partner.as_ref() != Some(&admission.stream),
                        "nor does their partner",
                        past,
                    );
                    let grounds = !basis.is_empty() && basis.iter().all(|it| run.cited.contains(it));
                    self.must(grounds, "an approval rests on what is cited", past);
                    let held = self.once(past, |it| {
                        self.is_member(&admission.stream, it)
                            && self.standing(&admission.stream, it).1.contains(role)
                    });
                    self.must(held, "who approves held the role", past);
                }
                Event::StageEntered { .. } | Event::LawAmended { .. } => self.enters(&mut run, event, past),
                Event::StageExpired { stage, .. } => {
                    let right = run.stage == Some(stage.as_str()) && !run.expired;
                    self.must(right, "a stage expires once", past);
                    run.expired = true;
                }
                Event::ProjectSuspended { .. } => {
                    self.must(
                        !std::mem::replace(&mut run.suspended, true),
                        "what goes on is suspended",
                        past,
                    );
                }
                Event::ProjectResumed { .. } => {
                    self.must(std::mem::take(&mut run.suspended), "what rests is resumed", past);
                }
                Event::ProjectCompleted { .. } => {
                    let last = run.law.and_then(|it| it.stages.last()).map(|it| it.name.as_str());
                    self.must(run.stage == last && !run.suspended, "the last stage is completed", past);
                    run.over = true;
                }
                Event::ProjectCancelled { .. } | Event::ProjectRejected { .. } => run.over = true,
                Event::ResultReported { result, reporter, .. } => {
                    let new = run.results.insert(*result, (reporter, false)).is_none();
                    self.must(new, "a result is reported once", past);
                }
                Event::ResultVerified { result, verifier, .. } => {
                    let reported = run.results.insert(*result, (verifier, true));
                    let right = reported.is_some_and(|(by, verified)| by != verifier && !verified);
                    self.must(right, "somebody else verifies a result, once", past);
                }
                Event::ReportFellDue { stage, term, next_at, .. } => {
                    let right = run.stage == Some(stage.as_str()) && *term == run.reports + 1;
                    let in_time = run.report_at.is_none_or(|it| it <= past.at()) && *next_at > past.at();
                    self.must(right && in_time, "a report falls due once in its term", past);
                    (run.reports, run.report_at) = (*term, Some(*next_at));
                }
                Event::CitationFlagged { cited, .. } => {
                    let new = run.cited.contains(cited) && run.flagged.insert(cited);
                    self.must(new, "what is cited is flagged once", past);
                    let gone =
                        cited.stream.kind() != "priority" || self.once(past, |it| !self.is_live(cited, it));
                    self.must(gone, "what stands is not flagged", past);
                }
                Event::GateExamined { stage, .. } => {
                    self.must(run.stage == Some(stage.as_str()), "the gate it stands at is examined", past);
                }
                Event::DocumentAttached { .. }
                | Event::FundsPledged { .. }
                | Event::FundsCommitted { .. }
                | Event::FundsReceived { .. }
                | Event::ProjectFunded { .. }
                | Event::FundsReduced { .. }
                | Event::FundsWithdrawn { .. }
                | Event::FundsDisbursed { .. }
                | Event::ExpenditureRecorded { .. }
                | Event::TransactionReversed { .. }
                | Event::BudgetRevised { .. }
                | Event::ScopeRevised { .. }
                | Event::IndicatorDefined { .. }
                | Event::TargetSet { .. } => {}
            }
        }
    }

    fn proposed<'b>(&mut self, run: &mut Run<'b>, event: &'b Event, past: &Past) {
        let Event::ProjectProposed { charter, law, priorities, proposed_for, sectors, proposer, .. } = event
        else {
            return;
        };
        self.must(run.law.is_none(), "a project is proposed once", past);
        let lawful = self.once(past, |it| self.in_force(charter, past.at(), it));
        self.must(lawful, "a project begins under the latest law", past);
        for priority in priorities {
            self.must(self.once(past, |it| self.is_live(priority, it)), "a live priority is cited", past);
        }
        if let Some(partner) = proposed_for {
            let member = self.once(past, |it| self.is_member(&partner.stream, it));
            self.must(member, "who proposes is a member", past);
        }
        let sum: u32 = sectors.iter().map(|it| u32::from(it.percent)).sum();
        self.must(sectors.is_empty() || sum == 100, "sectors sum to a hundred", past);
        run.law = Some(law);
        run.proposer = Some(proposer);
        run.partner = proposed_for.as_ref().map(|it| it.stream.clone());
        run.cited = priorities.iter().collect();
    }

    fn enters<'b>(&mut self, run: &mut Run<'b>, event: &'b Event, past: &Past) {
        let stages = |law: Option<&'b ProjectLaw>| law.map(|it| &it.stages[..]).unwrap_or_default();
        let place =
            |law, stage: Option<&str>| stages(law).iter().position(|it| Some(it.name.as_str()) == stage);
        match event {
            Event::StageEntered { stage, left, .. } => {
                let from = place(run.law, run.stage).map_or(0, |it| it + 1);
                let right = left.as_ref().map(|it| it.as_str()) == run.stage
                    && place(run.law, Some(stage.as_str())) == Some(from)
                    && !run.suspended;
                self.must(right, "stages follow each other", past);
                run.stage = Some(stage.as_str());
            }
            Event::LawAmended { law, stage, .. } => {
                run.law = Some(law);
                run.stage = Some(stage.as_str());
                self.must(place(run.law, run.stage).is_some(), "the new law knows the stage", past);
            }
            _ => {}
        }
        (run.expired, run.reports, run.report_at) = (false, 0, None);
    }
}
