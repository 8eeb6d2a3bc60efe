//! Charters as people write them: TOML, with the place of every fault.
use super::{Law, faults};
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, Error};

/// A fault in a charter's text, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct ParseFault {
    /// Counted from one.
    pub line: usize,
    /// Counted from one, in characters.
    pub column: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// The law in `text`, or what is wrong with the text: every fault of syntax at once, and the first word that
/// does not belong where it is. Whether the law makes sense is another question: see [`check_text`].
pub fn parse(text: &str) -> Result<Law, Vec<ParseFault>> {
    law(text, table(text)?)
}

/// The law in `text` when it could be published, or everything that is wrong with it and where.
pub fn check_text(text: &str) -> Result<Law, Vec<ParseFault>> {
    let table = table(text)?;
    let law = law(text, table.clone())?;
    let found = faults(&law);
    if found.is_empty() {
        return Ok(law);
    }
    let placed = |path: &str| locate(table.get_ref(), path).unwrap_or_default();
    Err(found.into_iter().map(|it| fault(text, placed(&it.path), it.to_string())).collect())
}

fn table(text: &str) -> Result<Spanned<DeTable<'_>>, Vec<ParseFault>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() { Ok(table) } else { Err(errors.iter().map(|it| misread(text, it)).collect()) }
}

fn law(text: &str, table: Spanned<DeTable<'_>>) -> Result<Law, Vec<ParseFault>> {
    Law::deserialize(Deserializer::from(table)).map_err(|it| vec![misread(text, &it)])
}

fn misread(text: &str, error: &Error) -> ParseFault {
    fault(text, error.span().map_or(0, |it| it.start), error.message().to_owned())
}

fn fault(text: &str, start: usize, message: String) -> ParseFault {
    let before = text.get(..start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |it| it.chars().count()) + 1;
    ParseFault { line, column, message }
}

/// The byte at which the value at `path` begins, or the nearest value around it where it is missing: the
/// place of `forums[0].quorum` is the forum when there is no quorum.
fn locate(root: &DeTable<'_>, path: &str) -> Option<usize> {
    let mut keys = path.split(['.', '[']).map(|it| it.trim_end_matches(']'));
    let mut here = root.get(keys.next()?)?;
    for key in keys {
        let next = match here.get_ref() {
            DeValue::Array(items) => key.parse().ok().and_then(|n: usize| items.get(n)),
            other => other.get(key),
        };
        match next {
            Some(inner) => here = inner,
            None => break,
        }
    }
    Some(here.span().start)
}
