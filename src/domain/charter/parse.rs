//! Charters as people write them: TOML, with the place of every fault.
use super::read::{self, Fields, Misread, Notes};
use super::{Fault, Law, check};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

/// A fault in a charter's text, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {}{message}", .path.as_ref().map_or(String::new(), |it| format!("{it}: ")))]
pub struct ParseFault {
    /// Counted from one.
    pub line: usize,
    /// Counted from one, in characters.
    pub column: usize,
    /// How many characters of that line it is; at least one.
    pub width: usize,
    /// What it is about, such as `projects.stages[2].gate[0]`, counted from zero; `None` where the text is not
    /// TOML.
    pub path: Option<String>,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// The law in `text`, or what is wrong with the text: every fault of syntax, or else every word that does not
/// belong where it is and every one that is missing. Whether the law makes sense is another question: see
/// [`check_text`].
pub fn parse(text: &str) -> Result<Law, Vec<ParseFault>> {
    let table = table(text)?;
    let (law, misread) = drafted(&table);
    if misread.is_empty() { Ok(law) } else { Err(placed(text, misread.into_iter().map(worded))) }
}

/// The law in `text` when it could be published, or everything that is wrong with it, in the order of the
/// text. What is no TOML is not judged further; in what is, pieces that cannot be read do not keep the rest
/// from being judged, and nothing is said that rests on them.
pub fn check_text(text: &str) -> Result<Law, Vec<ParseFault>> {
    let table = table(text)?;
    let (law, misread) = drafted(&table);
    let unread: Vec<String> = misread.iter().filter(|it| !it.stray).map(|it| it.path.clone()).collect();
    let senseless = check::faults_besides(&law, &unread);
    if misread.is_empty() && senseless.is_empty() {
        return Ok(law);
    }
    let senseless = senseless
        .into_iter()
        .map(|Fault { path, message }| (locate(table.get_ref(), &path).unwrap_or_default(), path, message));
    let senseless: Vec<Place> = senseless.collect();
    Err(placed(text, misread.into_iter().map(worded).chain(senseless)))
}

/// The bytes of a fault, what it is about, and what is wrong.
type Place = (Range<usize>, String, String);

fn worded(it: Misread) -> Place {
    (it.span, it.path, it.message)
}

fn table(text: &str) -> Result<Spanned<DeTable<'_>>, Vec<ParseFault>> {
    let (table, mut errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(table);
    }
    errors.sort_by_key(|it| it.span().map(|it| it.start));
    let mut faults: Vec<ParseFault> = errors.iter().map(|it| untoml(text, it)).collect();
    // What follows on a line is a consequence of its first fault as a rule.
    faults.dedup_by_key(|it| it.line);
    Err(faults)
}

/// What `table` says, with stand-ins for what could not be read.
fn drafted(table: &Spanned<DeTable<'_>>) -> (Law, Vec<Misread>) {
    let mut notes = Notes::default();
    let law = Fields::of(&mut notes, String::new(), table.get_ref(), 0..0).read(read::law);
    (law, notes.misread)
}

fn untoml(text: &str, error: &Error) -> ParseFault {
    let span = error.span().unwrap_or(0..0);
    let message = match (error.message(), text.get(span.clone())) {
        ("duplicate key", Some(key)) => {
            format!("duplicate key: {key} is there already, so keep one, or join what both say")
        }
        (other, _) => other.to_owned(),
    };
    fault(text, span, None, message)
}

fn placed(text: &str, faults: impl Iterator<Item = Place>) -> Vec<ParseFault> {
    let mut faults: Vec<Place> = faults.collect();
    faults.sort_by_key(|(span, ..)| span.start);
    faults.into_iter().map(|(span, path, message)| fault(text, span, Some(path), message)).collect()
}

fn fault(text: &str, span: Range<usize>, path: Option<String>, message: String) -> ParseFault {
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |it| it.chars().count()) + 1;
    let marked = text.get(span).and_then(|it| it.lines().next()).unwrap_or_default();
    ParseFault { line, column, width: marked.chars().count().max(1), path, message }
}

/// The bytes of the value at `path`, or of the nearest value around it where it is missing: the place of
/// `forums[0].quorum` is the forum when there is no quorum. A path does not name the word that a requirement or a
/// rule begins with: `gate[0].role` is the role in `{ approvals = { role = "donor", count = 1 } }`.
fn locate(root: &DeTable<'_>, path: &str) -> Option<Range<usize>> {
    let mut keys = path.split(['.', '[']).map(|it| it.trim_end_matches(']'));
    let mut here = root.get(keys.next()?)?;
    for key in keys {
        let next = match here.get_ref() {
            DeValue::Array(items) => key.parse().ok().and_then(|n: usize| items.get(n)),
            DeValue::Table(table) => table.get(key).or_else(|| alone(table)?.get_ref().get(key)),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => None,
        };
        match next {
            Some(inner) => here = inner,
            None => break,
        }
    }
    Some(here.span())
}

/// What is in a table that says one thing.
fn alone<'t, 'i>(table: &'t DeTable<'i>) -> Option<&'t Spanned<DeValue<'i>>> {
    table.iter().next().filter(|_| table.len() == 1).map(|(_, it)| it)
}
