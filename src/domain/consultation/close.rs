//! Closing: whether it is time, whether there is still a text to decide on, and what the rule comes to.
use super::rule::{Outcome, outcome};
use super::state::Run;
use super::{Event, NoConsensus, Rejection};
use crate::domain::Given;
use crate::domain::charter::Rule;
use crate::domain::fact::{MeetingFact, TextFact};
use crate::domain::id::PartnerId;
use std::collections::BTreeSet;

pub(super) fn close(run: &Run, given: &Given) -> Result<Vec<Event>, Rejection> {
    in_time(run, given)?;
    if gone(run, given)? {
        return Ok(vec![failed(run, NoConsensus::TextGone)]);
    }
    Ok(vec![match room(run, given)? {
        Some(present) => closed(run, outcome(run, &present)),
        None => failed(run, NoConsensus::MeetingOver),
    }])
}

/// Silence is over at its deadline and, once broken, at any time. Closing at the very instant of the deadline
/// is allowed: what is recorded in this stream afterwards came later, whatever its clock says.
fn in_time(run: &Run, given: &Given) -> Result<(), Rejection> {
    if run.vote.as_ref().is_some_and(|it| it.declared.is_none()) {
        return Err(Rejection::TallyNotDeclared);
    }
    match run.silent() {
        Some(deadline) if given.at < deadline && !run.broken() => Err(Rejection::SilenceNotOver { deadline }),
        Some(_) | None => Ok(()),
    }
}

/// Whether the text was revised away or withdrawn since it was put before the forum.
fn gone(run: &Run, given: &Given) -> Result<bool, Rejection> {
    let Some(text) = run.subject.text() else {
        return Ok(false);
    };
    let text = given.cited::<TextFact>(&text.reference())?.fact;
    Ok(text.withdrawn || !text.current)
}

/// Who is in the room when the gavel falls; `None` once there is no room any more: it was opened in a meeting in
/// session, so that one which is not has ended. Nobody need be there where the room does not decide.
fn room(run: &Run, given: &Given) -> Result<Option<BTreeSet<PartnerId>>, Rejection> {
    if run.vote.is_some() || matches!(run.rule, Rule::Silence | Rule::Unanimity) {
        return Ok(Some(BTreeSet::new()));
    }
    let meeting = run.meeting.as_ref().ok_or(Rejection::MeetingMissing)?;
    let meeting = given.cited::<MeetingFact>(&meeting.reference())?.fact;
    match run.rule {
        _ if !meeting.open => Ok(None),
        Rule::Majority(_) => Err(Rejection::VoteNotOpen),
        _ if !meeting.quorate => Err(Rejection::QuorumNotEstablished),
        Rule::Consensus | Rule::Silence | Rule::Unanimity => Ok(Some(meeting.present)),
    }
}

fn closed(run: &Run, outcome: Outcome) -> Event {
    let (subject, previous, meeting) = (run.subject.clone(), run.previous.clone(), run.meeting.clone());
    match outcome {
        Outcome::Consensus(reservations) => {
            Event::ConsensusReached { rule: run.rule, subject, previous, meeting, reservations }
        }
        Outcome::Majority { majority, recorded, disputed, reservations } => {
            Event::AdoptedByVote { majority, subject, previous, meeting, recorded, disputed, reservations }
        }
        Outcome::Not(because) => failed(run, because),
    }
}

fn failed(run: &Run, because: NoConsensus) -> Event {
    Event::ConsensusNotReached { subject: run.subject.clone(), because }
}
