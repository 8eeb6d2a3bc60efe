//! The rules of redaction: four eyes, one at a time.
use super::{Command, Event, Field, Found, Part, Pending, Redaction};
use crate::domain::citation::{Reference, Uncitable};
use crate::domain::text::{Name, Prose};
use crate::domain::{Category, Given};

/// The most texts that one request may name.
const FIELDS_MAX: usize = 100;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rejection {
    /// The event is not there.
    #[error(transparent)]
    Uncitable(#[from] Uncitable),
    /// Nothing under this id is asked for.
    #[error("nothing is asked to be redacted there: request it first, or check the id")]
    NotRequested,
    /// Somebody asked already.
    #[error("{requester} has asked for a redaction of this event: have it approved or declined first")]
    AlreadyRequested {
        /// Who.
        requester: crate::domain::text::PersonId,
    },
    /// Approved and not yet carried out.
    #[error("the redaction is approved and cannot be taken back: it is carried out now or at the next start")]
    AlreadyApproved,
    /// Four eyes.
    #[error("who asked for a redaction cannot approve it: have somebody else do that")]
    RequesterCannotApprove,
    /// There is nothing to take note of.
    #[error("the redaction is not approved: have somebody else approve it first")]
    NotApproved,
    /// No texts, or too many.
    #[error("name at least one text and at most {FIELDS_MAX}, not {found}")]
    FieldCount {
        /// How many were named.
        found: usize,
    },
    /// The event has no such text.
    #[error("the event has no text at {field}: {because}")]
    Unredactable {
        /// Which.
        field: Field,
        /// What is there instead.
        because: String,
    },
    /// What a partner decided must be proven by its signature for ever.
    #[error(
        "a partner's signature is wiped only with words of the partner's own that it repeats, such as the reason of an \
         objection: name that text, and the signature goes with it; a vote, a commitment or a plain position keeps it"
    )]
    SignatureStays,
    /// There is no text of it left to wipe.
    #[error("an event of this kind cannot be read without these texts ({because}): name others")]
    Indispensable {
        /// What the reader says.
        because: String,
    },
}

impl crate::domain::Rejection for Rejection {
    fn reason(&self) -> &'static str {
        match self {
            Rejection::Uncitable(why) => why.reason(),
            other => other.into(),
        }
    }
    fn category(&self) -> Category {
        match self {
            Rejection::NotRequested => Category::NotFound,
            Rejection::AlreadyRequested { .. } => Category::AlreadyExists,
            Rejection::RequesterCannotApprove => Category::Forbidden,
            Rejection::FieldCount { .. }
            | Rejection::Unredactable { .. }
            | Rejection::SignatureStays
            | Rejection::Indispensable { .. } => Category::Invalid,
            Rejection::Uncitable(_) | Rejection::AlreadyApproved | Rejection::NotApproved => {
                Category::Precondition
            }
        }
    }
}

pub(super) fn cites(command: &Command) -> Vec<Reference> {
    match command {
        Command::RequestRedaction { event, .. } => vec![event.clone()],
        Command::ApproveRedaction { .. } | Command::DeclineRedaction { .. } | Command::ConcludeRedaction => {
            Vec::new()
        }
    }
}

pub(super) fn decide(
    redaction: &Redaction,
    command: Command,
    given: &Given,
) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::RequestRedaction { event, fields, reason, legal_basis } => {
            request(redaction, given, &event, (fields, reason, legal_basis))
        }
        Command::ApproveRedaction { found } => approve(redaction, given, found),
        Command::DeclineRedaction { reason } => {
            open(redaction)?;
            Ok(vec![Event::RedactionDeclined { reason }])
        }
        Command::ConcludeRedaction => conclude(redaction),
    }
}

fn request(
    redaction: &Redaction,
    given: &Given,
    event: &Reference,
    (fields, reason, legal_basis): (Vec<Field>, Prose, Name),
) -> Result<Vec<Event>, Rejection> {
    if let Some(Pending { requester, .. }) = &redaction.pending {
        return Err(Rejection::AlreadyRequested { requester: requester.clone() });
    }
    if fields.is_empty() || fields.len() > FIELDS_MAX {
        return Err(Rejection::FieldCount { found: fields.len() });
    }
    let words = |it: &Field| it.within().0 == Part::Data;
    if fields.contains(&Field::envelope()) && !fields.iter().any(words) {
        return Err(Rejection::SignatureStays);
    }
    let (event, requester) = (given.facts.there(event)?, given.by.clone());
    Ok(vec![Event::RedactionRequested { event, fields, reason, legal_basis, requester }])
}

fn approve(redaction: &Redaction, given: &Given, found: Found) -> Result<Vec<Event>, Rejection> {
    let Pending { event, fields, legal_basis, requester, .. } = open(redaction)?.clone();
    if given.by == requester {
        return Err(Rejection::RequesterCannotApprove);
    }
    let Found { data, meta } = found;
    let approver = given.by.clone();
    Ok(vec![Event::RedactionApproved { event, fields, data, meta, legal_basis, requester, approver }])
}

/// What is asked for and not decided.
fn open(redaction: &Redaction) -> Result<&Pending, Rejection> {
    let pending = redaction.pending.as_ref().ok_or(Rejection::NotRequested)?;
    match pending.approved {
        Some(_) => Err(Rejection::AlreadyApproved),
        None => Ok(pending),
    }
}

fn conclude(redaction: &Redaction) -> Result<Vec<Event>, Rejection> {
    match &redaction.pending {
        Some(Pending { event, approved: Some(_), .. }) => {
            Ok(vec![Event::RedactionCarriedOut { event: event.clone() }])
        }
        None if redaction.carried_out => Ok(Vec::new()),
        Some(_) | None => Err(Rejection::NotApproved),
    }
}
