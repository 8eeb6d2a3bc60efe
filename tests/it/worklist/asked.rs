//! The worklist as callers ask for it.
use super::*;
use pactline::api::proto as pb;
use pactline::api::proto::worklist_service_server::WorklistService;
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt;

/// The fields at fault.
fn fields(status: &Status) -> Vec<String> {
    assert_eq!(status.code(), Code::InvalidArgument, "{status}");
    let details = status.get_error_details();
    let mut fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|it| it.field.clone()).collect();
    fields.sort();
    fields
}

fn by_anna<R>(request: R) -> Request<R> {
    let mut request = Request::new(request);
    request.metadata_mut().insert("pactline-actor", "anna".parse().unwrap());
    request
}

fn on(second: i64) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds: second, nanos: 0 })
}

#[tokio::test]
async fn who_wrote_reads_what_is_overdue_at_the_instant_they_name() {
    let office = Office::at(&Hour::default());
    for n in 1..=4 {
        let open = due(open(n, "chair", "report"), second(n as i64 * 10));
        office.ask(n, open).await.unwrap();
    }
    let after = office.log.head().await.unwrap().map(|it| it.0);
    let overdue = async |judged_at, due_until| {
        let request = pb::WorklistServiceListTasksRequest {
            after,
            role: "chair".into(),
            overdue: true,
            judged_at,
            due_until,
            ..Default::default()
        };
        let answer = office.service().list_tasks(Request::new(request)).await.unwrap().into_inner();
        assert!(answer.tasks.iter().all(|it| it.overdue));
        answer.tasks.len()
    };
    assert_eq!(overdue(None, None).await, 0);
    assert_eq!(overdue(on(30), None).await, 3);
    assert_eq!(overdue(on(30), on(10)).await, 1);
    assert_eq!(overdue(on(29), on(40)).await, 2);
}

#[tokio::test]
async fn a_page_token_is_good_for_its_own_question() {
    let office = Office::at(&Hour::default());
    for n in 1..=3 {
        office.ask(n, open(n, "chair", "report")).await.unwrap();
    }
    let ask = async |role: &str, token: String| {
        let request = pb::WorklistServiceListTasksRequest {
            after: office.log.head().await.unwrap().map(|it| it.0),
            page: Some(pb::Page { size: 2, token }),
            role: role.into(),
            ..Default::default()
        };
        office.service().list_tasks(Request::new(request)).await.map(Response::into_inner)
    };
    let first = ask("chair", String::new()).await.unwrap();
    let token = first.next_page_token.clone();
    let second = ask("chair", token.clone()).await.unwrap();
    assert_eq!((first.tasks.len(), second.tasks.len(), second.next_page_token.as_str()), (2, 1, ""));
    assert_eq!(fields(&ask("donor", token).await.unwrap_err()), ["page.token"]);
}

#[tokio::test]
async fn every_field_at_fault_is_named() {
    let office = Office::at(&Hour::default());
    let request = pb::WorklistServiceListTasksRequest {
        role: "The Chair".into(),
        worker: "no one".into(),
        kind: "A".into(),
        subject: "project".into(),
        statuses: vec![1, 0, 77],
        page: Some(pb::Page { size: 1, token: "00ff".into() }),
        ..Default::default()
    };
    let refused = office.service().list_tasks(Request::new(request)).await.unwrap_err();
    let named = ["kind", "page.token", "role", "statuses[1]", "statuses[2]", "subject", "worker"];
    assert_eq!(fields(&refused), named);
    let request = pb::WorklistServiceGetTaskRequest { task_id: "seven".into(), ..Default::default() };
    assert_eq!(fields(&office.service().get_task(Request::new(request)).await.unwrap_err()), ["task_id"]);
    let request = pb::WorklistServiceGetTaskRequest { task_id: id(9).to_string(), ..Default::default() };
    let refused = office.service().get_task(Request::new(request)).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
}

#[tokio::test]
async fn a_stream_that_could_never_be_right_is_refused() {
    let office = Office::at(&Hour::default());
    let refused =
        async |request: pb::StreamTasksRequest| match office.service().stream_tasks(by_anna(request)).await {
            Ok(_) => panic!("streamed"),
            Err(status) => fields(&status),
        };
    assert_eq!(refused(pb::StreamTasksRequest::default()).await, ["role"]);
    let request = pb::StreamTasksRequest {
        role: "chair".into(),
        kinds: vec!["a".into(), "B".into()],
        worker: "no one".into(),
        capacity: 1001,
        lease_ms: 999,
    };
    assert_eq!(refused(request).await, ["capacity", "kinds[1]", "lease_ms", "worker"]);
    let another =
        pb::StreamTasksRequest { role: "chair".into(), worker: "boris".into(), ..Default::default() };
    let Err(refused) = office.service().stream_tasks(by_anna(another)).await else { panic!("streamed") };
    assert_eq!(refused.code(), Code::PermissionDenied, "each worker asks in their own name: {refused}");
    let nobody = pb::StreamTasksRequest { role: "chair".into(), ..Default::default() };
    let Err(refused) = office.service().stream_tasks(Request::new(nobody)).await else { panic!("streamed") };
    assert_eq!(refused.code(), Code::Unauthenticated);
}
