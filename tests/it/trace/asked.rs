//! Traces and the server's status as a caller asks for them.
use super::world::*;
use pactline::api::proto as pb;
use pactline::api::proto::get_trace_request::Subject;
use pactline::api::proto::list_dependents_request::Subject as Below;
use pactline::api::proto::status_service_server::StatusService;
use pactline::api::proto::trace_service_server::TraceService;
use pactline::api::{Progress, TraceQueries};
use pactline::domain::Timestamp;
use pactline::domain::citation::Reference;
use pactline::log::Log;
use pactline::views::Views;
use std::sync::Arc;
use tempfile::TempDir;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

struct Served {
    world: World,
    views: Views,
    traces: TraceQueries,
    provision: Reference,
    _dir: TempDir,
}

/// Three projects on one priority, and the views of all that.
async fn served() -> Served {
    let mut world = World::new().await;
    world.mandate("A/1", "2012").await;
    let provision = world.provision("A/1", "para. 1").await;
    let text = world.draft(1, &[&provision]).await;
    let adoption = world.endorse(1, &text).await;
    let priority = world.priority(1, &text, &adoption).await;
    world.today = 10;
    for n in 1..=3 {
        world.project(n, &[&priority]).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let views = Views::open(dir.path(), Arc::new(world.log.clone())).unwrap();
    Served {
        traces: TraceQueries::new(views.clone(), crate::people::nobody()),
        world,
        views,
        provision,
        _dir: dir,
    }
}

impl Served {
    /// As of everything that is on record now.
    async fn query(&self) -> pb::QueryContext {
        let after = self.world.log.head().await.unwrap().map(|it| it.0);
        pb::QueryContext { after, as_of: None }
    }

    async fn trace(
        &self,
        query: pb::QueryContext,
        subject: Option<Subject>,
    ) -> Result<pb::GetTraceResponse, Status> {
        let request = pb::GetTraceRequest { query: Some(query), subject };
        Ok(self.traces.get_trace(Request::new(request)).await?.into_inner())
    }
}

fn project(n: u128) -> Option<Subject> {
    Some(Subject::Stream(proposal(n).stream.to_string()))
}

#[tokio::test]
async fn a_caller_who_waits_for_its_own_write_sees_it_in_the_trace() {
    let mut served = served().await;
    served.world.today = 11;
    served.world.retire(1).await.unwrap();
    let answer = served.trace(served.query().await, project(1)).await.unwrap();
    let trace = answer.trace.unwrap();
    assert_eq!(trace.findings[0].verdict(), pb::TraceVerdict::Broken);
    assert_eq!(trace.nodes[0].r#type, "ProjectProposed");
    assert!(trace.edges.iter().any(|it| it.kind == "adoption" && !it.beside && it.by.is_some()));
    let as_of = answer.as_of.unwrap();
    assert_eq!((as_of.position, as_of.past), (served.query().await.after, false));
    let earlier = pb::QueryContext {
        as_of: Some(pb::query_context::AsOf::Position(as_of.position.unwrap() - 1)),
        ..served.query().await
    };
    let answer = served.trace(earlier, project(1)).await.unwrap();
    assert_eq!(answer.trace.unwrap().findings[0].verdict(), pb::TraceVerdict::Complete);
    assert_eq!(answer.as_of.map(|it| (it.position, it.past)), Some((as_of.position.map(|it| it - 1), true)));
}

#[tokio::test]
async fn who_rests_on_a_provision_comes_page_by_page() {
    let served = served().await;
    let (mut token, mut seen) = (String::new(), Vec::new());
    loop {
        let event = pb::EventReference {
            stream: served.provision.stream.to_string(),
            revision: served.provision.revision,
            event_id: String::new(),
        };
        let request = pb::ListDependentsRequest {
            query: Some(served.query().await),
            page: Some(pb::Page { size: 2, token }),
            subject: Some(Below::Event(event)),
            kind: String::new(),
        };
        let answer = served.traces.list_dependents(Request::new(request)).await.unwrap().into_inner();
        seen.extend(answer.dependents.into_iter().map(|it| it.title));
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let expected = [
        "Experts: adopted by silence",
        "Policy Group: adopted by silence",
        "Priority 1",
        "Project 1",
        "Project 2",
        "Project 3",
        "Recommendation 1",
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_subject_that_cannot_be_traced_is_refused_under_its_field() {
    let served = served().await;
    let field = |status: Status| {
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        status.get_details_bad_request().unwrap().field_violations[0].field.clone()
    };
    let asked = |subject| served.trace(Default::default(), subject);
    assert_eq!(field(asked(None).await.unwrap_err()), "stream");
    assert_eq!(field(asked(Some(Subject::Stream("project-1".into()))).await.unwrap_err()), "stream");
    let mandate = Subject::Stream(served.provision.stream.to_string());
    assert_eq!(field(asked(Some(mandate)).await.unwrap_err()), "stream");
    let event = Subject::Event(pb::EventReference::default());
    assert_eq!(field(asked(Some(event)).await.unwrap_err()), "event.stream");
    assert_eq!(asked(project(99)).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn the_server_says_how_far_each_view_got() {
    let served = served().await;
    let head = served.query().await.after;
    served.trace(served.query().await, project(1)).await.unwrap();
    let progress = Progress::new(served.views.clone(), "memory", None, Timestamp::UNIX_EPOCH, None);
    let status = progress.get_status(Request::new(pb::GetStatusRequest {})).await.unwrap().into_inner();
    assert_eq!((status.head, status.backend.as_str()), (head, "memory"));
    let trace = status.views.iter().find(|it| it.view == pactline::views::trace::VIEW).unwrap();
    assert_eq!((trace.position, trace.lag, trace.error.as_str()), (head, 0, ""));
    served.views.stop().await;
    let status = progress.get_status(Request::new(pb::GetStatusRequest {})).await.unwrap().into_inner();
    assert_eq!(status.views[0].error, "it was stopped");
}
