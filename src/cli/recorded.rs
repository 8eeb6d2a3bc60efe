//! What a command put on record, a line per event.
use super::failure::Failure;
use super::out;
use super::place::Place;
use crate::api::proto::Recorded;
use serde_json::json;

/// Shows it.
pub(super) fn show(recorded: Recorded, place: &Place) -> Result<(), Failure> {
    let event =
        |it: &crate::api::proto::RecordedEvent| format!("{} {}@{}", it.r#type, recorded.stream, it.revision);
    let events: Vec<String> = recorded.events.iter().map(event).collect();
    if place.json {
        return Ok(out::json(&json!({"events": events, "replayed": recorded.replayed}))?);
    }
    if events.is_empty() {
        return Ok(out::line("it held already: nothing is recorded")?);
    }
    let again = if recorded.replayed { " (recorded before)" } else { "" };
    Ok(events.iter().try_for_each(|it| out::line(format_args!("{it}{again}")))?)
}
