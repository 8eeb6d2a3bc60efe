//! What was answered is what is on record, and what is on record was asked.
use super::Judge;
use crate::simulation::ask::Answer;
use pactline::engine::Outcome;
use std::collections::BTreeMap;

impl Judge<'_> {
    pub(super) fn answers(&mut self) {
        let mut recorded: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for past in &self.known.all {
            recorded.entry(past.meta.command_id).or_default().push((
                past.id,
                past.kind.clone(),
                past.revision,
            ));
        }
        for (command, asked) in &self.world.asked {
            let is = recorded.get(command).cloned().unwrap_or_default();
            let told = |it: &Outcome| -> Vec<_> {
                it.events.iter().map(|it| (it.id, it.kind.clone(), it.revision)).collect()
            };
            if let (Some(expected), Some((_, _, first))) = (asked.meta.expected_revision, is.first())
                && *first != expected.wrapping_add(1)
            {
                self.broken.push(format!("{command} expected {expected} and is recorded at {first}"));
            }
            let (mut open, mut done) = (asked.given_up, false);
            for answer in &asked.answers {
                match answer {
                    Answer::Done(outcome) if outcome.events.is_empty() => {}
                    Answer::Done(outcome) => {
                        done = true;
                        if told(outcome) != is {
                            self.broken.push(format!("{command} was answered {outcome:?} and is {is:?}"));
                        }
                    }
                    Answer::Unknown => open = true,
                    Answer::No(_) | Answer::Refused(_) | Answer::Beaten => {}
                }
            }
            if !is.is_empty() && !done && !open {
                self.broken
                    .push(format!("{command} was refused and is recorded: {is:?} {:?}", asked.answers));
            }
        }
    }
}
