//! As of when: a place in the log, a day, or a moment.
use super::failure::Failure;
use super::out;
use crate::api::proto::QueryContext;
use crate::api::proto::query_context::AsOf;
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// As of when a verb answers.
#[derive(Debug, Args)]
pub(super) struct Moment {
    /// Answer as of then: a position (`1200`), a day (`2024-03-01`, its end in UTC) or a moment
    /// (`2024-03-01T12:00:00Z`) by what was on record; `effective:DAY` by what was in effect
    #[arg(long, value_name = "WHEN")]
    as_of: Option<String>,
}

impl Moment {
    /// What a query says, where everything up to `after` must be taken into account.
    pub(super) fn context(&self, after: Option<u64>) -> Result<QueryContext, Failure> {
        let as_of = self.as_of.as_deref().map(as_of).transpose()?;
        Ok(QueryContext { after, as_of })
    }
}

fn as_of(text: &str) -> Result<AsOf, Failure> {
    if let Ok(position) = text.parse() {
        return Ok(AsOf::Position(position));
    }
    let at = moment(text.strip_prefix("effective:").unwrap_or(text)).ok_or_else(|| {
        Failure::usage(format!("{text:?} is no position, day or moment"))
            .hint("try 1200, 2024-03-01, 2024-03-01T12:00:00Z or effective:2024-03-01")
    })?;
    Ok(if text.starts_with("effective:") { AsOf::EffectiveAt(at) } else { AsOf::RecordedAt(at) })
}

/// How far the record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnRecord {
    /// Up to this event.
    Position(u64),
    /// Up to what was recorded then.
    Moment(Timestamp),
}

/// A position, the end of a day, or a moment.
pub(super) fn on_record(text: &str) -> Result<OnRecord, Failure> {
    let odd = || {
        Failure::usage(format!("{text:?} is no position, day or moment"))
            .hint("try 1200, 2024-03-01 or 2024-03-01T12:00:00Z")
    };
    let position = text.parse().ok().map(OnRecord::Position);
    position.or_else(|| instant(text).map(OnRecord::Moment)).ok_or_else(odd)
}

pub(super) fn moment(text: &str) -> Option<prost_types::Timestamp> {
    instant(text).map(wire)
}

/// A moment as requests have it.
pub(super) fn wire(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() }
}

/// A moment, or the last microsecond of a day.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let end = text.parse::<Date>().ok()?.at(23, 59, 59, 999_999_000);
        TimeZone::UTC.to_timestamp(end).ok()
    })
}

/// A moment on the wire as text, to the second unless there is more to it.
pub(super) fn shown(at: Option<&prost_types::Timestamp>) -> String {
    at.and_then(|it| Timestamp::new(it.seconds, it.nanos).ok()).map(|it| it.to_string()).unwrap_or_default()
}

/// The day of a moment on the wire, in UTC.
pub(super) fn day(at: Option<&prost_types::Timestamp>) -> String {
    shown(at).chars().take(10).collect()
}

/// How far the times of a record go back, and whether that is further than they may.
pub(super) fn step_back(by_us: u64, index: u64, bound_us: u64) -> String {
    let seconds = |us: u64| us as f64 / 1e6;
    let (by, bound) = (seconds(by_us), seconds(bound_us));
    let said = format!("times go back by {by} s at the most, at index {index}");
    match by_us <= bound_us {
        true => format!("{said}: within the {bound} s that the clocks of several servers may differ"),
        false => {
            let mark = out::odd("!");
            format!("{mark} {said}: more than the {bound} s that the clocks of several servers may differ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_meant_to_its_end_and_a_number_is_a_position() {
        assert_eq!(as_of("17").unwrap(), AsOf::Position(17));
        let Ok(AsOf::RecordedAt(end)) = as_of("2024-03-01") else { panic!("not a day") };
        assert_eq!(shown(Some(&end)), "2024-03-01T23:59:59.999999Z");
        assert!(matches!(as_of("effective:2024-03-01T12:00:00Z"), Ok(AsOf::EffectiveAt(_))));
        assert!(as_of("last week").is_err());
    }
}
