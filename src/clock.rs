//! The only file that reads time, makes ids or draws lots.
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Where the time comes from: strictly increasing microseconds, shared by everything in one process.
#[derive(Clone)]
pub struct Clock {
    read: Arc<dyn Fn() -> i64 + Send + Sync>,
    last: Arc<AtomicI64>,
    salts: Salts,
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
    /// The machine's clock. A jump back is waited out by counting on from the last reading.
    pub fn system() -> Self {
        let clock = Self::reading(|| {
            #[expect(clippy::disallowed_methods, reason = "this is the file that reads time")]
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
        });
        Self { salts: Salts::Secret, ..clock }
    }

    /// A clock for simulations and tests: `read` gives microseconds since the Unix epoch. Its salts can be guessed.
    pub fn reading(read: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        let salts = Salts::Counted(Arc::default());
        Self { read: Arc::new(read), last: Arc::new(AtomicI64::new(i64::MIN)), salts }
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
        self.last.fetch_max(at.as_microsecond(), Ordering::SeqCst);
    }

    /// Now, later than anything this clock said before.
    pub fn now(&self) -> Timestamp {
        let read = (self.read)();
        let before = self
            .last
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(read.max(last.saturating_add(1))));
        let now = read.max(before.unwrap_or(read).saturating_add(1));
        Timestamp::from_microsecond(now).unwrap_or(Timestamp::MAX)
    }
}

/// A fresh id for a command whose caller gave none; ordered by time.
pub fn fresh_id() -> Uuid {
    #[expect(clippy::disallowed_methods, reason = "this is the file that makes ids")]
    Uuid::now_v7()
}
