//! Whether this machine's clock goes with the server's. Writers whose clocks do not would record events at times that
//! are far from their places; so each compares its own with the one that all have in common, before it records anything.
//!
//! The server says what time it was of what it stores. So an event is stored, beside the record, and read: in between,
//! the server's clock stood there. From then on a watch says where it stands, until it is asked again.
use super::Now;
use super::aside::Aside;
use super::client::Outgoing;
use super::link::Link;
use crate::log::Error;
use bytes::Bytes;
use jiff::Timestamp;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

/// Where the server is asked; whatever is there may be taken away.
const STREAM: &str = "$pactline-clock";
/// What a question is called there.
const ASKED: &str = "ClockAsked";
/// For how long a watch is believed.
const ASK_EVERY: Duration = Duration::from_secs(600);
/// How long to wait before the server is asked again where the clocks are apart.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// The client says the server's time in whole seconds, cut off: what it says was up to this much later.
const GRAIN: Duration = Duration::from_secs(1);

/// This machine's clock beside the server's.
pub(super) struct Clocks {
    aside: Aside,
    now: Now,
    patience: Duration,
    /// How far they may be apart at the most; anything goes where none is set.
    most: Option<Duration>,
    last: Mutex<Option<Reading>>,
}

/// Where the server's clock stood, and between which two moments.
#[derive(Debug, Clone, Copy)]
struct Reading {
    created_us: i64,
    after: Instant,
    before: Instant,
}

impl Clocks {
    pub(super) fn new(link: Link, now: Now) -> Self {
        let (patience, most) = (link.limits().patience(), link.limits().clock_off_max);
        Self { aside: Aside::new(link, STREAM), now, patience, most, last: Mutex::default() }
    }

    /// Whether what is recorded now is recorded at its time; why not. Those who ask are answered in their order.
    pub(super) async fn agree(&self) -> Result<(), Error> {
        let Some(most) = self.most else { return Ok(()) };
        let late = |_| Error::Unavailable("the server does not say what time it is".into());
        timeout(self.patience, self.compared(most)).await.map_err(late)?
    }

    async fn compared(&self, most: Duration) -> Result<(), Error> {
        let mut last = self.last.lock().await;
        if let Some(reading) = &*last {
            let (said, age) = (reading.judge((self.now)(), Instant::now(), most), reading.after.elapsed());
            if age < if said.is_ok() { ASK_EVERY } else { AGAIN_AFTER } {
                return said;
            }
        }
        let reading = self.ask().await?;
        *last = Some(reading);
        reading.judge((self.now)(), Instant::now(), most)
    }

    async fn ask(&self) -> Result<Reading, Error> {
        let asked = format!("{:.6} {}", (self.now)(), std::process::id());
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, asked.as_bytes());
        let question = Outgoing::new(id, ASKED, &Bytes::from_static(b"{}"), Bytes::new());
        let after = Instant::now();
        self.aside.append(None, question).await.map_err(for_now)?;
        let found = self.aside.last().await.map_err(for_now)?;
        let gone = || Error::Unavailable(format!("{STREAM} does not keep what is written to it"));
        // Where another asked since, that was in between as well.
        Ok(Reading { created_us: found.ok_or_else(gone)?.created_us, after, before: Instant::now() })
    }
}

impl Reading {
    /// Whether a clock that says `now` at the moment `at` is within `most` of the server's. One that is further away is
    /// always found out, give or take the time that the question took; one that is a [`GRAIN`] nearer never is.
    fn judge(&self, now: Timestamp, at: Instant, most: Duration) -> Result<(), Error> {
        let stands = |since| self.created_us.saturating_add(micros(at.saturating_duration_since(since)));
        let (earliest, latest) = (stands(self.before), stands(self.after).saturating_add(micros(GRAIN)));
        let now = now.as_microsecond();
        let (by_us, how) = match now < earliest {
            true => (earliest - now, "behind"),
            false => (now - latest, "ahead of"),
        };
        let most = most.saturating_sub(GRAIN);
        if by_us <= micros(most) {
            return Ok(());
        }
        let (by, most) = (by_us as f64 / 1e6, most.as_secs_f64());
        Err(Error::Unavailable(format!(
            "this machine's clock is at least {by:.1} s {how} the log's server's, and what it recorded would be at a wrong time: \
             nothing is recorded here until they are within {most:.1} s; set both right by NTP, and start again where \
             this one was set back"
        )))
    }
}

fn micros(it: Duration) -> i64 {
    i64::try_from(it.as_micros()).unwrap_or(i64::MAX)
}

/// An append that cannot be made for want of a clock can be made later.
fn for_now(err: Error) -> Error {
    match err {
        Error::Unacceptable(why) => Error::Unavailable(why),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Instant, Reading};
    use jiff::Timestamp;
    use std::time::Duration;

    #[test]
    fn a_watch_goes_on_where_the_server_was_read() {
        let after = Instant::now();
        let before = after + Duration::from_millis(400);
        let reading = Reading { created_us: 1_000_000_000, after, before };
        let is_right = |ms: i64| {
            let now = Timestamp::from_microsecond(1_000_000_000 + ms * 1000).unwrap();
            reading.judge(now, before + Duration::from_secs(60), Duration::from_secs(2)).is_ok()
        };
        // It stands between 60.0 s and 61.4 s after where it was read.
        assert_eq!([58_999, 59_000, 62_400, 62_401].map(is_right), [false, true, true, false]);
    }
}
