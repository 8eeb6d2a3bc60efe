//! A log moves between the folder and the server, and nothing about it changes.
use super::double::{Call, Double, Fault};
use crate::log::{clock, event};
use crate::program::{begin, pactline};
use futures::TryStreamExt;
use jiff::ToSpan;
use pactline::log::{EmbeddedLog, Expected, Log, NewRecord, Record};
use std::path::{Path, PathBuf};
use std::time::Duration;

const EVENTS: u64 = 500;

/// A log whose times do not always grow: several wrote it.
async fn fill(dir: &Path) {
    let log = EmbeddedLog::open(dir, clock).unwrap();
    for n in 0..EVENTS {
        let recorded_at = Some(clock() + i64::try_from(n ^ 1).unwrap().milliseconds());
        let expected = (n / 5).checked_sub(1).map_or(Expected::NoStream, Expected::Revision);
        let record = NewRecord { recorded_at, ..event(n.into()) };
        log.append(&format!("task-{}", n % 5), expected, vec![record]).await.unwrap();
    }
    log.close().await.unwrap();
}

fn export(data: &Path, log: &[&str]) -> String {
    let exported = pactline(data, &[log, &["export"]].concat());
    assert_eq!(exported.code, 0, "{}", exported.err);
    exported.out
}

fn import(data: &Path, log: &[&str], file: &Path) -> String {
    let imported = pactline(data, &[log, &["import", "log", file.to_str().unwrap()]].concat());
    assert_eq!(imported.code, 0, "{}", imported.err);
    imported.out
}

fn file(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_is_the_same_to_the_byte_there_and_back_also_after_an_interruption() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second, none) =
        (dir.path().join("first"), dir.path().join("second"), dir.path().join("none"));
    fill(&first).await;
    let exported = export(&first, &[]);
    let double = Double::start();
    let url = double.url();
    let there = ["--log", url.as_str()];
    let cut: String = exported.split_inclusive('\n').take(123).collect();
    assert_eq!(import(&none, &there, &file(dir.path(), "cut.jsonl", &cut)), "123 events appended\n");
    let whole = file(dir.path(), "whole.jsonl", &exported);
    assert_eq!(import(&none, &there, &whole), "377 events appended, 123 were there before\n");
    assert_eq!(export(&none, &there), exported);
    assert_eq!(import(&second, &[], &whole), "500 events appended\n");
    assert_eq!(export(&second, &[]), exported);
    assert!(!none.exists(), "the folder plays no part");
    let log = super::open(&double).await;
    let records: Vec<Record> = log.read_all(None).try_concat().await.unwrap();
    assert_eq!(records.len() as u64, EVENTS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_is_killed_half_way_goes_on_and_nothing_is_missing_or_there_twice() {
    let dir = tempfile::tempdir().unwrap();
    let first = dir.path().join("first");
    fill(&first).await;
    let exported = export(&first, &[]);
    let whole = file(dir.path(), "whole.jsonl", &exported);
    let double = Double::start();
    // So slow that there is a half way.
    double.goes_wrong(|call| {
        if call == Call::Append {
            std::thread::sleep(Duration::from_millis(5));
        }
        Fault::None
    });
    let (url, none) = (double.url(), dir.path().join("none"));
    let arguments = ["--log", &url, "import", "log", whole.to_str().unwrap()];
    for killed in 1..=3 {
        let before = double.database().written().len();
        let mut importing = begin(&none, &arguments);
        while double.database().written().len() < before + 100 {
            assert!(importing.is_running(), "it ended by itself");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        importing.end("KILL");
        let there = double.database().written().len() as u64;
        assert!(there < EVENTS, "killed {killed} times, and all {there} are there");
    }
    double.goes_right();
    import(&none, &["--log", &url], &whole);
    assert_eq!(double.database().written().len() as u64, EVENTS);
    assert_eq!(export(&none, &["--log", &url]), exported);
}

#[test]
fn another_history_is_refused_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let double = Double::start();
    let url = double.url();
    let line = |id: u32, data: &str| {
        format!(
            "{{\"id\":\"00000000-0000-0000-0000-{id:012}\",\"stream\":\"task-1\",\"revision\":0,\"type\":\"TaskOpened\",\
             \"recorded_at\":\"2026-02-01T12:00:00Z\",\"data\":\"{data}\",\"meta\":\"{{}}\"}}\n"
        )
    };
    import(dir.path(), &["--log", &url], &file(dir.path(), "one.jsonl", &line(1, "{}")));
    let other = file(dir.path(), "other.jsonl", &line(2, "{}"));
    let refused = pactline(dir.path(), &["--log", &url, "import", "log", other.to_str().unwrap()]);
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(refused.err.contains("line 1"), "{}", refused.err);
    assert_eq!(double.database().written().len(), 1);
}

#[test]
fn the_program_says_in_one_line_what_is_wrong_with_a_log_and_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let web = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let another = format!("esdb://{}?tls=false", web.local_addr().unwrap());
    std::thread::spawn(move || {
        while let Ok((mut caller, _)) = web.accept() {
            std::io::Write::write_all(&mut caller, b"HTTP/1.1 400 Bad Request\r\n\r\n").ok();
        }
    });
    for (url, code) in [("postgres://db", 2), ("esdb://127.0.0.1:1?tls=false", 4), (&another, 4)] {
        let refused = pactline(dir.path(), &["--log", url, "status"]);
        assert_eq!(refused.code, code, "{}", refused.err);
        let lines: Vec<_> = refused.err.lines().collect();
        assert!(!refused.err.contains("metadata"), "{lines:?}");
        assert!(
            matches!(lines.as_slice(), [error, hint] if error.starts_with("error: ") && hint.starts_with("hint: ")),
            "{lines:?}"
        );
    }
}

#[test]
fn an_operator_puts_the_rules_to_a_log() {
    let dir = tempfile::tempdir().unwrap();
    let double = Double::start();
    let checked = pactline(dir.path(), &["--log", &double.url(), "log", "conformance"]);
    assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
    let lines: Vec<_> = checked.out.lines().collect();
    assert_eq!(lines.len(), pactline::log::conformance::rules().len());
    assert!(lines.iter().all(|it| it.starts_with("kept") || it.starts_with("not promised")), "{lines:?}");
}
