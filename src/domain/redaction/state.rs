//! Just enough memory of a redaction's past to decide its future.
use super::{Event, Field, Found};
use crate::domain::citation::Citation;
use crate::domain::text::{Name, PersonId};

/// A redaction as its events left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redaction {
    pub(super) pending: Option<Pending>,
    /// Whether texts were wiped before, and it is over.
    pub(super) carried_out: bool,
    /// How often somebody asked.
    pub(super) requests: u64,
}

/// What is asked for, and how far that got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Which request about the event it is, counted from one.
    pub request: u64,
    /// From which event.
    pub event: Citation,
    /// Which of its texts.
    pub fields: Vec<Field>,
    /// Under which law or rule.
    pub legal_basis: Name,
    /// Who asked.
    pub requester: PersonId,
    /// Who agreed, and to what; `None` before that.
    pub approved: Option<(PersonId, Found)>,
}

impl Redaction {
    /// What is asked for and not yet over.
    pub fn pending(&self) -> Option<&Pending> {
        self.pending.as_ref()
    }
}

pub(super) fn evolve(redaction: &mut Redaction, event: &Event) {
    match event {
        Event::RedactionRequested { event, fields, legal_basis, requester, .. } => {
            redaction.carried_out = false;
            redaction.requests += 1;
            redaction.pending = Some(Pending {
                request: redaction.requests,
                event: event.clone(),
                fields: fields.clone(),
                legal_basis: legal_basis.clone(),
                requester: requester.clone(),
                approved: None,
            });
        }
        Event::RedactionApproved { data, meta, approver, .. } => {
            if let Some(pending) = &mut redaction.pending {
                let found = Found { data: data.clone(), meta: meta.clone() };
                pending.approved = Some((approver.clone(), found));
            }
        }
        Event::RedactionDeclined { .. } => redaction.pending = None,
        Event::RedactionCarriedOut { .. } => {
            redaction.pending = None;
            redaction.carried_out = true;
        }
    }
}
