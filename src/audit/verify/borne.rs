//! What the record itself must bear out beside its tree: that what was wiped was approved to be wiped, and that partners
//! signed what they are said to have signed.
use super::fault::{Fault, Kind, Named};
use crate::audit::key::VerifierKey;
use crate::domain::decision::Origin;
use crate::log::Record;
use crate::scrutiny::{Bond, Counts, Redacted, Redactions, SignedDecisions};

/// What is borne out so far.
pub(super) struct Borne {
    decisions: SignedDecisions,
    redactions: Redactions,
}

impl Borne {
    /// Nothing yet. Partners sign for the log by the name that its keys have.
    pub(super) fn by(keys: &[VerifierKey]) -> Self {
        let names = keys.iter().filter_map(|it| Origin::try_from(it.name().to_owned()).ok());
        Self { decisions: SignedDecisions::new(names.collect()), redactions: Redactions::default() }
    }

    /// Takes the event at `index`; what is wrong with the decision in it.
    pub(super) fn take(&mut self, index: u64, record: &Record) -> Option<Fault> {
        self.redactions.take(index, record);
        let fault = self.decisions.take(index, record)?;
        let event = Named {
            id: record.id,
            stream: record.stream.to_string(),
            revision: record.revision,
            kind: record.kind.to_string(),
        };
        Some(Fault { kind: Kind::Decision, index: Some(index), event: Some(event), why: fault.why })
    }

    /// The decisions that were looked at, the events that were redacted, and those of them that nobody approved.
    pub(super) fn finish(self) -> (Counts, Vec<Redacted>, Vec<Fault>) {
        let (covered, altered): (Vec<_>, Vec<_>) =
            self.redactions.finish().into_iter().partition(|it| it.covered_by.is_some());
        (self.decisions.finish(), covered, altered.iter().map(unapproved).collect())
    }
}

/// What cannot be proven any more of events that were redacted.
pub(super) fn unbound(redacted: &[Redacted]) -> Option<String> {
    let mut loose = redacted.iter().filter(|it| it.bond == Bond::Unbound);
    let first = loose.next()?;
    let under = first.covered_by.as_ref().map(|it| format!(" under event {}", it.index)).unwrap_or_default();
    let more = match loose.count() {
        0 => String::new(),
        n => format!(" (and {n} more)"),
    };
    Some(format!(
        "index {}: {}@{} ({}) was redacted{under}, and what is left of it is the word of those who approved that: nothing \
         that was recorded with it shows that it is what it was{more}",
        first.index, first.stream, first.revision, first.kind
    ))
}

fn unapproved(it: &Redacted) -> Fault {
    let event = Named {
        id: it.event,
        stream: it.stream.to_string(),
        revision: it.revision,
        kind: it.kind.to_string(),
    };
    let why = match it.bond {
        Bond::Broken => {
            "was altered: it says that it was redacted, and what is left of it is not what was recorded"
        }
        Bond::Bound | Bond::Unbound => {
            "was altered: it says that it was redacted, and nothing on record approves what is left of it"
        }
    };
    Fault { kind: Kind::Altered, index: Some(it.index), event: Some(event), why: why.into() }
}
