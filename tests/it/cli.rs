//! The command line: files in and out, exit codes, and what it tells whom.
use crate::program::{Run, pactline};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// An exported log of two streams, as any release writes it.
const EXPORTED: &str = concat!(
    r#"{"id":"00000000-0000-5000-8000-000000000001","stream":"thing-a","revision":0,"type":"Begun","recorded_at":"2026-01-01T00:00:00.000001Z","data":"{\"b\": 1,  \"a\":\"é\"}","meta":"{}"}"#,
    "\n",
    r#"{"id":"00000000-0000-5000-8000-000000000002","stream":"thing-b","revision":0,"type":"Begun","recorded_at":"2026-01-01T00:00:00.000002Z","data":"{}","meta":"{\"by\":\"x\"}"}"#,
    "\n",
    r#"{"id":"00000000-0000-5000-8000-000000000003","stream":"thing-a","revision":1,"type":"Ended","recorded_at":"2026-02-01T12:00:00Z","data":"[1,2]","meta":"{}"}"#,
    "\n",
);

/// A folder for data and one beside it for files.
struct Desk {
    dir: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn import(&self, file: &Path) -> Run {
        pactline(&self.data(), &["import", "log", file.to_str().unwrap()])
    }

    fn export(&self) -> String {
        let exported = pactline(&self.data(), &["export"]);
        assert_eq!(exported.code, 0, "{}", exported.err);
        exported.out
    }
}

#[test]
fn an_exported_log_imports_and_exports_to_the_same_bytes() {
    let desk = Desk::new();
    let imported = desk.import(&desk.file("log.jsonl", EXPORTED));
    assert_eq!((imported.code, imported.out.as_str()), (0, "3 events appended\n"), "{}", imported.err);
    assert_eq!(desk.export(), EXPORTED);
}

#[test]
fn an_import_that_was_cut_short_is_finished_by_doing_it_again() {
    let desk = Desk::new();
    let two = EXPORTED.split_inclusive('\n').take(2).collect::<String>();
    assert_eq!(desk.import(&desk.file("two.jsonl", &two)).code, 0);
    let whole = desk.file("whole.jsonl", EXPORTED);
    assert_eq!(desk.import(&whole).out, "1 events appended, 2 were there before\n");
    assert_eq!(desk.import(&whole).out, "0 events appended, 3 were there before\n");
    assert_eq!(desk.export(), EXPORTED);
}

#[test]
fn a_damaged_line_is_named_and_nothing_from_it_on_is_written() {
    let damages: &[(&str, &str, &str)] = &[
        ("\"revision\":1", "\"revision\":2", "revision"),
        ("000000000003", "000000000001", "an earlier line has the id"),
        ("[1,2]", "[1,2", "data is no JSON"),
        ("\"meta\":\"{}\"}\n", "\"meta\":\"{}\"}", "cut short"),
    ];
    for (sound, damaged, why) in damages {
        let desk = Desk::new();
        let (before, last) = EXPORTED.split_at(EXPORTED.trim_end().rfind('\n').unwrap() + 1);
        let text = format!("{before}{}", last.replace(sound, damaged));
        let refused = desk.import(&desk.file("log.jsonl", &text));
        assert_eq!(refused.code, 2, "{why}");
        assert!(refused.err.contains("line 3: ") && refused.err.contains(why), "{}", refused.err);
        assert_eq!(desk.export(), before);
    }
}

#[test]
fn a_folder_with_another_history_is_refused() {
    let desk = Desk::new();
    assert_eq!(desk.import(&desk.file("log.jsonl", EXPORTED)).code, 0);
    let other = EXPORTED.replace("\"by\\\"", "\"of\\\"");
    let refused = desk.import(&desk.file("other.jsonl", &other));
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(refused.err.contains("line 2"), "{}", refused.err);
    assert_eq!(desk.export(), EXPORTED);
}

#[test]
fn completions_know_every_verb() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = pactline(&desk.data(), &["completions", shell]);
        assert_eq!(script.code, 0);
        assert!(script.out.contains("replay"), "{shell}");
    }
}

#[test]
fn a_folder_without_a_log_is_said_to_be_one_and_left_alone() {
    let desk = Desk::new();
    for verb in [&["export"][..], &["status"], &["list", "projects"], &["replay"]] {
        let refused = pactline(&desk.data(), verb);
        assert_eq!(refused.code, 4, "{verb:?}");
        assert!(refused.err.starts_with("error: there is no log in "), "{}", refused.err);
    }
    assert!(!desk.data().exists());
}

#[test]
fn what_is_no_command_ends_with_two_and_help_with_zero() {
    let desk = Desk::new();
    assert_eq!(pactline(&desk.data(), &["lits"]).code, 2);
    let help = pactline(&desk.data(), &["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.out.contains("Exit codes:"));
}

#[test]
fn errors_are_json_where_json_is_asked_for() {
    let desk = Desk::new();
    let refused = pactline(&desk.data(), &["--json", "export"]);
    let error: serde_json::Value = serde_json::from_str(&refused.err).unwrap();
    assert_eq!(error["error"]["exit_code"], 4);
    assert!(error["error"]["hint"].is_string());
}

#[test]
fn no_server_is_a_sentence_and_not_a_trace() {
    let desk = Desk::new();
    let refused = pactline(&desk.data(), &["--server", "127.0.0.1:1", "status"]);
    assert_eq!(refused.code, 4);
    assert!(refused.err.starts_with("error: no server answers at http://127.0.0.1:1"), "{}", refused.err);
}
