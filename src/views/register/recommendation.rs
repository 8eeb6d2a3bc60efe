//! Recommendations, as the register shows them: their own events, and the decisions that adopt their texts.
use super::entry::{Entry, Facets, Listing, Place, Scene, text_key, time_key};
use crate::codec::AnyEvent;
use crate::domain::Timestamp;
use crate::domain::charter::ForumName;
use crate::domain::citation::Citation;
use crate::domain::consultation;
use crate::domain::recommendation::{Event, FollowUp};
use crate::domain::text::{Digest, Slug};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// How far a recommendation got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// No forum adopted the current text.
    Draft,
    /// Some of its forums adopted the current text.
    Adopted,
    /// The last of its forums adopted the current text.
    Endorsed,
    /// It was taken back.
    Withdrawn,
}

/// Something that an expert group recommends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommendation {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub title: String,
    /// The current text.
    pub text: String,
    /// SHA-256 of the current text.
    pub digest: Option<Digest>,
    /// The event that holds the current text: what to cite.
    pub text_reference: Option<Citation>,
    /// On which pillar.
    pub pillar: Option<Slug>,
    /// The provisions that the current text serves.
    pub provisions: Vec<Citation>,
    /// The forums that must adopt it, in order.
    pub forums: Vec<ForumName>,
    /// The decisions that adopted the current text, oldest first, each with its forum.
    pub adoptions: Vec<(Option<ForumName>, Citation)>,
    /// The paragraphs that are not agreed.
    pub brackets: BTreeSet<Slug>,
    /// Whether it was taken back.
    pub withdrawn: bool,
    /// What was last reported of it.
    pub follow_up: Option<FollowUp>,
    /// The charter's edition.
    pub charter: Option<Citation>,
    /// When it was drafted.
    pub drafted_at: Option<Timestamp>,
    /// Its place on record.
    pub place: Place,
}

impl Recommendation {
    /// How far it got.
    pub fn status(&self) -> Status {
        let by_last = |(forum, _): &(Option<ForumName>, Citation)| forum.as_ref() == self.forums.last();
        match (self.withdrawn, self.adoptions.as_slice()) {
            (true, _) => Status::Withdrawn,
            (false, []) => Status::Draft,
            (false, adoptions) if adoptions.iter().any(by_last) => Status::Endorsed,
            (false, _) => Status::Adopted,
        }
    }

    fn draft(&mut self, event: &Event, scene: &Scene<'_>) {
        let Event::RecommendationDrafted { title, text, digest, pillar, provisions, charter, forums, .. } =
            event
        else {
            return;
        };
        (self.id, self.title) = (scene.stream, title.to_string());
        (self.pillar, self.forums) = (Some(pillar.clone()), forums.clone());
        (self.charter, self.drafted_at) = (Some(charter.clone()), Some(scene.at()));
        self.write(text.as_str(), digest, provisions, scene);
    }

    fn write(&mut self, text: &str, digest: &Digest, provisions: &[Citation], scene: &Scene<'_>) {
        (self.text, self.digest) = (text.to_owned(), Some(digest.clone()));
        (self.provisions, self.text_reference) = (provisions.to_vec(), Some(scene.citation()));
        self.brackets.clear();
        self.adoptions.clear();
    }

    fn take_decision(&mut self, event: &consultation::Event, scene: &Scene<'_>) {
        let Some(subject) = adopted(event) else { return };
        if subject.text() == self.text_reference.as_ref() {
            self.adoptions.push((scene.known.forum.clone(), scene.citation()));
        }
    }
}

/// What a decision adopted, if it did.
pub(super) fn adopted(event: &consultation::Event) -> Option<&consultation::Subject> {
    use consultation::Event as Of;
    match event {
        Of::ConsensusReached { subject, .. } | Of::AdoptedByVote { subject, .. } => Some(subject),
        Of::ConsultationOpened { .. }
        | Of::PositionTaken { .. }
        | Of::ObjectionRaised { .. }
        | Of::ObjectionLifted { .. }
        | Of::TextRevised { .. }
        | Of::DeadlineExtended { .. }
        | Of::VoteRequested { .. }
        | Of::VoteCast { .. }
        | Of::VoteCorrected { .. }
        | Of::TallyDeclared { .. }
        | Of::TallyDisputed { .. }
        | Of::ConsensusNotReached { .. }
        | Of::StatementRecorded { .. } => None,
    }
}

impl Entry for Recommendation {
    const KIND: i64 = 7;
    const NAME: &'static str = "recommendation";
    const ORDERS: &'static [&'static str] = &["title", "drafted_at"];

    fn concerned(event: &AnyEvent, stream: Uuid) -> Option<Uuid> {
        match event {
            AnyEvent::Recommendation(_) => Some(stream),
            AnyEvent::Consultation(event) => adopted(event)?.recommendation().map(|it| it.0),
            AnyEvent::Partner(_)
            | AnyEvent::Mandate(_)
            | AnyEvent::Evidence(_)
            | AnyEvent::Charter(_)
            | AnyEvent::Meeting(_)
            | AnyEvent::Priority(_)
            | AnyEvent::Project(_)
            | AnyEvent::Task(_)
            | AnyEvent::Redaction(_) => None,
        }
    }

    fn take(&mut self, scene: &Scene<'_>) {
        if let AnyEvent::Consultation(event) = scene.event {
            return self.take_decision(event, scene);
        }
        let AnyEvent::Recommendation(event) = scene.event else { return };
        match event {
            Event::RecommendationDrafted { .. } => self.draft(event, scene),
            Event::TextRevised { text, digest, provisions, .. } => {
                self.write(text.as_str(), digest, provisions, scene);
            }
            Event::ParagraphBracketed { paragraph, .. } => {
                self.brackets.insert(paragraph.clone());
            }
            Event::ParagraphAgreed { paragraph } => {
                self.brackets.remove(paragraph);
            }
            Event::RecommendationWithdrawn { .. } => self.withdrawn = true,
            Event::FollowUpReported { follow_up, .. } => self.follow_up = Some(*follow_up),
            Event::RecommendationEndorsed { .. } | Event::RecommendationAnswered { .. } => {}
        }
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn place_mut(&mut self) -> &mut Place {
        &mut self.place
    }

    fn listing(&self) -> Listing {
        let facets = Facets::default()
            .with_all("pillar", &self.pillar)
            .with("status", self.status())
            .with_all("follow_up", self.follow_up)
            .with_all("text", self.text_reference.as_ref().map(|it| it.event_id))
            .with_all("provision", self.provisions.iter().map(|it| it.event_id))
            .with_words(&self.title);
        let drafted = self.drafted_at.map(time_key).unwrap_or_default();
        Listing { keys: [text_key(&self.title), drafted, String::new()], facets }
    }
}
