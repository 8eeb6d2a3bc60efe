//! What can be asked of a piece of evidence.
use super::{Flow, Measure};
use crate::domain::scope::{Country, Period};
use crate::domain::text::{Digest, Name, Prose, Slug, Source};
use std::collections::BTreeSet;

/// A request; it may be refused.
#[derive(Debug, Clone, PartialEq, Eq, strum::VariantNames)]
pub enum Command {
    /// Put a document's findings on record.
    SubmitEvidence {
        /// What kind it is, such as `opium-survey` or `seizure-report`.
        kind: Slug,
        /// What it is called.
        title: Name,
        /// Where it comes from.
        source: Source,
        /// Of the document; the stream's id is derived from it.
        digest: Digest,
        /// Which days it speaks of.
        period: Period,
        /// Which countries it speaks of.
        places: BTreeSet<Country>,
        /// What was measured.
        measures: Vec<Measure>,
        /// What moved from where to where.
        flow: Option<Flow>,
    },
    /// Say that it should not be relied on any more.
    WithdrawEvidence {
        /// Why.
        reason: Prose,
    },
}
