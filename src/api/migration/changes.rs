//! What is different between two laws of a stage, and what becomes of the work that is there, in words.
use crate::api::proto as pb;
use crate::domain::charter::{Requirement, Stage, TaskOrder};
use crate::domain::project::Stay;
use crate::domain::text::{Slug, counted};
use crate::domain::{Timestamp, after};
use crate::views::register::task::{Status as Stand, Task};

/// What the two laws ask before the stage is left.
pub(super) fn gates(old: &[Requirement], new: &[Requirement]) -> Vec<pb::GateChange> {
    let change = |change: pb::Change, it: &Requirement| pb::GateChange {
        change: change.into(),
        requirement: it.to_string(),
    };
    let dropped = old.iter().filter(|it| !new.contains(it)).map(|it| change(pb::Change::Dropped, it));
    let asked = new.iter().map(|it| match old.contains(it) {
        true => change(pb::Change::Kept, it),
        false => change(pb::Change::Added, it),
    });
    asked.chain(dropped).collect()
}

/// What the two laws order in the stage, each with every task of the kind that was not called off, and every other
/// task that is still to be done.
pub(super) fn works(old: &[TaskOrder], new: &[TaskOrder], tasks: &[Task]) -> Vec<pb::TaskChange> {
    let of = |orders: &[TaskOrder], kind: &Slug| orders.iter().find(|it| it.kind == *kind).cloned();
    let mut all = Vec::new();
    for order in new {
        let (change, difference) = match of(old, &order.kind) {
            None => (pb::Change::Added, String::new()),
            Some(before) if before == *order => (pb::Change::Kept, String::new()),
            Some(before) => (pb::Change::Altered, difference(&before, order)),
        };
        all.extend(each(change, order.kind.as_str(), &difference, tasks));
    }
    for order in old.iter().filter(|it| of(new, &it.kind).is_none()) {
        all.extend(each(pb::Change::Dropped, order.kind.as_str(), "", tasks));
    }
    let open = |it: &&Task| !matches!(it.status, Stand::Completed | Stand::Cancelled);
    let ordered = |it: &Task| old.iter().chain(new).any(|order| order.kind.as_str() == it.kind);
    let others = tasks.iter().filter(open).filter(|it| !ordered(it));
    all.extend(others.map(|it| change(pb::Change::Untouched, &it.kind, "", Some(it))));
    all
}

/// One change for each task of the kind, or one without a task.
fn each(of: pb::Change, kind: &str, difference: &str, tasks: &[Task]) -> Vec<pb::TaskChange> {
    let there = tasks.iter().filter(|it| it.kind == kind && it.status != Stand::Cancelled);
    let there: Vec<pb::TaskChange> = there.map(|it| change(of, kind, difference, Some(it))).collect();
    if there.is_empty() { vec![change(of, kind, difference, None)] } else { there }
}

fn change(change: pb::Change, kind: &str, difference: &str, task: Option<&Task>) -> pb::TaskChange {
    pb::TaskChange {
        change: change.into(),
        kind: kind.to_owned(),
        task_id: task.map(|it| it.id.to_string()).unwrap_or_default(),
        status: task.map(|it| shown(it.status)).unwrap_or_default().into(),
        difference: difference.to_owned(),
    }
}

/// What the later order says otherwise.
fn difference(before: &TaskOrder, after: &TaskOrder) -> String {
    let (before, after) = (said(before), said(after));
    let other = before.iter().zip(&after).filter(|(before, after)| before != after);
    let words = other.map(|((what, before), (_, after))| format!("{what} {after} instead of {before}"));
    words.collect::<Vec<_>>().join("; ")
}

fn said(it: &TaskOrder) -> [(&'static str, String); 4] {
    let days = it.due_days.map_or("any time".to_owned(), |days| counted(days, "day"));
    let late = it.escalate_to.as_ref().map_or("nobody".to_owned(), Slug::to_string);
    [("for", it.role.to_string()), ("within", days), ("if late to", late), ("called", it.title.to_string())]
}

/// What happens when the stage takes longer.
pub(super) fn consequence(stage: &Stage) -> String {
    stage.on_expiry.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// How often somebody reports, and who.
pub(super) fn report(stage: &Stage) -> String {
    let words =
        stage.report.as_ref().map(|it| format!("every {} by {}", counted(it.every_days, "day"), it.role));
    words.unwrap_or_default()
}

/// What dates alone do not say about the end of a stage that goes on.
pub(super) fn notes(
    stay: &Stay,
    entered: &Stage,
    due_after: Option<Timestamp>,
    now: Timestamp,
) -> Vec<String> {
    let mut notes = Vec::new();
    let lawful = entered.deadline_days.map(|days| after(stay.since, days));
    if let Some(lawful) = lawful.filter(|it| due_after.is_some_and(|due| due != *it)) {
        let day = lawful.strftime("%Y-%m-%d");
        notes.push(format!("by its days the stage would have ended on {day}: no law ends it in the past"));
    }
    let late_after = due_after.is_some_and(|it| it <= now);
    if stay.expired && !late_after {
        notes.push("the stage is late and will not be: a task to see to that is called off".to_owned());
    }
    if !stay.expired && due_after.is_some_and(|it| stay.ended.contains(&it)) {
        notes.push("the stage will be late again, as it was under that end before".to_owned());
    }
    notes
}

fn shown(it: Stand) -> pb::TaskStatus {
    match it {
        Stand::Open => pb::TaskStatus::Open,
        Stand::Claimed => pb::TaskStatus::Claimed,
        Stand::Completed => pb::TaskStatus::Completed,
        Stand::Incident => pb::TaskStatus::Incident,
        Stand::Cancelled => pb::TaskStatus::Cancelled,
    }
}
