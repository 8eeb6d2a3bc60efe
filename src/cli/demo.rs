//! `pactline demo`: an empty folder becomes the Paris Pact's story, from mandates to projects with results.
use super::failure::Failure;
use super::place::{Connection, Place};
use super::{out, trace};
use crate::api::proto::get_trace_request::Subject;
use crate::api::proto::status_service_client::StatusServiceClient;
use crate::api::proto::trace_service_client::TraceServiceClient;
use crate::api::proto::{GetStatusRequest, GetTraceRequest, QueryContext, Trace};
use crate::domain::Decider;
use crate::domain::project::Project;
use crate::exchange::demo;
use clap::Args;
use serde_json::json;

/// Nothing more to say.
#[derive(Debug, Args)]
pub(super) struct Demo {}

impl Demo {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        place.must_be_local()?;
        if !place.is_empty()? {
            let message = format!("{} is not empty", place.data.display());
            return Err(Failure::usage(message)
                .hint("the demonstration begins in an empty folder: --data DIR names another"));
        }
        let connection = place.connect_or_begin().await?;
        let told = tell(&connection).await;
        connection.close().await?;
        let (told, traces) = told?;
        match place.json {
            true => Ok(out::json(&document(&told))?),
            false => Ok(print(&told, &traces, place)?),
        }
    }
}

/// The story, and the traces of the four projects that it is about, as any client would ask for them.
async fn tell(connection: &Connection) -> Result<(demo::Told, Vec<Trace>), Failure> {
    let told = demo::run(connection.plain.clone()).await?;
    let mut service = TraceServiceClient::new(connection.channel.clone());
    let mut status = StatusServiceClient::new(connection.channel.clone());
    let after = status.get_status(GetStatusRequest {}).await?.into_inner().head;
    let mut traces = Vec::new();
    for (_, id) in projects(&told) {
        let query = Some(QueryContext { after, ..QueryContext::default() });
        let subject = Some(Subject::Stream(format!("{}-{id}", Project::KIND)));
        let answer = service.get_trace(GetTraceRequest { query, subject }).await?;
        traces.extend(answer.into_inner().trace);
    }
    Ok((told, traces))
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

fn print(told: &demo::Told, traces: &[Trace], place: &Place) -> std::io::Result<()> {
    for ((verdict, _), told) in projects(told).iter().zip(traces) {
        out::line(out::strong(format_args!("── a trace that is {verdict} ──")))?;
        trace::print(told)?;
        out::line("")?;
    }
    out::line(out::strong("── what is worth a look ──"))?;
    told.notes.iter().try_for_each(|it| out::line(format_args!("  {it}")))?;
    out::line("")?;
    let (events, seconds) = (told.events, told.elapsed.as_secs_f64());
    let rate = told.events as f64 / seconds.max(f64::EPSILON);
    let folder = place.data.display();
    out::line(format_args!("{events} events in {seconds:.2} s ({rate:.0}/s, each on disk) in {folder}"))?;
    out::line("see them again:")?;
    for (verdict, id) in projects(told) {
        out::line(format_args!("  pactline trace {id}  {}", out::faint(verdict)))?;
    }
    out::line("more: pactline list projects, pactline show AUT, pactline history, pactline replay")
}
