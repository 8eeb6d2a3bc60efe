//! `pactline audit prove`: a proof that anyone can check without this program's server.
use crate::api::proto::audit_service_client::AuditServiceClient;
use crate::api::proto::get_trace_request::Subject;
use crate::api::proto::{ProveEventRequest, ProveTraceRequest, QueryContext, WaitFor, prove_trace_request};
use crate::cli::failure::Failure;
use crate::cli::out;
use crate::cli::place::{Caller, Place};
use crate::cli::trace;
use clap::Args;
use serde_json::json;
use std::fs;
use std::path::PathBuf;

/// What to prove.
#[derive(Debug, Args)]
pub(super) struct Prove {
    /// One event as STREAM@REVISION; or a project's code, id or stream, or anything else that `trace` knows, with every
    /// event that it rests on
    what: String,
    /// The file to write, which must not be there yet; standard output when none is named
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Wait until a quorum of witnesses has signed for it too
    #[arg(long)]
    witnessed: bool,
}

impl Prove {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let connection = place.connect_to_proofs().await?;
        let proved = self.prove(&connection.channel, connection.head).await;
        connection.close().await?;
        let (proof, events) = proved?;
        let Some(path) = &self.out else {
            return match place.json {
                true => Ok(out::json(&json!({"events": events, "proof": proof}))?),
                false => Ok(out::text(&proof)?),
            };
        };
        let file = fs::File::create_new(path)
            .and_then(|mut it| std::io::Write::write_all(&mut it, proof.as_bytes()));
        file.map_err(|err| Failure::from(err).about(path.display()))?;
        if place.json {
            return Ok(out::json(&json!({"events": events, "file": path.display().to_string()}))?);
        }
        out::line(format_args!("the proof of {events} events is in {}", path.display()))?;
        Ok(out::line(format_args!("next: pactline audit check {} --policy FILE", path.display()))?)
    }

    /// The proof, and how many events are in it.
    async fn prove(&self, caller: &Caller, head: Option<u64>) -> Result<(String, u64), Failure> {
        let under = if self.witnessed { WaitFor::Witnessed } else { WaitFor::Sealed }.into();
        let context = QueryContext { after: head, as_of: None };
        let mut proofs = AuditServiceClient::new(caller.clone()).max_decoding_message_size(usize::MAX);
        let subject = match trace::subject(caller, &self.what, &context).await? {
            Subject::Event(event) if self.what.contains('@') => {
                let request = ProveEventRequest { event: Some(event), under };
                return Ok((proofs.prove_event(request).await?.into_inner().proof, 1));
            }
            Subject::Event(event) => prove_trace_request::Subject::Event(event),
            Subject::Stream(stream) => prove_trace_request::Subject::Stream(stream),
        };
        let request = ProveTraceRequest { under, subject: Some(subject) };
        let answer = proofs.prove_trace(request).await?.into_inner();
        Ok((answer.bundle, answer.events))
    }
}
