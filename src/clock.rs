//! The only file that reads time, makes ids or draws lots.
use jiff::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Where the time comes from: strictly increasing microseconds, shared by everything in one process.
#[derive(Clone)]
pub struct Clock {
    read: Micros,
    /// A watch that nobody sets.
    watch: Micros,
    last: Arc<Mutex<Last>>,
    salts: Salts,
}

/// Microseconds, from wherever they count.
type Micros = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What was said last, and when by the watch.
struct Last {
    said: i64,
    by_watch: i64,
}

/// Where salts come from.
#[derive(Clone)]
enum Salts {
    /// The machine's randomness.
    Secret,
    /// So many were made before; the same ones in every run.
    Counted(Arc<AtomicU64>),
}

impl Clock {
    /// The machine's clock. After a jump back time goes on from the last reading at half its pace, until the machine's
    /// clock has caught up: leases and terms still end, and what is recorded stays in order.
    pub fn system() -> Self {
        let clock = Self::reading(|| {
            #[expect(clippy::disallowed_methods, reason = "this is the file that reads time")]
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
        });
        let start = Instant::now();
        let clock = clock.beside(move || i64::try_from(start.elapsed().as_micros()).unwrap_or(i64::MAX));
        Self { salts: Salts::Secret, ..clock }
    }

    /// A clock for simulations and tests: `read` gives microseconds since the Unix epoch. Its salts can be guessed, and
    /// it has no watch beside it: after a jump back it stands still.
    pub fn reading(read: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        let salts = Salts::Counted(Arc::default());
        let last = Arc::new(Mutex::new(Last { said: i64::MIN, by_watch: 0 }));
        Self { read: Arc::new(read), watch: Arc::new(|| 0), last, salts }
    }

    /// The same beside a watch that counts microseconds.
    pub fn beside(self, watch: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self { watch: Arc::new(watch), ..self }
    }

    /// What is stored with a text so that its hash does not give it away; 122 random bits.
    pub fn salt(&self) -> Uuid {
        match &self.salts {
            #[expect(clippy::disallowed_methods, reason = "this is the file that makes ids")]
            Salts::Secret => Uuid::new_v4(),
            Salts::Counted(before) => {
                Uuid::new_v5(&Uuid::nil(), &before.fetch_add(1, Ordering::Relaxed).to_be_bytes())
            }
        }
    }

    /// From now on says nothing earlier than `at`: a clock that went back while nothing ran must not go back
    /// behind what was recorded.
    pub fn not_before(&self, at: Timestamp) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Last { said: last.said.max(at.as_microsecond()), by_watch: (self.watch)() };
    }

    /// By how much what this clock says is ahead of the machine's, in microseconds.
    pub fn ahead_us(&self) -> i64 {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.said.saturating_sub((self.read)()).max(0)
    }

    /// Now, later than anything this clock said before.
    pub fn now(&self) -> Timestamp {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (read, by_watch) = ((self.read)(), (self.watch)());
        let passed = by_watch.saturating_sub(last.by_watch);
        let now = read.max(last.said.saturating_add((passed / 2).max(1)));
        *last = Last { said: now, by_watch };
        Timestamp::from_microsecond(now).unwrap_or(Timestamp::MAX)
    }
}

/// A fresh id for a command whose caller gave none; ordered by time.
pub fn fresh_id() -> Uuid {
    #[expect(clippy::disallowed_methods, reason = "this is the file that makes ids")]
    Uuid::now_v7()
}
