//! What a running server signs for, verified and taken away by those who only reach it over the wire.
use super::{event_at, faults, meddle, story, verify};
use crate::program::{self, pactline};

#[test]
fn a_live_server_is_verified_over_the_wire() {
    let (_dir, data) = story();
    let served = program::serve(&data, &[]);
    let (code, said) = verify(&data, &["--server", &served.url]);
    assert_eq!((code, said["outcome"].as_str()), (0, Some("verified")), "{said}");
    assert_eq!(said["events"], said["signed"]);
    assert!(said["events"].as_u64().unwrap() > 256, "more than one tile is fetched");
    served.end("TERM");
}

#[test]
fn what_a_live_server_exports_verifies_without_it_and_names_what_is_changed_later() {
    let (dir, data) = story();
    let served = program::serve(&data, &[]);
    let export = dir.path().join("export");
    let made = pactline(&data, &["--server", &served.url, "audit", "export", export.to_str().unwrap()]);
    assert_eq!(made.code, 0, "{}", made.err);
    served.end("TERM");
    let folder = export.to_str().unwrap();
    assert_eq!(verify(&data, &[folder]).0, 0);
    let policy = data.join("audit/policy");
    assert_eq!(verify(&data, &[folder, "--policy", policy.to_str().unwrap()]).0, 0);
    let events = std::fs::read_to_string(export.join("events.jsonl")).unwrap();
    let lines: Vec<&str> = events.lines().collect();
    let removed: Vec<&str> = lines.iter().enumerate().filter(|(n, _)| *n != 99).map(|(_, it)| *it).collect();
    std::fs::write(export.join("events.jsonl"), removed.join("\n") + "\n").unwrap();
    let (code, said) = verify(&data, &[folder]);
    assert_eq!((code, faults(&said)), (6, vec![("missing".to_owned(), Some(99))]), "{said}");
}

#[test]
fn a_change_behind_a_running_server_is_seen_over_the_wire() {
    let (_dir, data) = story();
    let (place, id) = event_at(&data, 40);
    let served = program::serve(&data, &[]);
    assert_eq!(verify(&data, &["--server", &served.url]).0, 0);
    meddle(&data, &["UPDATE events SET data = CAST(data || ' ' AS BLOB) WHERE position = 40"]);
    let (code, said) = verify(&data, &["--server", &served.url]);
    assert_eq!((code, faults(&said)), (6, vec![("altered".to_owned(), Some(39))]), "{said}");
    let text = said["faults"][0]["text"].as_str().unwrap();
    assert!(text.contains(&place) && text.contains(&id), "{text}");
    served.end("TERM");
}

#[test]
fn a_server_that_found_the_difference_itself_is_believed() {
    let (_dir, data) = story();
    let (place, _) = event_at(&data, 40);
    meddle(&data, &["UPDATE events SET data = CAST(data || ' ' AS BLOB) WHERE position = 40"]);
    let served = program::serve(&data, &[]);
    let run = pactline(&data, &["--server", &served.url, "audit", "verify"]);
    assert_eq!(run.code, 6, "{}", run.err);
    assert!(run.err.contains("index 39") && run.err.contains(&place), "{}", run.err);
    served.end("TERM");
}
