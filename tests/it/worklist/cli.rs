//! `pactline worklist`: what people see of it, and what they can do.
use super::id;
use crate::program::{self, Run, Served, pactline};
use pactline::api::proto as pb;
use pactline::api::proto::task_service_client::TaskServiceClient;
use pactline::api::proto::worklist_service_client::WorklistServiceClient;
use tempfile::TempDir;
use tonic::Request;
use tonic::transport::Channel;

struct Desk {
    dir: TempDir,
    served: Served,
}

impl Desk {
    fn worklist(&self, actor: &str, arguments: &[&str]) -> Run {
        let place = ["--server", &self.served.url, "--actor", actor, "worklist"];
        pactline(self.dir.path(), &[&place, arguments].concat())
    }
}

/// A server with two tasks for a role: one overdue since the seventies, one due at no time.
async fn desk() -> Desk {
    let dir = tempfile::tempdir().unwrap();
    let served = program::serve(dir.path(), &[]);
    let server = Channel::from_shared(served.url.clone()).unwrap().connect().await.unwrap();
    let mut opened = None;
    for (n, due_at) in [(1, Some(prost_types::Timestamp { seconds: 86_400, nanos: 0 })), (2, None)] {
        let mut request = Request::new(pb::OpenTaskRequest {
            task_id: id(n).to_string(),
            kind: "follow-up".into(),
            title: format!("Take up recommendation {n} {}", "of the expert working group ".repeat(5)),
            subject: format!("recommendation-{}", id(3)),
            role: "coordinator".into(),
            attempts_max: 2,
            due_at,
            ..Default::default()
        });
        request.metadata_mut().insert("pactline-actor", "person:1".parse().unwrap());
        let answer = TaskServiceClient::new(server.clone()).open_task(request).await.unwrap().into_inner();
        opened = answer.recorded.unwrap().position;
    }
    // What the program lists is a view: it must have come this far.
    let far = pb::WorklistServiceListTasksRequest { after: opened, ..Default::default() };
    WorklistServiceClient::new(server).list_tasks(far).await.unwrap();
    Desk { dir, served }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_overdue_comes_first_and_is_marked() {
    let desk = desk().await;
    let listed = desk.worklist("anna", &["--role", "coordinator"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    assert!(listed.out.lines().all(|it| it.chars().count() <= 110), "{}", listed.out);
    let lines: Vec<&str> = listed.out.lines().collect();
    assert!(
        lines[1].starts_with("1970-01-02  late ") && lines[3].contains(&id(1).to_string()),
        "{}",
        listed.out
    );
    assert_eq!(lines[2].trim(), format!("recommendation-{}", id(3)), "by its stream: nobody drafted it");
    assert!(lines[4].starts_with("-  ") && lines[6].contains(&id(2).to_string()), "{}", listed.out);
    assert_eq!(lines[7], "2 tasks, 1 overdue");
    let late = desk.worklist("anna", &["--overdue"]);
    assert!(late.out.contains(&id(1).to_string()) && !late.out.contains(&id(2).to_string()), "{}", late.out);
    let one = desk.worklist("anna", &["-n", "1"]);
    assert!(one.out.ends_with("1 task, 1 overdue; there are more: -n shows them\n"), "{}", one.out);
    assert_eq!(desk.worklist("anna", &["--role", "chair"]).out, "0 tasks\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_opened_by_hand() {
    let desk = desk().await;
    let subject = format!("project-{}", id(4));
    let opened = ["open", &subject, "Check it again", "--kind", "check", "--role", "chair"];
    let opened = desk.worklist("anna", &opened);
    assert!(opened.code == 0 && opened.out.contains("Check it again"), "{} {}", opened.out, opened.err);
    assert!(desk.worklist("anna", &["--role", "chair"]).out.contains("Check it again"));
    let unknown =
        desk.worklist("anna", &["open", "UNINFO-1", "Check it", "--kind", "check", "--role", "chair"]);
    assert_eq!(unknown.code, 1, "what is nowhere on record needs no work: {}", unknown.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_taken_and_done_by_the_one_who_took_it() {
    let desk = desk().await;
    let task = id(2).to_string();
    let taken = desk.worklist("anna", &["claim", &task, "--for", "30m"]);
    assert!(taken.code == 0 && taken.out.contains("anna has it until "), "{} {}", taken.out, taken.err);
    let mine = desk.worklist("anna", &["--worker", "anna", "--json"]);
    let mine: serde_json::Value = serde_json::from_str(&mine.out).unwrap();
    assert_eq!(
        (&mine["task_id"], &mine["status"]),
        (&task.as_str().into(), &"WORKLIST_STATUS_CLAIMED".into())
    );
    let foreign = desk.worklist("boris", &["complete", &task, "done"]);
    assert_eq!(foreign.code, 3);
    let next = "let anna say how it went, or claim it when their lease has ended [NOT_THE_HOLDER]";
    assert!(foreign.err.contains(next), "{}", foreign.err);
    let done = desk.worklist("anna", &["complete", &format!("task-{task}"), "none found"]);
    assert!(done.code == 0 && done.out.contains("done by anna"), "{} {}", done.out, done.err);
    let over = desk.worklist("anna", &["--status", "completed"]);
    assert!(over.out.contains(&task), "{}", over.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_a_task_without_a_name_is_told_under_which() {
    let desk = desk().await;
    let task = id(2).to_string();
    let taken = pactline(desk.dir.path(), &["--server", &desk.served.url, "worklist", "claim", &task]);
    assert!(taken.code == 0 && taken.out.contains("cli has it until "), "{} {}", taken.out, taken.err);
    assert_eq!(taken.err, "hint: it is taken as cli: --actor NAME says who you are\n");
    assert_eq!(desk.worklist("anna", &["claim", &id(1).to_string()]).err, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_fails_for_the_last_time_waits_for_a_person() {
    let desk = desk().await;
    let task = id(1).to_string();
    for _ in 0..2 {
        assert_eq!(desk.worklist("anna", &["claim", &task]).code, 0);
        assert_eq!(desk.worklist("anna", &["fail", &task, "no answer"]).code, 0);
    }
    let incidents = desk.worklist("anna", &["--status", "incident"]);
    assert!(incidents.out.contains("tried 2 of 2 times: no answer"), "{}", incidents.out);
    let refused = desk.worklist("anna", &["claim", &task]);
    assert!(refused.code == 3 && refused.err.contains("[INCIDENT_OPEN]"), "{}", refused.err);
    assert_eq!(desk.worklist("anna", &["resolve", &task, "called them"]).code, 0);
    let chair = desk.worklist("anna", &["escalate", &task, "chair", "they wait since 1970"]);
    assert!(chair.out.contains("escalated from coordinator"), "{} {}", chair.out, chair.err);
    assert_eq!(desk.worklist("anna", &["cancel", &task, "moot"]).code, 0);
    assert_eq!(desk.worklist("anna", &["extend", &task]).code, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_meant_is_said_with_what_can() {
    let desk = desk().await;
    let malformed: [(&[&str], &str); 4] = [
        (&["--due", "soon"], "2026-03-01"),
        (&["--role", "The Chair"], "lower-case"),
        (&["claim", "seven"], "a UUID"),
        (&["claim", "seven", "--for", "a while"], "30m"),
    ];
    for (arguments, hint) in malformed {
        let refused = desk.worklist("anna", arguments);
        assert!(refused.code == 2 && refused.err.contains(hint), "{arguments:?} {}", refused.err);
    }
    assert_eq!(desk.worklist("anna", &["claim", &id(9).to_string()]).code, 1);
}
