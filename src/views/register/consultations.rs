//! Decisions being taken or taken, as the register shows them.
use super::entry::{Entry, Facets, Listing, Place, Scene, time_key};
use crate::codec::AnyEvent;
use crate::domain::Timestamp;
use crate::domain::charter::{ForumName, Rule};
use crate::domain::citation::Citation;
use crate::domain::consultation::{Event, Position, Subject, Tally, Vote, count};
use crate::domain::id::PartnerId;
use crate::domain::meeting::Seat;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What came of a decision.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// It is being taken.
    #[default]
    Open,
    /// Adopted without a vote.
    Consensus,
    /// Adopted by vote.
    Vote,
    /// Nothing was adopted.
    NotAdopted,
}

/// What a member said on the current text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stand {
    /// Its latest position, if it took one.
    pub position: Option<Position>,
    /// Whether it ever objected to the text.
    pub objected: bool,
    /// Whether it took its objection back.
    pub lifted: bool,
    /// How it voted.
    pub vote: Option<Vote>,
}

/// One decision being taken or taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consultation {
    /// Its id.
    pub id: Uuid,
    /// Of which forum.
    pub forum: Option<ForumName>,
    /// By which rule.
    pub rule: Option<Rule>,
    /// What is decided on.
    pub subject: Option<Subject>,
    /// What that is called.
    pub subject_title: String,
    /// What came of it.
    pub status: Status,
    /// Who is entitled.
    pub roster: Vec<Seat>,
    /// What each party that said something said.
    pub stands: BTreeMap<PartnerId, Stand>,
    /// Whether it is decided by vote.
    pub voting: bool,
    /// What the chair declared.
    pub declared: Option<Tally>,
    /// Whether that differs from the recorded names.
    pub disputed: bool,
    /// When it was opened.
    pub opened_at: Option<Timestamp>,
    /// When silence ends.
    pub deadline: Option<Timestamp>,
    /// When it was decided or ended without a decision.
    pub closed_at: Option<Timestamp>,
    /// The event that says what came of it: what to cite.
    pub outcome: Option<Citation>,
    /// The meeting it is held in.
    pub meeting: Option<Citation>,
    /// The charter's edition.
    pub charter: Option<Citation>,
    /// Its place on record.
    pub place: Place,
}

impl Consultation {
    /// What the recorded names add up to, where there was a vote.
    pub fn recorded(&self) -> Option<Tally> {
        self.voting.then(|| count(self.stands.values().filter_map(|it| it.vote.as_ref())))
    }

    fn open(&mut self, event: &Event, scene: &Scene<'_>) {
        let Event::ConsultationOpened { charter, forum, rule, subject, meeting, roster, deadline, .. } =
            event
        else {
            return;
        };
        (self.id, self.opened_at) = (scene.stream, Some(scene.at()));
        (self.forum, self.rule) = (Some(forum.name.clone()), Some(*rule));
        (self.roster, self.deadline) = (roster.clone(), *deadline);
        (self.meeting, self.charter) = (meeting.clone(), Some(charter.clone()));
        self.subject_title = match subject {
            Subject::Recommendation { .. } => scene.known.subject_title.clone().unwrap_or_default(),
            Subject::Document { title, .. } => title.to_string(),
        };
        self.subject = Some(subject.clone());
    }

    /// What was said on the old text fell with it.
    fn restart(&mut self, subject: &Subject, deadline: Option<Timestamp>) {
        (self.subject, self.deadline) = (Some(subject.clone()), deadline);
        self.stands.clear();
        (self.voting, self.declared, self.disputed) = (false, None, false);
    }

    fn close(&mut self, status: Status, scene: &Scene<'_>) {
        (self.status, self.closed_at) = (status, Some(scene.at()));
        self.outcome = Some(scene.citation());
    }

    fn stand(&mut self, party: PartnerId) -> &mut Stand {
        self.stands.entry(party).or_default()
    }
}

impl Entry for Consultation {
    const KIND: i64 = 8;
    const NAME: &'static str = "consultation";
    const ORDERS: &'static [&'static str] = &["opened_at", "closed_at"];

    fn concerned(event: &AnyEvent, stream: Uuid) -> Option<Uuid> {
        matches!(event, AnyEvent::Consultation(_)).then_some(stream)
    }

    fn keeps_listing(&self, event: &AnyEvent) -> bool {
        let AnyEvent::Consultation(event) = event else { return true };
        match event {
            Event::PositionTaken { .. }
            | Event::ObjectionRaised { .. }
            | Event::ObjectionLifted { .. }
            | Event::DeadlineExtended { .. }
            | Event::VoteRequested { .. }
            | Event::VoteCast { .. }
            | Event::VoteCorrected { .. }
            | Event::TallyDeclared { .. }
            | Event::TallyDisputed { .. }
            | Event::StatementRecorded { .. } => true,
            Event::ConsultationOpened { .. }
            | Event::TextRevised { .. }
            | Event::ConsensusReached { .. }
            | Event::AdoptedByVote { .. }
            | Event::ConsensusNotReached { .. } => false,
        }
    }

    fn take(&mut self, scene: &Scene<'_>) {
        let AnyEvent::Consultation(event) = scene.event else { return };
        match event {
            Event::ConsultationOpened { .. } => self.open(event, scene),
            Event::PositionTaken { party, position } => {
                self.stand(*party).position = Some(position.clone());
            }
            Event::ObjectionRaised { party, .. } => {
                let stand = self.stand(*party);
                (stand.position, stand.objected, stand.lifted) = (None, true, false);
            }
            Event::ObjectionLifted { party, .. } => self.stand(*party).lifted = true,
            Event::TextRevised { subject, deadline } => self.restart(subject, *deadline),
            Event::DeadlineExtended { deadline } => self.deadline = Some(*deadline),
            Event::VoteRequested { .. } => self.voting = true,
            Event::VoteCast { party, vote } | Event::VoteCorrected { party, vote } => {
                self.stand(*party).vote = Some(*vote);
            }
            Event::TallyDeclared { declared } => {
                (self.declared, self.disputed) = (Some(*declared), false);
            }
            Event::TallyDisputed { declared, .. } => {
                (self.declared, self.disputed) = (Some(*declared), true);
            }
            Event::ConsensusReached { .. } => self.close(Status::Consensus, scene),
            Event::AdoptedByVote { .. } => self.close(Status::Vote, scene),
            Event::ConsensusNotReached { .. } => self.close(Status::NotAdopted, scene),
            Event::StatementRecorded { .. } => {}
        }
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn place_mut(&mut self) -> &mut Place {
        &mut self.place
    }

    fn listing(&self) -> Listing {
        let subject = self.subject.as_ref();
        let adopted = matches!(self.status, Status::Consensus | Status::Vote);
        let facets = Facets::default()
            .with_all("forum", &self.forum)
            .with("status", self.status)
            .with_all("recommendation", subject.and_then(Subject::recommendation))
            .with_all("meeting", self.meeting.as_ref().map(|it| it.stream.id()))
            .with_all("text", subject.and_then(Subject::text).map(|it| it.event_id))
            .with_all("adopted", self.outcome.as_ref().filter(|_| adopted).map(|it| it.event_id))
            .with_words(&self.subject_title);
        let times = [self.opened_at, self.closed_at].map(|it| it.map(time_key).unwrap_or_default());
        let [opened, closed] = times;
        Listing { keys: [opened, closed, String::new()], facets }
    }
}
