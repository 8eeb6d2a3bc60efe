//! `pactline redact`: texts that should never have got into the record are asked to be wiped, and another person agrees.
use super::failure::Failure;
use super::place::{Caller, Place};
use super::{out, table};
use crate::api::proto::redaction_service_client::RedactionServiceClient;
use crate::api::proto::{
    ApproveRedactionRequest, DeclineRedactionRequest, EventReference, ListRedactionsRequest, Recorded,
    Redaction, RequestRedactionRequest,
};
use crate::domain::citation::Reference;
use clap::{Args, Subcommand};
use serde_json::json;

/// What to do.
#[derive(Debug, Args)]
pub(super) struct Redact {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Ask that texts be wiped from an event
    Request {
        /// The event, as `STREAM@REVISION`
        event: Reference,
        /// A text, such as `/data/reason`, `/data/position/reserve/statement` or `/meta/source/symbol`; may be repeated
        #[arg(long = "field", value_name = "POINTER", required = true)]
        fields: Vec<String>,
        /// Why; this stays on record, so do not say again what is to be wiped
        #[arg(long)]
        reason: String,
        /// Under which law or rule, such as `GDPR Art. 17`
        #[arg(long, value_name = "LAW")]
        basis: String,
    },
    /// Agree to what somebody else asked for: the texts are wiped for good
    Approve {
        /// The redaction's id, as `redact list` shows it
        id: String,
    },
    /// Decline it, or take it back
    Decline {
        /// The redaction's id, as `redact list` shows it
        id: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Show what is asked for and not over
    List,
}

impl Redact {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let connection = place.connect_to_add().await?;
        let done = self.what.run(connection.channel.clone(), place).await;
        connection.close().await?;
        done
    }
}

impl What {
    async fn run(self, caller: Caller, place: &Place) -> Result<(), Failure> {
        let mut calls = RedactionServiceClient::new(caller);
        match self {
            What::Request { event, fields, reason, basis } => {
                let named = EventReference {
                    stream: event.stream.to_string(),
                    revision: event.revision,
                    event_id: String::new(),
                };
                let (event, legal_basis) = (Some(named), basis);
                let (context, redaction_id) = (None, String::new());
                let request =
                    RequestRedactionRequest { context, redaction_id, event, fields, reason, legal_basis };
                let id = id(calls.request_redaction(request).await?.into_inner().recorded);
                tell(place, &id, "requested", "another person approves it: pactline redact approve")
            }
            What::Approve { id } => {
                let request = ApproveRedactionRequest { context: None, redaction_id: id.clone() };
                calls.approve_redaction(request).await?;
                tell(place, &id, "carried out", "the texts are in none of the log's files")
            }
            What::Decline { id, reason } => {
                let request = DeclineRedactionRequest { context: None, redaction_id: id.clone(), reason };
                calls.decline_redaction(request).await?;
                tell(place, &id, "declined", "nothing is wiped")
            }
            What::List => {
                list(&calls.list_redactions(ListRedactionsRequest {}).await?.into_inner().redactions, place)
            }
        }
    }
}

fn id(recorded: Option<Recorded>) -> String {
    recorded.map(|it| it.id).unwrap_or_default()
}

fn tell(place: &Place, id: &str, state: &str, more: &str) -> Result<(), Failure> {
    match place.json {
        true => Ok(out::json(&json!({"redaction_id": id, "state": state}))?),
        false => Ok(out::line(format_args!("{id} {state}: {more}"))?),
    }
}

fn list(redactions: &[Redaction], place: &Place) -> Result<(), Failure> {
    if place.json {
        return Ok(redactions.iter().try_for_each(|it| out::json(&document(it)))?);
    }
    if redactions.is_empty() {
        return Ok(out::line("nothing is asked to be redacted")?);
    }
    for it in redactions {
        let state = if it.approver.is_empty() { "asked for" } else { "approved, being carried out" };
        out::line(out::strong(&it.redaction_id))?;
        out::line(format_args!("  {}", named(it)))?;
        out::line(format_args!("  {}", it.fields.join(", ")))?;
        out::line(format_args!("  {state} by {} · {}", it.requester, table::cut(&it.legal_basis)))?;
    }
    Ok(())
}

fn named(it: &Redaction) -> String {
    it.event.as_ref().map(|it| format!("{}@{}", it.stream, it.revision)).unwrap_or_default()
}

fn document(it: &Redaction) -> serde_json::Value {
    json!({
        "redaction_id": it.redaction_id,
        "event": named(it),
        "fields": it.fields,
        "legal_basis": it.legal_basis,
        "requester": it.requester,
        "approver": it.approver,
    })
}
