//! What runs by itself beside the commands: the views of each replica, its reactions and its timer, each a step at a
//! time, so that a seed says who comes when.
use super::faulty::Faulty;
use super::pasts::Files;
use super::shown::Shown;
use pactline::engine::Engine;
use pactline::log::MemoryLog;
use pactline::reactions::{self, Reactor, Timer, Trouble};
use pactline::views::{Views, all, deadlines};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

const CHECKPOINT: &str = "reactions-1.checkpoint";

type Turn<T> = Pin<Box<dyn Future<Output = (T, Result<(), Trouble>)>>>;

/// What has its turn now and then: the last position on record when its turn began, and the turn.
pub struct Runs<T> {
    idle: Option<T>,
    turn: Option<(u64, Turn<T>)>,
}

impl<T> Runs<T> {
    fn new(it: T) -> Self {
        Self { idle: Some(it), turn: None }
    }

    fn begin(&mut self, head: u64, turn: impl FnOnce(T) -> Turn<T>) {
        if let Some(it) = self.idle.take() {
            self.turn = Some((head, turn(it)));
        }
    }

    /// When it is over: when it began.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<u64>> {
        let Some((begun, turn)) = &mut self.turn else { return Poll::Ready(None) };
        let Poll::Ready((it, done)) = turn.as_mut().poll(context) else { return Poll::Pending };
        let begun = *begun;
        if let Err(trouble) = done {
            assert!(trouble.is_passing(), "a trouble that does not pass: {trouble}");
        }
        *self = Self::new(it);
        Poll::Ready(Some(begun))
    }
}

/// One replica.
pub struct Living {
    dir: PathBuf,
    pub views: Views,
    pub shown: Arc<Shown>,
    reactor: Runs<Reactor>,
    timer: Runs<Timer>,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Reactor,
    Timer,
}

/// What a replica finds when it starts again.
pub enum Left {
    AsItWas,
    Nothing,
    /// What a replay makes of what was on record before the run; what there was is moved away to here.
    Replay(PathBuf),
    /// The file of one view is gone.
    OneLess(usize),
}

/// All of them.
pub struct Life {
    runtime: Runtime,
    dir: TempDir,
    replay: Option<&'static Files>,
    pub replicas: Vec<Living>,
    /// The turns that are over: the last positions on record when they began and when they ended.
    pub turns: Vec<(u64, u64)>,
    /// Places that reactions had got to at some time.
    pub places: Vec<String>,
}

impl Life {
    /// Reactions begin after `place`, a checkpoint's words, and views with what `replay` has of them; without them both
    /// at the beginning.
    pub fn begin(
        engines: &[Engine],
        log: &MemoryLog,
        head: u64,
        place: Option<String>,
        replay: Option<&'static Files>,
    ) -> Self {
        // One thread answers the questions to views, so that they are answered in order.
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).max_blocking_threads(1).enable_time().build().unwrap();
        let (dir, replicas, turns, places) = (in_memory(), Vec::new(), Vec::new(), Vec::new());
        let mut life = Self { runtime, dir, replay, replicas, turns, places };
        for (n, engine) in engines.iter().enumerate() {
            let dir = life.dir.path().join(n.to_string());
            life.replay_into(&dir.join("views"));
            if let Some(place) = &place {
                std::fs::write(dir.join(CHECKPOINT), place).unwrap();
            }
            let living = life.open(dir, engine, log, head);
            life.replicas.push(living);
        }
        life.places.extend(place);
        life
    }

    fn replay_into(&self, views: &Path) {
        std::fs::create_dir_all(views).unwrap();
        for (name, content) in self.replay.into_iter().flatten() {
            std::fs::write(views.join(name), content).unwrap();
        }
    }

    fn open(&self, dir: PathBuf, engine: &Engine, log: &MemoryLog, until: u64) -> Living {
        let shown = Arc::new(Shown::new(log.clone(), until));
        let _inside = self.runtime.enter();
        let views = Views::open_these(&dir.join("views"), shown.clone(), all(), Duration::ZERO).unwrap();
        shown.show(until, views.status().len());
        let reactor = self.reactor(&dir, engine, &views);
        let timer = Runs::new(Timer::new(engine.clone(), views.clone()));
        Living { dir, views, shown, reactor, timer }
    }

    fn reactor(&self, dir: &Path, engine: &Engine, views: &Views) -> Runs<Reactor> {
        let reactor = Reactor::open(dir, engine.clone(), views.clone(), reactions::all());
        Runs::new(self.runtime.block_on(reactor).unwrap())
    }

    /// What runs by itself in a replica starts again while its views stay; it has no turn now.
    pub fn begin_again(&mut self, replica: usize, engine: &Engine) {
        let Living { dir, views, .. } = &self.replicas[replica];
        let reactor = self.reactor(dir, engine, views);
        self.replicas[replica].reactor = reactor;
        self.renew_timer(replica, engine);
    }

    /// A replica ends in the middle of whatever it does and starts again, with `engine` and what is left.
    pub fn restart(&mut self, replica: usize, engine: &Engine, log: &MemoryLog, left: &Left) {
        let Living { dir, views, shown, reactor, timer } = self.replicas.remove(replica);
        let cut_off = [reactor.turn.map(|it| it.0), timer.turn.map(|it| it.0)];
        // What they had sent may still arrive.
        self.turns.extend(cut_off.into_iter().flatten().map(|begun| (begun, u64::MAX)));
        let names: Vec<&str> = views.status().iter().map(|it| it.view).collect();
        self.runtime.block_on(views.stop());
        drop(views);
        match left {
            Left::AsItWas => {}
            Left::Replay(aside) => {
                std::fs::rename(dir.join("views"), aside).unwrap();
                self.replay_into(&dir.join("views"));
            }
            Left::Nothing => std::fs::remove_dir_all(dir.join("views")).unwrap(),
            Left::OneLess(nth) => {
                let name = names[nth % names.len()];
                std::fs::remove_file(dir.join(format!("views/{name}.db"))).unwrap();
            }
        }
        let living = self.open(dir, engine, log, shown.until());
        self.replicas.insert(replica, living);
    }

    /// Reactions of a replica will start at another place than they got to, or, without one, at the beginning.
    pub fn put_back(&self, replica: usize, place: Option<&String>) {
        let path = self.replicas[replica].dir.join(CHECKPOINT);
        match place {
            Some(place) => std::fs::write(path, place).unwrap(),
            // There is none before the first turn is over.
            None => drop(std::fs::remove_file(path)),
        }
    }

    /// Where the files of a replica's views are.
    pub fn files(&self, replica: usize) -> PathBuf {
        self.replicas[replica].dir.join("views")
    }

    /// Its turn begins, unless it has not ended.
    pub fn begin_turn(&mut self, replica: usize, which: Which, head: u64) {
        let living = &mut self.replicas[replica];
        match which {
            Which::Reactor => living.reactor.begin(head, |mut it: Reactor| {
                Box::pin(async move {
                    let done = it.catch_up().await.map(drop);
                    (it, done)
                })
            }),
            Which::Timer => living.timer.begin(head, |mut it: Timer| {
                Box::pin(async move {
                    let done = it.step().await.map(drop);
                    (it, done)
                })
            }),
        }
    }

    /// Lets it go on as far as it can now, whatever questions it puts to views; whether it is over.
    pub fn go_on(&mut self, replica: usize, which: Which, line: &Faulty, head: impl Fn() -> u64) -> bool {
        let woken = Arc::new(Woken(AtomicBool::new(false)));
        let waker = Waker::from(woken.clone());
        let _inside = self.runtime.enter();
        loop {
            line.paused.store(false, Ordering::Relaxed);
            woken.0.store(false, Ordering::Relaxed);
            let living = &mut self.replicas[replica];
            let context = &mut Context::from_waker(&waker);
            let polled = match which {
                Which::Reactor => living.reactor.poll(context),
                Which::Timer => living.timer.poll(context),
            };
            if let Poll::Ready(over) = polled {
                self.turns.extend(over.map(|begun| (begun, head())));
                if which == Which::Reactor && over.is_some() {
                    self.places.extend(std::fs::read_to_string(self.replicas[replica].dir.join(CHECKPOINT)));
                }
                return true;
            }
            if line.paused.load(Ordering::Relaxed) {
                return false;
            }
            // Questions are answered one after the other: after this one, all are.
            self.runtime.block_on(self.runtime.spawn_blocking(|| ())).unwrap();
            if !woken.0.load(Ordering::Relaxed) {
                return false;
            }
        }
    }

    /// Shows a replica's views the log up to `until`.
    pub fn show(&self, replica: usize, until: u64) {
        let living = &self.replicas[replica];
        if until > living.shown.until() {
            living.shown.show(until, living.views.status().len());
        }
    }

    /// A timer that remembers nothing of what it asked.
    pub fn renew_timer(&mut self, replica: usize, engine: &Engine) {
        let living = &mut self.replicas[replica];
        living.timer = Runs::new(Timer::new(engine.clone(), living.views.clone()));
    }

    /// What is due by the clock of `engine` and not seen to.
    pub fn due(&self, replica: usize, engine: &Engine) -> Vec<deadlines::Deadline> {
        let due = deadlines::due(&self.replicas[replica].views, engine.clock().now(), None, 100);
        self.runtime.block_on(due).unwrap().0
    }
}

/// A folder that no disk has to do with, where there is one.
pub fn in_memory() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

impl Drop for Life {
    fn drop(&mut self) {
        for living in self.replicas.drain(..) {
            self.runtime.block_on(living.views.stop());
        }
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
