//! `pactline trace`: what something rests on, down to the text that mandated it.
use super::failure::Failure;
use super::moment::{self, Moment};
use super::place::Place;
use super::{json, kind::Thing, out, show, table, tree};
use crate::api::proto::get_trace_request::Subject;
use crate::api::proto::trace_service_client::TraceServiceClient;
use crate::api::proto::{self, GetTraceRequest, GetTraceResponse, QueryContext, TraceVerdict};
use crate::domain::citation::StreamName;
use clap::Args;
use prost::Message;
use prost_reflect::DynamicMessage;

/// What to trace.
#[derive(Debug, Args)]
pub(super) struct Trace {
    /// A project's code, id or stream; or anything else that `show` knows, or an event as STREAM@REVISION
    project: String,
    #[command(flatten)]
    moment: Moment,
}

impl Trace {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let connection = place.connect().await?;
        let answer = match self.moment.context(connection.head) {
            Ok(context) => self.ask(&connection.channel, context).await,
            Err(failure) => Err(failure),
        };
        connection.close().await?;
        let answer = answer?;
        if place.json {
            return Ok(out::json(&document(&answer)?)?);
        }
        match &answer.trace {
            Some(trace) => Ok(print(trace, Detail::Full)?),
            None => Err(Failure::no(format!("nothing is traced for {:?}", self.project))),
        }
    }

    async fn ask(
        &self,
        caller: &super::place::Caller,
        context: QueryContext,
    ) -> Result<GetTraceResponse, Failure> {
        let subject = subject(caller, &self.project, &context).await?;
        of(caller, subject, context).await
    }
}

/// The trace of `subject`.
pub(super) async fn of(
    caller: &super::place::Caller,
    subject: Subject,
    context: QueryContext,
) -> Result<GetTraceResponse, Failure> {
    let request = GetTraceRequest { query: Some(context), subject: Some(subject) };
    let mut traces = TraceServiceClient::new(caller.clone()).max_decoding_message_size(usize::MAX);
    Ok(traces.get_trace(request).await?.into_inner())
}

async fn subject(
    caller: &super::place::Caller,
    name: &str,
    context: &QueryContext,
) -> Result<Subject, Failure> {
    if let Some((stream, revision)) = name.rsplit_once('@')
        && let (Ok(stream), Ok(revision)) = (stream.parse::<StreamName>(), revision.parse())
    {
        let event_id = String::new();
        return Ok(Subject::Event(proto::EventReference { stream: stream.into(), revision, event_id }));
    }
    if let Ok(stream) = name.parse::<StreamName>() {
        return Ok(Subject::Stream(stream.into()));
    }
    let (thing, found) = show::find(caller, name, context).await?;
    let path = match thing {
        Thing::Provisions | Thing::Priorities => return event_of(&found),
        _ => "entry.stream",
    };
    Ok(Subject::Stream(table::cell(&found, path)))
}

/// The event that a provision or a priority came to be by: their streams hold others too.
fn event_of(found: &DynamicMessage) -> Result<Subject, Failure> {
    let reference = found.get_field_by_name("reference");
    let reference = reference.as_deref().and_then(|it| it.as_message()?.transcode_to().ok());
    reference.map(Subject::Event).ok_or_else(|| Failure::no("it names no event"))
}

fn document(answer: &GetTraceResponse) -> Result<serde_json::Value, Failure> {
    let odd = |_| Failure::unavailable("the answer cannot be shown as JSON");
    let pool = prost_reflect::DescriptorPool::decode(proto::DESCRIPTORS)
        .map_err(|_| Failure::unavailable("this program's descriptors cannot be read"))?;
    let descriptor = pool
        .get_message_by_name("pactline.v1.GetTraceResponse")
        .ok_or_else(|| Failure::unavailable("this program's descriptors have no trace"))?;
    let message = DynamicMessage::decode(descriptor, answer.encode_to_vec().as_slice()).map_err(odd)?;
    Ok(json::object(&message))
}

/// How much of each step is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// All that an auditor wants to know.
    Full,
    /// What it is, when, and who decided.
    Brief,
}

/// Writes a trace as a tree, and what can be said of it.
pub(super) fn print(trace: &proto::Trace, detail: Detail) -> std::io::Result<()> {
    let edges: Vec<(usize, usize, &str)> =
        trace.edges.iter().map(|it| (it.from as usize, it.to as usize, it.kind.as_str())).collect();
    tree::print(&edges, &|node, prefix| match (trace.nodes.get(node), detail) {
        (Some(node), Detail::Full) => full(node, prefix),
        (Some(node), Detail::Brief) => brief(node, prefix),
        (None, _) => Vec::new(),
    })?;
    if trace.truncated {
        out::line(out::odd("the trace was cut: it has more steps than are shown"))?;
    }
    out::line("")?;
    trace.findings.iter().try_for_each(|it| {
        let at = it.at.as_ref().map(|it| out::faint(format_args!("  {}@{}", it.stream, it.revision)));
        out::line(format_args!("{} {}{}", verdict(it.verdict()), it.reason, at.unwrap_or_default()))
    })
}

fn brief(node: &proto::TraceNode, prefix: &str) -> Vec<String> {
    let said = out::faint(format_args!("{} · {}", moment::day(node.effective_at.as_ref()), decider(node)));
    vec![format!("{prefix}{} {said}", node.title)]
}

/// Who decided; who recorded it, where it is no decision.
fn decider(node: &proto::TraceNode) -> &str {
    if node.decider.is_empty() { &node.actor } else { &node.decider }
}

/// A step's lines: what it is, then who decided when, then where it is on record.
fn full(node: &proto::TraceNode, prefix: &str) -> Vec<String> {
    let day = moment::day(node.effective_at.as_ref());
    let mut lines = vec![format!("{prefix}{} {}", out::strong(&node.title), out::faint(&node.r#type))];
    let mut said = vec![day, decider(node).to_owned()];
    said.extend(node.details.iter().cloned());
    if let Some(source) = &node.source {
        let locator = source.locator.as_deref().map(|it| format!(" {it}")).unwrap_or_default();
        said.push(format!("{}{locator}", source.symbol));
    }
    lines.push(said.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · "));
    if let Some(reference) = &node.reference {
        let place = format!("{}@{}  event {}", reference.stream, reference.revision, reference.event_id);
        lines.push(out::faint(place));
    }
    lines
}

fn verdict(verdict: TraceVerdict) -> String {
    match verdict {
        TraceVerdict::Complete => out::good("✔ complete"),
        TraceVerdict::Broken => out::bad("✘ broken"),
        TraceVerdict::Stale => out::odd("! stale"),
        TraceVerdict::Contested => out::odd("! contested"),
        TraceVerdict::Retroactive => out::odd("! retroactive"),
        TraceVerdict::Partial => out::odd("~ partial"),
        TraceVerdict::Unspecified => out::faint("?"),
    }
}
