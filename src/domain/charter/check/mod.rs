//! Whether a law makes sense as a whole: every name means something, and nothing waits for ever.
mod forums;
mod stages;

use super::{ForumName, Law, RoleName};
use crate::domain::text::Slug;
use std::collections::BTreeSet;

/// Something in a law that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct Fault {
    /// Where, such as `projects.stages[2].gate[0]`; counted from zero.
    pub path: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// Everything that is wrong with `law`; nothing when it is sound.
pub fn faults(law: &Law) -> Vec<Fault> {
    let mut check = Check { law, faults: Vec::new() };
    check.names();
    check.forums();
    check.recommendations();
    check.priorities();
    check.projects();
    check.faults
}

/// A law under examination, and what was found.
struct Check<'a> {
    law: &'a Law,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.faults.push(Fault { path: path.into(), message: message.into() });
    }

    fn names(&mut self) {
        let law = self.law;
        self.filled("roles", law.roles.len());
        self.filled("pillars", law.pillars.len());
        self.filled("forums", law.forums.len());
        self.distinct(law.roles.iter().enumerate().map(|(n, it)| (format!("roles[{n}]"), it)));
        self.distinct(law.pillars.iter().enumerate().map(|(n, it)| (format!("pillars[{n}]"), it)));
        self.distinct(law.routes.iter().enumerate().map(|(n, it)| (format!("routes[{n}]"), it)));
        self.distinct(law.forums.iter().enumerate().map(|(n, it)| (format!("forums[{n}].name"), &it.name)));
    }

    fn filled(&mut self, path: &str, count: usize) {
        if count == 0 {
            self.fault(path, "is empty: name at least one");
        }
    }

    fn distinct<'n>(&mut self, names: impl Iterator<Item = (String, &'n Slug)>) {
        let mut seen = BTreeSet::new();
        for (path, name) in names {
            if !seen.insert(name) {
                self.fault(path, format!("{name} is there twice: name it once"));
            }
        }
    }

    fn role(&mut self, path: impl Into<String>, role: &RoleName) {
        if !self.law.roles.contains(role) {
            let known = listed(self.law.roles.iter());
            self.fault(path, format!("there is no role {role}: add it to roles, or take one of {known}"));
        }
    }

    fn forum(&mut self, path: impl Into<String>, forum: &ForumName) {
        if self.law.forum(forum).is_none() {
            let known = listed(self.law.forums.iter().map(|it| &it.name));
            self.fault(path, format!("there is no forum {forum}: add it to forums, or take one of {known}"));
        }
    }

    fn recommendations(&mut self) {
        let law = &self.law.recommendations;
        self.filled("recommendations.forums", law.forums.len());
        for (n, forum) in law.forums.iter().enumerate() {
            self.forum(format!("recommendations.forums[{n}]"), forum);
        }
        let paths = law.forums.iter().enumerate();
        self.distinct(paths.map(|(n, it)| (format!("recommendations.forums[{n}]"), it)));
        match (law.take_up_days, &law.escalate_to) {
            (Some(0), _) => self.fault("recommendations.take_up_days", "must be at least 1 day"),
            (Some(_), None) => self.fault(
                "recommendations.take_up_days",
                "is a deadline without a consequence: add escalate_to, the role that hears of it",
            ),
            (None, Some(_)) => self.fault(
                "recommendations.escalate_to",
                "is a consequence without a deadline: add take_up_days, or drop it",
            ),
            (Some(_), Some(_)) | (None, None) => {}
        }
        if let Some(role) = &law.escalate_to {
            self.role("recommendations.escalate_to", role);
        }
    }

    fn priorities(&mut self) {
        let law = &self.law.priorities;
        self.role("priorities.set_by", &law.set_by);
        self.forum("priorities.basis", &law.basis);
        if law.review_days == Some(0) {
            self.fault("priorities.review_days", "must be at least 1 day");
        }
        match self.law.recommendations.forums.last() {
            Some(last) if *last != law.basis => self.fault(
                "priorities.basis",
                format!("must be {last}, the last forum that a recommendation passes, not {}", law.basis),
            ),
            Some(_) | None => {}
        }
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a Slug>) -> String {
    let names: Vec<&str> = names.map(|it| it.as_str()).collect();
    if names.is_empty() { "none, for there are none".to_owned() } else { names.join(", ") }
}
