//! The rules.
use super::{Charter, Command, Event};
use crate::domain::citation::Reference;
use crate::domain::{Category, Given};

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rejection {
    /// Placeholder.
    #[error("placeholder")]
    Placeholder,
}

impl crate::domain::Rejection for Rejection {
    fn reason(&self) -> &'static str {
        self.into()
    }
    fn category(&self) -> Category {
        Category::Precondition
    }
}

pub(super) fn cites(_state: &Charter, _command: &Command) -> Vec<Reference> {
    Vec::new()
}

pub(super) fn decide(_state: &Charter, _command: Command, _given: &Given) -> Result<Vec<Event>, Rejection> {
    Ok(Vec::new())
}
