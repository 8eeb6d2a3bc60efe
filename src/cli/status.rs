//! `pactline status`: where the log and its views are.
use super::failure::Failure;
use super::place::Place;
use super::{moment, out, table};
use crate::api::proto::status_service_client::StatusServiceClient;
use crate::api::proto::{
    GetStatusRequest, GetStatusResponse, RecordStatus, RecordVerdict, StepBack, ViewStatus,
};
use clap::Args;
use serde_json::json;

/// Nothing more to say.
#[derive(Debug, Args)]
pub(super) struct Status {}

impl Status {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let connection = place.connect().await?;
        let answer =
            StatusServiceClient::new(connection.channel.clone()).get_status(GetStatusRequest {}).await;
        connection.close().await?;
        let answer = answer?.into_inner();
        if place.json {
            return Ok(out::json(&document(&answer))?);
        }
        Ok(print(&answer)?)
    }
}

fn print(answer: &GetStatusResponse) -> std::io::Result<()> {
    let head = answer.head.map_or("empty".into(), |it| it.to_string());
    out::line(format_args!("pactline {}, log ({}) at {head}", answer.version, answer.backend))?;
    out::line(format_args!("running since {}", moment::shown(answer.started_at.as_ref())))?;
    if let Some(record) = &answer.record {
        print_record(record)?;
    }
    let place = |it: Option<u64>| it.map_or("-".into(), |it| it.to_string());
    let views = answer.views.iter().map(|it| (it.view.as_str(), it.position, it.lag, it.error.as_str()));
    let reactions = answer.reactions.iter().map(|it| ("reactions", it.position, it.lag, it.error.as_str()));
    let all: Vec<_> = views.chain(reactions).collect();
    let row =
        |(name, at, lag, _): &(&str, _, u64, &str)| vec![(*name).to_owned(), place(*at), lag.to_string()];
    table::print(&["view", "position", "behind"], &all.iter().map(row).collect::<Vec<_>>())?;
    let stopped = all.iter().filter(|(.., error)| !error.is_empty());
    stopped.into_iter().try_for_each(|(name, .., error)| {
        out::line(format_args!("{} {}", out::bad(format_args!("{name} stopped:")), error))
    })
}

/// Whether it is written to and if not why, and what is signed of it.
fn print_record(record: &RecordStatus) -> std::io::Result<()> {
    match record.verdict() {
        RecordVerdict::Differs | RecordVerdict::Unknown => {
            out::line(format_args!("{} {}", out::bad("✘ writes are refused:"), record.error))?
        }
        _ if !record.error.is_empty() => {
            out::line(format_args!("{} {}", out::odd("! nothing more is signed:"), record.error))?;
        }
        RecordVerdict::Comparing => out::line("the record is being compared with what was signed")?,
        RecordVerdict::Sound | RecordVerdict::Unspecified => {}
    }
    let events = |it: Option<u64>| it.map_or("no events".into(), |it| format!("{it} events"));
    let (sealed, witnessed) = (events(record.sealed_size), record.witnessed_size);
    let witnessed = witnessed.map_or(String::new(), |it| format!(", a quorum of witnesses for {it}"));
    out::line(format_args!("signed for {sealed}{witnessed}"))?;
    match &record.step_back {
        Some(it) => out::line(moment::step_back(it.by_us, it.index, it.bound_us)),
        None => Ok(()),
    }
}

fn document(answer: &GetStatusResponse) -> serde_json::Value {
    let view =
        |it: &ViewStatus| json!({"view": it.view, "position": it.position, "lag": it.lag, "error": it.error});
    let reactions = answer
        .reactions
        .as_ref()
        .map(|it| json!({"position": it.position, "lag": it.lag, "error": it.error}));
    let step = |it: &StepBack| json!({"by_us": it.by_us, "index": it.index, "bound_us": it.bound_us});
    let record = answer.record.as_ref().map(|it| {
        json!({
            "verdict": verdict(it.verdict()),
            "error": it.error,
            "sealed": it.sealed_size,
            "witnessed": it.witnessed_size,
            "step_back": it.step_back.as_ref().map(step),
        })
    });
    json!({
        "record": record,
        "reactions": reactions,
        "version": answer.version,
        "backend": answer.backend,
        "head": answer.head,
        "started_at": moment::shown(answer.started_at.as_ref()),
        "views": answer.views.iter().map(view).collect::<Vec<_>>(),
    })
}

fn verdict(it: RecordVerdict) -> &'static str {
    match it {
        RecordVerdict::Unspecified => "unspecified",
        RecordVerdict::Comparing => "comparing",
        RecordVerdict::Sound => "sound",
        RecordVerdict::Differs => "differs",
        RecordVerdict::Unknown => "unknown",
    }
}
