//! A law drawn with lines and boxes, as wide as there is room for.
use super::said;
use crate::cli::out;
use crate::domain::charter::{Consequence, Forum, Law, Reporting, Stage, TaskOrder};
use crate::domain::text::counted;

/// How wide a box is at most, with its borders.
const BOX_MAX: usize = 100;
/// How wide a box is at least.
const BOX_MIN: usize = 32;
/// How far the drawing is from the left.
const LEFT: &str = "  ";

pub(super) fn drawn(law: &Law, edition: Option<u32>, columns: usize) -> Vec<String> {
    let edition = edition.map_or("not published from here".to_owned(), |it| format!("edition {it}"));
    let name = format!("{} · {edition}", law.name);
    let mut lines = out::hung("", law.title.as_str(), columns, |it| out::strong(it));
    match lines.last_mut().filter(|it| out::width(it) + 2 + out::width(&name) <= columns) {
        Some(last) => last.push_str(&format!("  {}", out::faint(name))),
        None => lines.extend(out::hung("", &name, columns, |it| out::faint(it))),
    }
    lines.extend(named("roles", &law.roles, columns));
    lines.extend(named("pillars", &law.pillars, columns));
    lines.extend(named("routes", &law.routes, columns));
    lines.extend([String::new(), out::strong("What a recommendation goes through"), String::new()]);
    lines.extend(recommendations(law, columns));
    lines.extend([String::new(), out::strong("What a project goes through"), String::new()]);
    lines.extend(projects(law, columns));
    lines
}

fn named<T: ToString>(what: &str, names: &[T], columns: usize) -> Vec<String> {
    let all = names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    out::hung(&out::faint(format_args!("{LEFT}{what:9}")), &all, columns, out::plain)
}

/// A line beside the boxes: what it begins with, and faint words.
fn aside(first: &str, words: &str, columns: usize) -> Vec<String> {
    out::hung(&format!("{LEFT}{first}"), words, columns, |it| out::faint(it))
}

fn recommendations(law: &Law, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for forum in law.recommendations.forums.iter().filter_map(|it| law.forum(it)) {
        lines.extend(boxed(forum.title.as_str(), "", decides(forum), columns));
        lines.push(down());
    }
    let again = said::review(law).map(|it| format!(", {it}")).unwrap_or_default();
    let set_by = format!("set by {}, on what {} adopted{again}", law.priorities.set_by, law.priorities.basis);
    lines.extend(aside(&format!("{} ", out::strong("a priority")), &set_by, columns));
    if let (Some(days), Some(role)) = (law.recommendations.take_up_days, &law.recommendations.escalate_to) {
        let late = format!("not taken up {} after: {role} has to see to it", counted(days, "day"));
        lines.extend(out::hung(&out::odd(format_args!("{LEFT}◷ ")), &late, columns, |it| out::odd(it)));
    }
    let beside: Vec<&Forum> =
        law.forums.iter().filter(|it| !law.recommendations.forums.contains(&it.name)).collect();
    if !beside.is_empty() {
        lines.extend([String::new(), out::faint(format_args!("{LEFT}besides"))]);
    }
    for forum in beside {
        lines.extend(boxed(forum.title.as_str(), "", decides(forum), columns));
    }
    lines
}

fn decides(forum: &Forum) -> Vec<Mark> {
    let mut marks: Vec<Mark> =
        forum.decides().into_iter().map(|it| Mark::Plain(format!("by {it}"))).collect();
    marks.extend(said::besides(forum).into_iter().map(Mark::Plain));
    marks
}

fn projects(law: &Law, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for stage in &law.projects.stages {
        lines.extend(boxed(stage.title.as_str(), &term(stage), inside(stage), columns));
        lines.push(down());
    }
    let funding = &law.projects.funding;
    let counts = format!("funded once {} % of the budget is {}", funding.threshold_percent, funding.basis);
    lines.extend(aside(&format!("{} ", out::strong("completed")), &counts, columns));
    if let Some(steward) = &law.projects.steward {
        lines.extend(aside("", &format!("{steward} sees to what a project itself asks for"), columns));
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
    let days =
        stage.deadline_days.map(|it| format!("◷ {}, then {}", counted(it, "day"), then.unwrap_or_default()));
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
        Mark::Task(format!("{} has to: {} ({}{})", it.role, it.title, it.kind, said::term(it)))
    };
    let report = |it: &Reporting| Mark::Task(format!("{} has to report {}", it.role, said::rhythm(it)));
    let tasks = stage.tasks.iter().map(order).chain(stage.report.as_ref().map(report));
    tasks.chain(stage.gate.iter().map(|it| Mark::Gate(it.to_string()))).collect()
}

fn down() -> String {
    format!("{LEFT}{}▼", " ".repeat(4))
}

/// Words in a box under a title; `right` is in its upper border where that has room for it.
fn boxed(title: &str, right: &str, mut marks: Vec<Mark>, columns: usize) -> Vec<String> {
    let wide = columns.saturating_sub(LEFT.len()).clamp(BOX_MIN, BOX_MAX);
    let mut titles = out::hung("", title, wide - TITLED, out::plain).into_iter();
    let first = titles.next().unwrap_or_default();
    let is_above = out::width(&first) + out::width(right) + 3 + TITLED <= wide;
    let rest = titles.chain((!is_above).then(|| right.to_owned()));
    marks.splice(0..0, rest.filter(|it| !it.is_empty()).map(Mark::Plain));
    let right = if is_above { right } else { "" };
    let mut lines = vec![format!("{LEFT}{}", border(&first, right, wide))];
    for mark in &marks {
        let (sign, text) = match mark {
            Mark::Plain(text) => (String::from(" "), text),
            Mark::Task(text) => (out::odd("▸"), text),
            Mark::Gate(text) => (out::good("◆"), text),
        };
        for words in out::hung(&format!("{} {sign} ", out::faint("│")), text, wide - 2, out::plain) {
            // What hangs under the first line has no border yet.
            let words = words.strip_prefix(' ').map(|it| format!("{}{it}", out::faint("│"))).unwrap_or(words);
            let gap = " ".repeat((wide - 1).saturating_sub(out::width(&words)));
            lines.push(format!("{LEFT}{words}{gap}{}", out::faint("│")));
        }
    }
    lines.push(format!("{LEFT}{}", out::faint(format_args!("╰{}╯", "─".repeat(wide - 2)))));
    lines
}

/// How much of a box's upper border is not its title.
const TITLED: usize = 6;

fn border(title: &str, right: &str, wide: usize) -> String {
    let end =
        if right.is_empty() { String::new() } else { format!(" {} {}", out::odd(right), out::faint("─")) };
    let fill = wide.saturating_sub(out::width(title) + out::width(&end) + TITLED - 1);
    let (from, until) = (out::faint("╭─"), out::faint("╮"));
    format!("{from} {} {}{end}{until}", out::strong(title), out::faint("─".repeat(fill)))
}
