//! Voting: asking for it, casting, correcting, declaring.
use super::state::{Run, Voting};
use super::voice::{entitled, member, still_silent};
use super::{Event, Rejection, Tally, Vote};
use crate::domain::Given;
use crate::domain::charter::{Majority, Rule};
use crate::domain::fact::MeetingFact;
use crate::domain::id::PartnerId;
use crate::domain::meeting::roster::members_of;

/// Any member may ask where the forum's law falls back to a vote (rule 57 of the ECOSOC functional
/// commissions); where a majority is the rule, asking opens it.
pub(super) fn request(run: &Run, party: PartnerId, given: &Given) -> Result<Vec<Event>, Rejection> {
    entitled(run, party, given)?;
    if run.vote.is_some() {
        return Ok(Vec::new());
    }
    let majority = majority(run)?;
    still_silent(run, given)?;
    let (there, of) = quorum(run, given)?;
    present(run, party, given)?;
    Ok(vec![Event::VoteRequested { party, majority, present: there, of }])
}

fn majority(run: &Run) -> Result<Majority, Rejection> {
    match run.rule {
        Rule::Majority(majority) => Ok(majority),
        Rule::Silence | Rule::Consensus | Rule::Unanimity => {
            run.forum.fallback.ok_or_else(|| Rejection::NoFallback { forum: run.forum.name.clone() })
        }
    }
}

/// Members there and members of the roster. Outside a meeting nobody is there, and a vote in writing can be
/// opened only where the law asks for no quorum.
fn quorum(run: &Run, given: &Given) -> Result<(u32, u32), Rejection> {
    let members = members_of(&run.roster);
    let of = members.len() as u64;
    let Some(meeting) = &run.meeting else {
        return if run.forum.quorum.is_some() { Err(Rejection::MeetingMissing) } else { Ok((0, of as u32)) };
    };
    let meeting = given.cited::<MeetingFact>(&meeting.reference())?.fact;
    if !meeting.open {
        return Err(Rejection::MeetingNotInSession);
    }
    let present = meeting.present.intersection(&members).count() as u64;
    let needed = run.forum.quorum.map_or(1, |it| it.ceil_of(of));
    let (present, of, needed) = (present as u32, of as u32, needed as u32);
    if present < needed { Err(Rejection::NoQuorum { present, of, needed }) } else { Ok((present, of)) }
}

/// One member, one vote.
pub(super) fn cast(run: &Run, party: PartnerId, vote: Vote, given: &Given) -> Result<Vec<Event>, Rejection> {
    let seat = entitled(run, party, given)?;
    match voting(run)?.cast.get(&party) {
        Some(before) if *before == vote => Ok(Vec::new()),
        Some(_) => Err(Rejection::AlreadyVoted { name: seat.name.clone() }),
        None => {
            present(run, party, given)?;
            Ok(vec![Event::VoteCast { party, vote }])
        }
    }
}

/// Where a vote is taken in a meeting, members vote who are there, and while it is in session (rule 58: members
/// present and voting). A vote that was cast can be corrected from anywhere.
fn present(run: &Run, party: PartnerId, given: &Given) -> Result<(), Rejection> {
    let Some(meeting) = &run.meeting else {
        return Ok(());
    };
    let meeting = given.cited::<MeetingFact>(&meeting.reference())?.fact;
    if !meeting.open {
        return Err(Rejection::MeetingNotInSession);
    }
    if meeting.present.contains(&party) {
        return Ok(());
    }
    let name = member(run, party)?.name.clone();
    Err(Rejection::NotPresent { name })
}

pub(super) fn correct(
    run: &Run,
    party: PartnerId,
    vote: Vote,
    given: &Given,
) -> Result<Vec<Event>, Rejection> {
    let seat = entitled(run, party, given)?;
    match voting(run)?.cast.get(&party) {
        Some(before) if *before == vote => Ok(Vec::new()),
        Some(_) => Ok(vec![Event::VoteCorrected { party, vote }]),
        None => Err(Rejection::NotVoted { name: seat.name.clone() }),
    }
}

/// The chair's figures are compared with the recorded names. Where they differ the names decide, and the
/// difference is kept.
pub(super) fn declare(run: &Run, declared: Tally) -> Result<Vec<Event>, Rejection> {
    let before = run.vote.as_ref().and_then(|it| it.declared);
    if before == Some(declared) {
        return Ok(Vec::new());
    }
    voting(run)?;
    let recorded = run.recorded();
    if declared == recorded {
        return Ok(vec![Event::TallyDeclared { declared }]);
    }
    Ok(vec![Event::TallyDisputed { declared, recorded }])
}

/// The vote that is open and not declared.
fn voting(run: &Run) -> Result<&Voting, Rejection> {
    let voting = run.vote.as_ref().ok_or(Rejection::VoteNotOpen)?;
    match voting.declared {
        Some(declared) => Err(Rejection::TallyAlreadyDeclared { declared }),
        None => Ok(voting),
    }
}
