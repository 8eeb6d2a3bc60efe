//! How far the times of a record go back: never where one process writes, a little where several do, each by a clock of
//! its own.
use crate::log::{CLOCK_OFF_MAX_US, Record};

/// How far back a time may go, in microseconds, before it is said that a clock must be mended: 5 s, as far as the clocks
/// of two writers may be from each other.
pub const SKEW_MAX_US: u64 = 2 * CLOCK_OFF_MAX_US;

/// The times of a record, as they come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skew {
    latest_us: Option<i64>,
    largest: Option<StepBack>,
}

/// An event that was recorded, by its time, before one that is before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepBack {
    /// By how many microseconds.
    pub by_us: u64,
    /// Which event: its index.
    pub index: u64,
}

impl StepBack {
    /// Whether clocks may differ by so much.
    pub fn is_within_bound(&self) -> bool {
        self.by_us <= SKEW_MAX_US
    }
}

impl Skew {
    /// Takes the time of the event at `index`, the next one.
    pub fn take(&mut self, index: u64, record: &Record) {
        let at_us = record.recorded_at.as_microsecond();
        let latest_us = self.latest_us.unwrap_or(at_us);
        let by_us = latest_us.saturating_sub(at_us).try_into().unwrap_or(0);
        if by_us > self.largest.map_or(0, |it| it.by_us) {
            self.largest = Some(StepBack { by_us, index });
        }
        self.latest_us = Some(latest_us.max(at_us));
    }

    /// The largest step back, behind the latest time before it; `None` where times only grow.
    pub fn largest(&self) -> Option<StepBack> {
        self.largest
    }
}
