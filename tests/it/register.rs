//! The register and the timeline as callers see them.
use crate::people::nobody;
use crate::trace::world::{World, day};
use crate::views::{caught_up, head, log_of, story};
use pactline::api::proto as pb;
use pactline::api::proto::register_service_server::RegisterService;
use pactline::api::proto::timeline_service_server::TimelineService;
use pactline::api::{RegisterQueries, TimelineQueries};
use pactline::views::Views;
use tempfile::TempDir;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

async fn told() -> (TempDir, World, Views) {
    let dir = tempfile::tempdir().unwrap();
    let world = story().await;
    let views = caught_up(dir.path(), &log_of(&world)).await;
    (dir, world, views)
}

fn page(size: u32, token: &str) -> Option<pb::Page> {
    Some(pb::Page { size, token: token.into() })
}

/// The fields at fault.
fn fields(status: &Status) -> Vec<String> {
    assert_eq!(status.code(), Code::InvalidArgument, "{status}");
    let details = status.get_error_details();
    details.bad_request().unwrap().field_violations.iter().map(|it| it.field.clone()).collect()
}

async fn projects(register: &RegisterQueries, request: pb::ListProjectsRequest) -> Vec<String> {
    let answer = register.list_projects(Request::new(request)).await.unwrap().into_inner();
    answer.projects.into_iter().map(|it| it.title).collect()
}

#[tokio::test]
async fn a_project_shows_its_money_and_where_it_is_on_record() {
    let (_dir, world, views) = told().await;
    let register = RegisterQueries::new(views, nobody());
    let project_id = Uuid::from_u128(100).to_string();
    let request = pb::GetProjectRequest { project_id: project_id.clone(), query: None };
    let answer = register.get_project(Request::new(request)).await.unwrap().into_inner();
    let project = answer.project.unwrap();
    assert_eq!(project.funding.len(), 1);
    assert_eq!((project.funding[0].currency.as_str(), project.funding[0].committed_minor), ("USD", 200));
    assert_eq!((project.stage.as_str(), project.status()), ("design", pb::ProjectStatus::Proposed));
    let entry = project.entry.unwrap();
    assert_eq!((entry.stream, entry.revision, entry.historical), (format!("project-{project_id}"), 3, true));
    let as_of = answer.as_of.unwrap();
    assert_eq!((as_of.position, as_of.past), (head(&log_of(&world)).await.map(|it| it.0), false));
}

#[tokio::test]
async fn what_is_not_on_record_is_not_found_and_what_is_no_id_is_named() {
    let (_dir, _world, views) = told().await;
    let register = RegisterQueries::new(views, nobody());
    let get = |project_id: String| {
        register.get_project(Request::new(pb::GetProjectRequest { project_id, query: None }))
    };
    assert_eq!(get(Uuid::from_u128(9).to_string()).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(fields(&get("nine".into()).await.unwrap_err()), ["project_id"]);
}

#[tokio::test]
async fn every_field_at_fault_of_a_list_is_named() {
    let (_dir, _world, views) = told().await;
    let register = RegisterQueries::new(views, nobody());
    let request = pb::ListProjectsRequest {
        order_by: "colour".into(),
        page: page(5, "00ff"),
        country: "XX".into(),
        priority_id: "first".into(),
        status: 77,
        ..Default::default()
    };
    let mut found = fields(&register.list_projects(Request::new(request)).await.unwrap_err());
    found.sort();
    assert_eq!(found, ["country", "order_by", "page.token", "priority_id", "status"]);
}

#[tokio::test]
async fn a_token_of_another_question_is_refused() {
    let (_dir, _world, views) = told().await;
    let register = RegisterQueries::new(views, nobody());
    let ask = |order_by: &str, token: &str| pb::ListProjectsRequest {
        order_by: order_by.into(),
        page: page(1, token),
        ..Default::default()
    };
    let first = register.list_projects(Request::new(ask("title", ""))).await.unwrap().into_inner();
    let token = first.next_page_token;
    let second = register.list_projects(Request::new(ask("title", &token))).await.unwrap().into_inner();
    assert_eq!(second.projects[0].title, "Project 101");
    let other = register.list_projects(Request::new(ask("title desc", &token))).await.unwrap_err();
    assert_eq!(fields(&other), ["page.token"]);
}

#[tokio::test]
async fn projects_are_found_by_what_they_answer() {
    let (_dir, _world, views) = told().await;
    let register = RegisterQueries::new(views, nobody());
    let all = pb::ListProjectsRequest::default;
    let first = pb::ListProjectsRequest { priority_id: Uuid::from_u128(1).to_string(), ..all() };
    assert_eq!(projects(&register, first).await, ["Project 100"]);
    let second = pb::ListProjectsRequest { priority_id: Uuid::from_u128(2).to_string(), ..all() };
    assert_eq!(projects(&register, second).await, ["Project 101", "Project 102"]);
    let pillar = pb::ListProjectsRequest { pillar: "supply".into(), ..all() };
    assert_eq!(projects(&register, pillar).await.len(), 3);
    let elsewhere = pb::ListProjectsRequest { pillar: "demand".into(), ..all() };
    assert_eq!(projects(&register, elsewhere).await.len(), 0);
    let donor = pb::ListProjectsRequest { donor: "Norway".into(), ..all() };
    assert_eq!(projects(&register, donor).await, ["Project 100"]);
    let words = pb::ListProjectsRequest { text: "102 PROJ".into(), ..all() };
    assert_eq!(projects(&register, words).await, ["Project 102"]);
}

#[tokio::test]
async fn provisions_say_how_many_live_projects_rest_on_them() {
    let (_dir, _world, views) = told().await;
    let register = RegisterQueries::new(views, nobody());
    let list = async |answer: pb::AnswerFilter, query: Option<pb::QueryContext>| {
        let request = pb::ListProvisionsRequest { answer: answer.into(), query, ..Default::default() };
        let answer = register.list_provisions(Request::new(request)).await.unwrap().into_inner();
        let shown = |it: pb::Provision| (it.locator, it.live_projects);
        answer.provisions.into_iter().map(shown).collect::<Vec<_>>()
    };
    let answered = [("para. 2".to_owned(), 3), ("para. 10".to_owned(), 3)];
    assert_eq!(list(pb::AnswerFilter::Answered, None).await, answered);
    assert_eq!(list(pb::AnswerFilter::Unanswered, None).await, []);
    let at = day(3);
    let then = prost_types::Timestamp { seconds: at.as_second(), nanos: 0 };
    let as_of = Some(pb::query_context::AsOf::EffectiveAt(then));
    let before = pb::QueryContext { as_of, ..Default::default() };
    assert_eq!(list(pb::AnswerFilter::Unanswered, Some(before)).await.len(), 2);
}

#[tokio::test]
async fn an_instrument_shows_its_provisions_in_the_order_of_its_text() {
    let (_dir, _world, views) = told().await;
    let register = RegisterQueries::new(views, nobody());
    let mandate_id = crate::trace::world::mandate_of("A/RES/1").to_string();
    let request = pb::GetMandateRequest { mandate_id, query: None };
    let mandate = register.get_mandate(Request::new(request)).await.unwrap().into_inner().mandate.unwrap();
    let locators: Vec<&str> = mandate.provisions.iter().map(|it| it.locator.as_str()).collect();
    assert_eq!(locators, ["para. 2", "para. 10"]);
}

#[tokio::test]
async fn a_retired_priority_is_listed_only_when_asked_for() {
    let (_dir, _world, views) = told().await;
    let register = RegisterQueries::new(views, nobody());
    let list = async |with_retired: bool| {
        let request = pb::ListPrioritiesRequest { with_retired, ..Default::default() };
        let answer = register.list_priorities(Request::new(request)).await.unwrap().into_inner();
        answer.priorities.into_iter().map(|it| (it.title, it.projects)).collect::<Vec<_>>()
    };
    assert_eq!(list(false).await, [("Priority 1".to_owned(), 1)]);
    assert_eq!(list(true).await, [("Priority 1".to_owned(), 1), ("Priority 2".to_owned(), 2)]);
}

#[tokio::test]
async fn the_timeline_tells_in_sentences_page_by_page() {
    let (_dir, world, views) = told().await;
    let queries = TimelineQueries::new(views, nobody());
    let (mut sentences, mut token) = (Vec::new(), String::new());
    loop {
        let order = pb::TimelineOrder::OldestFirst.into();
        let request = pb::ListTimelineRequest { order, page: page(4, &token), ..Default::default() };
        let answer = queries.list_timeline(Request::new(request)).await.unwrap().into_inner();
        sentences.extend(answer.entries.into_iter().map(|it| it.summary));
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(sentences.len() as u64, head(&log_of(&world)).await.unwrap().0);
    assert_eq!(sentences[..2], ["Edition 1 of A pact was published", "Tajikistan was admitted"]);
    assert!(sentences.iter().all(|it| !it.is_empty()));
    assert!(sentences.contains(&"Norway committed USD 1.00".to_owned()), "{sentences:?}");
}
