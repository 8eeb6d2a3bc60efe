//! Whether a project can come through: no gate that stays shut, no deadline that nobody minds.
use super::{Check, listed};
use crate::domain::charter::{Consequence, Requirement, Stage};
use crate::domain::text::Slug;

impl Check<'_> {
    pub(super) fn projects(&mut self) {
        let law = &self.law.projects;
        self.filled("projects.stages", law.stages.len());
        for (n, stage) in law.stages.iter().enumerate() {
            let path = format!("projects.stages[{n}]");
            self.passed_once(&path, n, stage);
            self.deadline(&path, stage);
            self.tasks(&path, stage);
            self.report(&path, stage);
            for (m, requirement) in stage.gate.iter().enumerate() {
                let place = format!("{path}.gate[{m}]");
                if stage.gate.iter().take(m).any(|it| same(it, requirement)) {
                    self.fault(&place, "asks for the same thing twice: keep one of them");
                }
                self.requirement(&place, n, requirement);
            }
        }
        if !(1..=100).contains(&law.funding.threshold_percent) {
            self.fault("projects.funding.threshold_percent", "must be from 1 to 100 percent of the budget");
        }
        if let Some(steward) = &law.steward {
            self.role("projects.steward", steward);
        }
    }

    /// A name leads to one stage: where it is taken twice, whoever comes to the second is back at the first.
    fn passed_once(&mut self, path: &str, n: usize, stage: &Stage) {
        let stages = &self.law.projects.stages;
        if stages.iter().take(n).any(|it| it.name == stage.name) {
            let left = stages.get(n + 1..).unwrap_or_default();
            let after = if left.is_empty() { "the end".to_owned() } else { names(left) };
            let message = format!(
                "{} is there twice, a cycle: the second leads back to the first, and {after} can never be \
                 reached: give it a name of its own",
                stage.name
            );
            self.fault(format!("{path}.name"), message);
        }
    }

    fn deadline(&mut self, path: &str, stage: &Stage) {
        let (days, expiry) = (format!("{path}.deadline_days"), format!("{path}.on_expiry"));
        match (stage.deadline_days, &stage.on_expiry) {
            (Some(0), _) => self.fault(days, "must be at least 1 day"),
            (Some(_), None) if self.knows(&expiry) => self.fault(
                days,
                "is a deadline without a consequence: add on_expiry, such as \"suspend\" or { escalate = ROLE }",
            ),
            (None, Some(_)) if self.knows(&days) => {
                self.fault(expiry, "is a consequence without a deadline: add deadline_days, or drop it");
            }
            (Some(_) | None, _) => {}
        }
        if let Some(Consequence::Escalate(role)) = &stage.on_expiry {
            self.role(format!("{path}.on_expiry"), role);
        }
    }

    fn tasks(&mut self, path: &str, stage: &Stage) {
        for (n, task) in stage.tasks.iter().enumerate() {
            let place = format!("{path}.tasks[{n}]");
            if stage.tasks.iter().take(n).any(|it| it.kind == task.kind) {
                self.fault(
                    format!("{place}.kind"),
                    format!("{} is ordered twice in this stage: keep one of them", task.kind),
                );
            }
            self.due(&format!("{place}.due_days"), task.due_days, stage.deadline_days);
            self.role(format!("{place}.role"), &task.role);
            let (days, escalate) = (format!("{place}.due_days"), format!("{place}.escalate_to"));
            let Some(role) = &task.escalate_to else {
                if task.due_days.is_some() && self.knows(&escalate) {
                    let remedy = "add escalate_to, the role that sees to it then";
                    self.fault(days, format!("is a deadline without a consequence: {remedy}"));
                }
                continue;
            };
            self.role(&escalate, role);
            if task.due_days.is_none() {
                self.fault(escalate, "is a consequence without a deadline: add due_days, or drop it");
            } else if *role == task.role {
                self.fault(escalate, format!("{role} has the task already: name another role, or drop it"));
            }
        }
    }

    /// A report that falls due after the stage has expired is never asked for.
    fn report(&mut self, path: &str, stage: &Stage) {
        let Some(report) = &stage.report else { return };
        self.role(format!("{path}.report.role"), &report.role);
        let (place, every) = (format!("{path}.report.every_days"), report.every_days);
        match stage.deadline_days {
            _ if every == 0 => self.fault(place, "must be at least 1 day"),
            Some(days) if every > days => {
                let message = format!("comes round after {every} days in a stage that may take {days}");
                self.fault(place, format!("{message}: ask more often, or allow more"));
            }
            Some(_) | None => {}
        }
    }

    fn due(&mut self, path: &str, days: Option<u32>, deadline: Option<u32>) {
        match (days, deadline) {
            (Some(0), _) => self.fault(path, "must be at least 1 day"),
            (Some(days), Some(deadline)) if days > deadline && deadline > 0 => {
                let message = format!(
                    "is due after {days} days in a stage that may take {deadline}: ask for it sooner"
                );
                self.fault(path, message);
            }
            (Some(_) | None, _) => {}
        }
    }

    /// What `requirement` of the gate of stage `n` would need to be met one day.
    fn requirement(&mut self, path: &str, n: usize, requirement: &Requirement) {
        match requirement {
            Requirement::ReviewPassed { role, .. } => self.role(path, role),
            Requirement::Approvals { role, count } => {
                if *count == 0 {
                    self.fault(path, "asks for no approvals: count must be at least 1");
                }
                self.role(path, role);
            }
            Requirement::Funded { percent: 0, .. } => {
                self.fault(path, "asks for 0 percent: percent must be from 1 to 100");
            }
            Requirement::Funded { percent, .. } if *percent > 100 => {
                let message =
                    format!("asks for {percent} percent of the budget: percent must be from 1 to 100");
                self.shut(path, n, &message);
            }
            Requirement::ResultsReported { indicators: 0, .. } => {
                self.fault(path, "asks for no results: indicators must be at least 1");
            }
            Requirement::DateReached { days } => self.date(path, n, *days),
            Requirement::TaskDone { kind } => self.task(path, n, kind),
            Requirement::Funded { .. }
            | Requirement::ResultsReported { .. }
            | Requirement::CitesLivePriority
            | Requirement::CitesProvisionInForce
            | Requirement::DocumentAttached { .. }
            | Requirement::NoOpenObjection => {}
        }
    }

    fn date(&mut self, path: &str, n: usize, days: u32) {
        let stage = self.law.projects.stages.get(n);
        let cancelled = stage.is_some_and(|it| it.on_expiry == Some(Consequence::Cancel));
        match stage.and_then(|it| it.deadline_days) {
            _ if days == 0 => self.fault(path, "asks for no waiting: days must be at least 1"),
            Some(0) | None => {}
            Some(deadline) if days > deadline || cancelled && days == deadline => {
                let end = if cancelled { ", and is cancelled then" } else { "" };
                let message = format!(
                    "waits {days} days in a stage that may take {deadline}{end}: wait less, or allow more"
                );
                self.shut(path, n, &message);
            }
            Some(_) => {}
        }
    }

    fn task(&mut self, path: &str, n: usize, kind: &Slug) {
        let stages = &self.law.projects.stages;
        let known = (0..stages.len()).all(|it| self.knows(&format!("projects.stages[{it}].tasks")));
        let Some(first) = stages.iter().position(|it| it.tasks.iter().any(|it| it.kind == *kind)) else {
            if known && self.knows("projects.stages") {
                let message =
                    format!("waits for a task {kind} that no stage up to this one orders: order it in tasks");
                self.shut(path, n, &message);
            }
            return;
        };
        if let Some(later) = stages.get(first).filter(|_| first > n) {
            let message = format!(
                "waits for a task {kind} that no stage up to this one orders, but only {}, which comes after this \
                 gate, a cycle: order it in tasks before",
                later.name
            );
            self.shut(path, n, &message);
        }
    }

    /// The gate of stage `n` can never be passed.
    fn shut(&mut self, path: &str, n: usize, message: &str) {
        let behind = self.law.projects.stages.get(n + 1..).unwrap_or_default();
        let lost = match behind {
            [] => "no project can be completed".to_owned(),
            behind => format!("{} can never be reached", names(behind)),
        };
        self.fault(path, format!("{message}; as it is, {lost}"));
    }
}

fn names(stages: &[Stage]) -> String {
    listed(stages.iter().map(|it| &it.name))
}

/// Whether one of two requirements asks for nothing that the other does not.
fn same(one: &Requirement, other: &Requirement) -> bool {
    use Requirement as It;
    match (one, other) {
        (It::Approvals { role, .. }, It::Approvals { role: of, .. }) => role == of,
        (It::Funded { basis, .. }, It::Funded { basis: of, .. }) => basis == of,
        (It::DateReached { .. }, It::DateReached { .. }) => true,
        (It::ResultsReported { verified, .. }, It::ResultsReported { verified: of, .. }) => verified == of,
        (one, other) => one == other,
    }
}
