//! `pactline demo`: an empty folder becomes the Paris Pact's story, from mandates to projects with results.
use super::failure::Failure;
use super::out;
use super::place::{Connection, Place};
use super::trace::{self, Detail};
use crate::api::proto::get_trace_request::Subject;
use crate::api::proto::status_service_client::StatusServiceClient;
use crate::api::proto::{GetStatusRequest, QueryContext};
use crate::exchange::demo;
use clap::Args;
use serde_json::json;

/// Nothing more to say.
#[derive(Debug, Args)]
pub(super) struct Demo {}

impl Demo {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        place.must_be_local()?;
        if !place.is_empty().await? {
            let message = format!("{} is not empty", place.data.display());
            return Err(Failure::usage(message)
                .hint("the demonstration begins in an empty folder: --data DIR names another"));
        }
        let connection = place.connect_or_begin().await?;
        let shown = tell(&connection, place).await;
        connection.close().await?;
        shown
    }
}

/// Tells it, then shows what the traces of four projects say.
async fn tell(connection: &Connection, place: &Place) -> Result<(), Failure> {
    let told = demo::run(connection.plain.clone()).await?;
    if place.json {
        return Ok(out::json(&document(&told))?);
    }
    let (events, seconds) = (told.events, told.elapsed.as_secs_f64());
    let rate = told.events as f64 / seconds.max(f64::EPSILON);
    let folder = place.data.display();
    out::line(format_args!("{events} events in {seconds:.2} s ({rate:.0}/s, each on disk) in {folder}"))?;
    told.notes.iter().flat_map(|it| out::item(it)).try_for_each(out::line)?;
    let mut status = StatusServiceClient::new(connection.channel.clone());
    let after = status.get_status(GetStatusRequest {}).await?.into_inner().head;
    for (name, id) in projects(&told) {
        out::line(format_args!("\n{}", out::strong(format_args!("{name}: pactline trace {id}"))))?;
        let subject = Subject::Stream(format!("project-{id}"));
        let answer = trace::of(&connection.channel, subject, QueryContext { after, as_of: None }).await?;
        let detail = if told.complete.to_string() == id { Detail::Full } else { Detail::Brief };
        answer.trace.iter().try_for_each(|it| trace::print(it, detail))?;
    }
    Ok(out::line("\nnext: pactline list projects, pactline show AUT, pactline history, pactline replay")?)
}

fn projects(told: &demo::Told) -> [(&'static str, String); 4] {
    [
        ("complete", told.complete.to_string()),
        ("contested", told.contested.to_string()),
        ("stale", told.stale.to_string()),
        ("broken", told.broken.to_string()),
    ]
}

fn document(told: &demo::Told) -> serde_json::Value {
    let projects: serde_json::Map<_, _> =
        projects(told).into_iter().map(|(name, id)| (name.to_owned(), json!(id))).collect();
    json!({
        "events": told.events,
        "seconds": told.elapsed.as_secs_f64(),
        "projects": projects,
        "notes": told.notes,
    })
}
