//! The decision rules: silence, consensus, unanimity, majority. Integers only.
use super::state::Run;
use super::{NoConsensus, Position, Reservation, Tally, Vote};
use crate::domain::charter::{Majority, Rule};
use crate::domain::id::PartnerId;
use crate::domain::meeting::roster::members_of;
use std::collections::BTreeSet;

/// Whether so many votes are enough. Abstentions are outside the base (rule 58 of the ECOSOC functional
/// commissions), and where nobody voted yes or no there is no majority of anything.
pub fn passes(majority: &Majority, tally: &Tally) -> bool {
    let base = u64::from(tally.yes) + u64::from(tally.no);
    let (have, need) = (u64::from(tally.yes) * majority.share.of(), majority.share.parts() * base);
    base > 0 && if majority.strict { have > need } else { have >= need }
}

/// How many of `votes` are which.
pub fn count<'a>(votes: impl IntoIterator<Item = &'a Vote>) -> Tally {
    let mut tally = Tally::default();
    for vote in votes {
        match vote {
            Vote::Yes => tally.yes += 1,
            Vote::No => tally.no += 1,
            Vote::Abstain => tally.abstain += 1,
        }
    }
    tally
}

/// What closing comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Adopted without a vote.
    Consensus(Vec<Reservation>),
    /// Adopted by vote.
    Majority { majority: Majority, recorded: Tally, disputed: Option<Tally>, reservations: Vec<Reservation> },
    /// Not adopted.
    Not(NoConsensus),
}

/// What the recorded events come to under the rule. `present` is who is in the room, where that matters.
pub(super) fn outcome(run: &Run, present: &BTreeSet<PartnerId>) -> Outcome {
    if let Some(vote) = &run.vote {
        let disputed = vote.declared.filter(|it| *it != run.recorded());
        return by_vote(run, vote.majority, disputed);
    }
    match run.rule {
        Rule::Silence => unopposed(run, run.objections.keys().copied().collect()),
        Rule::Consensus => {
            unopposed(run, run.objections.keys().copied().filter(|it| present.contains(it)).collect())
        }
        Rule::Unanimity => unanimous(run),
        Rule::Majority(majority) => by_vote(run, majority, None),
    }
}

fn by_vote(run: &Run, majority: Majority, disputed: Option<Tally>) -> Outcome {
    let recorded = run.recorded();
    if !passes(&majority, &recorded) {
        return Outcome::Not(NoConsensus::VoteFailed { recorded, disputed });
    }
    Outcome::Majority { majority, recorded, disputed, reservations: reservations(run) }
}

fn unopposed(run: &Run, objecting: Vec<PartnerId>) -> Outcome {
    if objecting.is_empty() { reserved(run) } else { Outcome::Not(NoConsensus::Objections(objecting)) }
}

fn unanimous(run: &Run) -> Outcome {
    let yes = |it: &PartnerId| {
        matches!(run.positions.get(it), Some(Position::Agree | Position::Reserve { .. }))
            && !run.objections.contains_key(it)
    };
    let missing: Vec<_> = members_of(&run.roster).into_iter().filter(|it| !yes(it)).collect();
    if missing.is_empty() { reserved(run) } else { Outcome::Not(NoConsensus::NotUnanimous(missing)) }
}

/// Consensus bears reservations, up to the forum's ceiling.
fn reserved(run: &Run) -> Outcome {
    let reservations = reservations(run);
    let found = u32::try_from(reservations.len()).unwrap_or(u32::MAX);
    match run.forum.reservations_max {
        Some(max) if found > max => Outcome::Not(NoConsensus::TooManyReservations { found, max }),
        Some(_) | None => Outcome::Consensus(reservations),
    }
}

fn reservations(run: &Run) -> Vec<Reservation> {
    let reserved = run.positions.iter().filter_map(|(party, position)| match position {
        Position::Reserve { paragraphs, statement } => {
            Some(Reservation { party: *party, paragraphs: paragraphs.clone(), statement: statement.clone() })
        }
        Position::Agree | Position::Abstain => None,
    });
    reserved.collect()
}
