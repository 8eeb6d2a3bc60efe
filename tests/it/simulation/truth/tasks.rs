//! Tasks: one holder at a time, and never after the end.
use super::Judge;
use pactline::codec::AnyEvent;
use pactline::domain::citation::StreamName;
use pactline::domain::task::Event;

impl Judge<'_> {
    pub(super) fn task(&mut self, stream: &StreamName) {
        // Who has it and until when; from when on it may be tried again; whether it is over.
        let (mut held, mut rests, mut over, mut incident) = (None, None, false, false);
        let (mut attempts, mut most) = (0, 0);
        for past in self.of(stream) {
            let AnyEvent::Task(event) = &past.event else { continue };
            self.must(!over, "nothing follows the end of a task", past);
            match event {
                Event::TaskOpened { attempts_max, .. } => {
                    self.must(past.revision == 0 && *attempts_max > 0, "a task is opened once", past);
                    most = *attempts_max;
                }
                Event::TaskClaimed { worker, until } => {
                    let free = held.as_ref().is_none_or(|(_, until)| *until <= past.at());
                    self.must(free, "there is one live lease", past);
                    let rested = rests.is_none_or(|it| it <= past.at()) && !incident;
                    self.must(rested, "what failed rests", past);
                    self.must(past.at() < *until, "a lease is for some time", past);
                    held = Some((worker.clone(), *until));
                }
                Event::LeaseExtended { worker, until } => {
                    let had = held.replace((worker.clone(), *until));
                    let right =
                        had.is_some_and(|(holder, end)| holder == *worker && end > past.at() && end < *until);
                    self.must(right, "only a live lease of one's own is extended", past);
                }
                Event::TaskCompleted { worker, .. } | Event::TaskFailed { worker, .. } => {
                    let had = held.take();
                    let right = had.is_some_and(|(holder, end)| holder == *worker && end > past.at());
                    self.must(right, "only who has a task says how it went, in time", past);
                    over = matches!(event, Event::TaskCompleted { .. });
                    if let Event::TaskFailed { attempt, retry_at, .. } = event {
                        attempts += 1;
                        self.must(*attempt == attempts && attempts <= most, "attempts are counted", past);
                        self.must(
                            retry_at.is_some() == (attempts < most),
                            "the last attempt is the last",
                            past,
                        );
                        rests = *retry_at;
                    }
                }
                Event::LeaseExpired { worker, until, attempt } => {
                    let had = held.take();
                    let right = had == Some((worker.clone(), *until)) && *until <= past.at();
                    self.must(right, "a lease expires at its end, once", past);
                    attempts += 1;
                    self.must(*attempt == attempts && attempts <= most, "attempts are counted", past);
                }
                Event::IncidentRaised { .. } => {
                    self.must(attempts == most, "an incident comes after the last attempt", past);
                    incident = true;
                }
                Event::IncidentResolved { .. } => {
                    self.must(incident, "an incident is resolved once", past);
                    (incident, attempts, rests) = (false, 0, None);
                }
                Event::TaskEscalated { .. } => {}
                Event::TaskCancelled { .. } => over = true,
            }
        }
    }
}
