//! A server of KurrentDB's gRPC protocol for tests and benches: no disk, but its rules, and its faults on demand.
//!
//! What it does was taken from the server's source (release 24.10): how an append is checked, what is answered, how
//! errors are told, which reads begin at and which after the place that they name. It is not the server: there is no
//! replication, so all nodes of a double share one database, and nothing is scavenged.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    reason = "nothing here is published, a broken double stops a test, and the benches use less of it"
)]
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tonic::transport::server::TcpIncoming;

mod cluster;
pub mod database;
mod plan;
mod read;
mod streams;
mod write;

pub use database::Database;
pub use plan::{Call, Fault, Plan};

/// The protocol's messages and services, generated from `tests/it/kurrent/proto`.
#[allow(missing_docs, clippy::all, reason = "generated")]
pub mod pb {
    pub mod event_store {
        pub mod client {
            include!(concat!(env!("OUT_DIR"), "/event_store.client.rs"));
            pub mod streams {
                include!(concat!(env!("OUT_DIR"), "/event_store.client.streams.rs"));
            }
            pub mod gossip {
                include!(concat!(env!("OUT_DIR"), "/event_store.client.gossip.rs"));
            }
            pub mod server_features {
                include!(concat!(env!("OUT_DIR"), "/event_store.client.server_features.rs"));
            }
        }
    }
    pub mod google {
        pub mod rpc {
            include!(concat!(env!("OUT_DIR"), "/google.rpc.rs"));
        }
    }
}

/// The largest message it takes, as the server's.
const MESSAGE_BYTES_MAX: usize = 17 * 1024 * 1024;

/// A cluster of one node or more. Dropping it ends all of them.
pub struct Double {
    shared: Arc<Shared>,
    nodes: Mutex<Vec<Node>>,
}

/// What all nodes have in common.
pub struct Shared {
    /// What was stored.
    pub database: Database,
    plan: Mutex<Plan>,
    leader: AtomicUsize,
    ports: Mutex<Vec<Port>>,
    settings: Settings,
}

/// Where a node listens, and whether it does.
#[derive(Clone, Copy)]
struct Port {
    number: u16,
    is_alive: bool,
}

/// What a server is told when it is installed.
#[derive(Clone)]
pub struct Settings {
    /// What it says its version is.
    pub version: &'static str,
    /// The `authorization` that a caller must show; everyone may come in where none is set.
    pub authorization: Option<&'static str>,
    /// The most that one append may measure.
    pub append_bytes_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { version: "24.10.0", authorization: None, append_bytes_max: 16 * 1024 * 1024 }
    }
}

struct Node {
    address: SocketAddr,
    /// A node runs on threads of its own: when they go, its connections are cut in the middle of whatever they carry.
    runtime: Option<Runtime>,
}

impl Double {
    /// One node that does everything right.
    pub fn start() -> Self {
        Self::of(1, Settings::default())
    }

    /// So many nodes; the first leads.
    pub fn of(nodes: usize, settings: Settings) -> Self {
        let shared = Arc::new(Shared {
            database: Database::default(),
            plan: Mutex::new(Box::new(|_| Fault::None)),
            leader: AtomicUsize::new(0),
            ports: Mutex::new(vec![Port { number: 0, is_alive: false }; nodes]),
            settings,
        });
        let double = Self { shared, nodes: Mutex::new(Vec::new()) };
        for _ in 0..nodes {
            double.nodes().push(Node { address: ([127, 0, 0, 1], 0).into(), runtime: None });
        }
        (0..nodes).for_each(|it| double.revive(it));
        double
    }

    /// How a client is told to find it.
    pub fn url(&self) -> String {
        let hosts: Vec<String> = self.nodes().iter().map(|it| it.address.to_string()).collect();
        format!("esdb://{}?tls=false&discoveryInterval=20&maxDiscoverAttempts=2", hosts.join(","))
    }

    /// What was stored.
    pub fn database(&self) -> &Database {
        &self.shared.database
    }

    /// From now on, `plan` says what goes wrong.
    pub fn goes_wrong(&self, plan: impl FnMut(Call) -> Fault + Send + 'static) {
        *locked(&self.shared.plan) = Box::new(plan);
    }

    /// From now on, nothing goes wrong.
    pub fn goes_right(&self) {
        self.goes_wrong(|_| Fault::None);
    }

    /// Ends a node as if its power had been cut.
    pub fn kill(&self, node: usize) {
        let runtime = self.nodes()[node].runtime.take();
        locked(&self.shared.ports)[node].is_alive = false;
        if let Some(runtime) = runtime {
            runtime.shutdown_background();
        }
    }

    /// Starts a node where it was before.
    pub fn revive(&self, node: usize) {
        let mut nodes = self.nodes();
        let wanted = nodes[node].address;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = listen(wanted);
        let address = listener.local_addr().unwrap();
        let shared = self.shared.clone();
        runtime.spawn(async move { serve(node, TcpListener::from_std(listener).unwrap(), shared).await });
        locked(&self.shared.ports)[node] = Port { number: address.port(), is_alive: true };
        nodes[node] = Node { address, runtime: Some(runtime) };
    }

    /// Lets `node` lead.
    pub fn elect(&self, node: usize) {
        self.shared.leader.store(node, Ordering::SeqCst);
    }

    fn nodes(&self) -> MutexGuard<'_, Vec<Node>> {
        locked(&self.nodes)
    }
}

/// Takes the address, waiting for connections of a node that was killed there to be gone.
fn listen(address: SocketAddr) -> std::net::TcpListener {
    let listener = loop {
        match std::net::TcpListener::bind(address) {
            Ok(listener) => break listener,
            Err(err) if err.kind() == std::io::ErrorKind::AddrInUse => {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            Err(err) => panic!("{address}: {err}"),
        }
    };
    listener.set_nonblocking(true).unwrap();
    listener
}

async fn serve(node: usize, listener: TcpListener, shared: Arc<Shared>) {
    let serving = cluster::Serving { node, shared };
    let streams = pb::event_store::client::streams::streams_server::StreamsServer::new(serving.clone())
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX);
    let gossip = pb::event_store::client::gossip::gossip_server::GossipServer::new(serving.clone());
    let features =
        pb::event_store::client::server_features::server_features_server::ServerFeaturesServer::new(serving);
    let served = tonic::transport::Server::builder()
        .add_service(streams)
        .add_service(gossip)
        .add_service(features)
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)))
        .await;
    served.unwrap();
}

impl Drop for Double {
    fn drop(&mut self) {
        let nodes = self.nodes().len();
        (0..nodes).for_each(|it| self.kill(it));
    }
}

/// A lock is poisoned by a test that failed; others may still look.
fn locked<T: ?Sized>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}
