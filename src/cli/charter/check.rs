//! `pactline charter check`: everything that is wrong with a charter's text, each fault under its line.
use super::source;
use crate::cli::failure::Failure;
use crate::cli::out;
use crate::cli::place::Place;
use crate::domain::charter::{Law, ParseFault, check_text};
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
        found.map(|_| ()).map_err(|faults| refused(&self.file, &faults))
    }
}

/// Why a text is no law, as an error of the program.
pub(super) fn refused(file: &Path, faults: &[ParseFault]) -> Failure {
    let count = match faults.len() {
        1 => "1 fault".to_owned(),
        more => format!("{more} faults"),
    };
    Failure::no(format!("{} is no law yet: {count}", file.display()))
        .hint("mend them all, and check again; nothing was published")
}

fn praise(file: &Path, law: &Law) -> io::Result<()> {
    let gates: usize = law.projects.stages.iter().map(|it| it.gate.len()).sum();
    out::line(format_args!("{} {} can be published", out::good("✔"), file.display()))?;
    out::line(out::faint(format_args!(
        "  {}: {} roles, {} forums, {} stages, {gates} requirements; pactline charter show {} draws it",
        law.title,
        law.roles.len(),
        law.forums.len(),
        law.projects.stages.len(),
        file.display(),
    )))
}

/// The widest that a line of the text is shown.
const SHOWN_MAX: usize = 100;

/// A fault: where, what it is about, the line with the place marked, what would be right.
pub(super) fn show(file: &Path, text: &str, fault: &ParseFault) -> io::Result<()> {
    let ParseFault { line, column, width, path, message } = fault;
    let about = path.as_ref().map(|it| format!("  {it}")).unwrap_or_default();
    let place = format!("{}:{line}:{column}", file.display());
    out::line(format_args!("{} {place}{}", out::bad("✘"), out::strong(about)))?;
    let shown = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let shown: String = shown.chars().take(SHOWN_MAX).map(|it| if it == '\t' { ' ' } else { it }).collect();
    let room = SHOWN_MAX.saturating_sub(*column).max(1);
    let mark =
        format!("{}{}", " ".repeat(column.saturating_sub(1).min(SHOWN_MAX)), "^".repeat((*width).min(room)));
    out::line(format_args!("{} {shown}", out::faint(format_args!("{line:5} │"))))?;
    out::line(format_args!("{} {}", out::faint("      │"), out::bad(mark)))?;
    for words in out::wrapped(message, SHOWN_MAX) {
        out::line(format_args!("        {words}"))?;
    }
    out::line("")
}

fn document(file: &Path, found: &Result<Law, Vec<ParseFault>>) -> Value {
    let fault = |it: &ParseFault| json!({"line": it.line, "column": it.column, "path": it.path, "message": it.message});
    let faults: Vec<Value> = found.as_ref().err().into_iter().flatten().map(fault).collect();
    json!({"file": file.display().to_string(), "sound": found.is_ok(), "faults": faults})
}
