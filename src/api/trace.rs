//! Traces as callers see them: what rests on what, and whether it holds.
use super::convert::{Form, reference};
use super::proto as pb;
use super::proto::get_trace_request::Subject;
use super::proto::list_dependents_request::Subject as Asked;
use super::query::{self, Moment};
use crate::domain::Timestamp;
use crate::domain::citation::{Citation, Reference, StreamName};
use crate::domain::text::Source;
use crate::people::People;
use crate::views::Views;
use crate::views::trace::{self, Below, Dependent, Dependents, Finding, Node, Place, Step, Trace, Verdict};
use tonic::{Request, Response, Status};

/// Answers questions about traces.
#[derive(Clone)]
pub struct TraceQueries {
    views: Views,
    people: People,
}

impl TraceQueries {
    /// Answers from `views`, with the names of `people`.
    pub fn new(views: Views, people: People) -> Self {
        Self { views, people }
    }
}

#[tonic::async_trait]
impl pb::trace_service_server::TraceService for TraceQueries {
    async fn get_trace(
        &self,
        request: Request<pb::GetTraceRequest>,
    ) -> Result<Response<pb::GetTraceResponse>, Status> {
        let request = request.into_inner();
        let (moment, subject) = query::read(|form| {
            let moment = query::moment(form, request.query);
            let subject = subject(form, request.subject);
            Some((moment?, subject?))
        })?;
        moment.wait(&self.views, trace::VIEW).await?;
        let (asked, as_of) = (subject.clone(), moment.as_of);
        let answer = self.views.ask(trace::VIEW, move |db, at| Ok((trace::trace(db, &asked, as_of)?, at)));
        let (trace, at) = answer.await.map_err(|err| query::unanswered(&err))?;
        let trace = trace.ok_or_else(|| query::not_on_record(&subject.to_string()))?;
        let as_of = moment.answered(at);
        Ok(Response::new(pb::GetTraceResponse { trace: Some(shown(trace, &self.people)), as_of }))
    }

    async fn list_dependents(
        &self,
        request: Request<pb::ListDependentsRequest>,
    ) -> Result<Response<pb::ListDependentsResponse>, Status> {
        let (moment, asked) = query::read(|form| dependents(form, request.into_inner()))?;
        moment.wait(&self.views, trace::VIEW).await?;
        let (size, as_of) = (asked.most, moment.as_of);
        // One more than the page tells whether there is another.
        let asked = Dependents { most: size + 1, ..asked };
        let answer =
            self.views.ask(trace::VIEW, move |db, at| Ok((trace::dependents(db, &asked, as_of)?, at)));
        let (mut found, at) = answer.await.map_err(|err| query::unanswered(&err))?;
        let more = found.len() > size;
        found.truncate(size);
        let last = found.last().filter(|_| more).map(|it| it.stream.to_string());
        Ok(Response::new(pb::ListDependentsResponse {
            dependents: found.into_iter().map(dependent).collect(),
            next_page_token: last.unwrap_or_default(),
            as_of: moment.answered(at),
        }))
    }
}

fn subject(form: &mut Form, subject: Option<Subject>) -> Option<Reference> {
    match subject {
        Some(Subject::Stream(stream)) => {
            let stream: StreamName = form.text("stream", stream)?;
            match stream.kind() {
                "project" => Some(Reference::new(stream, 0)),
                _ => form.refuse("stream", "must be a project's; of anything else, give the event"),
            }
        }
        Some(Subject::Event(event)) => form.within("event", |form| reference(form, event)),
        None => form.refuse("stream", "must be given, or an event"),
    }
}

fn dependents(form: &mut Form, request: pb::ListDependentsRequest) -> Option<(Moment, Dependents)> {
    let moment = query::moment(form, request.query);
    let below = match request.subject {
        Some(Asked::Stream(stream)) => form.text("stream", stream).map(Below::Stream),
        Some(Asked::Event(event)) => form.within("event", |form| reference(form, event)).map(Below::Event),
        None => form.refuse("stream", "must be given, or an event"),
    };
    let page = query::page(request.page);
    let after = form.text_or_none("page.token", page.token);
    let kind = Some(request.kind).filter(|it| !it.is_empty());
    Some((moment?, Dependents { below: below?, kind, after: after?, most: page.size }))
}

fn shown(trace: Trace, people: &People) -> pb::Trace {
    pb::Trace {
        subject: trace.nodes.first().map(|it| event(&it.event)),
        findings: trace.findings.into_iter().map(finding).collect(),
        nodes: trace.nodes.into_iter().map(|it| node(it, people)).collect(),
        edges: trace.steps.iter().map(edge).collect(),
        truncated: trace.truncated,
    }
}

fn finding(it: Finding) -> pb::TraceFinding {
    let verdict = match it.verdict {
        Verdict::Complete => pb::TraceVerdict::Complete,
        Verdict::Broken => pb::TraceVerdict::Broken,
        Verdict::Stale => pb::TraceVerdict::Stale,
        Verdict::Contested => pb::TraceVerdict::Contested,
        Verdict::Retroactive => pb::TraceVerdict::Retroactive,
        Verdict::Partial => pb::TraceVerdict::Partial,
    };
    let mut events = it.events.iter().map(event);
    let (at, also) = (events.next(), events.collect());
    pb::TraceFinding { verdict: verdict.into(), reason: it.reason, at, also }
}

fn node(it: Node, people: &People) -> pb::TraceNode {
    pb::TraceNode {
        reference: Some(event(&it.event)),
        r#type: it.kind,
        title: it.title,
        details: it.details,
        effective_at: Some(moment(it.effective_at)),
        recorded_at: Some(moment(it.recorded_at)),
        actor_name: people.called(&it.actor),
        actor: it.actor,
        decider: it.decider,
        source: it.source.map(source),
    }
}

fn edge(it: &Step) -> pb::TraceEdge {
    pb::TraceEdge {
        from: place(it.from),
        to: place(it.to),
        kind: it.role.to_string(),
        by: Some(event(&it.by)),
        beside: it.place == Place::Beside,
    }
}

/// A trace has at most some thousand nodes.
fn place(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}

fn event(it: &Citation) -> pb::EventReference {
    let event_id = it.event_id.to_string();
    pb::EventReference { stream: it.stream.to_string(), revision: it.revision, event_id }
}

fn dependent(it: Dependent) -> pb::Dependent {
    let step = |it: Reference| pb::EventReference {
        event_id: it.event_id.map(|it| it.to_string()).unwrap_or_default(),
        stream: it.stream.into(),
        revision: it.revision,
    };
    pb::Dependent { stream: it.stream.into(), title: it.title, path: it.path.into_iter().map(step).collect() }
}

pub(super) fn source(it: Source) -> pb::Source {
    pb::Source {
        symbol: it.symbol.into(),
        locator: it.locator.map(String::from),
        sha256: it.sha256.map(String::from),
    }
}

pub(super) fn moment(it: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: it.as_second(), nanos: it.subsec_nanosecond() }
}
