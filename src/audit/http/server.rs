//! The server: how much it takes on, and how it stops.
use super::{Answer, Keep, Request, Site};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How many connections are open at a time; more wait.
pub const CONNECTIONS_MAX: usize = 256;
/// The largest body: a checkpoint with its signatures and a proof of 63 lines fits in some KiB.
const BODY_MAX: usize = 64 * 1024;
/// How long to wait after a connection could not be accepted: the system has no more of them for now.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// How long others may take: whoever takes longer is let go, so that a few who say nothing cannot keep out all others.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a request's header to arrive; also how long a connection may idle.
    pub header: Duration,
    /// For a request's body to arrive.
    pub body: Duration,
    /// For all that happens on one connection, the reading of the answers included.
    pub connection: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            body: Duration::from_secs(10),
            connection: Duration::from_secs(120),
        }
    }
}

/// Lets `site` answer whoever connects to `listener`, until `shutdown`; then connections are cut.
pub async fn serve(listener: TcpListener, site: Arc<dyn Site>, shutdown: impl Future<Output = ()>) {
    serve_within(Patience::default(), listener, site, shutdown).await;
}

/// The same with another patience.
pub async fn serve_within(
    patience: Patience,
    listener: TcpListener,
    site: Arc<dyn Site>,
    shutdown: impl Future<Output = ()>,
) {
    let turns = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => return,
            Some(_) = connections.join_next() => {}
            accepted = accept(&listener, &turns) => {
                if let Some((stream, turn)) = accepted {
                    connections.spawn(connection(patience, stream, site.clone(), turn));
                }
            }
        }
    }
}

async fn accept(listener: &TcpListener, turns: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let turn = turns.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, turn)),
        Err(err) => {
            tracing::warn!(%err, "a connection could not be accepted");
            tokio::time::sleep(AGAIN_AFTER).await;
            None
        }
    }
}

async fn connection(patience: Patience, stream: TcpStream, site: Arc<dyn Site>, turn: OwnedSemaphorePermit) {
    let answering = service_fn(move |request| answer(patience.body, site.clone(), request));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.header);
    let serving = http.serve_connection(TokioIo::new(stream), answering);
    match timeout(patience.connection, serving).await {
        Ok(Ok(())) => {}
        Ok(Err(err)) => tracing::debug!(%err, "a connection ended early"),
        Err(_) => tracing::debug!("a connection took too long"),
    }
    drop(turn);
}

async fn answer(
    longest: Duration,
    site: Arc<dyn Site>,
    request: hyper::Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = match timeout(longest, Limited::new(body, BODY_MAX).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) => return Ok(last(Answer::text(413, format!("at most {BODY_MAX} bytes are taken")))),
        Err(_) => return Ok(last(Answer::text(408, "what was announced did not come"))),
    };
    let request = Request { method: head.method.to_string(), path: head.uri.path().to_owned(), body };
    let answered = tokio::task::spawn_blocking(move || site.answer(request)).await;
    Ok(respond(answered.unwrap_or_else(|_| Answer::text(500, "this could not be answered"))))
}

/// The answer after which the connection ends: what is left of the request is not waited for.
fn last(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = respond(answer);
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn respond(answer: Answer) -> Response<Full<Bytes>> {
    let keep = match answer.keep {
        Keep::No => "no-store",
        Keep::Moments => "max-age=2",
        Keep::Forever => "public, max-age=31536000, immutable",
    };
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    response
}
