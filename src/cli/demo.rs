//! `pactline demo`: an empty folder becomes the Paris Pact's story, from mandates to projects with results.
use super::failure::Failure;
use super::out;
use super::place::Place;
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
        let told = demo::run(connection.plain.clone()).await;
        connection.close().await?;
        let told = told?;
        match place.json {
            true => Ok(out::json(&document(&told))?),
            false => Ok(print(&told, place)?),
        }
    }
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

fn print(told: &demo::Told, place: &Place) -> std::io::Result<()> {
    let (events, seconds) = (told.events, told.elapsed.as_secs_f64());
    out::line(format_args!("{events} events in {} ({seconds:.1} s)", place.data.display()))?;
    out::line("")?;
    for note in &told.notes {
        out::line(format_args!("  {note}"))?;
    }
    out::line("")?;
    out::line("four projects, and what their traces say:")?;
    for (verdict, id) in projects(told) {
        out::line(format_args!("  pactline trace {id}  {}", out::faint(verdict)))?;
    }
    out::line("more: pactline list projects, pactline show AUT, pactline history, pactline replay")
}
