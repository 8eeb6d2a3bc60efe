//! A connection inside one program: a gRPC channel without a socket.
use crate::log::Error;
use futures::{Stream, StreamExt, stream};
use hyper_util::rt::TokioIo;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::DuplexStream;
use tonic::transport::{Channel, Endpoint, Uri};
use tower::service_fn;

/// A channel, and the one connection that a server gets for it.
pub(super) fn pair(
    buffer: usize,
) -> Result<(Channel, impl Stream<Item = io::Result<DuplexStream>> + Send + 'static), Error> {
    let (near, far) = tokio::io::duplex(buffer);
    let near = Arc::new(Mutex::new(Some(near)));
    let connect = service_fn(move |_: Uri| {
        let near = near.lock().unwrap_or_else(PoisonError::into_inner).take();
        let lost = || io::Error::new(io::ErrorKind::NotConnected, "the connection was lost");
        std::future::ready(near.map(TokioIo::new).ok_or_else(lost))
    });
    let endpoint = Endpoint::from_shared("http://in-process")
        .map_err(|err| Error::Unavailable(err.to_string()))?
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(4 << 20);
    let channel = endpoint.connect_with_connector_lazy(connect);
    Ok((channel, stream::once(std::future::ready(Ok(far))).chain(stream::pending())))
}
