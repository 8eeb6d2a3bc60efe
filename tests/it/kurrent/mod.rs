//! The log on KurrentDB, against a double of its server that fails on demand.
use double::Double;
use pactline::log::{KurrentLimits, KurrentLog, KurrentSettings};
use std::time::Duration;

mod clocks;
pub mod double;
mod faults;
mod fencing;
mod interrupted;
mod itself;
mod moving;
mod real;
mod refusals;
mod replicas;
mod tls;
mod upgrade;

/// A log on a double, with little patience.
pub(crate) async fn open(double: &Double) -> KurrentLog {
    let settings = KurrentSettings { url: double.url(), ca: None, credentials: None };
    KurrentLog::open_within(&settings, quick(), crate::log::clock).await.unwrap()
}

/// A double answers at once, or not at all.
pub(crate) fn quick() -> KurrentLimits {
    let poll_ms = (Duration::from_millis(2), Duration::from_millis(20));
    // The clock of these tests stands still.
    KurrentLimits { call_ms: 2_000, patience_ms: 30_000, poll_ms, clock_off_max: None }
}
