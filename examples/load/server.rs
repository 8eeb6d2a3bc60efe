//! The server that is measured, on a loopback port, and connections to it.
use crate::echo;
use crate::history::Fallible;
use pactline::api::Api;
use pactline::clock::Clock;
use pactline::engine::Engine;
use pactline::log::{EmbeddedLog, Log};
use pactline::views::Views;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tonic::Request;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};

/// How many streams the engine remembers.
const STREAMS_MAX: usize = 65_536;

/// Everything that runs.
pub(crate) struct Running {
    /// Over which everything is executed.
    pub(crate) engine: Engine,
    /// What follows.
    pub(crate) views: Views,
    /// Where commands are answered.
    pub(crate) address: SocketAddr,
    /// Where calls are answered without doing anything.
    pub(crate) echo: SocketAddr,
}

/// Starts it with its data in `dir`.
pub(crate) async fn start(dir: &Path) -> Fallible<Running> {
    let clock = Clock::system();
    let now = clock.clone();
    let log: Arc<dyn Log> = Arc::new(EmbeddedLog::open(&dir.join("log"), move || now.now())?);
    let views = Views::open(&dir.join("views"), log.clone())?;
    let engine = Engine::new(log, clock, STREAMS_MAX);
    let (incoming, address) = listen().await?;
    let (bare, echo) = listen().await?;
    let routes = Api::new(engine.clone()).routes();
    tokio::spawn(Server::builder().add_routes(routes).serve_with_incoming(incoming));
    tokio::spawn(Server::builder().add_service(echo::service()).serve_with_incoming(bare));
    Ok(Running { engine, views, address, echo })
}

async fn listen() -> Fallible<(TcpIncoming, SocketAddr)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    Ok((TcpIncoming::from(listener).with_nodelay(Some(true)), address))
}

/// So many connections to `address`.
pub(crate) async fn connect(address: SocketAddr, connections: usize) -> Fallible<Vec<Channel>> {
    let mut channels = Vec::new();
    for _ in 0..connections {
        channels.push(Endpoint::from_shared(format!("http://{address}"))?.connect().await?);
    }
    Ok(channels)
}

/// `message` as somebody asks it.
pub(crate) fn from_a_caller<T>(message: T) -> Fallible<Request<T>> {
    let mut request = Request::new(message);
    request.metadata_mut().insert(pactline::api::caller::ACTOR, "person:4711".parse()?);
    Ok(request)
}
