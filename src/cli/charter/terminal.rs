//! A law drawn with lines and boxes, in at most 110 columns.
use crate::cli::out;
use crate::domain::charter::{Consequence, Forum, Law, Reporting, Stage, TaskOrder};

/// How wide a box is, with its borders.
const WIDE: usize = 100;
/// How far the drawing is from the left.
const LEFT: &str = "  ";

pub(super) fn drawn(law: &Law, edition: Option<u32>) -> Vec<String> {
    let edition = edition.map_or("not published from here".to_owned(), |it| format!("edition {it}"));
    let mut lines = vec![format!(
        "{}  {}",
        out::strong(&law.title),
        out::faint(format_args!("{} · {edition}", law.name))
    )];
    lines.extend(named("roles", &law.roles));
    lines.extend(named("pillars", &law.pillars));
    lines.extend(named("routes", &law.routes));
    lines.extend([String::new(), out::strong("What a recommendation goes through"), String::new()]);
    lines.extend(recommendations(law));
    lines.extend([String::new(), out::strong("What a project goes through"), String::new()]);
    lines.extend(projects(law));
    lines
}

fn named<T: ToString>(what: &str, names: &[T]) -> Vec<String> {
    let all = names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let lines = out::wrapped(&all, WIDE - 10);
    let first = |n: usize| if n == 0 { what } else { "" };
    lines
        .iter()
        .enumerate()
        .map(|(n, it)| format!("{}{it}", out::faint(format_args!("{LEFT}{:9}", first(n)))))
        .collect()
}

fn recommendations(law: &Law) -> Vec<String> {
    let mut lines = Vec::new();
    for forum in law.recommendations.forums.iter().filter_map(|it| law.forum(it)) {
        lines.extend(boxed(forum.title.as_str(), "", &decides(forum)));
        lines.push(down());
    }
    let again =
        law.priorities.review_days.map(|it| format!(", looked at again after {it} days")).unwrap_or_default();
    let set_by = format!("set by {}, on what {} adopted{again}", law.priorities.set_by, law.priorities.basis);
    lines.push(format!("{LEFT}{} {}", out::strong("a priority"), out::faint(set_by)));
    if let (Some(days), Some(role)) = (law.recommendations.take_up_days, &law.recommendations.escalate_to) {
        let late = format!("{LEFT}◷ not taken up {days} days after: {role} has to see to it");
        lines.push(out::odd(late));
    }
    let beside: Vec<&Forum> =
        law.forums.iter().filter(|it| !law.recommendations.forums.contains(&it.name)).collect();
    if !beside.is_empty() {
        lines.extend([String::new(), out::faint(format_args!("{LEFT}besides"))]);
    }
    for forum in beside {
        lines.extend(boxed(forum.title.as_str(), "", &decides(forum)));
    }
    lines
}

fn decides(forum: &Forum) -> Vec<Mark> {
    let mut marks: Vec<Mark> =
        forum.decides().into_iter().map(|it| Mark::Plain(format!("by {it}"))).collect();
    if let Some(it) = &forum.fallback {
        let share = if it.strict { "more than" } else { "at least" };
        marks.push(Mark::Plain(format!("a member may ask for a vote: {share} {}", it.share)));
    }
    if let Some(max) = forum.reservations_max {
        marks.push(Mark::Plain(format!("bears {max} reservations")));
    }
    if forum.signed {
        marks.push(Mark::Plain("members sign what they decide".into()));
    }
    marks
}

fn projects(law: &Law) -> Vec<String> {
    let mut lines = Vec::new();
    for stage in &law.projects.stages {
        lines.extend(boxed(stage.title.as_str(), &term(stage), &inside(stage)));
        lines.push(down());
    }
    let funding = &law.projects.funding;
    let counts = format!("funded once {} % of the budget is {}", funding.threshold_percent, funding.basis);
    lines.push(format!("{LEFT}{} {}", out::strong("completed"), out::faint(counts)));
    if let Some(steward) = &law.projects.steward {
        lines.push(out::faint(format_args!("{LEFT}{steward} sees to what a project itself asks for")));
    }
    lines
}

/// How long a stage may take, and what then.
fn term(stage: &Stage) -> String {
    let then = stage.on_expiry.as_ref().map(|it| match it {
        Consequence::Escalate(role) => format!("{role} is told"),
        Consequence::Suspend => "suspended".to_owned(),
        Consequence::Cancel => "cancelled".to_owned(),
    });
    let days = stage.deadline_days.map(|it| format!("◷ {it} days, then {}", then.unwrap_or_default()));
    days.unwrap_or_default()
}

/// A line of a box, by what it is.
enum Mark {
    Plain(String),
    Task(String),
    Gate(String),
}

fn inside(stage: &Stage) -> Vec<Mark> {
    let order = |it: &TaskOrder| {
        let due = it.due_days.map(|days| format!(", in {days} days")).unwrap_or_default();
        let then = it.escalate_to.as_ref().map(|role| format!(", then {role}")).unwrap_or_default();
        Mark::Task(format!("{} has to: {} ({}{due}{then})", it.role, it.title, it.kind))
    };
    let report =
        |it: &Reporting| Mark::Task(format!("{} has to report every {} days", it.role, it.every_days));
    let tasks = stage.tasks.iter().map(order).chain(stage.report.as_ref().map(report));
    tasks.chain(stage.gate.iter().map(|it| Mark::Gate(it.to_string()))).collect()
}

fn down() -> String {
    format!("{LEFT}{}▼", " ".repeat(4))
}

fn boxed(title: &str, right: &str, marks: &[Mark]) -> Vec<String> {
    let long = title.chars().count() + right.chars().count() + 8 > WIDE;
    let room = WIDE.saturating_sub(right.chars().count() + 9);
    let title: String = if long { title.chars().take(room).collect() } else { title.to_owned() };
    let end = if right.is_empty() { String::new() } else { format!(" {right} ─") };
    let fill = WIDE.saturating_sub(title.chars().count() + end.chars().count() + 5);
    let rule = |n: usize| out::faint("─".repeat(n));
    let end = if right.is_empty() { String::new() } else { format!(" {} {}", out::odd(right), rule(1)) };
    let mut lines = vec![format!(
        "{LEFT}{} {} {}{end}{}",
        out::faint("╭─"),
        out::strong(&title),
        rule(fill),
        out::faint("╮")
    )];
    for mark in marks {
        let (sign, text) = match mark {
            Mark::Plain(text) => (String::from(" "), text),
            Mark::Task(text) => (out::odd("▸"), text),
            Mark::Gate(text) => (out::good("◆"), text),
        };
        for (n, words) in out::wrapped(text, WIDE - 6).into_iter().enumerate() {
            let sign = if n == 0 { sign.as_str() } else { " " };
            let gap = " ".repeat((WIDE - 5).saturating_sub(words.chars().count()));
            lines.push(format!("{LEFT}{} {sign} {words}{gap}{}", out::faint("│"), out::faint("│")));
        }
    }
    lines.push(format!("{LEFT}{}", out::faint(format_args!("╰{}╯", "─".repeat(WIDE - 2)))));
    lines
}
