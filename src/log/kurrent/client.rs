//! The only file that names the client crate: its calls, its errors and its types end here.
//!
//! Every client has a runtime of its own, so that what the crate does there, and that it panics over some answers,
//! stays there; and ends with it, since the crate lets go of nothing by itself. Subscriptions are not used: one whose answer ends in good order spins in the crate for ever, on a
//! thread that nothing can stop. `reader` asks again instead.
use super::nodelay::{self, NoDelay};
use super::settings::Target;
use super::{Limits, Threads};
use crate::log::Expected;
use bytes::Bytes;
use eventstore as es;
use serde_json::value::RawValue;
use std::sync::Arc;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

/// A filter that keeps the crate's own telemetry away: it tells of each error that is told here better.
pub(crate) const QUIET: &str = "eventstore=off";

/// What gRPC calls its codes, by number: the crate's tonic is another than ours.
mod code {
    pub(super) const INVALID_ARGUMENT: i32 = 3;
    pub(super) const NOT_FOUND: i32 = 5;
    pub(super) const ALREADY_EXISTS: i32 = 6;
    pub(super) const PERMISSION_DENIED: i32 = 7;
    pub(super) const UNAUTHENTICATED: i32 = 16;
}

/// Why the server or the client did not do what was asked.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// The stream is elsewhere than the writer believed. Nothing was written, the session is over.
    Conflict,
    /// There is no such stream.
    Missing,
    /// The stream was deleted for good.
    Deleted,
    /// We may not.
    Denied,
    /// It will never be done.
    Refused(String),
    /// The session is over, because of another append; whether this one was written is not known.
    SessionOver,
    /// Something broke: whether it was done is not known, and the client is of no more use.
    Broken(String),
}

/// A connection to the cluster.
pub(super) struct Client {
    client: es::Client,
    login: Option<es::Credentials>,
    threads: Threads,
    limits: Limits,
    nodelay: NoDelay,
}

/// One call in which many appends are made.
#[derive(Clone)]
pub(super) struct Session(Arc<es::BatchAppendClient>);

/// An event, ready to be sent.
#[derive(Clone)]
pub(super) struct Outgoing(es::EventData);

/// What the server says of an append that is there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    /// The stream's last revision after it.
    pub(super) revision: Option<u64>,
    /// The commit position of its last event.
    pub(super) commit: Option<u64>,
}

/// What to read.
#[derive(Debug, Clone)]
pub(super) enum Scope {
    /// A stream from this revision on.
    Stream(Arc<str>, u64),
    /// The last event of a stream.
    Last(Arc<str>),
    /// Everything from this commit position on, with the event that is there.
    All(u64),
    /// Everything before this commit position, or from the end, backwards.
    Backwards(Option<u64>),
}

/// What was read.
pub(super) struct Page {
    pub(super) events: Vec<Found>,
    /// The stream's last revision, where a stream was read.
    pub(super) last: Option<u64>,
}

/// An event as the server gave it.
pub(super) struct Found {
    pub(super) stream: Arc<str>,
    pub(super) revision: u64,
    pub(super) commit: u64,
    pub(super) prepare: u64,
    pub(super) id: Uuid,
    pub(super) kind: Arc<str>,
    pub(super) data: Bytes,
    pub(super) meta: Bytes,
    /// When it was stored by the server's clock, in microseconds since 1970: the second in which that was.
    pub(super) created_us: i64,
}

impl Client {
    /// A client of `target`; nothing is asked of it yet.
    pub(super) fn new(target: &Target, limits: Limits) -> Result<Self, Fault> {
        let settings: es::ClientSettings =
            target.url.parse().map_err(|err: es::ClientSettingsParseError| {
                Fault::Refused(format!("the log's URL: {}", err.message()))
            })?;
        let threads = Threads::start().map_err(|err| Fault::Broken(err.to_string()))?;
        let client = es::Client::with_runtime_handle(threads.handle().clone(), settings)?;
        let login = target.login.clone().map(|(user, word)| es::Credentials::new(user, word));
        Ok(Self { client, login, threads, limits, nodelay: NoDelay::default() })
    }

    /// The server's version: (0, 0, 0) when it does not say.
    pub(super) async fn version(&self) -> Result<(usize, usize, usize), Fault> {
        let client = self.client.clone();
        let info = self.run(async move { Ok(client.server_info().await?) }).await?;
        nodelay::set_for_all();
        let version = info.version();
        Ok((version.major(), version.minor(), version.patch()))
    }

    /// Begins a session.
    pub(super) async fn session(&self) -> Result<Session, Fault> {
        let client = self.client.clone();
        let mut options = es::BatchAppendOptions::default().deadline(self.limits.call());
        if let Some(login) = self.login.clone() {
            options = options.authenticated(login);
        }
        self.run(async move { Ok(Session(Arc::new(client.batch_append(&options).await?))) }).await
    }

    /// Appends one event in a call of its own: wherever the stream ends, where nothing is expected.
    pub(super) async fn append(
        &self,
        stream: &'static str,
        expected: Option<Expected>,
        event: Outgoing,
    ) -> Result<(), Fault> {
        let (client, longest) = (self.client.clone(), self.limits.call());
        let expected = expected.map_or(es::ExpectedRevision::Any, revision);
        let mut options = es::AppendToStreamOptions::default().expected_revision(expected).deadline(longest);
        if let Some(login) = self.login.clone() {
            options = options.authenticated(login);
        }
        let append = async move { client.append_to_stream(stream, &options, event.0).await };
        self.run(async move { Ok(timeout(longest, append).await.map_err(|_| late())?.map(drop)?) }).await
    }

    /// At most `count` events, and not many more than `bytes` of them.
    pub(super) async fn read(&self, scope: Scope, count: usize, bytes: usize) -> Result<Page, Fault> {
        let (client, login) = (self.client.clone(), self.login.clone());
        let each = self.limits.call();
        let reading = async move {
            let whole_stream = matches!(scope, Scope::Stream(..) | Scope::Last(_));
            let mut reading = begin(&client, scope, login, count).await?;
            let mut page = Page { events: Vec::new(), last: None };
            let mut read = 0;
            while read < bytes {
                let next = timeout(each, reading.next_read_event()).await.map_err(|_| late())?;
                match next? {
                    Some(es::ReadEvent::Event(event)) => {
                        let found =
                            found(event).ok_or_else(|| Fault::Broken("an event without an event".into()))?;
                        read += found.data.len() + found.meta.len();
                        page.events.push(found);
                    }
                    Some(es::ReadEvent::LastStreamPosition(last)) => page.last = Some(last),
                    Some(es::ReadEvent::FirstStreamPosition(_) | es::ReadEvent::LastAllStreamPosition(_)) => {
                    }
                    // A server that goes away in good order ends its answers early: a stream's says where it ends.
                    None if whole_stream && page.last.is_none() => {
                        return Err(Fault::Broken("the answer was cut short".into()));
                    }
                    None => break,
                }
            }
            Ok(page)
        };
        self.run(reading).await
    }

    /// Runs on the client's runtime, for not longer than any call may take in all.
    async fn run<T: Send + 'static>(
        &self,
        call: impl Future<Output = Result<T, Fault>> + Send + 'static,
    ) -> Result<T, Fault> {
        let began = Instant::now();
        let called = self.threads.handle().spawn(timeout(self.limits.page(), call));
        let abort = AbortOnDrop(called.abort_handle());
        let answered = called.await;
        drop(abort);
        self.nodelay.after(began.elapsed());
        match answered {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(late()),
            Err(err) => Err(Fault::Broken(format!("the client gave up: {err}"))),
        }
    }
}

/// Ends a call that nobody waits for any more.
struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Session {
    /// Appends. Sent when it is first polled, so that appends are made in that order.
    pub(super) async fn append(
        self,
        stream: Arc<str>,
        expected: Expected,
        events: Vec<Outgoing>,
    ) -> Result<Written, Fault> {
        let expected = revision(expected);
        let events = events.into_iter().map(|it| it.0).collect();
        let written = self.0.append_to_stream(stream, expected, events).await?;
        let commit = written.current_position().map(|it| it.commit);
        Ok(Written { revision: written.current_revision(), commit })
    }
}

impl Outgoing {
    /// An event; marked as JSON where its data is, so that the server's own pages and projections can read it.
    pub(super) fn new(id: Uuid, kind: &str, data: &Bytes, meta: Bytes) -> Self {
        let raw = serde_json::from_slice::<&RawValue>(data).ok().filter(|it| it.get().len() == data.len());
        let json = raw.and_then(|it| es::EventData::json(kind, &it).ok());
        let event = json.unwrap_or_else(|| es::EventData::binary(kind, data.clone()));
        Self(event.id(id).metadata(meta))
    }
}

fn revision(expected: Expected) -> es::ExpectedRevision {
    match expected {
        Expected::NoStream => es::ExpectedRevision::NoStream,
        Expected::Revision(it) => es::ExpectedRevision::Exact(it),
    }
}

async fn begin(
    client: &es::Client,
    scope: Scope,
    login: Option<es::Credentials>,
    count: usize,
) -> Result<es::ReadStream, Fault> {
    let at = |commit| es::StreamPosition::Position(es::Position { commit, prepare: commit });
    macro_rules! asked {
        ($options:expr) => {{
            let options = $options.max_count(count);
            match login {
                Some(login) => options.authenticated(login),
                None => options,
            }
        }};
    }
    Ok(match scope {
        Scope::Stream(stream, from) => {
            let options =
                es::ReadStreamOptions::default().position(es::StreamPosition::Position(from)).forwards();
            client.read_stream(&*stream, &asked!(options)).await?
        }
        Scope::Last(stream) => {
            let options = es::ReadStreamOptions::default().position(es::StreamPosition::End);
            client.read_stream(&*stream, &asked!(options)).await?
        }
        Scope::All(from) => {
            let options = es::ReadAllOptions::default().position(at(from)).forwards();
            client.read_all(&asked!(options)).await?
        }
        Scope::Backwards(before) => {
            let from = before.map_or(es::StreamPosition::End, at);
            client.read_all(&asked!(es::ReadAllOptions::default().position(from).backwards())).await?
        }
    })
}

fn found(resolved: es::ResolvedEvent) -> Option<Found> {
    let event = resolved.event?;
    Some(Found {
        stream: event.stream_id.into(),
        revision: event.revision,
        commit: event.position.commit,
        prepare: event.position.prepare,
        id: event.id,
        kind: event.event_type.into(),
        data: event.data,
        meta: event.custom_metadata,
        created_us: event.created.timestamp_micros(),
    })
}

fn late() -> Fault {
    Fault::Broken("no answer in time".into())
}

impl From<es::Error> for Fault {
    fn from(err: es::Error) -> Self {
        match err {
            es::Error::WrongExpectedVersion { .. } => Fault::Conflict,
            es::Error::ResourceNotFound => Fault::Missing,
            es::Error::ResourceDeleted => Fault::Deleted,
            es::Error::AccessDenied => Fault::Denied,
            es::Error::UnsupportedFeature => Fault::Refused(
                "the server does not speak this protocol: it is another product, or too old".into(),
            ),
            es::Error::ServerError(text) if text.contains("Batch-append stream has been closed") => {
                Fault::SessionOver
            }
            es::Error::GrpcConnectionError(err) => Fault::Broken(unconnected(&err)),
            es::Error::Grpc { code, message } => by_code(code.into(), message),
            es::Error::ServerError(_)
            | es::Error::NotLeaderException(_)
            | es::Error::ConnectionClosed
            | es::Error::InternalParsingError(_)
            | es::Error::ResourceAlreadyExists
            | es::Error::InternalClientError
            | es::Error::DeadlineExceeded
            | es::Error::InitializationError(_)
            | es::Error::IllegalStateError(_) => Fault::Broken(err.to_string()),
        }
    }
}

/// The crate says only at which step it stopped.
fn unconnected(err: &es::GrpcConnectionError) -> String {
    match err {
        es::GrpcConnectionError::MaxDiscoveryAttemptReached(_) => "no node of the cluster answers".into(),
        es::GrpcConnectionError::Grpc(text) if text.contains("(Connect)") => {
            "nobody answers there, or not with TLS as the URL says (tls=true, tls=false), or with a certificate that \
             is not of this CA"
                .into()
        }
        es::GrpcConnectionError::Grpc(text)
            if ["(SendRequest)", "operation was canceled", "h2 protocol error"].iter().any(|it| text.contains(it)) =>
        {
            "what answers there is not KurrentDB, or wants TLS (tls=true)".into()
        }
        es::GrpcConnectionError::Grpc(text) => {
            let message = text.split_once("message: \"").and_then(|(_, rest)| rest.split_once('"'));
            message.map_or(text.clone(), |(message, _)| message.to_owned())
        }
    }
}

/// What an append in a session is answered with, when it is not there.
fn by_code(number: i32, message: String) -> Fault {
    match (number, message.as_str()) {
        (code::ALREADY_EXISTS, "WrongExpectedVersion") => Fault::Conflict,
        (code::NOT_FOUND, "StreamDeleted") => Fault::Deleted,
        (code::PERMISSION_DENIED | code::UNAUTHENTICATED, _) => Fault::Denied,
        (code::INVALID_ARGUMENT, "MaximumAppendSizeExceeded") => Fault::Refused(
            "it is larger than the server takes at a time; raise the server's MaxAppendSize".into(),
        ),
        (code::INVALID_ARGUMENT, _) => Fault::Refused(format!("the server says {message}")),
        _ => Fault::Broken(format!("{message} (code {number})")),
    }
}
