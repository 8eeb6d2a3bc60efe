//! The only file that reads time or makes ids.
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Where the time comes from: strictly increasing microseconds, shared by everything in one process.
#[derive(Clone)]
pub struct Clock {
    read: Arc<dyn Fn() -> i64 + Send + Sync>,
    last: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock. A jump back is waited out by counting on from the last reading.
    pub fn system() -> Self {
        Self::reading(|| {
            #[expect(clippy::disallowed_methods, reason = "this is the file that reads time")]
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
        })
    }

    /// A clock for simulations and tests: `read` gives microseconds since the Unix epoch.
    pub fn reading(read: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self { read: Arc::new(read), last: Arc::new(AtomicI64::new(i64::MIN)) }
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
