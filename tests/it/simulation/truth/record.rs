//! What holds for every record, whatever it says.
use super::Judge;
use pactline::domain::citation::StreamName;
use pactline::engine::event_id;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl Judge<'_> {
    pub(super) fn record(&mut self) {
        let mut ids = BTreeSet::new();
        let mut next: BTreeMap<&StreamName, u64> = BTreeMap::new();
        let mut commands: BTreeMap<Uuid, (&StreamName, u64, u64)> = BTreeMap::new();
        let mut last = None;
        for past in &self.known.all {
            if let Some((position, recorded_at)) = last {
                self.must(past.position > position, "positions increase", past);
                self.must(past.recorded_at > recorded_at, "recorded_at strictly increases", past);
            }
            last = Some((past.position, past.recorded_at));
            let revision = next.entry(&past.stream).or_default();
            self.must(past.revision == *revision, "revisions are dense", past);
            *revision += 1;
            self.must(ids.insert(past.id), "an id is used once", past);
            let command = past.meta.command_id;
            let (stream, first, n) = *commands.entry(command).or_insert((&past.stream, past.revision, 0));
            let run = stream == &past.stream && past.revision == first + n;
            self.must(run, "a command's events are one run in one stream", past);
            self.must(past.id == event_id(command, n), "ids are derived from the command", past);
            commands.insert(command, (stream, first, n + 1));
            self.citations(past);
        }
        let streams: Vec<_> = self.known.streams().collect();
        streams.into_iter().for_each(|it| self.time(it));
    }

    fn citations(&mut self, past: &super::Past) {
        for (_, citation) in past.event.rests_on() {
            let found = self.known.find(&citation.stream, citation.revision);
            let right = found.is_some_and(|it| it.is(citation) && it.position < past.position);
            self.must(right, "what is cited is there, is that event and came before", past);
        }
    }

    fn time(&mut self, stream: &StreamName) {
        let of = self.of(stream);
        let mut since = None;
        for past in &of {
            self.must(since <= Some(past.at()), "time does not run backwards in a stream", past);
            since = Some(past.at());
            let began_historical = of[0].meta.historical;
            self.must(
                began_historical || !past.meta.historical,
                "nothing in a live stream is backdated",
                past,
            );
            self.must(
                !past.meta.historical || past.meta.source.is_some(),
                "what is told after the event has its source",
                past,
            );
            // The clock that says what is now and the one that stamps are of different machines, and one that was
            // ahead when time jumped back stays ahead.
            let told = past.at().as_microsecond() <= self.world.latest;
            self.must(!past.meta.historical || told, "nothing is told before it takes effect", past);
        }
    }
}
