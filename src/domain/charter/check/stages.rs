//! Whether a project can come through: no gate that stays shut, no deadline that nobody minds.
use super::Check;
use crate::domain::charter::{Consequence, Requirement, Stage};
use crate::domain::text::{Slug, counted};

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
                let known = |m: usize| self.knows(&format!("{path}.gate[{m}]"));
                let mut before = stage.gate.iter().take(m).enumerate().filter(|(m, _)| known(*m));
                if known(m) && before.any(|(_, it)| same(it, requirement)) {
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
            let after = self.behind(n).unwrap_or_else(|| "the end".to_owned());
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
            if task.due_days.is_none() && self.knows(&days) {
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
                let message =
                    format!("comes round after {} in a stage that may take {days}", counted(every, "day"));
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
                    "is due after {} in a stage that may take {deadline}: ask for it sooner",
                    counted(days, "day")
                );
                self.fault(path, message);
            }
            (Some(_) | None, _) => {}
        }
    }

    /// What `requirement` of the gate of stage `n` would need to be met one day.
    fn requirement(&mut self, path: &str, n: usize, requirement: &Requirement) {
        let part = |name: &str| format!("{path}.{name}");
        match requirement {
            Requirement::ReviewPassed { role, .. } => self.role(part("role"), role),
            Requirement::Approvals { role, count } => {
                if *count == 0 {
                    self.fault(part("count"), "asks for no approvals: count must be at least 1");
                }
                self.role(part("role"), role);
            }
            Requirement::Funded { percent: 0, .. } => {
                self.fault(part("percent"), "asks for 0 percent: percent must be from 1 to 100");
            }
            Requirement::Funded { percent, .. } if *percent > 100 => {
                let message =
                    format!("asks for {percent} percent of the budget: percent must be from 1 to 100");
                self.shut(&part("percent"), n, &message);
            }
            Requirement::ResultsReported { indicators: 0, .. } => {
                self.fault(part("indicators"), "asks for no results: indicators must be at least 1");
            }
            Requirement::DateReached { days } => self.date(&part("days"), n, *days),
            Requirement::TaskDone { kind } => self.task(&part("kind"), n, kind),
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
            Some(deadline) if cancelled && days >= deadline => {
                let message = format!(
                    "waits {} in a stage that may take {deadline}, and is cancelled then: wait less, or \
                     allow more",
                    counted(days, "day")
                );
                self.shut(path, n, &message);
            }
            Some(deadline) if days > deadline => {
                let message = format!(
                    "waits {} in a stage that may take {deadline}: every project would be late before its \
                     gate can open; wait less, or allow more",
                    counted(days, "day")
                );
                self.fault(path, message);
            }
            Some(_) => {}
        }
    }

    fn task(&mut self, path: &str, n: usize, kind: &Slug) {
        let stages = &self.law.projects.stages;
        let mut upto = stages.iter().take(n + 1);
        if upto.any(|it| orders(it, kind)) || !(0..=n).all(|it| self.knows_kinds(it)) {
            return;
        }
        let message = format!("waits for a task {kind} that no stage up to this one orders");
        let later = stages.iter().position(|it| orders(it, kind));
        let message = match later.map(|it| self.called(it)) {
            None => format!("{message}: order it in tasks"),
            Some(later) => format!(
                "{message}, but only {later}, which comes after this gate, a cycle: order it in tasks before"
            ),
        };
        self.shut(path, n, &message);
    }

    /// Whether it can be said of every task that stage `n` orders of which kind it is.
    fn knows_kinds(&self, n: usize) -> bool {
        let tasks = self.law.projects.stages.get(n).map_or(0, |it| it.tasks.len());
        let path = format!("projects.stages[{n}].tasks");
        self.reads(&path) && (0..tasks).all(|m| self.reads(&format!("{path}[{m}].kind")))
    }

    /// The gate of stage `n` can never be passed.
    fn shut(&mut self, path: &str, n: usize, message: &str) {
        let lost = match self.behind(n) {
            None => "no project can be completed".to_owned(),
            Some(behind) => format!("{behind} can never be reached"),
        };
        self.fault(path, format!("{message}; as it is, {lost}"));
    }

    /// The stages that come after stage `n`; `None` where it is the last.
    fn behind(&self, n: usize) -> Option<String> {
        let names: Vec<String> = (n + 1..self.law.projects.stages.len()).map(|it| self.called(it)).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// The name of stage `n`, or its place where the name could not be read.
    fn called(&self, n: usize) -> String {
        let read = self.reads(&format!("projects.stages[{n}].name"));
        let stage = self.law.projects.stages.get(n).filter(|_| read);
        stage.map_or_else(|| format!("stage {}", n + 1), |it| it.name.to_string())
    }
}

fn orders(stage: &Stage, kind: &Slug) -> bool {
    stage.tasks.iter().any(|it| it.kind == *kind)
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
