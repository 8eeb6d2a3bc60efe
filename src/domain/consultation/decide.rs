//! The rules, one short arm per command.
use super::open::{Asked, grounds, reopen};
use super::state::Run;
use super::{Command, Consultation, Event, Rejection, SubjectAsked, close, open, voice, vote};
use crate::domain::citation::Reference;
use crate::domain::id::PartnerId;
use crate::domain::meeting::roster::admissions;
use crate::domain::{Given, Timestamp};

pub(super) fn cites(state: &Consultation, command: &Command) -> Vec<Reference> {
    let run = state.run.as_ref();
    let signed = run.filter(|it| it.forum.signed && speaker(command).is_some());
    let law = signed.map(|it| it.charter.reference());
    rests(run, command).into_iter().chain(law).collect()
}

fn rests(run: Option<&Run>, command: &Command) -> Vec<Reference> {
    match command {
        Command::OpenConsultation { charter, subject, previous, meeting, roster, .. } => {
            let named = [Some(charter), text(subject), previous.as_ref(), meeting.as_ref()];
            named.into_iter().flatten().cloned().chain(admissions(roster)).collect()
        }
        Command::TakePosition { party, .. }
        | Command::Object { party, .. }
        | Command::CorrectVote { party, .. } => admission(run, party).collect(),
        Command::RequestVote { party } | Command::CastVote { party, .. } => {
            admission(run, party).chain(meeting(run)).collect()
        }
        Command::LiftObjection { agreed, .. } => agreed.clone(),
        Command::ReviseText { subject, .. } => text(subject).cloned().into_iter().collect(),
        Command::CloseConsultation => {
            let decided = run.and_then(|it| it.subject.text()).map(|it| it.reference());
            decided.into_iter().chain(meeting(run)).collect()
        }
        Command::ExtendDeadline { .. } | Command::DeclareTally { .. } | Command::RecordStatement { .. } => {
            Vec::new()
        }
    }
}

fn text(subject: &SubjectAsked) -> Option<&Reference> {
    match subject {
        SubjectAsked::Recommendation(text) => Some(text),
        SubjectAsked::Document { .. } => None,
    }
}

/// The admission that the party's seat rests on: whether it still holds is looked up every time.
fn admission(run: Option<&Run>, party: &PartnerId) -> impl Iterator<Item = Reference> {
    let seat = run.and_then(|it| it.roster.iter().find(|it| it.party == *party));
    seat.and_then(|it| it.partner.as_ref()).map(|it| it.reference()).into_iter()
}

fn meeting(run: Option<&Run>) -> impl Iterator<Item = Reference> {
    run.and_then(|it| it.meeting.as_ref()).map(|it| it.reference()).into_iter()
}

/// For which member the command speaks; `None` where it is the chair or anybody who acts.
fn speaker(command: &Command) -> Option<PartnerId> {
    match command {
        Command::TakePosition { party, .. }
        | Command::Object { party, .. }
        | Command::LiftObjection { party, .. }
        | Command::RequestVote { party }
        | Command::CastVote { party, .. }
        | Command::CorrectVote { party, .. } => Some(*party),
        Command::OpenConsultation { .. }
        | Command::ReviseText { .. }
        | Command::ExtendDeadline { .. }
        | Command::DeclareTally { .. }
        | Command::CloseConsultation
        | Command::RecordStatement { .. } => None,
    }
}

pub(super) fn decide(state: &Consultation, command: Command, given: &Given) -> Result<Vec<Event>, Rejection> {
    if let (Some(party), Some(run)) = (speaker(&command), &state.run) {
        voice::vouched(run, party, given)?;
    }
    match command {
        Command::OpenConsultation {
            consultation,
            charter,
            forum,
            method,
            subject,
            previous,
            meeting,
            roster,
            deadline,
        } => {
            if state.run.is_some() {
                return Err(Rejection::AlreadyOpened);
            }
            let asked = Asked { charter, forum, method, subject, previous, meeting, roster, deadline };
            Ok(vec![open::opened(consultation, grounds(asked, given)?)])
        }
        Command::TakePosition { party, position } => voice::position(going(state)?, party, position, given),
        Command::Object { party, reason, conditional_on } => {
            voice::object(opened(state)?, party, reason, conditional_on, given)
        }
        Command::LiftObjection { party, agreed } => voice::lift(going(state)?, party, &agreed, given),
        Command::ReviseText { subject, deadline } => reopen(going(state)?, subject, deadline, given),
        Command::ExtendDeadline { deadline } => extend(going(state)?, deadline, given.at),
        Command::RequestVote { party } => vote::request(going(state)?, party, given),
        Command::CastVote { party, vote } => vote::cast(going(state)?, party, vote, given),
        Command::CorrectVote { party, vote } => vote::correct(going(state)?, party, vote, given),
        Command::DeclareTally { declared } => vote::declare(going(state)?, declared),
        Command::CloseConsultation => close::close(going(state)?, given),
        Command::RecordStatement { party, statement } => {
            opened(state)?;
            Ok(vec![Event::StatementRecorded { party, statement }])
        }
    }
}

/// Only before the end: at the very instant of the deadline silence has decided.
fn extend(run: &Run, deadline: Timestamp, at: Timestamp) -> Result<Vec<Event>, Rejection> {
    if run.vote.is_some() {
        return Err(Rejection::VotingBegan);
    }
    let Some(end) = run.silent() else {
        return Err(Rejection::DeadlineNotAllowed);
    };
    if at >= end {
        return Err(Rejection::SilenceOver { deadline: end });
    }
    if deadline < end {
        return Err(Rejection::DeadlineNotLater { deadline: end });
    }
    Ok(if deadline == end { Vec::new() } else { vec![Event::DeadlineExtended { deadline }] })
}

fn opened(state: &Consultation) -> Result<&Run, Rejection> {
    state.run.as_ref().ok_or(Rejection::NotOpened)
}

/// Open and not decided yet.
fn going(state: &Consultation) -> Result<&Run, Rejection> {
    let run = opened(state)?;
    if run.closed { Err(Rejection::ConsultationClosed) } else { Ok(run) }
}
