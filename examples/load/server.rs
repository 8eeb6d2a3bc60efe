//! The server that is measured, on a loopback port, and connections to it.
use crate::echo;
use crate::history::Fallible;
use pactline::app::App;
use pactline::config::{Config, Limits, LogPlace, Proof};
use pactline::engine::Engine;
use pactline::log::Error;
use pactline::views::Views;
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::Request;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};

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
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), Error>>,
}

/// Starts it with its data in `dir`.
pub(crate) async fn start(dir: &Path) -> Fallible<Running> {
    let limits = Limits { connection_calls_max: 1024, ..Limits::default() };
    let app = App::build(Config {
        data: dir.join("data"),
        log: LogPlace::default(),
        limits,
        origin: None,
        reactions: true,
        proof: Some(Proof::default()),
    })
    .await?;
    let (engine, views) = (app.engine().clone(), app.views().clone());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let shutdown = async move { drop(stopped.await) };
    let served = tokio::spawn(app.run(listener, shutdown));
    let bare = TcpListener::bind("127.0.0.1:0").await?;
    let echo = bare.local_addr()?;
    let incoming = TcpIncoming::from(bare).with_nodelay(Some(true));
    tokio::spawn(Server::builder().add_service(echo::service()).serve_with_incoming(incoming));
    Ok(Running { engine, views, address, echo, stop, served })
}

impl Running {
    /// Stops it as a signal would.
    pub(crate) async fn stop(self) -> Fallible<()> {
        drop(self.stop);
        Ok(self.served.await??)
    }
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
