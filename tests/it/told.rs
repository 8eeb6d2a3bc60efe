//! The command line on the demonstration: what was told can be traced, copied, replayed and asked.
use crate::program::{Run, pactline, serve};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

/// The demonstration, told once and exported; each test gets a folder of its own.
fn told(dir: &TempDir) -> PathBuf {
    static EXPORTED: OnceLock<String> = OnceLock::new();
    let exported = EXPORTED.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let said = done(pactline(dir.path(), &["demo"])).out;
        for verdict in ["✔ complete", "! contested", "! stale", "✘ broken"] {
            assert!(said.contains(verdict), "{verdict} in {said}");
        }
        done(pactline(dir.path(), &["export"])).out
    });
    let (file, data) = (dir.path().join("told.jsonl"), dir.path().join("data"));
    std::fs::write(&file, exported).unwrap();
    done(pactline(&data, &["import", "log", file.to_str().unwrap()]));
    assert_eq!(&done(pactline(&data, &["export"])).out, exported);
    data
}

fn done(run: Run) -> Run {
    assert_eq!(run.code, 0, "{}", run.err);
    run
}

fn json(run: &Run) -> Vec<serde_json::Value> {
    run.out.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

/// The stream of the first project in the log.
fn project(data: &Path) -> String {
    let proposed = done(pactline(data, &["--json", "history", "--type", "ProjectProposed"]));
    // They are proposed side by side, in any order: one that answers a priority has the longer trace.
    let proposed = json(&proposed);
    let answers = |it: &&serde_json::Value| it["data"].to_string().contains("priorities");
    proposed.iter().find(answers).unwrap()["stream"].as_str().unwrap().to_owned()
}

#[test]
fn a_demonstration_begins_in_an_empty_folder_only() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("letter.txt"), "dear").unwrap();
    let refused = pactline(dir.path(), &["demo"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("is not empty"), "{}", refused.err);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn views_made_anew_say_the_same_and_a_forged_row_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let data = told(&dir);
    let replayed = json(&done(pactline(&data, &["--json", "replay"])));
    assert!(replayed.len() >= 3, "{replayed:?}");
    assert!(replayed.iter().all(|it| it["equal"] == true && it["rows"].as_u64() > Some(0)), "{replayed:?}");

    let view = Connection::open(data.join("views/timeline-1.db")).unwrap();
    let table: String = view
        .query_row(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('checkpoint')
             AND name NOT LIKE 'sqlite%' LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let forged = view
        .execute(&format!("DELETE FROM \"{table}\" WHERE rowid IN (SELECT max(rowid) FROM \"{table}\")"), []);
    assert_eq!(forged.unwrap(), 1);
    drop(view);
    let replayed = pactline(&data, &["replay"]);
    assert_eq!(replayed.code, 1, "{}", replayed.out);
    assert!(replayed.err.contains("timeline-1"), "{}", replayed.err);
}

#[test]
fn a_trace_is_the_same_from_a_folder_and_from_a_server() {
    let dir = tempfile::tempdir().unwrap();
    let data = told(&dir);
    let project = project(&data);
    let here = done(pactline(&data, &["trace", &project]));
    assert!(here.out.contains("ProjectProposed") && here.out.contains("└─ "), "{}", here.out);
    assert!(!here.out.contains('\u{1b}'), "colours where no terminal is");
    let served = serve(&data, &[]);
    let there = done(pactline(Path::new("nowhere"), &["--server", &served.url, "trace", &project]));
    assert_eq!(here.out, there.out);
    assert_eq!(served.end("TERM").code(), Some(0));
}

#[test]
fn before_its_first_event_a_project_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let data = told(&dir);
    let early = pactline(&data, &["trace", &project(&data), "--as-of", "1"]);
    assert_eq!(early.code, 1, "{}", early.err);
}

#[test]
fn a_history_is_filtered_and_keeps_the_stored_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let data = told(&dir);
    let history = json(&done(pactline(&data, &["--json", "history", "--kind", "charter"])));
    assert!(!history.is_empty());
    assert!(history.iter().all(|it| it["stream"].as_str().unwrap().starts_with("charter-")));
    assert!(history[0]["data"]["law"].is_object(), "{}", history[0]);
}

#[test]
fn a_subscription_does_not_keep_a_server_from_stopping() {
    let dir = tempfile::tempdir().unwrap();
    let data = told(&dir);
    let served = serve(&data, &["--shutdown-grace-ms", "60000"]);
    let url = served.url.clone();
    let follower = std::thread::spawn(move || {
        pactline(Path::new("nowhere"), &["--server", &url, "history", "--follow", "--kind", "project"])
    });
    std::thread::sleep(std::time::Duration::from_millis(500));
    let began = std::time::Instant::now();
    assert_eq!(served.end("TERM").code(), Some(0));
    assert!(began.elapsed() < std::time::Duration::from_secs(20));
    assert!(follower.join().unwrap().out.contains("ProjectProposed"));
}

#[test]
fn a_thing_is_found_by_whatever_it_is_called() {
    let dir = tempfile::tempdir().unwrap();
    let data = told(&dir);
    let projects = json(&done(pactline(&data, &["--json", "list", "projects", "--page-size", "3"])));
    let stream = |it: &serde_json::Value| it["entry"]["stream"].as_str().unwrap().to_owned();
    let project = projects.iter().find(|it| it["code"].is_string()).unwrap();
    for name in [&stream(project), project["project_id"].as_str().unwrap(), project["code"].as_str().unwrap()]
    {
        let shown = json(&done(pactline(&data, &["--json", "show", name])));
        assert_eq!(stream(&shown[0]), stream(project), "{name}");
    }
    let austria = json(&done(pactline(&data, &["--json", "show", "at"])));
    assert_eq!(austria[0]["party"]["country"], "AUT");
    assert_eq!(pactline(&data, &["show", "Atlantis"]).code, 1);
}

#[test]
fn a_list_has_every_page_and_is_filtered_and_ordered() {
    let dir = tempfile::tempdir().unwrap();
    let data = told(&dir);
    let list = |more: &[&str]| {
        let arguments = [&["--json", "list", "partners", "--order", "name desc"], more].concat();
        json(&done(pactline(&data, &arguments)))
    };
    let (small, large) = (list(&["--page-size", "7"]), list(&[]));
    assert_eq!(small, large);
    assert!(large.len() > 14 && large[0]["name"].as_str() > large[1]["name"].as_str());
    let observers = list(&["--where", "capacity=observer"]);
    assert!(observers.len() < large.len());
    assert!(observers.iter().all(|it| it["capacity"] == "CAPACITY_OBSERVER"));
    let unknown = pactline(&data, &["list", "partners", "--where", "colour=red"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("try one of capacity,"), "{}", unknown.err);
}

#[test]
fn the_readme_s_replay_shows_views_as_they_stood_before_the_end() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let arguments = readme.lines().find_map(|it| it.strip_prefix("pactline replay --until ")).unwrap();
    let until = arguments.split_whitespace().next().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let data = told(&dir);
    let events = done(pactline(&data, &["export"])).out.lines().count();
    assert!(until.parse::<usize>().unwrap() < events);
    let said = done(pactline(&data, &["replay", "--until", until])).out;
    let register = said.lines().find(|it| it.starts_with("register-")).unwrap();
    let row: Vec<&str> = register.split_whitespace().collect();
    assert!(row[1] == until && row[2].parse::<u64>().unwrap() > 0, "{said}");
}
