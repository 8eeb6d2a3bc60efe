//! What the program says about itself: lines on standard error, for people or for machines.
use crate::config::LogFormat;
use crate::config::Telemetry;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts telemetry; `usual` is the filter where the settings have none. A filter that cannot be read is
/// returned as a sentence.
pub fn start(settings: &Telemetry, usual: &str) -> Result<(), String> {
    let wanted = settings.log_filter.as_deref().unwrap_or(usual);
    let filter = EnvFilter::try_new(wanted).map_err(|err| format!("{wanted:?} is no filter: {err}"))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match settings.log_format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    started.map_err(|err| format!("telemetry cannot start: {err}"))
}
