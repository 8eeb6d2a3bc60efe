//! The program itself: killed with a silence pending, it closes it when it is started again.
use super::world::*;
use crate::program::{pactline, serve};
use jiff::SignedDuration;
use pactline::app::App;
use pactline::clock::Clock;
use pactline::config::{Config, Limits, LogPlace};
use pactline::domain::consultation::Consultation;
use pactline::log::{EmbeddedLog, Expected, Log, NewRecord};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use uuid::Uuid;

/// A folder in which a silence ends two seconds from now.
async fn with_a_silence_pending(data: &Path) {
    let begun = Clock::system().now() - SILENCE + SignedDuration::from_secs(2);
    let open = |clock: Clock| Arc::new(EmbeddedLog::open(data, move || clock.now()).unwrap()) as _;
    let world = World::begin(begun, open).await;
    let text = world.draft(1).await;
    let opening = world.opening(7, "experts", &text, None);
    world.ask::<Consultation>(Uuid::from_u128(7), opening).await;
    world.project(1, &[]).await;
    world.views.stop().await;
    world.log.close().await.unwrap();
}

/// How often an event called `kind` is in the folder's log.
fn count(data: &Path, kind: &str) -> usize {
    let run = pactline(data, &["export"]);
    assert_eq!(run.code, 0, "{}", run.err);
    run.out.matches(kind).count()
}

#[tokio::test]
async fn a_silence_that_was_pending_when_the_program_was_killed_is_closed_once_it_runs_again() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    with_a_silence_pending(&data).await;
    serve(&data, &[]).end("KILL");
    let patience = Instant::now() + Duration::from_secs(60);
    while count(&data, "ConsensusReached") == 0 {
        assert!(Instant::now() < patience, "the silence is over and nobody closed it");
        let again = serve(&data, &[]);
        tokio::time::sleep(Duration::from_secs(1)).await;
        again.end("KILL");
    }
    assert!(serve(&data, &[]).end("TERM").success());
    assert_eq!(count(&data, "ConsensusReached"), 1);
    assert_eq!(count(&data, "TaskOpened"), 1, "what the stage orders, once");
}

#[tokio::test]
async fn at_an_event_of_a_newer_release_reactions_stop_and_the_server_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(dir.path(), || day(0)).unwrap();
    let meta = r#"{"command_id":"00000000-0000-0000-0000-000000000001","effective_at":"2020-01-01T00:00:00Z","actor":"ana"}"#;
    let (kind, data, meta) = ("ProjectKnighted".into(), "{}".into(), meta.into());
    let record = NewRecord { id: Uuid::from_u128(1), kind, data, meta, recorded_at: None };
    log.append(project_stream(1).as_str(), Expected::NoStream, vec![record]).await.unwrap();
    log.close().await.unwrap();
    let (data, log, limits) = (dir.path().to_owned(), LogPlace::default(), Limits::default());
    let config = Config { data, log, limits, origin: None, reactions: true, proof: None };
    let app = App::build(config).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let told_to_stop = tokio::time::sleep(std::time::Duration::from_millis(300));
    app.run(listener, told_to_stop).await.unwrap();
    assert_eq!(count(dir.path(), "TaskOpened"), 0);
}

#[tokio::test]
async fn a_replica_that_leaves_reactions_to_another_does_nothing_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    with_a_silence_pending(&data).await;
    let served = serve(&data, &["--no-reactions"]);
    let status = |arguments: &[&str]| pactline(&data, &[&["--server", &served.url], arguments].concat());
    let shown = status(&["status"]);
    assert!(shown.out.contains("deadlines-1") && !shown.out.contains("reactions"), "{}", shown.out);
    assert!(served.end("TERM").success());
    assert_eq!(count(&data, "TaskOpened"), 0);
    assert_eq!(pactline(&data, &["show", &format!("project-{}", Uuid::from_u128(1))]).code, 0);
    assert_eq!(count(&data, "TaskOpened"), 0, "who only looks changes nothing");
}
