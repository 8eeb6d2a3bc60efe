//! Whether a project can come through: no gate that stays shut, no deadline that nobody minds.
use super::Check;
use crate::domain::charter::{Consequence, Requirement, Stage};

impl Check<'_> {
    pub(super) fn projects(&mut self) {
        let law = &self.law.projects;
        self.filled("projects.stages", law.stages.len());
        let paths = law.stages.iter().enumerate();
        self.distinct(paths.map(|(n, it)| (format!("projects.stages[{n}].name"), &it.name)));
        for (n, stage) in law.stages.iter().enumerate() {
            let path = format!("projects.stages[{n}]");
            self.deadline(&path, stage);
            self.tasks(&path, stage);
            for (m, requirement) in stage.gate.iter().enumerate() {
                let place = format!("{path}.gate[{m}]");
                if stage.gate.iter().take(m).any(|it| it == requirement) {
                    self.fault(&place, "asks for the same thing twice: keep one of them");
                }
                self.requirement(&place, n, requirement);
            }
        }
        if !(1..=100).contains(&law.funding.threshold_percent) {
            self.fault("projects.funding.threshold_percent", "must be from 1 to 100 percent of the budget");
        }
    }

    fn deadline(&mut self, path: &str, stage: &Stage) {
        match (stage.deadline_days, &stage.on_expiry) {
            (Some(0), _) => self.fault(format!("{path}.deadline_days"), "must be at least 1 day"),
            (Some(_), None) => self.fault(
                format!("{path}.deadline_days"),
                "is a deadline without a consequence: add on_expiry, such as \"suspend\" or { escalate = ROLE }",
            ),
            (None, Some(_)) => self.fault(
                format!("{path}.on_expiry"),
                "is a consequence without a deadline: add deadline_days, or drop it",
            ),
            (Some(_), Some(_)) | (None, None) => {}
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
            if task.due_days == Some(0) {
                self.fault(format!("{place}.due_days"), "must be at least 1 day");
            }
            self.role(format!("{place}.role"), &task.role);
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
            Requirement::Funded { percent, .. } if !(1..=100).contains(percent) => {
                self.fault(path, format!("asks for {percent} percent: percent must be from 1 to 100"));
            }
            Requirement::ResultsReported { indicators: 0, .. } => {
                self.fault(path, "asks for no results: indicators must be at least 1");
            }
            Requirement::DateReached { days } => self.date(path, n, *days),
            Requirement::TaskDone { kind } => {
                let ordered = self.law.projects.stages.iter().take(n + 1).flat_map(|it| &it.tasks);
                if !ordered.into_iter().any(|it| it.kind == *kind) {
                    let message = format!(
                        "waits for a task {kind} that no stage up to this one orders: order it in tasks"
                    );
                    self.fault(path, message);
                }
            }
            Requirement::Funded { .. }
            | Requirement::ResultsReported { .. }
            | Requirement::CitesLivePriority
            | Requirement::CitesProvisionInForce
            | Requirement::DocumentAttached { .. }
            | Requirement::NoOpenObjection => {}
        }
    }

    fn date(&mut self, path: &str, n: usize, days: u32) {
        let deadline = self.law.projects.stages.get(n).and_then(|it| it.deadline_days);
        match deadline {
            _ if days == 0 => self.fault(path, "asks for no waiting: days must be at least 1"),
            Some(deadline) if days > deadline => {
                let message = format!(
                    "waits {days} days in a stage that may take {deadline}: wait less, or allow more"
                );
                self.fault(path, message);
            }
            Some(_) | None => {}
        }
    }
}
