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
            self.report(&path, stage);
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
        if let Some(steward) = &law.steward {
            self.role("projects.steward", steward);
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
            let Some(role) = &task.escalate_to else { continue };
            let place = format!("{place}.escalate_to");
            self.role(&place, role);
            if task.due_days.is_none() {
                self.fault(place, "is a consequence without a deadline: add due_days, or drop it");
            } else if *role == task.role {
                self.fault(place, format!("{role} has the task already: name another role, or drop it"));
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
