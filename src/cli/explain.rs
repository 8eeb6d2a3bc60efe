//! `pactline explain`: where a project stands, what it waits for, since when, who is late, who could move it.
use super::failure::Failure;
use super::kind::Thing;
use super::place::{Caller, Place};
use super::{json, out, show, table};
use crate::api::proto::gate_service_client::GateServiceClient;
use crate::api::proto::{ExplainGateRequest, ExplainGateResponse, QueryContext};
use clap::Args;

mod page;

/// Which project.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A project's code, id or stream
    project: String,
    /// Show the events too that each answer rests on
    #[arg(short, long)]
    events: bool,
}

impl Explain {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let connection = place.connect().await?;
        let answer = self.ask(&connection.channel, connection.head).await;
        connection.close().await?;
        let answer = answer?;
        if place.json {
            return Ok(out::json(&json::of("ExplainGateResponse", &answer)?)?);
        }
        Ok(page::lines(&answer, self.events, out::columns()).into_iter().try_for_each(out::line)?)
    }

    async fn ask(&self, caller: &Caller, after: Option<u64>) -> Result<ExplainGateResponse, Failure> {
        let context = QueryContext { after, as_of: None };
        let (thing, found) = show::find(caller, &self.project, &context).await?;
        if thing != Thing::Projects {
            return Err(Failure::no(format!("{:?} is no project", self.project))
                .hint("pactline list projects shows what there is"));
        }
        let request = ExplainGateRequest { after, project_id: table::cell(&found, "project_id") };
        let mut gates = GateServiceClient::new(caller.clone()).max_decoding_message_size(usize::MAX);
        Ok(gates.explain_gate(request).await?.into_inner())
    }
}
