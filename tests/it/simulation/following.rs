//! Steps of a run in which what runs by itself has its turn.
use super::known::Past;
use super::living::{Left, Which};
use super::world::World;
use futures::executor::block_on;
use pactline::codec::decode_meta;
use pactline::log::{Log, Record};
use pactline::views::{compare, fingerprint};
use std::sync::Arc;
use uuid::Uuid;

const BOTH: [Which; 2] = [Which::Reactor, Which::Timer];

impl World {
    /// The last position on record.
    pub fn head(&self) -> u64 {
        block_on(self.log.log.head()).unwrap().map_or(0, |it| it.0)
    }

    /// A turn begins or goes on somewhere, or views see more.
    pub(super) fn live(&mut self) {
        let Some(mut life) = self.life.take() else { return };
        let head = self.head();
        let replica = self.chance.below(life.replicas.len() as u64) as usize;
        let which = BOTH[self.chance.below(2) as usize];
        match self.chance.below(20) {
            0..3 => life.begin_turn(replica, which, head),
            3..5 => {
                let seen = life.replicas[replica].shown.until();
                let most = self.chance.percent(70);
                life.show(replica, if most { head } else { self.chance.between(seen, head) });
            }
            // Timers of all replicas at the same moment.
            5 => (0..life.replicas.len()).for_each(|it| life.begin_turn(it, Which::Timer, head)),
            _ => {
                let log = self.log.clone();
                life.go_on(replica, which, &log, || self.head());
            }
        }
        self.life = Some(life);
    }

    /// What a replica that starts again finds of its views, and where its reactions believe to be.
    pub(super) fn restart_life(&mut self, replica: usize) {
        let Some(mut life) = self.life.take() else { return };
        match self.chance.below(4) {
            0 => life.put_back(replica, None),
            1 => {
                let place = self.chance.one(&life.places);
                life.put_back(replica, place.as_ref());
            }
            _ => {}
        }
        let left = match self.chance.below(6) {
            0 => Left::Nothing,
            1 => Left::OneLess(self.chance.below(100) as usize),
            _ => Left::AsItWas,
        };
        life.restart(replica, &self.engines()[replica], &self.log.log, &left);
        self.life = Some(life);
    }

    /// Turns go on as far as they can when views see everything; whether all are over.
    pub(super) fn turns_end(&mut self) -> bool {
        let Some(mut life) = self.life.take() else { return true };
        let mut over = true;
        for replica in 0..life.replicas.len() {
            for which in BOTH {
                life.show(replica, self.head());
                let log = self.log.clone();
                over &= life.go_on(replica, which, &log, || self.head());
            }
        }
        self.life = Some(life);
        over
    }

    /// Everything that follows now happens, in every replica, until nothing more does.
    pub fn quiet(&mut self) {
        for _ in 0..100 {
            let before = self.head();
            for replica in 0..self.engines().len() {
                BOTH.into_iter().for_each(|it| self.whole_turn(replica, it));
            }
            if self.head() == before {
                self.known.read(&self.log.log);
                return;
            }
        }
        panic!("more follows again and again");
    }

    fn whole_turn(&mut self, replica: usize, which: Which) {
        let engine = self.engines()[replica].clone();
        let head = self.head();
        let Some(life) = &mut self.life else { return };
        life.show(replica, head);
        if which == Which::Timer {
            life.renew_timer(replica, &engine);
        }
        life.begin_turn(replica, which, head);
        for _ in 0..1000 {
            if self.turns_end() {
                return;
            }
        }
        panic!("the {which:?} of replica {replica} waits for nothing");
    }

    /// What is wrong once all is quiet: something is due and stays so; asked again from the beginning, more follows;
    /// views that came here by another way say something else.
    pub fn unsettled(&mut self) -> Vec<String> {
        let mut wrong = Vec::new();
        let Some(mut life) = self.life.take() else { return wrong };
        for (replica, engine) in self.engines().iter().enumerate() {
            let due = life.due(replica, engine).into_iter();
            wrong.extend(due.map(|it| format!("due and not seen to: {it:?}")));
        }
        // The first one asks everything again, over views that are made anew; the views of the others have been through
        // everything, and what they ask begins anywhere.
        let history = self.records();
        let aside = life.files(0).with_extension("aside");
        life.put_back(0, None);
        life.restart(0, &self.engines()[0], &self.log.log, &Left::Replay(aside.clone()));
        for replica in 1..self.engines().len() {
            let place = self.chance.one(&life.places);
            life.put_back(replica, place.as_ref());
            life.begin_again(replica, &self.engines()[replica]);
        }
        let mut ways: Vec<_> = (1..self.engines().len()).map(|it| life.files(it)).collect();
        let anew = life.files(0);
        self.life = Some(life);
        self.quiet();
        let more = self.records();
        if history != more[..history.len()] {
            wrong.push("what was on record is another".into());
        }
        wrong.extend(self.happened_again(&more[history.len()..]));
        if more.len() == history.len() {
            ways.push(aside);
        }
        if !wrong.is_empty() {
            return wrong;
        }
        for view in pactline::views::all() {
            let file = format!("{}.db", view.name());
            let replay = fingerprint(&anew.join(&file)).unwrap();
            for way in ways.iter().filter(|it| fingerprint(&it.join(&file)).unwrap() != replay) {
                for it in compare(&way.join(&file), &anew.join(&file)).unwrap() {
                    wrong.push(format!("{} is not what a replay makes of it: {}", view.name(), it.table));
                }
            }
        }
        wrong
    }

    /// What may not follow when everything is asked again. A text that was revised away and is put back may: an adoption
    /// that came to nothing when it was new, for the text was endorsed already, then endorses it. And what was told of
    /// the past made nobody act; a project that is asked again then says that what it cites fell away.
    fn happened_again(&self, more: &[Record]) -> Vec<String> {
        let put_back = |stream: &str| {
            let revised = |it: &&Arc<Past>| it.stream.as_str() == stream && &*it.kind == "TextRevised";
            self.known.all.iter().filter(revised).count() > 1
        };
        let told =
            self.known.all.iter().any(|it| {
                it.meta.historical && ["PriorityRetired", "MandateSuperseded"].contains(&&*it.kind)
            });
        let may: Vec<Uuid> = more
            .iter()
            .filter(|it| match &*it.kind {
                "RecommendationEndorsed" => put_back(&it.stream),
                "CitationFlagged" => told,
                _ => false,
            })
            .map(|it| it.id)
            .collect();
        let follows = |it: &&Record| {
            let cause = decode_meta(it).unwrap().causation_id;
            may.contains(&it.id) || cause.is_some_and(|it| may.contains(&it))
        };
        let wrong = more.iter().filter(|it| !follows(it));
        wrong.map(|it| format!("it followed again: {}@{} {}", it.stream, it.revision, it.kind)).collect()
    }
}
