//! `pactline status`: where the log and its views are.
use super::failure::Failure;
use super::place::Place;
use super::{moment, out, table};
use crate::api::proto::status_service_client::StatusServiceClient;
use crate::api::proto::{GetStatusRequest, GetStatusResponse, ViewStatus};
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
    let row = |it: &ViewStatus| {
        let position = it.position.map_or("-".into(), |it| it.to_string());
        vec![it.view.clone(), position, it.lag.to_string(), it.error.clone()]
    };
    let mut rows: Vec<_> = answer.views.iter().map(row).collect();
    rows.extend(answer.reactions.as_ref().map(|it| {
        let position = it.position.map_or("-".into(), |it| it.to_string());
        vec!["reactions".to_owned(), position, it.lag.to_string(), it.error.clone()]
    }));
    table::print(&["view", "position", "behind", "error"], &rows)
}

fn document(answer: &GetStatusResponse) -> serde_json::Value {
    let view =
        |it: &ViewStatus| json!({"view": it.view, "position": it.position, "lag": it.lag, "error": it.error});
    let reactions = answer
        .reactions
        .as_ref()
        .map(|it| json!({"position": it.position, "lag": it.lag, "error": it.error}));
    json!({
        "reactions": reactions,
        "version": answer.version,
        "backend": answer.backend,
        "head": answer.head,
        "started_at": moment::shown(answer.started_at.as_ref()),
        "views": answer.views.iter().map(view).collect::<Vec<_>>(),
    })
}
