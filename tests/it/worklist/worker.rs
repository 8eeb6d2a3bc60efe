//! A worker is a process of its own: killed in the middle of a task, and the task is done all the same, once.
use super::id;
use crate::program::{self, Served};
use futures::future::pending;
use pactline::api::proto as pb;
use pactline::api::proto::task_service_client::TaskServiceClient;
use pactline::api::proto::worklist_service_client::WorklistServiceClient;
use pactline::codec::{AnyEvent, decode_any};
use pactline::domain::task::Event;
use pactline::log::{EmbeddedLog, Log};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tonic::Request;
use tonic::transport::Channel;

#[path = "../../../examples/worker.rs"]
#[expect(dead_code, reason = "what the example does is its own, how it works is everyone's")]
mod example;

/// What tells this program that it is a worker, and what it is told with it.
const WORKER: &str = "PACTLINE_TEST_WORKER";
const URL: &str = "PACTLINE_TEST_URL";

/// No test of its own: the process that the test below starts and kills.
#[tokio::test]
async fn process() {
    let (Ok(name), Ok(url)) = (std::env::var(WORKER), std::env::var(URL)) else { return };
    let server = Channel::from_shared(url).unwrap().connect().await.unwrap();
    let how = async |_: &pb::WorklistTask| match name.as_str() {
        "svc:slow" => pending().await,
        _ => Ok("none found".into()),
    };
    example::work(&server, (&name, "duplication-check"), 1000, how).await.unwrap();
}

/// A worker in a process of its own; killed when dropped.
struct Worker(Child);

impl Worker {
    fn start(name: &str, served: &Served) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "worklist::worker::process"]).env(WORKER, name).env(URL, &served.url);
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Waits until the task is as `wanted`, without an end: a test that hangs says that it never was.
async fn until(server: &Channel, wanted: impl Fn(&pb::WorklistTask) -> bool) -> pb::WorklistTask {
    let mut worklist = WorklistServiceClient::new(server.clone());
    loop {
        let request = pb::WorklistServiceGetTaskRequest { task_id: id(1).to_string(), ..Default::default() };
        match worklist.get_task(request).await {
            Ok(answer) => match answer.into_inner().task {
                Some(task) if wanted(&task) => return task,
                _ => {}
            },
            Err(status) => assert_eq!(status.code(), tonic::Code::NotFound),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn open(server: &Channel) {
    let mut request = Request::new(pb::OpenTaskRequest {
        task_id: id(1).to_string(),
        kind: "duplication-check".into(),
        title: "Look for projects that do the same".into(),
        subject: format!("project-{}", id(2)),
        role: "coordinator".into(),
        attempts_max: 3,
        ..Default::default()
    });
    request.metadata_mut().insert("pactline-actor", "person:1".parse().unwrap());
    TaskServiceClient::new(server.clone()).open_task(request).await.unwrap();
}

#[tokio::test]
async fn what_is_told_of_a_lease_that_ended_does_not_count_under_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let served = program::serve(dir.path(), &[]);
    let server = Channel::from_shared(served.url.clone()).unwrap().connect().await.unwrap();
    open(&server).await;
    let tried = AtomicU32::new(0);
    // The first attempt takes longer than its lease, which its own stream then takes again.
    let how = async |task: &pb::WorklistTask| {
        if tried.fetch_add(1, Ordering::SeqCst) == 0 {
            let again = |it: &pb::WorklistTask| it.worker == "svc:late" && it.revision > task.revision + 1;
            until(&server, again).await;
            return Ok("the first".into());
        }
        Ok("the second".to_owned())
    };
    let done = until(&server, |it| it.status() == pb::WorklistStatus::Completed);
    tokio::select! {
        ended = example::work(&server, ("svc:late", "duplication-check"), 1000, how) => ended.unwrap(),
        _ = done => {}
    }
    tokio::task::spawn_blocking(move || served.end("TERM")).await.unwrap();
    let outcome = happened(dir.path()).await.into_iter().find_map(|it| match it {
        Event::TaskCompleted { outcome, .. } => Some(outcome.to_string()),
        _ => None,
    });
    assert_eq!(outcome.as_deref(), Some("the second"));
}

/// What happened to the task, by the log.
async fn happened(data: &Path) -> Vec<Event> {
    let log = EmbeddedLog::open(data, || jiff::Timestamp::UNIX_EPOCH).unwrap();
    let records: Vec<_> = futures::TryStreamExt::try_concat(log.read_all(None)).await.unwrap();
    let event = |it| match decode_any(it).unwrap() {
        AnyEvent::Task(event) => event,
        other => panic!("{other:?}"),
    };
    records.iter().map(event).collect()
}

#[tokio::test]
async fn a_worker_killed_in_the_middle_of_a_task_is_followed_by_another_that_does_it_once() {
    let dir = tempfile::tempdir().unwrap();
    let served = program::serve(dir.path(), &[]);
    let server = Channel::from_shared(served.url.clone()).unwrap().connect().await.unwrap();
    let slow = Worker::start("svc:slow", &served);
    open(&server).await;
    until(&server, |it| it.worker == "svc:slow").await;
    let _quick = Worker::start("svc:quick", &served);
    drop(slow);
    let done = until(&server, |it| it.status() == pb::WorklistStatus::Completed).await;
    assert_eq!((done.worker.as_str(), done.attempts), ("svc:quick", 1));
    tokio::task::spawn_blocking(move || served.end("TERM")).await.unwrap();
    let happened = happened(dir.path()).await;
    let completed = happened.iter().filter(|it| matches!(it, Event::TaskCompleted { .. })).count();
    assert_eq!(completed, 1, "{happened:?}");
    let [Event::TaskOpened { .. }, Event::TaskClaimed { worker, .. }, Event::LeaseExpired { .. }, ..] =
        happened.as_slice()
    else {
        panic!("{happened:?}")
    };
    assert_eq!(worker.as_str(), "svc:slow");
}

#[tokio::test]
async fn a_stream_ends_with_its_server_and_keeps_it_from_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let served = program::serve(dir.path(), &[]);
    let server = Channel::from_shared(served.url.clone()).unwrap().connect().await.unwrap();
    let mut request = Request::new(pb::StreamTasksRequest { role: "chair".into(), ..Default::default() });
    request.metadata_mut().insert("pactline-actor", "svc:1".parse().unwrap());
    let mut stream = WorklistServiceClient::new(server).stream_tasks(request).await.unwrap().into_inner();
    let ended = tokio::task::spawn_blocking(move || served.end("TERM"));
    assert!(stream.message().await.unwrap().is_none());
    assert_eq!(ended.await.unwrap().code(), Some(0));
}
