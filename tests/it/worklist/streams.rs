//! Streams of tasks: each task to one worker, as many as it can do, again when it came to nothing.
use super::*;
use futures::StreamExt;
use futures::stream::BoxStream;
use pactline::api::proto as pb;
use pactline::api::proto::worklist_service_server::WorklistService;
use std::collections::{HashMap, HashSet};
use tonic::{Request, Status};

type Tasks = BoxStream<'static, Result<pb::StreamTasksResponse, Status>>;

/// A worker's stream of a role's tasks.
async fn stream(service: &Worklist, worker: &str, capacity: u32, lease_ms: u64) -> Tasks {
    wanting(
        service,
        worker,
        pb::StreamTasksRequest { role: "chair".into(), capacity, lease_ms, ..Default::default() },
    )
    .await
}

async fn wanting(service: &Worklist, worker: &str, request: pb::StreamTasksRequest) -> Tasks {
    let mut request = Request::new(request);
    request.metadata_mut().insert("pactline-actor", worker.parse().unwrap());
    service.stream_tasks(request).await.unwrap().into_inner()
}

async fn task(tasks: &mut Tasks) -> pb::WorklistTask {
    let next = tokio::time::timeout(SOON, tasks.next()).await.expect("a task comes");
    next.unwrap().unwrap().task.unwrap()
}

fn number(task: &pb::WorklistTask) -> u128 {
    task.task_id.parse::<Uuid>().unwrap().as_u128()
}

/// The most tasks that `worker` had in hand at a time, by the events alone.
async fn most_in_hand(office: &Office, worker: &str) -> usize {
    let (mut held, mut most) = (HashSet::new(), 0);
    for (id, event) in office.history().await {
        match event {
            Event::TaskClaimed { worker: by, .. } if by.as_str() == worker => held.insert(id),
            Event::LeaseExtended { .. } | Event::TaskOpened { .. } => true,
            _ => held.remove(&id),
        };
        most = most.max(held.len());
    }
    most
}

#[tokio::test]
async fn a_worker_gets_what_is_there_and_then_what_comes_in_the_order_of_due_dates() {
    let office = Office::by(Clock::system());
    office.ask(1, open(1, "chair", "report")).await.unwrap();
    office.ask(2, due(open(2, "chair", "report"), second(20))).await.unwrap();
    office.ask(3, due(open(3, "chair", "report"), second(10))).await.unwrap();
    office.now().await.wait(&office.views, NAME).await.unwrap();
    let mut tasks = stream(&office.service(), "anna", 10, 60_000).await;
    let mut numbers = Vec::new();
    for _ in 0..3 {
        numbers.push(number(&task(&mut tasks).await));
    }
    assert_eq!(numbers, [3, 2, 1]);
    let (next, opened) = tokio::join!(task(&mut tasks), office.ask(4, open(4, "chair", "report")));
    opened.unwrap();
    assert_eq!(
        (number(&next), next.status(), next.worker.as_str()),
        (4, pb::WorklistStatus::Claimed, "anna")
    );
    assert_eq!((next.revision, next.attempts, next.attempts_max), (1, 0, 3));
    assert!(next.leased_until.is_some());
}

#[tokio::test]
async fn a_worker_gets_only_what_it_is_there_for() {
    let office = Office::by(Clock::system());
    for (n, role, kind) in
        [(1, "donor", "report"), (2, "chair", "visit"), (3, "chair", "report"), (4, "donor", "audit")]
    {
        office.ask(n, open(n, role, kind)).await.unwrap();
    }
    let service = office.service();
    let kinds = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let both =
        pb::StreamTasksRequest { role: "chair".into(), kinds: kinds(&["report"]), ..Default::default() };
    assert_eq!(number(&task(&mut wanting(&service, "anna", both).await).await), 3);
    let kind = pb::StreamTasksRequest { kinds: kinds(&["audit", "absent"]), ..Default::default() };
    assert_eq!(number(&task(&mut wanting(&service, "boris", kind).await).await), 4);
}

#[tokio::test]
async fn a_worker_has_no_more_in_hand_than_it_can_do() {
    let office = Office::by(Clock::system());
    for n in 1..=12 {
        office.ask(n, open(n, "chair", "report")).await.unwrap();
    }
    let mut tasks = stream(&office.service(), "anna", 3, 60_000).await;
    let mut hand = Vec::new();
    for n in 0..12 {
        // Three come without a word; from then on each one that is done, failed or called off makes room for one.
        if n >= 3 {
            let over = match n % 3 {
                0 => complete("anna"),
                1 => fail("anna"),
                _ => Command::CancelTask { reason: "moot".parse().unwrap() },
            };
            office.ask(hand.remove(0), over).await.unwrap();
        }
        hand.push(number(&task(&mut tasks).await));
    }
    assert_eq!(most_in_hand(&office, "anna").await, 3);
}

#[tokio::test]
async fn what_failed_comes_back_after_its_wait_and_not_before() {
    let office = Office::by(Clock::system());
    let Command::OpenTask { task: it, kind, title, subject, role, .. } = open(1, "chair", "report") else {
        panic!("not opened")
    };
    let (due_at, attempts_max, backoff_ms, escalate_to) = (None, 2, 200, None);
    let open = Command::OpenTask {
        task: it,
        kind,
        title,
        subject,
        role,
        due_at,
        attempts_max,
        backoff_ms,
        escalate_to,
    };
    office.ask(1, open).await.unwrap();
    let mut tasks = stream(&office.service(), "anna", 1, 60_000).await;
    assert_eq!(task(&mut tasks).await.attempts, 0);
    office.ask(1, fail("anna")).await.unwrap();
    assert_eq!(task(&mut tasks).await.attempts, 1);
    let history = office.history().await;
    let Some((_, Event::TaskFailed { retry_at: Some(retry_at), .. })) = history.get(2) else {
        panic!("{history:?}")
    };
    let claimed: Vec<_> = office.log.read_all(None).try_concat().await.unwrap();
    assert!(claimed.last().unwrap().recorded_at >= *retry_at);
}

#[tokio::test]
async fn when_a_stream_breaks_its_tasks_go_to_somebody_else_once_their_leases_end() {
    let office = Office::by(Clock::system());
    office.ask(1, open(1, "chair", "report")).await.unwrap();
    let service = office.service();
    let mut broken = stream(&service, "anna", 1, 1000).await;
    assert_eq!(number(&task(&mut broken).await), 1);
    drop(broken);
    let mut other = stream(&service, "boris", 1, 60_000).await;
    let next = task(&mut other).await;
    assert_eq!((number(&next), next.worker.as_str(), next.attempts), (1, "boris", 1));
    let late = office.ask(1, complete("anna")).await.unwrap_err();
    assert_eq!(late, Rejection::NotTheHolder { holder: person("boris"), worker: person("anna") });
    let history = office.history().await;
    let Some((_, Event::LeaseExpired { until, .. })) = history.get(2) else { panic!("{history:?}") };
    let claimed: Vec<_> = office.log.read_all(None).try_concat().await.unwrap();
    assert!(claimed.last().unwrap().recorded_at >= *until);
}

#[tokio::test]
async fn an_event_that_frees_a_task_wakes_those_who_wait_for_it() {
    let hour = Hour::default();
    let office = Office::at(&hour);
    let service = office.service();
    let mut tasks = stream(&service, "anna", 9, 600_000).await;
    office.ask(1, open(1, "donor", "report")).await.unwrap();
    let (next, escalated) = tokio::join!(task(&mut tasks), office.ask(1, escalate("chair")));
    escalated.unwrap();
    assert_eq!(number(&next), 1);
    office.ask(2, open(2, "donor", "report")).await.unwrap();
    office.ask(2, claim("boris", 60_000)).await.unwrap();
    office.ask(2, escalate("chair")).await.unwrap();
    hour.set(70);
    let lapse = Command::ExpireLease { worker: person("boris"), until: office.until(2).await };
    let (next, lapsed) = tokio::join!(task(&mut tasks), office.ask(2, lapse));
    lapsed.unwrap();
    assert_eq!((number(&next), next.attempts), (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_workers_share_the_work_and_no_two_hold_one_task() {
    const TASKS: usize = 60;
    let office = Office::by(Clock::system());
    // Two servers over one log: the second knows nothing of what the first is about to give.
    let services = [office.service(), office.service()];
    let (done, counted) = (Arc::new(AtomicI64::new(0)), Arc::new(tokio::sync::Notify::new()));
    let mut workers = Vec::new();
    for n in 0..6 {
        let worker = format!("svc:{n}");
        let mut tasks = stream(&services[n % 2], &worker, 2, 60_000).await;
        let (engine, done, counted) = (office.engine.clone(), done.clone(), counted.clone());
        workers.push(tokio::spawn(async move {
            while let Some(task) = tasks.next().await {
                let id = task.unwrap().task.unwrap().task_id.parse().unwrap();
                let meta = CommandMeta::now(Uuid::from_u128(Uuid::as_u128(&id) << 64), person(&worker));
                engine.execute::<Task>(id, complete(&worker), meta).await.unwrap();
                if done.fetch_add(1, Ordering::SeqCst) + 1 == TASKS as i64 {
                    counted.notify_one();
                }
            }
        }));
    }
    for n in 1..=TASKS as u128 {
        office.ask(n, open(n, "chair", "report")).await.unwrap();
    }
    tokio::time::timeout(SOON, counted.notified()).await.expect("all is done");
    workers.iter().for_each(tokio::task::JoinHandle::abort);
    let mut claims: HashMap<Uuid, Vec<String>> = HashMap::new();
    let mut completions = HashMap::new();
    for (id, event) in office.history().await {
        match event {
            Event::TaskClaimed { worker, .. } => claims.entry(id).or_default().push(worker.to_string()),
            Event::TaskCompleted { worker, .. } => drop(completions.insert(id, worker.to_string())),
            Event::TaskOpened { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((claims.len(), completions.len()), (TASKS, TASKS));
    assert!(claims.iter().all(|(id, by)| *by == [completions[id].clone()]), "{claims:?}");
    for n in 0..6 {
        assert!(most_in_hand(&office, &format!("svc:{n}")).await <= 2);
    }
}
