//! What follows by itself is done once, whichever server does it and whichever is killed meanwhile.
use super::double::Double;
use super::replicas::{REPLICAS, Replicas, by_a_person, once};
use crate::reactions::world::*;
use pactline::api::proto::project_service_client::ProjectServiceClient;
use pactline::api::proto::status_service_client::StatusServiceClient;
use pactline::api::proto::task_service_client::TaskServiceClient;
use pactline::api::proto::{self, GetStatusRequest, GetStatusResponse};
use pactline::clock::Clock;
use pactline::codec::{self, Meta};
use pactline::domain::Timestamp;
use pactline::domain::consultation::{self, Consultation};
use pactline::domain::id::TaskId;
use pactline::domain::task::{self, Task};
use pactline::domain::text::PersonId;
use pactline::log::{Log, Record};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tonic::{Code, Status};
use uuid::Uuid;

/// How many of each kind of thing fall due, one after the other.
const MANY: u128 = 24;
/// How long it is from one to the next.
const APART: Duration = Duration::from_millis(350);
/// How long it is until the first.
const BEFORE: Duration = Duration::from_secs(8);
/// How long a lease is here, in milliseconds.
const LEASE_MS: u64 = 1_000;
/// What cannot take this long on any machine.
const FOREVER: Duration = Duration::from_secs(120);

/// Texts whose silence in the last forum, and tasks whose time, end one after the other; and tasks that can be claimed.
async fn pending(double: &Double, from: Timestamp) {
    let log: Arc<dyn Log> = Arc::new(super::open(double).await);
    let begun = from - SILENCE - SILENCE;
    let world = World::begin(begun, |_| log).await;
    let mut texts = Vec::new();
    for n in 1..=MANY {
        let text = world.draft(n).await;
        let experts = world.opening(100 + n, "experts", &text, None);
        world.ask::<Consultation>(Uuid::from_u128(100 + n), experts).await;
        texts.push((n, text));
    }
    world.at(begun + SILENCE + Duration::from_secs(1));
    for (n, text) in texts {
        let close = consultation::Command::CloseConsultation;
        let adopted = world.ask::<Consultation>(Uuid::from_u128(100 + n), close).await;
        world.at(begun + SILENCE + Duration::from_secs(1) + APART * n as u32);
        let policy = world.opening(200 + n, "policy", &text, Some(adopted));
        world.ask::<Consultation>(Uuid::from_u128(200 + n), policy).await;
        let due_at = from + APART * n as u32;
        world.ask::<Task>(overdue(n).0, open_task(overdue(n), Some(due_at))).await;
        world.ask::<Task>(leased(n).0, open_task(leased(n), None)).await;
    }
    world.views.stop().await;
    world.log.close().await.unwrap();
}

fn overdue(n: u128) -> TaskId {
    TaskId(Uuid::from_u128(300 + n))
}

fn leased(n: u128) -> TaskId {
    TaskId(Uuid::from_u128(400 + n))
}

fn open_task(task: TaskId, due_at: Option<Timestamp>) -> task::Command {
    task::Command::OpenTask {
        task,
        kind: slug("paper"),
        title: word("A paper"),
        subject: project_stream(1),
        role: slug("donor"),
        due_at,
        attempts_max: 3,
        backoff_ms: 1,
        escalate_to: due_at.map(|_| slug("chair")),
    }
}

/// Proposes a project, of whose first stage a task follows, and claims a task that nobody then works on.
async fn give_work(replicas: &Replicas, replica: usize, n: u128) -> Result<(), Status> {
    let channel = replicas.channel(replica).await?;
    let reference = charter();
    let charter = proto::EventReference { stream: reference.stream.to_string(), ..Default::default() };
    let period = proto::Period { from: "2020-01-01".into(), until: "2020-12-31".into() };
    let propose = proto::ProposeProjectRequest {
        context: once(Uuid::from_u128(1_000 + n)),
        project_id: Uuid::from_u128(500 + n).to_string(),
        title: format!("Project {n}"),
        charter: Some(charter),
        period: Some(period),
        ..Default::default()
    };
    ProjectServiceClient::new(channel.clone()).propose_project(by_a_person(propose)).await?;
    let claim = proto::ClaimTaskRequest {
        context: once(Uuid::from_u128(2_000 + n)),
        task_id: leased(n).0.to_string(),
        worker: "person:1".into(),
        lease_ms: LEASE_MS,
    };
    TaskServiceClient::new(channel).claim_task(by_a_person(claim)).await.map(drop)
}

async fn load(replicas: Arc<Replicas>) {
    for n in 1..=MANY {
        let mut replica = n as usize;
        while let Err(status) = give_work(&replicas, replica % REPLICAS, n).await {
            let passing = [Code::Unavailable, Code::Aborted, Code::Unknown, Code::Cancelled];
            assert!(passing.contains(&status.code()), "{status}");
            tokio::time::sleep(Duration::from_millis(20)).await;
            replica += 1;
        }
        tokio::time::sleep(APART).await;
    }
}

/// Ends one server after the other and starts it again, until it is over.
fn kill_in_turn(replicas: &Replicas, over: &AtomicBool) -> usize {
    let mut killed = 0;
    while !over.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(1_500));
        replicas.kill(killed % REPLICAS);
        replicas.serve(killed % REPLICAS);
        killed += 1;
    }
    killed
}

/// Holds until it is dropped, also by a test that fails: what waits for it must not outlive the test.
struct Lasting(Arc<AtomicBool>);

impl Drop for Lasting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// What happened by itself: to which stream, what, and how often.
async fn by_itself(log: &dyn Log) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for record in records(log).await {
        let meta: Meta = codec::decode_meta(&record).unwrap();
        if meta.actor == PersonId::program() {
            *counts.entry((record.kind.to_string(), record.stream.to_string())).or_default() += 1;
        }
    }
    counts
}

async fn records(log: &dyn Log) -> Vec<Record> {
    use futures::TryStreamExt;
    log.read_all(None).try_concat().await.unwrap()
}

/// Waits until every server has seen to all there is, and nothing new follows from that.
async fn settled(replicas: &Replicas, log: &dyn Log) {
    let patience = Instant::now() + FOREVER;
    let mut head = None;
    loop {
        let mut busy = Vec::new();
        for replica in 0..REPLICAS {
            let answer = status(replicas, replica).await;
            let reactions = answer.reactions.clone().unwrap();
            if reactions.lag > 0 || answer.views.iter().any(|it| it.lag > 0) {
                busy.push((replica, answer));
            }
        }
        let now = log.head().await.unwrap();
        if busy.is_empty() && now == head {
            return;
        }
        head = now;
        assert!(Instant::now() < patience, "{busy:?}");
        // Longer than a timer sleeps at the most.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
    }
}

async fn status(replicas: &Replicas, replica: usize) -> GetStatusResponse {
    let channel = replicas.channel(replica).await.unwrap();
    StatusServiceClient::new(channel).get_status(GetStatusRequest {}).await.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_falls_due_and_what_follows_happens_once_whichever_server_is_killed() {
    let double = Double::start();
    let from = Clock::system().now() + BEFORE;
    pending(&double, from).await;
    let replicas = Replicas::on(double);
    let log = super::open(&replicas.double).await;
    let over = Arc::new(AtomicBool::new(false));
    let lasting = Lasting(over.clone());
    let killing = tokio::task::spawn_blocking({
        let replicas = replicas.clone();
        move || kill_in_turn(&replicas, &over)
    });
    load(replicas.clone()).await;
    let patience = Instant::now() + FOREVER;
    let expected = [
        ("ConsensusReached", MANY),
        ("LeaseExpired", MANY),
        ("RecommendationEndorsed", MANY),
        ("TaskEscalated", MANY),
        // To take up a text, and what the stage of a project orders.
        ("TaskOpened", 2 * MANY),
    ];
    let expected: BTreeMap<String, usize> =
        expected.into_iter().map(|(kind, count)| (kind.to_owned(), count as usize)).collect();
    let found = |counts: &BTreeMap<(String, String), usize>| {
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        counts.iter().for_each(|((kind, _), count)| *kinds.entry(kind.clone()).or_default() += count);
        kinds
    };
    while found(&by_itself(&log).await).values().sum::<usize>() < expected.values().sum() {
        assert!(Instant::now() < patience, "{:?}", found(&by_itself(&log).await));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    drop(lasting);
    assert!(killing.await.unwrap() >= REPLICAS, "each was killed");
    settled(&replicas, &log).await;
    let effects = by_itself(&log).await;
    assert_eq!(found(&effects), expected);
    assert!(effects.values().all(|it| *it == 1), "{effects:?}");
    let all = records(&log).await;
    let ids: BTreeSet<Uuid> = all.iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), all.len());
    // Servers that know nothing of what was done ask for all of it again, and nothing comes of it.
    for replica in 0..REPLICAS {
        replicas.kill(replica);
        std::fs::remove_dir_all(replicas.dirs[replica].path().join("views")).unwrap();
        replicas.serve(replica);
    }
    settled(&replicas, &log).await;
    assert_eq!(records(&log).await, all);
}
