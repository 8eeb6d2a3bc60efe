//! Which node a client talks to, what it can do, and who leads.
use super::pb::event_store::client::gossip::{
    ClusterInfo, EndPoint, MemberInfo, gossip_server::Gossip, member_info::VNodeState,
};
use super::pb::event_store::client::server_features::{
    SupportedMethod, SupportedMethods, server_features_server::ServerFeatures,
};
use super::pb::event_store::client::{Empty, Uuid, uuid};
use super::{Call, Fault, Shared, locked};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tonic::metadata::MetadataMap;
use tonic::{Code, Request, Response, Status, async_trait};

/// One node, as its callers see it.
#[derive(Clone)]
pub(super) struct Serving {
    pub(super) node: usize,
    pub(super) shared: Arc<Shared>,
}

impl Serving {
    /// Lets a caller of Streams in, or says why not.
    pub(super) fn admit(&self, metadata: &MetadataMap) -> Result<(), Status> {
        let shown = metadata.get("authorization").and_then(|it| it.to_str().ok());
        match self.shared.settings.authorization {
            Some(_) if shown.is_none() => return Err(denied()),
            Some(wanted) if shown != Some(wanted) => return Err(Status::unauthenticated("Unauthenticated")),
            _ => {}
        }
        let leader = self.shared.leader.load(Ordering::SeqCst);
        let asks = metadata.get("requires-leader").is_some_and(|it| it == "true");
        match asks && leader != self.node {
            true => Err(not_leader(locked(&self.shared.ports)[leader].number)),
            false => Ok(()),
        }
    }
}

/// The caller is known and may not.
pub(super) fn denied() -> Status {
    let mut metadata = MetadataMap::new();
    metadata.insert("exception", "access-denied".parse().unwrap());
    Status::with_metadata(Code::PermissionDenied, "Access Denied", metadata)
}

/// The caller must go to the node that listens at `port`.
pub(super) fn not_leader(port: u16) -> Status {
    let mut metadata = MetadataMap::new();
    metadata.insert("exception", "not-leader".parse().unwrap());
    metadata.insert("leader-endpoint-host", "127.0.0.1".parse().unwrap());
    metadata.insert("leader-endpoint-port", port.to_string().parse().unwrap());
    Status::with_metadata(Code::NotFound, "Leader info available", metadata)
}

/// How a call of the small services fails; they have fewer ways.
async fn failing(fault: Fault) -> Result<(), Status> {
    match fault {
        Fault::None | Fault::Twice | Fault::EndsEarly => Ok(()),
        Fault::Unavailable | Fault::LostAnswer | Fault::LateCommit => {
            Err(Status::unavailable("Server Is Not Ready"))
        }
        Fault::DeadlineAfterCommit => Err(Status::deadline_exceeded("Timeout")),
        Fault::Hang => std::future::pending().await,
        Fault::NotLeader { port } => Err(not_leader(port)),
        Fault::Denied => Err(denied()),
        Fault::Unimplemented => Err(Status::unimplemented("Service is unimplemented.")),
    }
}

#[async_trait]
impl Gossip for Serving {
    async fn read(&self, _: Request<Empty>) -> Result<Response<ClusterInfo>, Status> {
        failing(self.shared.fault(Call::Gossip)).await?;
        let leader = self.shared.leader.load(Ordering::SeqCst);
        let ports = locked(&self.shared.ports).clone();
        let member = |(node, port): (usize, super::Port)| MemberInfo {
            instance_id: Some(Uuid {
                value: Some(uuid::Value::String(::uuid::Uuid::from_u128(node as u128).to_string())),
            }),
            time_stamp: 0,
            state: if node == leader { VNodeState::Leader } else { VNodeState::Follower }.into(),
            is_alive: port.is_alive,
            http_end_point: Some(EndPoint { address: "127.0.0.1".into(), port: port.number.into() }),
        };
        Ok(Response::new(ClusterInfo { members: ports.into_iter().enumerate().map(member).collect() }))
    }
}

#[async_trait]
impl ServerFeatures for Serving {
    async fn get_supported_methods(&self, _: Request<Empty>) -> Result<Response<SupportedMethods>, Status> {
        failing(self.shared.fault(Call::Features)).await?;
        let method = |name: &str, features: &[&str]| SupportedMethod {
            method_name: name.into(),
            service_name: "event_store.client.streams.streams".into(),
            features: features.iter().map(ToString::to_string).collect(),
        };
        Ok(Response::new(SupportedMethods {
            methods: vec![
                method("read", &["position", "events"]),
                method("append", &[]),
                method("delete", &[]),
                method("batchappend", &["deadline_duration"]),
            ],
            event_store_server_version: self.shared.settings.version.into(),
        }))
    }
}
