//! A run: commands under way at the same time, on engines that share a log and nothing else.
use super::ask::{Answer, Ask, Asking};
use super::asks::{self, Scene, word};
use super::chance::Chance;
use super::faulty::Faulty;
use super::known::Known;
use super::living::Life;
use super::pasts::{Before, History, replayed};
use futures::TryStreamExt;
use futures::executor::block_on;
use jiff::SignedDuration;
use pactline::clock::Clock;
use pactline::domain::Timestamp;
use pactline::domain::text::Source;
use pactline::engine::{CommandMeta, Effective, Engine};
use pactline::log::{Expected, Log, MemoryLog, NewRecord, Record, Writers};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, Waker};
use uuid::Uuid;

const SECOND: i64 = 1_000_000;
const DAY: u64 = 86_400 * SECOND as u64;
/// 2026-03-01T00:00:00Z, in microseconds.
const START: i64 = 1_772_323_200 * SECOND;

const HOT: [&str; 7] =
    ["project", "project", "consultation", "task", "priority", "meeting", "recommendation"];

/// A command that was asked, once or more often.
pub struct Asked {
    ask: Ask,
    pub meta: CommandMeta,
    /// The last position on record when it was asked for the first time.
    pub begun: u64,
    pub answers: Vec<Answer>,
    /// Whether somebody stopped waiting for an answer.
    pub given_up: bool,
}

struct Flight {
    command: Uuid,
    replica: usize,
    asking: Asking,
}

/// What runs, and all that was asked of it.
pub struct World {
    pub(super) chance: Chance,
    time: Arc<AtomicI64>,
    pub log: Arc<Faulty>,
    replicas: Vec<Engine>,
    /// How far each replica's clock is from the time, in microseconds.
    skews: Vec<i64>,
    /// The latest that any clock ever said, in microseconds.
    pub latest: i64,
    pub known: Known,
    /// How many events were on record when the run began.
    pub before: usize,
    pub asked: BTreeMap<Uuid, Asked>,
    flights: Vec<Flight>,
    again: Vec<Uuid>,
    /// What most commands are about: then they meet.
    hot: Option<&'static str>,
    /// How many of a hundred steps are of what runs by itself: where it seldom has its turn, commands get further.
    lively: u64,
    /// What runs by itself; away only while it has its turn.
    pub life: Option<Life>,
}

impl World {
    /// A world after `before`.
    pub fn new(seed: u64, replicas: usize, before: &Before) -> Self {
        let Before { records: before, place, views } = before;
        let mut chance = Chance::new(seed);
        let last = before.last().map_or(START, |(it, _)| it.recorded_at.as_microsecond());
        let time = Arc::new(AtomicI64::new(last));
        let memory = MemoryLog::new(now(&time, 0));
        before.iter().for_each(|(it, _)| copy(&memory, it));
        let writers = if replicas == 1 { Writers::One } else { Writers::Many };
        let log = Arc::new(Faulty::new(memory, writers, chance.apart()));
        let skewed = chance.percent(30);
        let mut skew = || if skewed { chance.below(180) as i64 * SECOND - 90 * SECOND } else { 0 };
        let skews: Vec<i64> = (0..replicas).map(|_| skew()).collect();
        let hot = chance.one(&HOT).filter(|_| chance.percent(60));
        let lively = [0, 20, 50][chance.below(3) as usize];
        let mut known = Known::default();
        before.iter().for_each(|(_, it)| known.take(it.clone()));
        let mut world = Self {
            chance,
            time,
            log,
            replicas: Vec::new(),
            skews,
            latest: last,
            known,
            before: before.len(),
            asked: BTreeMap::new(),
            flights: Vec::new(),
            again: Vec::new(),
            hot,
            lively,
            life: None,
        };
        world.replicas = (0..replicas).map(|it| world.engine(it)).collect();
        let (log, head) = (&world.log.log, world.head());
        world.life = Some(Life::begin(world.engines(), log, head, place.clone(), *views));
        world
    }

    /// A new engine over the same log, that remembers nothing.
    pub fn engine(&self, replica: usize) -> Engine {
        let clock = Clock::reading({
            let (time, skew) = (self.time.clone(), self.skews[replica]);
            move || time.load(Ordering::Relaxed) + skew
        });
        Engine::new(self.log.clone(), clock, 4096)
    }

    pub fn engines(&self) -> &[Engine] {
        &self.replicas
    }

    /// Everything on record, byte by byte.
    pub fn records(&self) -> Vec<Record> {
        block_on(self.log.log.read_all(None).try_concat()).unwrap()
    }

    /// What is on record after so many commands, one after the other, when nothing fails and what follows does so.
    pub fn calm(seed: u64, commands: usize) -> History {
        let mut world = Self::new(seed, 1, &Before::default());
        world.log.calm_down();
        let mut followed = Vec::new();
        for _ in 0..commands {
            if world.chance.percent(15) {
                world.quiet();
                followed.push(world.head());
            }
            let most = if world.chance.percent(3) { DAY } else { DAY / 100 };
            let pass = world.chance.between(1, most);
            world.pass(pass as i64);
            world.start();
            world.poll(0);
        }
        world.known.read(&world.log.log);
        let records = world.records();
        let views = replayed(&world.log.log, records.len());
        let records = records.into_iter().zip(std::mem::take(&mut world.known.all)).collect();
        History { records, followed, views }
    }

    /// Anything may happen, so many times; then the line is good again and everything is answered.
    pub fn run(&mut self) {
        for _ in 0..self.chance.between(30, 110) {
            self.step();
        }
        self.settle();
        self.quiet();
        // Long enough for any term to run out, or not.
        let far = self.chance.below(15 * DAY) as i64;
        self.pass(far);
        self.quiet();
    }

    fn step(&mut self) {
        let pass = self.chance.between(1, 2 * SECOND as u64);
        self.pass(pass as i64);
        if self.chance.percent(10) {
            self.log.arrive();
        }
        if self.chance.percent(self.lively) {
            return self.live();
        }
        let some = self.chance.below(self.flights.len() as u64) as usize;
        match self.chance.below(100) {
            0..40 if self.flights.len() < 4 => self.start(),
            88..91 if some < self.flights.len() => self.give_up(some),
            91..95 => self.ask_again(),
            95..97 => self.jump(1),
            97 => self.jump(-1),
            98 => self.restart(),
            _ if some < self.flights.len() => self.poll(some),
            _ => self.start(),
        }
    }

    /// The clocks of all replicas jump, forward or back.
    fn jump(&mut self, direction: i64) {
        let far = self.chance.below(3 * DAY) as i64;
        self.pass(direction * far);
    }

    fn pass(&mut self, micros: i64) {
        let now = micros + self.time.fetch_add(micros, Ordering::Relaxed);
        let ahead = self.skews.iter().copied().max().unwrap_or_default().max(0);
        // A clock that is asked more often than time passes counts on.
        self.latest = self.latest.max(now + ahead + SECOND);
    }

    fn start(&mut self) {
        self.known.read(&self.log.log);
        let now = Timestamp::from_microsecond(self.time.load(Ordering::Relaxed)).unwrap();
        let hot = self.hot.filter(|_| self.chance.percent(60));
        let ask = Scene { chance: &mut self.chance, known: &self.known, now, hot }.ask();
        let meta = self.meta(&ask, now);
        let (command, begun) = (meta.command_id, self.known.head());
        self.asked.insert(command, Asked { ask, meta, begun, answers: Vec::new(), given_up: false });
        self.fly(command);
    }

    /// Mostly as it should be: what began historical is told after the event, the rest happens now.
    fn meta(&mut self, ask: &Ask, now: Timestamp) -> CommandMeta {
        let somebody = asks::person(self.chance.below(4));
        let worker = match ask {
            Ask::Task(_, command) => command.worker().filter(|_| self.chance.percent(95)),
            _ => None,
        };
        let by = worker.cloned().unwrap_or(somebody);
        let mut meta = CommandMeta::now(self.chance.id(), by);
        let stream = ask.stream();
        let begun = self.known.of(&stream).next().map(|it| it.meta.historical);
        let historical = begun.unwrap_or_else(|| self.chance.percent(8)) != self.chance.percent(3);
        if historical {
            let ago = self.chance.below(DAY / 4) as i64 - SECOND;
            meta.effective = Effective::At(now - SignedDuration::from_micros(ago));
            meta.source = Some(Source { symbol: word("A report"), locator: None, sha256: None });
        }
        if self.chance.percent(8) {
            let last = self.known.of(&stream).next_back().map_or(0, |it| it.revision);
            meta.expected_revision = Some([last, last + 1, u64::MAX][self.chance.below(3) as usize]);
        }
        meta
    }

    fn fly(&mut self, command: Uuid) {
        let replica = self.chance.below(self.replicas.len() as u64) as usize;
        let asked = &self.asked[&command];
        let asking = asked.ask.clone().put(self.replicas[replica].clone(), asked.meta.clone());
        self.flights.push(Flight { command, replica, asking });
    }

    /// Lets a command go as far as it can now.
    fn poll(&mut self, at: usize) {
        let flight = &mut self.flights[at];
        let Poll::Ready(answer) = flight.asking.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            return;
        };
        let Flight { command, .. } = self.flights.remove(at);
        if answer == Answer::Unknown {
            self.again.push(command);
        }
        self.asked.get_mut(&command).unwrap().answers.push(answer);
    }

    fn give_up(&mut self, at: usize) {
        let Flight { command, .. } = self.flights.remove(at);
        self.asked.get_mut(&command).unwrap().given_up = true;
        if self.chance.percent(70) {
            self.again.push(command);
        }
    }

    /// Something whose answer was lost, or, as well, something that was answered long ago.
    fn ask_again(&mut self) {
        let command = match self.chance.percent(60) {
            true => self.again.pop(),
            false => {
                let nth = self.chance.below(self.asked.len() as u64) as usize;
                self.asked.keys().nth(nth).copied()
            }
        };
        command.into_iter().for_each(|it| self.fly(it));
    }

    fn restart(&mut self) {
        let replica = self.chance.below(self.replicas.len() as u64) as usize;
        while let Some(at) = self.flights.iter().position(|it| it.replica == replica) {
            self.give_up(at);
        }
        if self.replicas.len() == 1 {
            // The one process that writes takes what was under way with it, or leaves it on record.
            self.log.arrive();
        }
        self.replicas[replica] = self.engine(replica);
        self.restart_life(replica);
    }

    fn settle(&mut self) {
        self.log.calm_down();
        self.log.arrive();
        let mut over = false;
        for _ in 0..1000 {
            (0..self.flights.len()).rev().for_each(|it| self.poll(it));
            over = self.turns_end() && self.flights.is_empty();
            if over {
                break;
            }
        }
        assert!(over, "commands and turns that wait for each other, or for nothing");
        for command in std::mem::take(&mut self.again) {
            self.fly(command);
            self.poll(0);
        }
        self.known.read(&self.log.log);
    }

    /// What is answered now to some of the commands that were recorded, by engines that took part and by one that
    /// remembers nothing: the command, what was answered first, and what is answered now.
    pub fn replay(&mut self) -> Vec<(Uuid, Answer, Answer)> {
        let mut engines = self.replicas.clone();
        engines.push(self.engine(0));
        let mut again = Vec::new();
        for (id, asked) in &self.asked {
            let recorded = |it: &&Answer| matches!(it, Answer::Done(outcome) if !outcome.events.is_empty());
            let Some(first) = asked.answers.iter().find(recorded) else { continue };
            if self.chance.percent(20) {
                let engine = self.chance.one(&engines).unwrap();
                let answer = block_on(asked.ask.clone().put(engine, asked.meta.clone()));
                again.push((*id, first.clone(), answer));
            }
        }
        again
    }
}

fn now(time: &Arc<AtomicI64>, skew: i64) -> impl Fn() -> Timestamp + Send + Sync + 'static {
    let time = time.clone();
    let clock = Clock::reading(move || time.load(Ordering::Relaxed) + skew);
    move || clock.now()
}

fn copy(log: &MemoryLog, record: &Record) {
    let Record { id, kind, data, meta, recorded_at, .. } = record.clone();
    let new = NewRecord { id, kind, data, meta, recorded_at: Some(recorded_at) };
    let expected = record.revision.checked_sub(1).map_or(Expected::NoStream, Expected::Revision);
    block_on(log.append(&record.stream, expected, vec![new])).unwrap();
}
