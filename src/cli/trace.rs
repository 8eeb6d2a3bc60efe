//! `pactline trace`: what something rests on, down to the text that mandated it.
use super::failure::Failure;
use super::moment::{self, Moment};
use super::place::Place;
use super::tree::{self, Asked};
use super::{json, kind::Thing, out, show, table};
use crate::api::proto::get_trace_request::Subject;
use crate::api::proto::trace_service_client::TraceServiceClient;
use crate::api::proto::{self, GetTraceRequest, GetTraceResponse, QueryContext, TraceVerdict};
use crate::domain::citation::StreamName;
use clap::Args;
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
            return Ok(out::json(&json::of("GetTraceResponse", &answer)?)?);
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

/// What a name stands for.
pub(super) async fn subject(
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

/// How much of each step is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// All that an auditor wants to know.
    Full,
    /// What it is, when, and who decided.
    Brief,
}

/// Writes a trace: the steps down to the provisions as a tree, what it rests on besides, and what can be said of it.
pub(super) fn print(trace: &proto::Trace, detail: Detail) -> std::io::Result<()> {
    let down = trace.edges.iter().filter(|it| !it.beside);
    let down: Vec<_> = down.map(|it| (it.from as usize, it.to as usize, it.kind.as_str())).collect();
    tree::print(&down, &|it| match (trace.nodes.get(it.node), detail) {
        (Some(node), _) if it.again => title(node, it),
        (Some(node), Detail::Full) => full(node, it),
        (Some(node), Detail::Brief) => brief(node, it),
        (None, _) => Vec::new(),
    })?;
    beside(trace, detail)?;
    if trace.truncated {
        out::line(out::odd("the trace was cut: it has more steps than are shown"))?;
    }
    out::line("")?;
    trace.findings.iter().try_for_each(finding)
}

/// Money, evidence, the charter: no steps on the way down, so each has one line.
fn beside(trace: &proto::Trace, detail: Detail) -> std::io::Result<()> {
    let mut named: Vec<_> = trace.edges.iter().filter(|it| it.beside).map(|it| (&it.kind, it.to)).collect();
    named.sort();
    named.dedup();
    if !named.is_empty() {
        out::line("")?;
    }
    let wide = named.iter().map(|(kind, _)| kind.len()).max().unwrap_or(0);
    for (n, (kind, to)) in named.iter().enumerate() {
        let Some(node) = trace.nodes.get(*to as usize) else { continue };
        let heading = if n == 0 { "beside" } else { "" };
        let head = out::faint(format_args!("{heading:6}  {kind:wide$}"));
        let day = out::faint(moment::day(node.effective_at.as_ref()));
        out::line(format_args!("{head}  {} {day}", node.title))?;
        if let (Detail::Full, Some(it)) = (detail, &node.reference) {
            out::line(out::faint(format_args!("{:1$}{2}@{3}", "", 10 + wide, it.stream, it.revision)))?;
        }
    }
    Ok(())
}

fn finding(it: &proto::TraceFinding) -> std::io::Result<()> {
    let word = verdict(it.verdict());
    out::line(word)?;
    let lines = out::wrapped(&it.reason, out::columns().saturating_sub(2));
    lines.iter().try_for_each(|line| out::line(format_args!("  {line}")))?;
    let at = it.at.iter().map(|it| out::faint(format_args!("  {}@{}", it.stream, it.revision)));
    at.into_iter().try_for_each(out::line)
}

/// A step's title in its lines, after the way in which it is rested on.
fn title(node: &proto::TraceNode, asked: &Asked<'_>) -> Vec<String> {
    let way = if asked.way.is_empty() { String::new() } else { format!("{}: ", asked.way) };
    let lines = out::wrapped(&format!("{way}{}", node.title), asked.room);
    let named = |(n, line): (usize, String)| match line.strip_prefix(&way).filter(|_| n == 0) {
        Some(rest) => format!("{}{}", out::faint(&way), out::strong(rest)),
        None => out::strong(line),
    };
    lines.into_iter().enumerate().map(named).collect()
}

fn brief(node: &proto::TraceNode, asked: &Asked<'_>) -> Vec<String> {
    let said = format!("{} · {}", moment::day(node.effective_at.as_ref()), decider(node));
    let mut lines = title(node, asked);
    lines.extend(out::wrapped(&said, asked.room).iter().map(out::faint));
    lines
}

/// Who decided; who recorded it, where it is no decision.
fn decider(node: &proto::TraceNode) -> &str {
    let said = [&node.decider, &node.actor_name, &node.actor];
    said.into_iter().find(|it| !it.is_empty()).map_or("", String::as_str)
}

/// A step's lines: what it is, then who decided when, then where it is on record.
fn full(node: &proto::TraceNode, asked: &Asked<'_>) -> Vec<String> {
    let day = moment::day(node.effective_at.as_ref());
    let mut said = vec![node.r#type.clone(), day, decider(node).to_owned()];
    said.extend(node.details.iter().cloned());
    if let Some(source) = &node.source {
        let locator = source.locator.as_deref().map(|it| format!(" {it}")).unwrap_or_default();
        said.push(format!("{}{locator}", source.symbol));
    }
    let said = said.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · ");
    let mut lines = title(node, asked);
    lines.extend(out::wrapped(&said, asked.room));
    if let Some(it) = &node.reference {
        let place = format!("{}@{}  event {}", it.stream, it.revision, it.event_id);
        lines.extend(out::wrapped(&place, asked.room).iter().map(out::faint));
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
