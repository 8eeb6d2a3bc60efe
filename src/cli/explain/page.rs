//! An explanation as a page, as wide as there is room for.
use crate::api::proto::{
    Bar, ExplainGateResponse, Gate, GateEvidence, GateFinding, GateRemedy, Project, ProjectStatus, Task,
    TaskStatus,
};
use crate::cli::{moment, out};
use prost_types::Timestamp as Wire;
use std::collections::BTreeSet;

/// How many holders of a role are named.
const NAMED_MAX: usize = 6;

pub(super) fn lines(answer: &ExplainGateResponse, events: bool, columns: usize) -> Vec<String> {
    let (project, gate) =
        (answer.project.clone().unwrap_or_default(), answer.gate.clone().unwrap_or_default());
    let now = answer.at.unwrap_or_default();
    let over = over(&project);
    let mut lines = head(&project, &gate, &now, columns);
    if over {
        return lines;
    }
    lines.push(String::new());
    lines.extend(summary(&gate, columns));
    for finding in &gate.findings {
        lines.extend(finding_lines(finding, answer, events, columns));
    }
    let late = late(&gate, &answer.tasks, &now, columns);
    if !late.is_empty() {
        lines.extend([String::new(), out::strong("Late")]);
        lines.extend(late);
    }
    let open: Vec<&Task> = answer.tasks.iter().filter(|it| is_open(it)).collect();
    if !open.is_empty() {
        lines.extend([String::new(), out::strong("Work under way")]);
        lines.extend(open.iter().flat_map(|it| work(it, &now, columns)));
    }
    lines
}

fn over(project: &Project) -> bool {
    match project.status() {
        ProjectStatus::Completed | ProjectStatus::Cancelled | ProjectStatus::Rejected => true,
        ProjectStatus::Unspecified
        | ProjectStatus::Proposed
        | ProjectStatus::Approved
        | ProjectStatus::Suspended => false,
    }
}

fn head(project: &Project, gate: &Gate, now: &Wire, columns: usize) -> Vec<String> {
    let mut lines = out::hung("", &project.title, columns, |it| out::strong(it));
    if let Some(code) = &project.code {
        match lines.last_mut().filter(|it| out::width(it) + 2 + out::width(code) <= columns) {
            Some(last) => last.push_str(&format!("  {}", out::faint(code))),
            None => lines.push(out::faint(code)),
        }
    }
    let stage = out::strong(&gate.title);
    let since = format!("since {}, {}", moment::day(gate.since.as_ref()), ago(gate.since.as_ref(), now));
    let stands = match project.status() {
        ProjectStatus::Completed => format!("{}, from {stage}", out::good("completed")),
        ProjectStatus::Cancelled => format!("{} in {stage}", out::bad("cancelled")),
        ProjectStatus::Rejected => format!("{} in {stage}", out::bad("turned down")),
        ProjectStatus::Suspended => {
            format!("in {stage} {since}, and {}", out::odd("at rest: resume it first"))
        }
        ProjectStatus::Unspecified | ProjectStatus::Proposed | ProjectStatus::Approved => {
            format!("in {stage} {since}")
        }
    };
    lines.extend(out::hung("", &stands, columns, out::plain));
    if let (Some(due), false) = (&gate.due_at, over(project)) {
        lines.extend(term(project, gate, due, now, columns));
    }
    lines
}

/// Until when the stage may take, and what then.
fn term(project: &Project, gate: &Gate, due: &Wire, now: &Wire, columns: usize) -> Vec<String> {
    let then =
        if gate.consequence.is_empty() { String::new() } else { format!(", then {}", gate.consequence) };
    let day = moment::day(Some(due));
    let (lead, words) = match (gate.overdue, gate.expired) {
        (false, _) => {
            let words = format!("until {day}, {}{}", until(due, now), out::faint(then));
            return out::hung("◷ ", &words, columns, out::plain);
        }
        (true, true) => {
            let rests = project.status() == ProjectStatus::Suspended;
            // What was suspended and goes on is not suspended.
            let came =
                if rests || !gate.escalate_to.is_empty() { gate.consequence.as_str() } else { "it went on" };
            (out::bad("◷ "), format!("was due {day}, {}: {came}", ago(Some(due), now)))
        }
        (true, false) => (out::bad("◷ "), format!("was due {day}, {}{then}", ago(Some(due), now))),
    };
    out::hung(&lead, &words, columns, |it| out::bad(it))
}

fn summary(gate: &Gate, columns: usize) -> Vec<String> {
    let holds = gate.findings.iter().filter(|it| it.holds).count();
    let next = if gate.next.is_empty() { "completion".to_owned() } else { gate.next.clone() };
    let all = gate.findings.len();
    let (lead, words) = match gate.open {
        true => (out::good("The gate is open: "), format!("all of {all} hold, {next} is next")),
        false => (out::strong("To be shown: "), format!("{holds} of {all} hold, {next} is next")),
    };
    out::hung(&lead, &words, columns, |it| out::faint(it))
}

fn finding_lines(
    it: &GateFinding,
    answer: &ExplainGateResponse,
    events: bool,
    columns: usize,
) -> Vec<String> {
    let sign = if it.holds { out::good("✔") } else { out::bad("✘") };
    let mut lines = out::hung(&format!("  {sign} "), &it.requirement, columns, out::plain);
    lines.extend(out::hung("      ", &it.because, columns, |it| out::faint(it)));
    if events {
        lines.extend(it.rests_on.iter().flat_map(|it| evidence(it, columns)));
    }
    if let Some(remedy) = &it.remedy {
        let lead = format!("      {} ", out::odd("→"));
        let words = remedy_lines(remedy, answer);
        lines.extend(words.iter().flat_map(|it| out::hung(&lead, it, columns, out::plain)));
    }
    lines
}

/// An event: when, what, and in as many words where it is and who did it.
fn evidence(it: &GateEvidence, columns: usize) -> Vec<String> {
    let event = it.event.clone().unwrap_or_default();
    let what = format!("{} {}", moment::day(it.effective_at.as_ref()), it.sentence);
    let place = format!("{}@{} {}", short(&event.stream), event.revision, it.actor);
    let mut lines = out::hung(&format!("      {} ", out::faint("·")), &what, columns, out::plain);
    match lines.last_mut().filter(|it| out::width(it) + 1 + out::width(&place) <= columns) {
        Some(last) => last.push_str(&format!(" {}", out::faint(&place))),
        None => lines.extend(out::hung("        ", &place, columns, |it| out::faint(it))),
    }
    lines
}

/// A stream's name with as much of its id as people tell apart.
fn short(stream: &str) -> String {
    let cut = stream.find('-').and_then(|at| stream.get(..at + 9));
    cut.map_or_else(|| stream.to_owned(), |it| format!("{it}…"))
}

/// Who could do what is missing, and who could not.
fn remedy_lines(it: &GateRemedy, answer: &ExplainGateResponse) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(at) = &it.at {
        lines.push(format!("comes by itself on {}", moment::day(Some(at))));
    }
    if !it.only.is_empty() {
        lines.push(format!("only {} can take it back", it.only.join(", ")));
    }
    if !it.role.is_empty() {
        lines.push(able(it));
    }
    if it.anybody {
        let who = if it.barred.is_empty() { "anybody could" } else { "anybody else could" };
        lines.push(format!("{who} {}", it.how));
    }
    let kept: Vec<String> =
        it.barred.iter().map(|it| format!("{}, who {}", it.person, kept(it.bar()))).collect();
    let partners = it.holders.iter().filter(|it| it.bar() != Bar::Unspecified);
    let partners = partners.map(|it| format!("{}, which {}", it.name, kept_partner(it.bar())));
    let kept: Vec<String> = partners.chain(kept).collect();
    if !kept.is_empty() {
        lines.push(format!("not {}", kept.join("; not ")));
    }
    let task = answer.tasks.iter().find(|task| task.task_id == it.task_id && is_open(task));
    lines.extend(task.map(|it| format!("the task is there: {}", standing(it))));
    lines
}

fn able(it: &GateRemedy) -> String {
    let free: Vec<&str> =
        it.holders.iter().filter(|it| it.bar() == Bar::Unspecified).map(|it| it.name.as_str()).collect();
    let more = it.more;
    let what = if it.how.is_empty() { "do it" } else { &it.how };
    let missing = if more == 1 { String::new() } else { format!("{more} more are asked for; ") };
    match free.len() {
        0 => format!("{missing}nobody who holds the role {} could {what}: grant it to somebody", it.role),
        found if found < more as usize => {
            format!("{missing}too few hold the role {}: {}", it.role, free.join(", "))
        }
        found => {
            let named = free.iter().take(NAMED_MAX).copied().collect::<Vec<_>>().join(", ");
            let others = found.saturating_sub(NAMED_MAX);
            let others = if others == 0 { String::new() } else { format!(" and {others} others") };
            format!("{missing}{} could {what}: {named}{others}", it.role)
        }
    }
}

fn kept(bar: Bar) -> &'static str {
    match bar {
        Bar::Unspecified => "can",
        Bar::Proposer | Bar::ProposingPartner => "proposed the project",
        Bar::Approved => "approved already",
        Bar::SpokeForAnother => "approved for another partner",
        Bar::Reporter => "reported what is to be verified",
    }
}

fn kept_partner(bar: Bar) -> &'static str {
    match bar {
        Bar::ProposingPartner => "the project was proposed for",
        Bar::Unspecified | Bar::Proposer | Bar::Approved | Bar::SpokeForAnother | Bar::Reporter => kept(bar),
    }
}

/// Who is late: the stage itself, and every task that should be done.
fn late(gate: &Gate, tasks: &[Task], now: &Wire, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if gate.overdue {
        let who: Vec<&str> =
            gate.findings.iter().filter_map(|it| it.remedy.as_ref()).map(|it| it.role.as_str()).collect();
        let who: BTreeSet<&str> = who.into_iter().filter(|it| !it.is_empty()).collect();
        let who = who.into_iter().collect::<Vec<_>>().join(", ");
        let who = if who.is_empty() { who } else { format!(", which waits for {who}") };
        let stage = format!("the stage {}, {}{who}", gate.title, ago(gate.due_at.as_ref(), now));
        lines.extend(entry(&out::bad("◷"), &stage, columns));
    }
    let overdue = |it: &&Task| is_open(it) && it.due_at.is_some_and(|due| due.seconds <= now.seconds);
    lines.extend(tasks.iter().filter(overdue).flat_map(|it| {
        let who = if it.worker.is_empty() { &it.role } else { &it.worker };
        entry(&out::bad("◷"), &format!("{who} with {}, {}", it.kind, ago(it.due_at.as_ref(), now)), columns)
    }));
    lines
}

/// Words under a sign.
fn entry(sign: &str, words: &str, columns: usize) -> Vec<String> {
    out::hung(&format!("  {sign} "), words, columns, out::plain)
}

fn is_open(it: &Task) -> bool {
    match it.status() {
        TaskStatus::Open | TaskStatus::Claimed | TaskStatus::Incident => true,
        TaskStatus::Unspecified | TaskStatus::Completed | TaskStatus::Cancelled => false,
    }
}

fn work(it: &Task, now: &Wire, columns: usize) -> Vec<String> {
    let due = it.due_at.map(|due| match due.seconds > now.seconds {
        true => format!(", due {} ({})", moment::day(Some(&due)), until(&due, now)),
        false => format!(", due {}", moment::day(Some(&due))),
    });
    let mut lines = entry("▸", &it.title, columns);
    let standing = format!("{}{}", standing(it), due.unwrap_or_default());
    lines.extend(out::hung("    ", &standing, columns, |it| out::faint(it)));
    lines
}

fn standing(it: &Task) -> String {
    match it.status() {
        TaskStatus::Claimed => format!("{} has it", it.worker),
        TaskStatus::Incident => format!("it failed {} times and waits for {}", it.attempts, it.role),
        TaskStatus::Open | TaskStatus::Unspecified | TaskStatus::Completed | TaskStatus::Cancelled => {
            match it.attempts {
                0 => format!("{} has not taken it up", it.role),
                1 => format!("one attempt came to nothing, and {} has not taken it up again", it.role),
                n => format!("{n} attempts came to nothing, and {} has not taken it up again", it.role),
            }
        }
    }
}

fn ago(at: Option<&Wire>, now: &Wire) -> String {
    at.map_or_else(String::new, |at| format!("{} ago", span(now.seconds.saturating_sub(at.seconds))))
}

fn until(at: &Wire, now: &Wire) -> String {
    format!("in {}", span(at.seconds.saturating_sub(now.seconds)))
}

/// A span in the unit that people would say.
fn span(seconds: i64) -> String {
    let unit = |n: i64, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    match seconds.max(0) {
        it @ ..3_600 => unit(it.max(60) / 60, "minute"),
        it @ 3_600..86_400 => unit(it / 3_600, "hour"),
        it => unit((it + 43_200) / 86_400, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_the_unit_that_people_would_say() {
        let said = [30, 60, 7_200, 90_000, 864_000].map(span);
        assert_eq!(said, ["1 minute", "1 minute", "2 hours", "1 day", "10 days"]);
    }

    #[test]
    fn a_streams_name_is_cut_within_its_id() {
        assert_eq!(short("project-6f1d5c5e-4b0b-5a7e-9a51-70616374706c"), "project-6f1d5c5e…");
        assert_eq!(short("é"), "é");
    }

    /// What is said of a project that is ten days beyond its stage's end, and of a task that is two days late.
    fn late_page(status: ProjectStatus) -> String {
        let day = |n: i64| Some(Wire { seconds: n * 86_400, nanos: 0 });
        let gate = Gate {
            stage: "design".into(),
            title: "Design".into(),
            since: day(20_000),
            due_at: day(20_030),
            overdue: true,
            consequence: "chair has to see to it".into(),
            findings: vec![GateFinding {
                requirement: "a partner approved as donor".into(),
                remedy: Some(GateRemedy { role: "donor".into(), more: 1, ..Default::default() }),
                ..Default::default()
            }],
            ..Default::default()
        };
        let task = Task {
            kind: "check".into(),
            title: "Check it".into(),
            role: "coordinator".into(),
            status: TaskStatus::Open.into(),
            due_at: day(20_038),
            ..Default::default()
        };
        let project = Project { title: "Border posts".into(), status: status.into(), ..Default::default() };
        let answer = ExplainGateResponse {
            project: Some(project),
            gate: Some(gate),
            tasks: vec![task],
            at: day(20_040),
        };
        anstream::adapter::strip_str(&lines(&answer, false, 110).join("\n")).to_string()
    }

    #[test]
    fn whoever_is_late_is_named() {
        let page = late_page(ProjectStatus::Approved);
        for words in [
            "in Design since 2024-10-04, 40 days ago",
            "◷ was due 2024-11-03, 10 days ago, then chair has to see to it",
            "nobody who holds the role donor could do it: grant it to somebody",
            "◷ the stage Design, 10 days ago, which waits for donor",
            "◷ coordinator with check, 2 days ago",
            "▸ Check it\n    coordinator has not taken it up, due 2024-11-11",
        ] {
            assert!(page.contains(words), "{words}\n{page}");
        }
    }

    #[test]
    fn what_was_suspended_and_goes_on_is_not_said_to_be_suspended() {
        let gate = Gate {
            overdue: true,
            expired: true,
            due_at: Some(Wire::default()),
            consequence: "it is suspended".into(),
            ..Default::default()
        };
        let page = |status: ProjectStatus| {
            let project = Project { status: status.into(), ..Default::default() };
            head(&project, &gate, &Wire::default(), 110).join("\n")
        };
        assert!(page(ProjectStatus::Approved).contains(": it went on"));
        assert!(page(ProjectStatus::Suspended).contains(": it is suspended"));
    }

    #[test]
    fn nobody_is_late_with_what_is_over() {
        let page = late_page(ProjectStatus::Completed);
        assert_eq!(page, "Border posts\ncompleted, from Design");
        assert!(late_page(ProjectStatus::Suspended).contains("at rest: resume it first"));
    }
}
