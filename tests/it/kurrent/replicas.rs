//! Several servers on one log: any of them takes any command, and none of them is missed.
use super::double::Double;
use crate::program::{self, Served};
use pactline::api::proto::audit_service_client::AuditServiceClient;
use pactline::api::proto::partner_service_client::PartnerServiceClient;
use pactline::api::proto::register_service_client::RegisterServiceClient;
use pactline::api::proto::{self, CommandContext, GetPartnerRequest, QueryContext, Recorded};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use uuid::Uuid;

/// How many servers there are.
pub(super) const REPLICAS: usize = 3;
/// How many callers there are, and how many commands each gives.
const CALLERS: (usize, u64) = (6, 60);

/// Three servers in processes of their own, on one log.
pub(super) struct Replicas {
    pub(super) double: Double,
    pub(super) dirs: Vec<TempDir>,
    served: Mutex<Vec<Option<Served>>>,
    urls: Mutex<Vec<String>>,
}

impl Replicas {
    /// On what `double` has.
    pub(super) fn on(double: Double) -> Arc<Self> {
        let dirs: Vec<TempDir> = (0..REPLICAS).map(|_| tempfile::tempdir().unwrap()).collect();
        let (served, urls) = (Mutex::new(Vec::new()), Mutex::new(vec![String::new(); REPLICAS]));
        let replicas = Arc::new(Self { double, dirs, served, urls });
        replicas.served.lock().unwrap().resize_with(REPLICAS, || None);
        (0..REPLICAS).for_each(|it| replicas.serve(it));
        replicas
    }

    pub(super) fn serve(&self, replica: usize) {
        let served = program::serve(self.dirs[replica].path(), &["--log", &self.double.url()]);
        self.urls.lock().unwrap()[replica] = served.url.clone();
        self.served.lock().unwrap()[replica] = Some(served);
    }

    /// Ends a server as if its power had been cut.
    pub(super) fn kill(&self, replica: usize) {
        let served = self.served.lock().unwrap()[replica].take().unwrap();
        served.end("KILL");
    }

    pub(super) async fn channel(&self, replica: usize) -> Result<Channel, Status> {
        let url = self.urls.lock().unwrap()[replica].clone();
        let away = |err: tonic::transport::Error| Status::unavailable(err.to_string());
        Channel::from_shared(url).unwrap().connect().await.map_err(away)
    }
}

pub(super) fn by_a_person<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("pactline-actor", "person:1".parse().unwrap());
    request
}

pub(super) fn once(request_id: Uuid) -> Option<CommandContext> {
    Some(CommandContext { request_id: request_id.to_string(), ..CommandContext::default() })
}

pub(super) async fn admit(channel: Channel, acronym: &str, id: Uuid) -> Result<Recorded, Status> {
    let party = proto::Party { party: Some(proto::party::Party::Organization(acronym.into())) };
    let (context, name) = (once(id), format!("The {acronym}"));
    let request = proto::AdmitPartnerRequest { context, party: Some(party), name, ..Default::default() };
    let answer = PartnerServiceClient::new(channel).admit_partner(by_a_person(request)).await?;
    Ok(answer.into_inner().recorded.unwrap())
}

pub(super) async fn rename(
    channel: Channel,
    partner_id: &str,
    name: String,
    id: Uuid,
) -> Result<Recorded, Status> {
    let request = proto::RenamePartnerRequest { context: once(id), partner_id: partner_id.into(), name };
    let answer = PartnerServiceClient::new(channel).rename_partner(by_a_person(request)).await?;
    Ok(answer.into_inner().recorded.unwrap())
}

/// Gives one command after the other, each to the next server, and again with the same id until one answers.
async fn call(replicas: Arc<Replicas>, caller: usize, shared: String, acknowledged: Arc<Mutex<Vec<String>>>) {
    for n in 0..CALLERS.1 {
        let id = Uuid::from_u64_pair(caller as u64 + 1, n);
        for attempt in 0.. {
            let replica = (caller + n as usize + attempt) % REPLICAS;
            let answer = match replicas.channel(replica).await {
                Ok(channel) if caller.is_multiple_of(2) => {
                    rename(channel, &shared, format!("Name {n} by {caller}"), id).await
                }
                Ok(channel) => admit(channel, &format!("O{caller}-{n}"), id).await,
                Err(status) => Err(status),
            };
            match answer {
                Ok(recorded) => {
                    assert_eq!(recorded.events.len(), 1);
                    acknowledged.lock().unwrap().extend(recorded.events.into_iter().map(|it| it.event_id));
                    break;
                }
                Err(status) => {
                    let passing = [Code::Unavailable, Code::Aborted, Code::Unknown, Code::Cancelled];
                    assert!(passing.contains(&status.code()), "{status}");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }
}

/// The newest checkpoint of a server, once it covers `position`.
pub(super) async fn signed_for(served: &Served, position: u64) -> proto::GetCheckpointResponse {
    let mut audit = AuditServiceClient::new(connect(served).await);
    let request = proto::GetCheckpointRequest { position: Some(position), ..Default::default() };
    audit.get_checkpoint(request).await.unwrap().into_inner()
}

pub(super) async fn connect(served: &Served) -> Channel {
    Channel::from_shared(served.url.clone()).unwrap().connect().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_server_signs_it_is_the_same_checkpoint_and_without_a_key_none_is_made() {
    let (double, keys) = (Double::start(), tempfile::tempdir().unwrap());
    let key = keys.path().join("notary.key");
    let key = key.to_str().unwrap();
    let made =
        program::pactline(keys.path(), &["keys", "generate", key, "--name", "pact.example.org/shared"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let dirs = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let url = double.url();
    let signing = ["--log", &url, "--notary-key", key];
    let (one, other) = (program::serve(dirs[0].path(), &signing), program::serve(dirs[1].path(), &signing));
    let keyless = program::serve(dirs[2].path(), &["--log", &url]);
    let mut last = None;
    for n in 0..20 {
        let by = [&one, &other, &keyless][n % 3];
        last = admit(connect(by).await, &format!("O{n}"), Uuid::from_u128(n as u128 + 1))
            .await
            .unwrap()
            .position;
    }
    let (a, b) = (signed_for(&one, last.unwrap()).await, signed_for(&other, last.unwrap()).await);
    assert_eq!(a.checkpoint, b.checkpoint);
    assert!(a.checkpoint.contains("\n20\n"), "{}", a.checkpoint);
    let mut audit = AuditServiceClient::new(connect(&keyless).await);
    let refused = audit.get_checkpoint(proto::GetCheckpointRequest::default()).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition, "{refused}");
    assert!(!dirs[2].path().join("audit/notary.key").exists());
    for served in [one, other, keyless] {
        served.end("TERM");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_of_which_one_is_killed_now_and_then_lose_nothing_and_repeat_nothing() {
    let replicas = Replicas::on(Double::start());
    let first = admit(replicas.channel(0).await.unwrap(), "SHARED", Uuid::from_u128(1)).await.unwrap();
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let done = Arc::new(AtomicUsize::new(0));
    let callers = (0..CALLERS.0).map(|caller| {
        let (replicas, shared) = (replicas.clone(), first.id.clone());
        let (acknowledged, done) = (acknowledged.clone(), done.clone());
        tokio::spawn(async move {
            call(replicas, caller, shared, acknowledged).await;
            done.fetch_add(1, Ordering::SeqCst);
        })
    });
    let callers: Vec<_> = callers.collect();
    let killing = tokio::task::spawn_blocking({
        let (replicas, done) = (replicas.clone(), done.clone());
        move || {
            let mut killed = 0;
            while done.load(Ordering::SeqCst) < CALLERS.0 {
                let replica = killed % REPLICAS;
                replicas.kill(replica);
                replicas.serve(replica);
                killed += 1;
                std::thread::sleep(Duration::from_millis(700));
            }
            killed
        }
    });
    for caller in callers {
        caller.await.unwrap();
    }
    assert!(killing.await.unwrap() >= 1);
    let stored: Vec<String> =
        replicas.double.database().written().iter().map(|it| it.event.id.to_string()).collect();
    let acknowledged: BTreeSet<String> = acknowledged.lock().unwrap().drain(..).collect();
    assert_eq!(acknowledged.len() as u64, CALLERS.0 as u64 * CALLERS.1);
    assert_eq!(stored.len(), acknowledged.len() + 1);
    assert!(acknowledged.iter().all(|it| stored.contains(it)));
    the_views_say_the_same(&replicas, &first.id).await;
}

/// What each server says of a partner once it takes the last command into account.
async fn the_views_say_the_same(replicas: &Replicas, partner_id: &str) {
    let last = admit(replicas.channel(0).await.unwrap(), "LAST", Uuid::from_u128(2)).await.unwrap();
    let mut answers = Vec::new();
    for replica in 0..REPLICAS {
        let query = Some(QueryContext { after: last.position, as_of: None });
        let request = GetPartnerRequest { query, partner_id: partner_id.into() };
        let mut register = RegisterServiceClient::new(replicas.channel(replica).await.unwrap());
        answers.push(register.get_partner(request).await.unwrap().into_inner().partner.unwrap());
    }
    assert!(answers.iter().all(|it| *it == answers[0]), "{answers:?}");
}
