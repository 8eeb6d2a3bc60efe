//! The client: one request on a connection of its own.
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::net::TcpStream;

/// The largest answer that is read.
const ANSWER_MAX: usize = 64 * 1024;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The bytes.
    pub body: Bytes,
}

/// Sends `body` to `url` within `longest`; why there is no answer.
pub async fn post(url: &str, body: Bytes, longest: Duration) -> Result<Reply, String> {
    match tokio::time::timeout(longest, send(url, body)).await {
        Ok(reply) => reply,
        Err(_) => Err(format!("no answer within {} s", longest.as_secs())),
    }
}

async fn send(url: &str, body: Bytes) -> Result<Reply, String> {
    let uri: Uri = url.parse().map_err(|err| format!("{url:?} is no address: {err}"))?;
    if uri.scheme_str() != Some("http") {
        return Err(format!("{url:?} must begin with http://: TLS is for a proxy"));
    }
    let authority = uri.authority().ok_or("it names no host")?.clone();
    let place = (authority.host(), authority.port_u16().unwrap_or(80));
    let stream = TcpStream::connect(place).await.map_err(|err| err.to_string())?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|err| err.to_string())?;
    let request = Request::builder()
        .method(Method::POST)
        .uri(uri.path_and_query().map_or("/", |it| it.as_str()))
        .header(HOST, authority.as_str())
        .body(Full::new(body))
        .map_err(|err| err.to_string())?;
    let answered = async {
        let response = sender.send_request(request).await.map_err(|err| err.to_string())?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), ANSWER_MAX).collect().await;
        Ok(Reply { status, body: body.map_err(|err| err.to_string())?.to_bytes() })
    };
    // The connection only moves while somebody drives it; when it ends first, the sender says why.
    let driven = async {
        drop(connection.await);
        std::future::pending().await
    };
    tokio::select! {
        reply = answered => reply,
        never = driven => never,
    }
}
