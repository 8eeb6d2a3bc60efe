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
///
/// Stages follow each other in the order of the list, and nothing leads back. So a stage can be out of reach,
/// and a project can go in a circle, in these ways only: a gate before it can never be passed, its name is
/// taken twice, or a gate waits for a task that a later stage orders. Each is a fault here. How many partners
/// hold a role is not in the law, so no count of approvals is too many for it: what explains a gate says who
/// could approve.
pub fn faults(law: &Law) -> Vec<Fault> {
    faults_besides(law, &[])
}

/// The same where the pieces at `unread` could not be read: nothing is said about them, or that rests on them.
pub(super) fn faults_besides(law: &Law, unread: &[String]) -> Vec<Fault> {
    let mut check = Check { law, unread, faults: Vec::new() };
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
    unread: &'a [String],
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, path: impl Into<String>, message: impl Into<String>) {
        let path = path.into();
        if !self.unread.iter().any(|it| is_within(&path, it)) {
            self.faults.push(Fault { path, message: message.into() });
        }
    }

    /// Whether all of what is at `path` could be read.
    fn knows(&self, path: &str) -> bool {
        self.reads(path) && !self.unread.iter().any(|it| is_within(it, path))
    }

    /// Whether what is at `path` could be read, whatever is inside it.
    fn reads(&self, path: &str) -> bool {
        !self.unread.iter().any(|it| is_within(path, it))
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
        if self.knows("roles") && !self.law.roles.contains(role) {
            let known = listed(self.law.roles.iter());
            self.fault(path, format!("there is no role {role}: add it to roles, or take one of {known}"));
        }
    }

    fn forum(&mut self, path: impl Into<String>, forum: &ForumName) {
        let mut all = 0..self.law.forums.len();
        let known = self.reads("forums") && all.all(|n| self.reads(&format!("forums[{n}].name")));
        if known && self.law.forum(forum).is_none() {
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
        for (n, forum) in
            law.forums.iter().enumerate().filter(|(n, it)| law.forums.iter().take(*n).any(|of| of == *it))
        {
            let message = format!(
                "is a cycle: {forum} is there twice, so a text would come back to a forum that adopted it: name it once"
            );
            self.fault(format!("recommendations.forums[{n}]"), message);
        }
        let (days, role) = ("recommendations.take_up_days", "recommendations.escalate_to");
        match (law.take_up_days, &law.escalate_to) {
            (Some(0), _) => self.fault(days, "must be at least 1 day"),
            (Some(_), None) if self.knows(role) => self.fault(
                days,
                "is a deadline without a consequence: add escalate_to, the role that hears of it",
            ),
            (None, Some(_)) if self.knows(days) => {
                self.fault(role, "is a consequence without a deadline: add take_up_days, or drop it")
            }
            (Some(_), _) | (None, _) => {}
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
        let last = self.law.recommendations.forums.last();
        match last.filter(|_| self.knows("recommendations.forums")) {
            Some(last) if *last != law.basis => self.fault(
                "priorities.basis",
                format!("must be {last}, the last forum that a recommendation passes, not {}", law.basis),
            ),
            Some(_) | None => {}
        }
    }
}

/// Whether `path` is `outer`, or inside it.
fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|it| it.is_empty() || it.starts_with(['.', '[']))
}

fn listed<'a>(names: impl Iterator<Item = &'a Slug>) -> String {
    let names: Vec<&str> = names.map(|it| it.as_str()).collect();
    if names.is_empty() { "none, for there are none".to_owned() } else { names.join(", ") }
}
