//! The rules once more, as plainly as can be, judged from what is on record alone.
mod answers;
mod decisions;
mod follows;
mod ledgers;
mod lists;
mod parties;
mod projects;
mod record;
mod tasks;
mod texts;

use super::known::{Known, Past};
use super::world::World;
use pactline::domain::citation::StreamName;
use std::ops::RangeInclusive;

/// Every rule that does not hold, as a sentence with the event at which it does not.
pub fn broken(world: &World) -> Vec<String> {
    let mut judge = Judge { world, known: &world.known, broken: Vec::new() };
    judge.record();
    judge.answers();
    judge.follows();
    let streams: Vec<&StreamName> = world.known.touched(world.before).collect();
    for stream in streams {
        match stream.kind() {
            "partner" => judge.partner(stream),
            "mandate" => judge.mandate(stream),
            "evidence" => judge.evidence(stream),
            "charter" => judge.charter(stream),
            "meeting" => judge.meeting(stream),
            "recommendation" => judge.recommendation(stream),
            "consultation" => judge.consultation(stream),
            "priority" => judge.list(stream),
            "project" => {
                judge.project(stream);
                judge.ledger(stream);
            }
            "task" => judge.task(stream),
            other => panic!("a kind of stream that nobody judges: {other}"),
        }
    }
    judge.broken
}

struct Judge<'a> {
    world: &'a World,
    known: &'a Known,
    broken: Vec<String>,
}

impl<'a> Judge<'a> {
    fn must(&mut self, holds: bool, rule: &str, past: &Past) {
        if !holds {
            self.broken.push(format!("{rule}: {}@{} {:?}", past.stream, past.revision, past.event));
        }
    }

    fn of(&self, stream: &StreamName) -> Vec<&'a Past> {
        self.known.of(stream).collect()
    }

    /// The last positions that may have been seen when this was decided: facts of other streams must have been so
    /// at one of them.
    fn moments(&self, past: &Past) -> RangeInclusive<u64> {
        let last = past.position - 1;
        let begun = match self.world.asked.get(&past.meta.command_id) {
            Some(asked) => asked.begun,
            None => self.turn(past).unwrap_or(last),
        };
        begun..=last
    }

    /// When the turn began in which this followed from something, at the earliest.
    fn turn(&self, past: &Past) -> Option<u64> {
        let life = self.world.life.as_ref().filter(|_| past.position > self.world.before as u64)?;
        let during = life.turns.iter().filter(|(begun, end)| *begun < past.position && past.position <= *end);
        during.map(|it| it.0).min()
    }

    /// Whether `fact` was so at some moment at which this may have been decided.
    fn once(&self, past: &Past, fact: impl Fn(u64) -> bool) -> bool {
        self.moments(past).any(fact)
    }
}
