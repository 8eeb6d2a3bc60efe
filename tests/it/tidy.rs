//! The rules of the house that no compiler checks.
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Who may import whom inside the crate. Every module may import itself; one absent here may import nothing
/// else.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("lib", &[]),
    ("cli", EVERYTHING),
    ("app", EVERYTHING),
    ("config", &[]),
    ("telemetry", &["config"]),
    ("clock", &[]),
    ("domain", &[]),
    ("log", &[]),
    ("people", &["domain"]),
    ("scrutiny", &["codec", "domain", "log"]),
    ("codec", &["domain", "log"]),
    ("engine", &["clock", "codec", "domain", "log"]),
    ("views", &["codec", "domain", "log"]),
    ("reactions", &["clock", "codec", "domain", "engine", "log", "views"]),
    ("audit", &["domain", "log", "scrutiny"]),
    (
        "api",
        &[
            "access",
            "audit",
            "clock",
            "codec",
            "domain",
            "engine",
            "exchange",
            "log",
            "people",
            "reactions",
            "scrutiny",
            "views",
        ],
    ),
    ("access", &["config", "domain"]),
    ("console", &["access", "audit", "domain", "log", "views"]),
    ("exchange", &["api", "codec", "domain", "engine", "log", "reactions", "views"]),
];
const EVERYTHING: &[&str] = &[
    "access",
    "api",
    "app",
    "audit",
    "clock",
    "codec",
    "config",
    "console",
    "domain",
    "engine",
    "exchange",
    "log",
    "people",
    "reactions",
    "scrutiny",
    "telemetry",
    "views",
];
const LINES_MAX: usize = 400;

#[test]
fn imports_flow_one_way() {
    let wrong: Vec<String> = files(&["src"]).iter().flat_map(|(path, text)| strays(path, text)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for_and_fits_in_the_head() {
    let mut wrong = Vec::new();
    for (path, text) in files(&["src", "tests", "benches", "examples"]) {
        if !text.starts_with("//! ") {
            wrong.push(format!("{path} does not start with a //! line"));
        }
        let lines = text.lines().count();
        if lines > LINES_MAX {
            wrong.push(format!("{path} has {lines} lines, over {LINES_MAX}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_test_is_forgotten() {
    let files = files(&["tests/it"]);
    let main = &files["tests/it/main.rs"];
    let mut top = files.keys().filter_map(|it| it.strip_prefix("tests/it/")?.split(['/', '.']).next());
    let forgotten = top.find(|it| *it != "main" && !main.contains(&format!("mod {it};")));
    assert_eq!(forgotten, None, "it has no line in tests/it/main.rs, so nobody runs it");
}

#[test]
fn a_stray_import_is_noticed() {
    assert_eq!(strays("src/engine/mod.rs", "use crate::log::Log;\nuse super::x;").len(), 0);
    assert_eq!(strays("src/log/mod.rs", "use crate::log::Error;\n// see crate::engine").len(), 0);
    assert_eq!(strays("src/log/mod.rs", "let it = crate::engine::run();").len(), 1);
    assert_eq!(strays("src/app.rs", "use crate::{engine::Engine, log::Log};").len(), 1);
    assert_eq!(strays("src/unheard_of.rs", "use crate::log::Log;").len(), 1);
    assert_eq!(strays("src/main.rs", "pactline::cli::run(); pactline::log::run();").len(), 1);
}

/// The imports in one file that the table does not allow, each with its place.
fn strays(path: &str, text: &str) -> Vec<String> {
    let module = path.strip_prefix("src/").unwrap_or(path).split(['/', '.']).next().unwrap();
    let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == module).map_or(&[][..], |(_, may)| may);
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
        for target in imports(line) {
            if target.is_empty() {
                found.push(format!("{path}:{}: write one `use crate::...` per module", n + 1));
            } else if target != module && !allowed.contains(&target) {
                found.push(format!("{path}:{}: {module} may not import {target}", n + 1));
            }
        }
    }
    found
}

/// The modules of ours that a line of code names; an empty one where a group hides them.
fn imports(line: &str) -> impl Iterator<Item = &str> {
    let after = |root: &'static str| line.split(root).skip(1);
    let named = after("crate::").chain(after("pactline::"));
    named.filter_map(|it| it.split(|it: char| !it.is_alphanumeric() && it != '_').next())
}

/// Every source file in `folders`: its path from the root and its text.
fn files(folders: &[&str]) -> BTreeMap<String, String> {
    fn visit(dir: &Path, root: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(dir).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, root, found);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeMap::new();
    folders.iter().for_each(|it| visit(&root.join(it), root, &mut found));
    assert!(!found.is_empty(), "no sources under {}", root.display());
    found
}
