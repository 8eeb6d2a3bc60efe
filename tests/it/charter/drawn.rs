//! Charters on the command line: checked, published, drawn.
use super::PARIS_PACT;
use crate::program::{Run, pactline};
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
    assert_eq!(desk.ask(&["charter", "publish", &file]).code, 1);
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
    assert!(mermaid.contains("Money, #quot;real#quot; #lt;money#gt;"), "{mermaid}");
    assert!(dot.contains(r#"label="Money, \"real\" <money>""#), "{dot}");
    assert!(mermaid.contains("stage-proposal -.->|\"after 180 days\"| late-proposal"), "{mermaid}");
    assert_eq!(dot.lines().last(), Some("}"));
}
