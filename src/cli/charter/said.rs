//! What every drawing of a law says of its forums, tasks, reports and priorities.
use crate::domain::charter::{Forum, Law, Reporting, TaskOrder};
use crate::domain::text::counted;

/// What else holds where a forum decides: who may ask for a vote, what it bears, whether it signs.
pub(super) fn besides(forum: &Forum) -> Vec<String> {
    let vote = forum.fallback.as_ref().map(|it| {
        let share = if it.strict { "more than" } else { "at least" };
        format!("a member may ask for a vote: {share} {}", it.share)
    });
    let bears = forum.reservations_max.map(|max| format!("bears {}", counted(max, "reservation")));
    let signs = forum.signed.then(|| "members sign what they decide".to_owned());
    [vote, bears, signs].into_iter().flatten().collect()
}

/// By when a task is to be done, and who has it then.
pub(super) fn term(it: &TaskOrder) -> String {
    let due = it.due_days.map(|days| format!(", in {}", counted(days, "day"))).unwrap_or_default();
    let then = it.escalate_to.as_ref().map(|role| format!(", then {role}")).unwrap_or_default();
    format!("{due}{then}")
}

/// How often somebody reports.
pub(super) fn rhythm(it: &Reporting) -> String {
    match it.every_days {
        1 => "every day".to_owned(),
        days => format!("every {days} days"),
    }
}

/// When a priority is looked at again.
pub(super) fn review(law: &Law) -> Option<String> {
    law.priorities.review_days.map(|it| format!("looked at again after {}", counted(it, "day")))
}
