//! Everything that is wrong with one request: which field, and why.
use std::fmt;

/// One field that cannot be right, whatever the state of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field's path, such as `roster[3].partner.stream`.
    pub field: String,
    /// What is wrong with it and what would be right.
    pub reason: String,
}

/// All violations of one request, in the order of its fields; at least one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Violations(pub Vec<Violation>);

impl Violations {
    /// The reason given for `field`, if it is among them.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|it| it.field == field).map(|it| it.reason.as_str())
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Violation { field, reason }) in self.0.iter().enumerate() {
            let separator = if n == 0 { "" } else { "; " };
            write!(f, "{separator}{field}: {reason}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}
