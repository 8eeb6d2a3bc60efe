//! The rules of publication: a law is sound as a whole, or it is not published.
use super::{Charter, Command, Event, Fault, Law, faults};
use crate::domain::citation::Reference;
use crate::domain::text::{Digest, Slug};
use crate::domain::{Category, Given};
use std::sync::Arc;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rejection {
    /// What it says cannot be law; every fault at once.
    #[error("the charter cannot be published as it is:\n{}", listed(faults))]
    Unsound {
        /// In the order of the text, each with its place.
        faults: Vec<Fault>,
    },
    /// A charter keeps its name through all editions.
    #[error("this is the charter {known}, not {given}: publish another charter under a name of its own")]
    AnotherName {
        /// Its name.
        known: Slug,
        /// What came.
        given: Slug,
    },
    /// Nothing new is published after the end.
    #[error("this charter is retired: publish what is to follow it under another name")]
    Retired,
    /// Never published.
    #[error("there is no such charter: publish it first, or check its name")]
    NotPublished,
}

fn listed(faults: &[Fault]) -> String {
    faults.iter().map(|it| format!("- {it}")).collect::<Vec<_>>().join("\n")
}

impl crate::domain::Rejection for Rejection {
    fn reason(&self) -> &'static str {
        self.into()
    }
    fn category(&self) -> Category {
        match self {
            Rejection::Unsound { .. } | Rejection::AnotherName { .. } => Category::Invalid,
            Rejection::Retired => Category::Precondition,
            Rejection::NotPublished => Category::NotFound,
        }
    }
}

pub(super) fn cites(_charter: &Charter, _command: &Command) -> Vec<Reference> {
    Vec::new()
}

pub(super) fn decide(charter: &Charter, command: Command, given: &Given) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::PublishCharter { law, digest } => publish(charter, given, law, digest),
        Command::RetireCharter { reason } => match (&charter.latest, charter.retired_at) {
            (None, _) => Err(Rejection::NotPublished),
            (Some(_), Some(_)) => Ok(Vec::new()),
            (Some(_), None) => Ok(vec![Event::CharterRetired { reason }]),
        },
    }
}

fn publish(charter: &Charter, given: &Given, law: Law, digest: Digest) -> Result<Vec<Event>, Rejection> {
    if charter.retired_at.is_some() {
        return Err(Rejection::Retired);
    }
    if let Some(latest) = &charter.latest {
        if latest.name != law.name {
            return Err(Rejection::AnotherName { known: latest.name.clone(), given: law.name });
        }
        if **latest == law {
            return Ok(Vec::new());
        }
    }
    let faults = faults(&law);
    if !faults.is_empty() {
        return Err(Rejection::Unsound { faults });
    }
    let last = charter.editions.last_key_value().map_or(0, |(edition, _)| *edition);
    let (edition, law) = (last.saturating_add(1), Arc::new(law));
    Ok(vec![Event::CharterPublished { edition, law, digest, publisher: Some(given.by.clone()) }])
}
