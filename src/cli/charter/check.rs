//! `pactline charter check`: everything that is wrong with a charter's text, each fault under its line.
use super::source;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out;
use crate::cli::place::Place;
use crate::domain::charter::{Law, ParseFault, check_text};
use crate::domain::text::counted;
use clap::Args;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

/// Which text.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The file
    file: PathBuf,
}

impl Check {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let text = source::text(&self.file)?;
        let found = check_text(&text);
        match (&found, place.json) {
            (found, true) => out::json(&document(&self.file, found))?,
            (Ok(law), false) => praise(&self.file, law)?,
            (Err(faults), false) => faults.iter().try_for_each(|it| show(&self.file, &text, it))?,
        }
        found.map(|_| ()).map_err(|faults| refused(Exit::No, &self.file, &faults))
    }
}

/// Why a text is no law, as an error of the program: an answer of no to whoever asked, malformed for all others.
pub(super) fn refused(exit: Exit, file: &Path, faults: &[ParseFault]) -> Failure {
    let count = counted(faults.len(), "fault");
    Failure::new(exit, format!("{} is no law yet: {count}", file.display()))
        .hint("mend them all, and check again; nothing was published")
}

fn praise(file: &Path, law: &Law) -> io::Result<()> {
    let gates: usize = law.projects.stages.iter().map(|it| it.gate.len()).sum();
    out::line(format_args!("{} {} can be published", out::good("✔"), file.display()))?;
    let words = format!(
        "{}: {} roles, {} forums, {} stages, {gates} requirements; pactline charter show {} draws it",
        law.title,
        law.roles.len(),
        law.forums.len(),
        law.projects.stages.len(),
        file.display(),
    );
    out::hung("  ", &words, out::columns(), |it| out::faint(it)).into_iter().try_for_each(out::line)
}

/// A fault: where, what it is about, the line with the place marked, what would be right.
pub(super) fn show(file: &Path, text: &str, fault: &ParseFault) -> io::Result<()> {
    shown(file, text, fault, out::columns()).into_iter().try_for_each(out::line)
}

fn shown(file: &Path, text: &str, fault: &ParseFault, columns: usize) -> Vec<String> {
    let ParseFault { line, column, width, path, message } = fault;
    let place = format!("{}:{line}:{column}", file.display());
    let about = path.as_ref().map(|it| format!("  {}", out::strong(it))).unwrap_or_default();
    let mut lines = match out::width(&place) + out::width(&about) + SIGN <= columns {
        true => vec![format!("{} {place}{about}", out::bad("✘"))],
        false => vec![format!("{} {place}", out::bad("✘")), about],
    };
    let gutter = format!("{line:5} │ ");
    let there = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let (seen, mark) = window(there, *column, *width, columns.saturating_sub(out::width(&gutter)));
    lines.push(format!("{}{seen}", out::faint(&gutter)));
    lines.push(format!("{}{}", out::faint("      │ "), out::bad(mark)));
    lines.extend(out::hung("        ", message, columns, out::plain));
    lines.push(String::new());
    lines
}

/// How wide the sign before a fault is.
const SIGN: usize = 2;
/// The least of a line that is shown.
const WINDOW_MIN: usize = 24;

/// As much of `line` around a place as there is room for, and what marks the place under it.
fn window(line: &str, column: usize, width: usize, room: usize) -> (String, String) {
    let room = room.max(WINDOW_MIN);
    let letters: Vec<char> = line.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let at = column.saturating_sub(1).min(letters.len());
    let before = (room / 3).min(room.saturating_sub(width + 2)).max(2);
    let start = match at + width < room {
        true => 0,
        false => at.saturating_sub(before).min((letters.len() + 1).saturating_sub(room)),
    };
    let mut seen: Vec<char> = letters.iter().skip(start).take(room).copied().collect();
    if let (true, Some(first)) = (start > 0, seen.first_mut()) {
        *first = '…';
    }
    if let (true, Some(last)) = (letters.len() > start + room, seen.last_mut()) {
        *last = '…';
    }
    let until: String = seen.iter().take(at - start).collect();
    let marked: String = seen.iter().skip(at - start).take(width).collect();
    let mark = format!("{}{}", " ".repeat(out::width(&until)), "^".repeat(out::width(&marked).max(1)));
    (seen.into_iter().collect(), mark)
}

fn document(file: &Path, found: &Result<Law, Vec<ParseFault>>) -> Value {
    let fault = |it: &ParseFault| json!({"line": it.line, "column": it.column, "path": it.path, "message": it.message});
    let faults: Vec<Value> = found.as_ref().err().into_iter().flatten().map(fault).collect();
    json!({"file": file.display().to_string(), "sound": found.is_ok(), "faults": faults})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_far_to_the_right_is_seen_and_marked_under_itself() {
        let line = format!("tasks = [{}{{ role = \"mayor\" }}{}]", "x, ".repeat(60), "y, ".repeat(60));
        let column = line.find("\"mayor\"").unwrap() + 1;
        for room in [24, 40, 72, 102, 400] {
            let (seen, mark) = window(&line, column, 7, room);
            let found: String =
                seen.chars().zip(mark.chars()).filter(|(_, m)| *m == '^').map(|(it, _)| it).collect();
            assert_eq!(found, "\"mayor\"", "{room}: {seen}\n{mark}");
            assert!(seen.chars().count() <= room && mark.chars().count() <= room, "{room}: {seen}\n{mark}");
            assert_eq!((seen.starts_with('…'), seen.ends_with('…')), (room < 400, room < 400), "{seen}");
        }
    }

    #[test]
    fn a_place_wider_than_the_page_is_marked_from_its_beginning() {
        let line = format!("{}{}", " ".repeat(50), "z".repeat(200));
        let (seen, mark) = window(&line, 51, 200, 60);
        assert_eq!((seen.chars().count(), mark.chars().count()), (60, 60));
        assert_eq!(mark.find('^'), seen.find('z').map(|at| at - "…".len() + 1));
        assert_eq!(window("", 1, 1, 60), (String::new(), "^".to_owned()));
        assert_eq!(window("ab", 3, 1, 60), ("ab".to_owned(), "  ^".to_owned()));
    }
}
