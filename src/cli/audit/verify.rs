//! `pactline audit verify`: is the record what was signed?
use super::fetch::fetch;
use super::found::{Events, Found};
use crate::audit::SKEW_MAX_US;
use crate::audit::verify::{Examination, Fault, Outcome, Report};
use crate::cli::failure::Failure;
use crate::cli::place::{Connection, Place};
use crate::cli::{moment, out};
use crate::scrutiny::{Bond, Redacted};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// How many findings are shown.
const SHOWN_MAX: usize = 50;

/// What to examine, and by what.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The folder of an export; when nothing is said the data folder, or what `--server` signs for
    folder: Option<PathBuf>,
    /// The keys and witnesses to go by, as c2sp.org/tlog-policy says; those that are kept beside the record when nothing
    /// is said, which proves less: whoever could change the record could change them
    #[arg(long, env = "PACTLINE_POLICY", value_name = "FILE")]
    policy: Option<PathBuf>,
    /// A checkpoint that somebody kept: the record must still be what it says; may be repeated
    #[arg(long = "checkpoint", value_name = "FILE")]
    kept: Vec<PathBuf>,
}

impl Verify {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let report = match &self.folder {
            Some(folder) => self.examine(Found::in_folder(folder)?).await?,
            None => match place.server().await? {
                Some(server) => self.examine_server(server).await?,
                None if place.is_shared() => self.examine_shared(place).await?,
                None => self.examine(Found::in_folder(&place.data)?).await?,
            },
        };
        match place.json {
            true => out::json(&document(&report))?,
            false => print(&report, self.policy.is_some())?,
        }
        match report.outcome() {
            Outcome::Verified => Ok(()),
            Outcome::Tampered => {
                Err(Failure::tampered(format!("the record is not what was signed: {}", counted(&report)))
                    .hint("change nothing; compare with another copy, an export, or what witnesses kept"))
            }
            Outcome::Incomplete => {
                Err(Failure::incomplete(format!("not proven: {}", report.gaps.join("; "))))
            }
        }
    }
}

impl Verify {
    async fn examine(&self, found: Found) -> Result<Report, Failure> {
        let measure = found.measure(self.policy.as_deref(), &self.kept)?;
        let is_copy = self.folder.is_some() && matches!(found.events, Events::Lines(_));
        let examination = Examination::new(&measure);
        let mut examination = if is_copy { examination.of_a_copy() } else { examination };
        let bar = out::progress(examination.size(), "verifying");
        found.feed(&mut examination, &bar).await?;
        bar.finish_and_clear();
        Ok(examination.finish())
    }

    /// What a server says of itself is taken into a folder first, and then it is an export like any other.
    async fn examine_server(&self, server: Connection) -> Result<Report, Failure> {
        let folder = tempfile::Builder::new().prefix("pactline-verify-").tempdir()?;
        let fetched = fetch(&server.channel, folder.path()).await;
        server.close().await?;
        fetched?;
        self.examine(Found::in_folder(folder.path())?).await
    }

    async fn examine_shared(&self, place: &Place) -> Result<Report, Failure> {
        let log = place.log().await?;
        let report = self.examine(Found::in_log(log.clone(), &place.data)).await;
        log.close().await?;
        report
    }
}

fn counted(report: &Report) -> String {
    match report.faults.len() {
        1 => "1 finding".into(),
        n => format!("{n} findings"),
    }
}

fn print(report: &Report, by_policy: bool) -> std::io::Result<()> {
    for fault in report.faults.iter().take(SHOWN_MAX) {
        out::line(format_args!("{} {fault}", out::bad("✘")))?;
    }
    if let Some(more) = report.faults.len().checked_sub(SHOWN_MAX).filter(|it| *it > 0) {
        out::line(format_args!("{} {more} more: --json names them all", out::bad("✘")))?;
    }
    let Some(newest) = &report.newest else { return out::line("nothing was ever signed") };
    let checkpoints = format!("{} signed checkpoints", report.checkpoints);
    out::line(format_args!(
        "{} events, {} of them signed for, {checkpoints}",
        report.events, newest.head.size
    ))?;
    out::line(format_args!("root {}", newest.head.root))?;
    if let Some(witnessed) = report.witnessed {
        out::line(format_args!("a quorum of witnesses signed for the first {witnessed}"))?;
    }
    if !report.lost.is_empty() {
        out::line(out::faint(format_args!(
            "{} files of the tree are missing or cut short: the next start makes them again",
            report.lost.len()
        )))?;
    }
    if report.decisions.signed > 0 {
        out::line(format_args!("decisions that partners signed: {}", report.decisions.signed))?;
    }
    if let Some(it) = &report.step_back {
        out::line(moment::step_back(it.by_us, it.index, SKEW_MAX_US))?;
    }
    for it in report.redacted.iter().take(SHOWN_MAX) {
        out::line(format_args!(
            "index {}: {}@{} was redacted{}{}",
            it.index,
            it.stream,
            it.revision,
            under(it),
            rest(it)
        ))?;
    }
    if let Some(more) = report.redacted.len().checked_sub(SHOWN_MAX).filter(|it| *it > 0) {
        out::line(format_args!("{more} more were redacted: --json names them all"))?;
    }
    if !by_policy {
        out::line(out::faint(
            "by the keys beside the record itself: --policy FILE judges by keys that you trust",
        ))?;
    }
    match report.outcome() {
        Outcome::Verified => out::line(out::good("✔ verified")),
        Outcome::Tampered => out::line(out::bad("✘ tampered with")),
        Outcome::Incomplete => out::line(out::odd("! incomplete")),
    }
}

/// By which event.
fn under(it: &Redacted) -> String {
    it.covered_by.as_ref().map(|by| format!(" under event {}", by.index)).unwrap_or_default()
}

/// What the rest of it rests on.
fn rest(it: &Redacted) -> &'static str {
    match it.bond {
        Bond::Bound => ": the rest is what was recorded",
        Bond::Unbound => ": what is left rests on that approval, not on the tree",
        Bond::Broken => "",
    }
}

fn document(report: &Report) -> serde_json::Value {
    let redacted = |it: &Redacted| {
        let approved = it.covered_by.as_ref().map(|by| json!({"index": by.index, "id": by.event}));
        json!({"index": it.index, "id": it.event, "stream": it.stream, "revision": it.revision,
            "approved": approved, "bound": it.bond == Bond::Bound})
    };
    let fault = |it: &Fault| {
        let kind: &'static str = it.kind.into();
        let event = it
            .event
            .as_ref()
            .map(|it| json!({"id": it.id, "stream": it.stream, "revision": it.revision, "type": it.kind}));
        json!({"kind": kind, "index": it.index, "event": event, "why": it.why, "text": it.to_string()})
    };
    let outcome: &'static str = report.outcome().into();
    json!({
        "outcome": outcome,
        "events": report.events,
        "checkpoints": report.checkpoints,
        "signed": report.newest.as_ref().map(|it| it.head.size),
        "witnessed": report.witnessed,
        "checkpoint": report.newest.as_ref().map(|it| it.note.clone()),
        "unsigned": report.unsigned,
        "decisions": {"signed": report.decisions.signed, "redacted": report.decisions.redacted},
        "step_back": report.step_back.map(
            |it| json!({"by_us": it.by_us, "index": it.index, "within_bound": it.is_within_bound()})
        ),
        "redacted": report.redacted.iter().map(redacted).collect::<Vec<_>>(),
        "faults": report.faults.iter().map(fault).collect::<Vec<_>>(),
        "gaps": report.gaps,
        "lost": report.lost,
    })
}
