//! Just enough memory of a consultation's past to decide its future.
use super::{Event, Position, Subject, Tally, Vote, count};
use crate::domain::Timestamp;
use crate::domain::charter::{Forum, Majority, Rule};
use crate::domain::citation::Citation;
use crate::domain::fact::{AdoptionFact, Fact};
use crate::domain::id::{ConsultationId, PartnerId};
use crate::domain::meeting::Seat;
use crate::domain::text::{Prose, Slug};
use std::collections::BTreeMap;

/// A consultation as its events left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consultation {
    pub(super) run: Option<Run>,
}

/// What is known of a consultation once it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) id: ConsultationId,
    pub(super) charter: Citation,
    pub(super) forum: Forum,
    pub(super) rule: Rule,
    pub(super) subject: Subject,
    pub(super) previous: Option<Citation>,
    pub(super) meeting: Option<Citation>,
    pub(super) roster: Vec<Seat>,
    pub(super) deadline: Option<Timestamp>,
    pub(super) positions: BTreeMap<PartnerId, Position>,
    pub(super) objections: BTreeMap<PartnerId, Objection>,
    pub(super) vote: Option<Voting>,
    pub(super) closed: bool,
}

/// An objection that was not lifted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Objection {
    pub(super) reason: Prose,
    pub(super) conditional_on: Vec<Slug>,
}

/// A vote on the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Voting {
    pub(super) majority: Majority,
    pub(super) cast: BTreeMap<PartnerId, Vote>,
    pub(super) declared: Option<Tally>,
}

impl Run {
    /// When silence decides, and somebody objected and did not lift: it is not silent.
    pub(super) fn broken(&self) -> bool {
        self.silent().is_some() && !self.objections.is_empty()
    }

    /// When silence ends, while silence is what decides.
    pub(super) fn silent(&self) -> Option<Timestamp> {
        self.deadline.filter(|_| self.rule == Rule::Silence && self.vote.is_none())
    }

    /// What the recorded names add up to.
    pub(super) fn recorded(&self) -> Tally {
        count(self.vote.iter().flat_map(|it| it.cast.values()))
    }
}

pub(super) fn evolve(state: &mut Consultation, event: &Event, _at: Timestamp) {
    if let Some(run) = opened(event) {
        state.run = Some(run);
    } else if let Some(run) = &mut state.run {
        proceed(run, event);
    }
}

fn opened(event: &Event) -> Option<Run> {
    let Event::ConsultationOpened {
        consultation,
        charter,
        forum,
        rule,
        subject,
        previous,
        meeting,
        roster,
        deadline,
    } = event
    else {
        return None;
    };
    Some(Run {
        id: *consultation,
        charter: charter.clone(),
        forum: forum.clone(),
        rule: *rule,
        subject: subject.clone(),
        previous: previous.clone(),
        meeting: meeting.clone(),
        roster: roster.clone(),
        deadline: *deadline,
        positions: BTreeMap::new(),
        objections: BTreeMap::new(),
        vote: None,
        closed: false,
    })
}

fn proceed(run: &mut Run, event: &Event) {
    match event {
        Event::PositionTaken { party, position } => {
            run.positions.insert(*party, position.clone());
        }
        Event::ObjectionRaised { party, reason, conditional_on } => {
            run.positions.remove(party);
            let objection = Objection { reason: reason.clone(), conditional_on: conditional_on.clone() };
            run.objections.insert(*party, objection);
        }
        Event::ObjectionLifted { party, .. } => {
            run.objections.remove(party);
        }
        Event::TextRevised { subject, deadline } => restart(run, subject, *deadline),
        Event::DeadlineExtended { deadline } => run.deadline = Some(*deadline),
        Event::VoteRequested { majority, .. } => {
            run.vote = Some(Voting { majority: *majority, cast: BTreeMap::new(), declared: None });
        }
        Event::VoteCast { party, vote } | Event::VoteCorrected { party, vote } => {
            if let Some(voting) = &mut run.vote {
                voting.cast.insert(*party, *vote);
            }
        }
        Event::TallyDeclared { declared } | Event::TallyDisputed { declared, .. } => {
            if let Some(voting) = &mut run.vote {
                voting.declared = Some(*declared);
            }
        }
        Event::ConsensusReached { .. } | Event::AdoptedByVote { .. } | Event::ConsensusNotReached { .. } => {
            run.closed = true
        }
        Event::ConsultationOpened { .. } | Event::StatementRecorded { .. } => {}
    }
}

/// A decision binds one text alone, so nothing that was said on the old one is left.
fn restart(run: &mut Run, subject: &Subject, deadline: Option<Timestamp>) {
    run.subject = subject.clone();
    run.deadline = deadline;
    run.positions.clear();
    run.objections.clear();
    run.vote = None;
}

/// A decision that adopts a text stands for that adoption.
pub(super) fn attest(state: &Consultation, event: &Event, _at: Timestamp) -> Option<Fact> {
    let run = state.run.as_ref()?;
    let (Event::ConsensusReached { subject, .. } | Event::AdoptedByVote { subject, .. }) = event else {
        return None;
    };
    let fact = AdoptionFact {
        consultation: run.id,
        forum: run.forum.name.clone(),
        charter: run.charter.clone(),
        text: subject.text().cloned(),
        recommendation: subject.recommendation(),
        digest: subject.digest().clone(),
    };
    Some(fact.into())
}
