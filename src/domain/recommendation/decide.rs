//! The rules of recommendations.
use super::state::Draft;
use super::{Command, Event, FollowUp, Recommendation, endorse};
use crate::domain::charter::ForumName;
use crate::domain::citation::{Citation, Reference, StreamName, Uncitable};
use crate::domain::fact::{Cited, EditionFact, ProjectFact, ProvisionFact};
use crate::domain::id::RecommendationId;
use crate::domain::text::{Digest, Prose, Slug, Symbol};
use crate::domain::{Category, Decider, Given};
use std::collections::BTreeSet;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rejection {
    /// There is a text.
    #[error("the recommendation has a text already: revise it, or draft another one under another id")]
    AlreadyDrafted,
    /// There is no text.
    #[error("there is no such recommendation: draft it first, or check its id")]
    NotDrafted,
    /// It was taken back.
    #[error("the recommendation is withdrawn, which is final: draft another one")]
    RecommendationWithdrawn,
    /// Nothing new may start under a retired charter.
    #[error("the charter is retired: draft the recommendation under a charter that is not")]
    CharterRetired,
    /// New recommendations follow the latest edition.
    #[error("edition {edition} of the charter is not the latest: cite the latest edition")]
    EditionOutdated {
        /// Which one was cited.
        edition: u32,
    },
    /// A subject that the charter does not know.
    #[error("the charter has no pillar {pillar}: it has {known}")]
    NoSuchPillar {
        /// Which one was asked for.
        pillar: Slug,
        /// Those it has, in the charter's order.
        known: String,
    },
    /// No recommendation without a mandate.
    #[error("a recommendation serves at least one provision: cite its ProvisionDefined")]
    NoProvision,
    /// One provision, one citation.
    #[error("{symbol} is cited twice for one provision: cite every provision once")]
    ProvisionTwice {
        /// Of the mandate that it is in.
        symbol: Symbol,
    },
    /// A newer text stands in its place.
    #[error(
        "{symbol} is superseded: cite the newer text, or have the old one retained for this recommendation"
    )]
    ProvisionSuperseded {
        /// Of the mandate that it is in.
        symbol: Symbol,
    },
    /// Provisions belong to a text.
    #[error("the text is the one there is and its provisions are not: change them together with the text")]
    SameTextOtherProvisions,
    /// Something that is named cannot be cited.
    #[error(transparent)]
    Uncitable(#[from] Uncitable),
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
            Rejection::AlreadyDrafted => Category::AlreadyExists,
            Rejection::NotDrafted => Category::NotFound,
            Rejection::NoProvision | Rejection::ProvisionTwice { .. } => Category::Invalid,
            Rejection::RecommendationWithdrawn
            | Rejection::CharterRetired
            | Rejection::EditionOutdated { .. }
            | Rejection::NoSuchPillar { .. }
            | Rejection::ProvisionSuperseded { .. }
            | Rejection::SameTextOtherProvisions
            | Rejection::Uncitable(_) => Category::Precondition,
        }
    }
}

pub(super) fn cites(state: &Recommendation, command: &Command) -> Vec<Reference> {
    match command {
        Command::DraftRecommendation { charter, provisions, .. } => {
            [charter].into_iter().chain(provisions).cloned().collect()
        }
        Command::ReviseText { provisions, .. } => provisions.clone(),
        Command::ReportFollowUp { project, .. } => project.iter().cloned().collect(),
        Command::EndorseRecommendation { adoption } => {
            let charter = state.draft.as_ref().map(|it| it.charter.reference());
            [adoption.clone()].into_iter().chain(charter).collect()
        }
        Command::AnswerRecommendation { priority } => vec![priority.clone()],
        Command::BracketParagraph { .. }
        | Command::AgreeParagraph { .. }
        | Command::WithdrawRecommendation { .. } => Vec::new(),
    }
}

pub(super) fn decide(
    state: &Recommendation,
    command: Command,
    given: &Given,
) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::DraftRecommendation { recommendation, title, text, pillar, provisions, charter } => {
            if state.draft.is_some() {
                return Err(Rejection::AlreadyDrafted);
            }
            let (charter, forums) = governed(&charter, &pillar, given)?;
            let provisions = in_force(given.all_cited(&provisions)?, recommendation)?;
            let digest = Digest::of(text.as_str().as_bytes());
            Ok(vec![Event::RecommendationDrafted {
                recommendation,
                title,
                text,
                digest,
                pillar,
                provisions,
                charter,
                forums,
            }])
        }
        Command::ReviseText { text, provisions } => revise(live(state)?, text, &provisions, given),
        Command::BracketParagraph { paragraph, reason } => {
            let same = live(state)?.brackets.get(&paragraph) == Some(&reason);
            Ok(unless(same, Event::ParagraphBracketed { paragraph, reason }))
        }
        Command::AgreeParagraph { paragraph } => {
            let same = live(state)?.agreed.contains(&paragraph);
            Ok(unless(same, Event::ParagraphAgreed { paragraph }))
        }
        Command::WithdrawRecommendation { reason } => {
            let endorsed = live(state)?.endorsed.clone();
            Ok(vec![Event::RecommendationWithdrawn { reason, endorsed }])
        }
        Command::ReportFollowUp { follow_up, report, project } => {
            follow(live(state)?, follow_up, report, project.as_ref(), given)
        }
        Command::EndorseRecommendation { adoption } => endorse::endorse(drafted(state)?, given, &adoption),
        Command::AnswerRecommendation { priority } => endorse::answer(drafted(state)?, given, &priority),
    }
}

/// The edition that governs a new recommendation, and the forums that must adopt it.
fn governed(
    charter: &Reference,
    pillar: &Slug,
    given: &Given,
) -> Result<(Citation, Vec<ForumName>), Rejection> {
    let Cited { citation, fact: edition } = given.cited::<EditionFact>(charter)?;
    if edition.retired {
        return Err(Rejection::CharterRetired);
    }
    if edition.outdated {
        return Err(Rejection::EditionOutdated { edition: edition.edition });
    }
    if !edition.law.pillars.contains(pillar) {
        let known: Vec<_> = edition.law.pillars.iter().map(Slug::as_str).collect();
        return Err(Rejection::NoSuchPillar { pillar: pillar.clone(), known: known.join(", ") });
    }
    Ok((citation, edition.law.recommendations.forums.clone()))
}

fn revise(
    draft: &Draft,
    text: Prose,
    provisions: &[Reference],
    given: &Given,
) -> Result<Vec<Event>, Rejection> {
    let digest = Digest::of(text.as_str().as_bytes());
    let cited = given.all_cited::<ProvisionFact>(provisions)?;
    if digest == draft.digest {
        let same =
            cited.iter().map(|it| &it.citation).collect::<BTreeSet<_>>() == draft.provisions.iter().collect();
        return if same { Ok(Vec::new()) } else { Err(Rejection::SameTextOtherProvisions) };
    }
    let (provisions, endorsed) = (in_force(cited, draft.id)?, draft.endorsed.clone());
    Ok(vec![Event::TextRevised { text, digest, provisions, endorsed }])
}

/// The provisions, at least one and none twice, of texts in force or retained for this recommendation.
fn in_force(
    cited: Vec<Cited<ProvisionFact>>,
    recommendation: RecommendationId,
) -> Result<Vec<Citation>, Rejection> {
    if cited.is_empty() {
        return Err(Rejection::NoProvision);
    }
    let here = StreamName::new(Recommendation::KIND, recommendation.0);
    let mut known = BTreeSet::new();
    for Cited { fact, .. } in &cited {
        if !known.insert(fact.provision) {
            return Err(Rejection::ProvisionTwice { symbol: fact.symbol.clone() });
        }
        if fact.superseded_at.is_some() && !fact.retained_for.contains(&here) {
            return Err(Rejection::ProvisionSuperseded { symbol: fact.symbol.clone() });
        }
    }
    Ok(cited.into_iter().map(|it| it.citation).collect())
}

fn follow(
    draft: &Draft,
    follow_up: FollowUp,
    report: Prose,
    project: Option<&Reference>,
    given: &Given,
) -> Result<Vec<Event>, Rejection> {
    let project = project.map(|it| given.cited::<ProjectFact>(it)).transpose()?.map(|it| it.citation);
    let said = (follow_up, report, project);
    if draft.follow_up.as_ref() == Some(&said) {
        return Ok(Vec::new());
    }
    let (follow_up, report, project) = said;
    let endorsed = draft.endorsed.clone();
    Ok(vec![Event::FollowUpReported { follow_up, report, project, endorsed }])
}

/// Nothing happens to a recommendation before it has a text or after it was withdrawn.
fn live(state: &Recommendation) -> Result<&Draft, Rejection> {
    match drafted(state)? {
        draft if draft.withdrawn => Err(Rejection::RecommendationWithdrawn),
        draft => Ok(draft),
    }
}

fn drafted(state: &Recommendation) -> Result<&Draft, Rejection> {
    state.draft.as_ref().ok_or(Rejection::NotDrafted)
}

/// Nothing when it already holds; what was asked for otherwise.
fn unless(holds: bool, event: Event) -> Vec<Event> {
    if holds { Vec::new() } else { vec![event] }
}
