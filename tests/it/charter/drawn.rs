//! Charters on the command line: checked, published, drawn.
use super::PARIS_PACT;
use crate::program::{Run, on_a_page, pactline};
use serde_json::Value;
use std::path::PathBuf;
use tempfile::TempDir;

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }
    fn ask(&self, arguments: &[&str]) -> Run {
        pactline(&self.data(), arguments)
    }
}

#[test]
fn a_sound_charter_is_praised_and_a_folder_is_not_needed() {
    let desk = Desk::new();
    let run = desk.ask(&["charter", "check", &desk.file("pact.toml", PARIS_PACT)]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.contains("can be published"), "{}", run.out);
    assert!(!desk.data().exists());
}

#[test]
fn every_fault_is_shown_under_its_line_and_the_answer_is_no() {
    let desk = Desk::new();
    let text = PARIS_PACT.replacen("set_by = \"coordinator\"", "set_by = \"mayor\"", 1);
    let text = text.replacen("basis = \"committed\"", "basis = \"promised\"", 1);
    let file = desk.file("pact.toml", &text);
    let run = desk.ask(&["charter", "check", &file]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("2 faults"), "{}", run.err);
    for place in [":65:10  priorities.set_by", ":76:9  projects.funding.basis", "^^^^^^^"] {
        assert!(run.out.contains(place), "{place}: {}", run.out);
    }
    let run = desk.ask(&["--json", "charter", "check", &file]);
    let found: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, &found["sound"]), (1, &Value::Bool(false)));
    assert_eq!(found["faults"][0]["line"], 65);
    assert_eq!(found["faults"][1]["path"], "projects.funding.basis");
    assert_eq!(desk.ask(&["charter", "publish", &file]).code, 2, "as for every malformed file");
    assert!(!desk.data().exists());
}

#[test]
fn a_file_that_is_not_there_is_a_usage_error() {
    let desk = Desk::new();
    assert_eq!(desk.ask(&["charter", "check", "nowhere.toml"]).code, 2);
    assert_eq!(desk.ask(&["charter", "show", "./nowhere.toml"]).code, 2);
}

#[test]
fn any_edition_can_be_drawn_and_fits_the_page() {
    let desk = Desk::new();
    let second = PARIS_PACT.replacen("title = \"Appraisal\"", "title = \"Close Scrutiny\"", 1);
    for (name, text) in [("one.toml", PARIS_PACT), ("two.toml", &second)] {
        let run = desk.ask(&["charter", "publish", &desk.file(name, text)]);
        assert_eq!(run.code, 0, "{}", run.err);
    }
    let drawn = |more: &[&str]| {
        let run = desk.ask(&[&["charter", "show", "paris-pact"], more].concat());
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(run.out.lines().all(|it| it.chars().count() <= 110), "{}", run.out);
        run.out
    };
    let (latest, first) = (drawn(&[]), drawn(&["--edition", "1"]));
    assert!(latest.contains("Close Scrutiny") && latest.contains("edition 2"), "{latest}");
    assert!(first.contains("Appraisal") && !first.contains("Scrutiny"), "{first}");
    let says =
        ["90 days, then chair is told", "coordinator has to", "80 % of the budget is committed", "365 days"];
    says.iter().for_each(|it| assert!(first.contains(it), "{it}: {first}"));
    let law: Value = serde_json::from_str(&drawn_json(&desk)).unwrap();
    assert_eq!((&law["edition"], &law["law"]["name"]), (&Value::from(2), &Value::from("paris-pact")));
    assert_eq!(desk.ask(&["charter", "show", "paris-pact", "--edition", "3"]).code, 1);
    assert_eq!(desk.ask(&["charter", "show", "london-pact"]).code, 1);
}

/// The widths of pages that people have.
const PAGES: [usize; 4] = [60, 80, 100, 110];

#[test]
fn a_drawing_is_as_wide_as_the_page_and_says_the_same_on_each() {
    let desk = Desk::new();
    let long = format!("title = \"{}\"", "A stage with a name that no border has room for ".repeat(4));
    let texts = [
        PARIS_PACT.to_owned(),
        PARIS_PACT.replacen("title = \"Appraisal\"", &long, 1),
        include_str!("../../../charters/universal-periodic-review.toml").to_owned(),
    ];
    for text in &texts {
        let file = desk.file("law.toml", text);
        let words = |columns: usize| {
            let run = on_a_page(columns, &desk.data(), &["charter", "show", &file]);
            assert_eq!(run.code, 0, "{}", run.err);
            let borders = |it: &str| it.starts_with("  │") && it.ends_with('│');
            let boxed: Vec<&str> = run.within(columns).lines().filter(|it| it.starts_with("  │")).collect();
            assert!(boxed.iter().all(|it| borders(it)), "{boxed:#?}");
            let mut words: Vec<String> = run
                .out
                .split(|it: char| it.is_whitespace() || "╭╮╰╯│─".contains(it))
                .filter(|it| !it.is_empty())
                .map(str::to_owned)
                .collect();
            words.sort();
            words
        };
        PAGES.iter().for_each(|it| assert_eq!(words(*it), words(90), "{it}"));
    }
}

#[test]
fn a_fault_is_seen_and_marked_wherever_it_is_in_its_line() {
    let desk = Desk::new();
    let text =
        PARIS_PACT.replacen("role = \"implementer\", due_days = 90", "role = \"mayor\", due_days = 90", 1);
    let text = text.replacen("take_up_days", "takeup_days", 1);
    let file = desk.file("pact.toml", &text);
    let column = text.lines().find_map(|it| it.find("\"mayor\"")).unwrap();
    assert!(column > 100, "{column}");
    for columns in PAGES {
        let run = on_a_page(columns, &desk.data(), &["charter", "check", &file]);
        let lines: Vec<&str> = run.within(columns).lines().collect();
        let n = lines.iter().position(|it| it.contains("│") && it.contains("\"mayor\"")).unwrap();
        let marked: String =
            lines[n].chars().zip(lines[n + 1].chars()).filter(|(_, m)| *m == '^').map(|(it, _)| it).collect();
        assert_eq!(marked, "\"mayor\"", "{}", run.out);
    }
}

fn drawn_json(desk: &Desk) -> String {
    desk.ask(&["--json", "charter", "show", "paris-pact"]).out
}

#[test]
fn mermaid_and_dot_name_every_stage_and_every_way_between() {
    let desk = Desk::new();
    let odd = PARIS_PACT.replacen("title = \"Funding\"", "title = 'Money, \"real\" <money>'", 1);
    let file = desk.file("pact.toml", &odd);
    let mermaid = desk.ask(&["charter", "show", &file, "--as", "mermaid"]).out;
    let dot = desk.ask(&["charter", "show", &file, "--as", "dot"]).out;
    let ways = ["proposal", "appraisal", "funding", "implementation", "closure"];
    for (from, to) in ways.iter().zip(&ways[1..]) {
        assert!(mermaid.contains(&format!("stage-{from} -->|")), "{mermaid}");
        assert!(dot.contains(&format!("\"stage-{from}\" -> \"stage-{to}\"")), "{dot}");
    }
    for drawing in [&mermaid, &dot] {
        for words in [
            "task duplication-check (coordinator, in 30 days, then chair)",
            "looked at again after 365 days",
            "a member may ask for a vote: more than 1/2",
            "report every 180 days (implementer)",
        ] {
            assert!(drawing.contains(words), "{words}\n{drawing}");
        }
    }
    assert!(mermaid.contains("Money, #quot;real#quot; #lt;money#gt;"), "{mermaid}");
    assert!(dot.contains(r#"label="Money, \"real\" <money>""#), "{dot}");
    assert!(mermaid.contains("stage-proposal -.->|\"after 180 days\"| late-proposal"), "{mermaid}");
    assert_eq!(dot.lines().last(), Some("}"));
}
