//! Work about what is known by an id: whoever reads of it reads what people call it.
use super::PACT;
use super::office::Office;
use crate::program::pactline;
use pactline::api::proto as pb;
use pactline::domain::citation::StreamName;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use tonic::Request;

/// The mandate that stands in the place of the one of `provision`.
async fn supersede(office: &Office, provision: &pb::EventReference) {
    let mut mandates = office.mandates("registrar");
    let request = pb::RecordMandateRequest {
        symbol: "A/RES/80/2".to_owned(),
        title: "A newer resolution".to_owned(),
        instrument: pb::Instrument::Resolution.into(),
        adopted_on: "2020-06-18".to_owned(),
        ..Default::default()
    };
    let by = office.noted(mandates.record_mandate(request).await.unwrap().into_inner().recorded);
    let mandate_id = provision.stream.parse::<StreamName>().unwrap().id().to_string();
    let request = pb::SupersedeMandateRequest { mandate_id, by: Some(by), ..Default::default() };
    mandates.supersede_mandate(request).await.unwrap();
}

#[tokio::test]
async fn a_provision_to_replace_is_told_by_its_symbol_and_place() {
    let office = Office::open().await;
    let law = PACT.replacen("[projects.funding]", "[projects]\nsteward = \"chair\"\n[projects.funding]", 1);
    let charter = office.publish("secretary", &law).await;
    let project = office.propose("pat", "Aral", &charter, None).await;
    let provision = office.provision("A/RES/61/1", "op. 4").await;
    office.cite(&project, &provision).await;
    supersede(&office, &provision).await;
    let is_there = |it: &pb::Task| it.kind == "retain-or-replace";
    while !office.explain(&project).await.tasks.iter().any(is_there) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let dir = office.close().await;
    for ask in [&["worklist"][..], &["explain", &project][..]] {
        let run = pactline(dir.path(), ask);
        let title = "Retain or replace A/RES/61/1, op. 4: a newer text";
        assert!(run.out.contains(title) && !run.out.contains(&provision.stream), "{} {}", run.out, run.err);
    }
}

/// The first of what the folder lists as `things`.
fn first(data: &Path, things: &str) -> Value {
    let run = pactline(data, &["--json", "list", things]);
    serde_json::from_str(run.out.lines().next().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_priority_to_look_at_again_is_told_by_its_title_and_its_list_by_name() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(pactline(dir.path(), &["demo"]).code, 0);
    let priority = first(dir.path(), "priorities");
    let of = |key: &str| priority[key].as_str().unwrap().to_owned();
    let server = crate::demo::server(dir.path()).await;
    let mut tasks = pb::task_service_client::TaskServiceClient::new(server.channel());
    let reference = &priority["reference"];
    let cited = format!("{}@{}", reference["stream"].as_str().unwrap(), reference["revision"]);
    for title in [
        format!("Look again at the priority {}", of("priority_id")),
        format!("Replace the priority {cited}: it is off its list"),
        format!("Ask about {}", uuid::Uuid::nil()),
    ] {
        let mut request = Request::new(pb::OpenTaskRequest {
            kind: "review-priority".to_owned(),
            title,
            subject: format!("priority-{}", of("list_id")),
            role: "coordinator".to_owned(),
            attempts_max: 1,
            ..Default::default()
        });
        request.metadata_mut().insert("pactline-actor", "person:1".parse().unwrap());
        tasks.open_task(request).await.unwrap();
    }
    server.close().await.unwrap();
    let run = pactline(dir.path(), &["worklist", "--kind", "review-priority"]);
    let title: String = of("title").chars().take(20).collect();
    for words in [
        format!("Look again at the priority “{title}"),
        format!("Replace the priority “{title}"),
        format!("Ask about {}", uuid::Uuid::nil()),
        format!("the list {} of priorities", of("list")),
    ] {
        assert!(run.out.contains(&words), "{words}\n{} {}", run.out, run.err);
    }
}
