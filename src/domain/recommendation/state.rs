//! Just enough memory of a recommendation's past to decide its future.
use super::{Event, FollowUp};
use crate::domain::Timestamp;
use crate::domain::charter::ForumName;
use crate::domain::citation::Citation;
use crate::domain::fact::{Fact, ParagraphFact, TextFact};
use crate::domain::id::RecommendationId;
use crate::domain::text::{Digest, Prose, Slug};
use std::collections::{BTreeMap, BTreeSet};

/// A recommendation as its events left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recommendation {
    pub(super) draft: Option<Draft>,
}

/// What is known of a recommendation once there is a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) id: RecommendationId,
    pub(super) charter: Citation,
    pub(super) forums: Vec<ForumName>,
    pub(super) pillar: Slug,
    pub(super) digest: Digest,
    pub(super) provisions: BTreeSet<Citation>,
    pub(super) brackets: BTreeMap<Slug, Prose>,
    pub(super) agreed: BTreeSet<Slug>,
    pub(super) withdrawn: bool,
    pub(super) follow_up: Option<Report>,
    /// The decision of the last forum on the current text.
    pub(super) endorsed: Option<Citation>,
    /// The decisions that endorsed this text or an earlier one.
    pub(super) endorsers: BTreeSet<Citation>,
    /// The decisions that a priority rests on.
    pub(super) answered: BTreeSet<Citation>,
}

/// The latest word on what became of it.
pub(super) type Report = (FollowUp, Prose, Option<Citation>);

pub(super) fn evolve(state: &mut Recommendation, event: &Event, _at: Timestamp) {
    if let Event::RecommendationDrafted {
        recommendation, digest, pillar, provisions, charter, forums, ..
    } = event
    {
        state.draft = Some(Draft {
            id: *recommendation,
            charter: charter.clone(),
            forums: forums.clone(),
            pillar: pillar.clone(),
            digest: digest.clone(),
            provisions: provisions.iter().cloned().collect(),
            brackets: BTreeMap::new(),
            agreed: BTreeSet::new(),
            withdrawn: false,
            follow_up: None,
            endorsed: None,
            endorsers: BTreeSet::new(),
            answered: BTreeSet::new(),
        });
    } else if let Some(draft) = &mut state.draft {
        amend(draft, event);
    }
}

fn amend(draft: &mut Draft, event: &Event) {
    match event {
        Event::RecommendationDrafted { .. } => {}
        Event::TextRevised { digest, provisions, .. } => {
            draft.digest = digest.clone();
            draft.provisions = provisions.iter().cloned().collect();
            draft.brackets.clear();
            draft.agreed.clear();
            draft.endorsed = None;
        }
        Event::ParagraphBracketed { paragraph, reason } => {
            draft.agreed.remove(paragraph);
            draft.brackets.insert(paragraph.clone(), reason.clone());
        }
        Event::ParagraphAgreed { paragraph } => {
            draft.brackets.remove(paragraph);
            draft.agreed.insert(paragraph.clone());
        }
        Event::RecommendationWithdrawn { .. } => draft.withdrawn = true,
        Event::FollowUpReported { follow_up, report, project, .. } => {
            draft.follow_up = Some((*follow_up, report.clone(), project.clone()));
        }
        Event::RecommendationEndorsed { adoption, .. } => {
            draft.endorsed = Some(adoption.clone());
            draft.endorsers.insert(adoption.clone());
        }
        Event::RecommendationAnswered { adoption, .. } => {
            draft.answered.insert(adoption.clone());
        }
    }
}

/// A text stands for itself and for whether it is still the latest; an agreed paragraph for whether it is
/// still agreed.
pub(super) fn attest(state: &Recommendation, event: &Event, _at: Timestamp) -> Option<Fact> {
    let draft = state.draft.as_ref()?;
    match event {
        Event::RecommendationDrafted { digest, provisions, .. }
        | Event::TextRevised { digest, provisions, .. } => Some(text(draft, digest, provisions).into()),
        Event::ParagraphAgreed { paragraph } => {
            let agreed = draft.agreed.contains(paragraph);
            let fact = ParagraphFact { recommendation: draft.id, paragraph: paragraph.clone(), agreed };
            Some(fact.into())
        }
        Event::ParagraphBracketed { .. }
        | Event::RecommendationWithdrawn { .. }
        | Event::FollowUpReported { .. }
        | Event::RecommendationEndorsed { .. }
        | Event::RecommendationAnswered { .. } => None,
    }
}

/// Which text is the latest is told by what it says and rests on: a text that was revised away and put back
/// word for word is the latest again.
fn text(draft: &Draft, digest: &Digest, provisions: &[Citation]) -> TextFact {
    let same_basis = provisions.iter().collect::<BTreeSet<_>>() == draft.provisions.iter().collect();
    TextFact {
        recommendation: draft.id,
        digest: digest.clone(),
        charter: draft.charter.clone(),
        forums: draft.forums.clone(),
        pillar: draft.pillar.clone(),
        current: *digest == draft.digest && same_basis,
        withdrawn: draft.withdrawn,
        brackets: draft.brackets.keys().cloned().collect(),
    }
}
