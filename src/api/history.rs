//! The record itself, event by event, as CloudEvents that carry the stored bytes.
use super::convert::Form;
use super::proto as pb;
use super::query;
use super::status;
use crate::codec::KINDS;
use crate::domain::citation::StreamName;
use crate::log::{Error, Log, Position, Record, Records};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::HashSet;
use std::sync::Arc;
use tonic::{Request, Response, Status};

mod event;

use event::cloud_event;

/// The most bytes of events in one page, so that it fits into a message of 4 MiB; one event always goes.
const PAGE_BYTES_MAX: usize = 1024 * 1024;
/// The most events looked at for one page, however few the filter lets through.
const LOOKED_AT_MAX: usize = 20_000;

/// Reads and follows the log.
#[derive(Clone)]
pub struct History {
    log: Arc<dyn Log>,
}

impl History {
    /// Reads `log`.
    pub fn new(log: Arc<dyn Log>) -> Self {
        Self { log }
    }
}

#[tonic::async_trait]
impl pb::history_service_server::HistoryService for History {
    async fn read_stream(
        &self,
        request: Request<pb::ReadStreamRequest>,
    ) -> Result<Response<pb::ReadStreamResponse>, Status> {
        let request = request.into_inner();
        let page = query::page(request.page);
        let (stream, from) = query::read(|form| {
            let stream = form.text::<StreamName>("stream", request.stream);
            let from = query::counted(form, &page.token).map(|it| it.unwrap_or(request.from_revision));
            Some((stream?, from?))
        })?;
        let records = self.log.read_stream(stream.as_str(), from);
        let found = take(records, page.size, &Filter::default()).await.map_err(|err| status::broken(&err))?;
        let next = found.next().map(|it| it.revision.saturating_add(1).to_string());
        Ok(Response::new(pb::ReadStreamResponse {
            next_page_token: next.unwrap_or_default(),
            events: found.events(),
        }))
    }

    async fn read_all(
        &self,
        request: Request<pb::ReadAllRequest>,
    ) -> Result<Response<pb::ReadAllResponse>, Status> {
        let request = request.into_inner();
        let page = query::page(request.page);
        let (filter, after) = query::read(|form| {
            let filter = filter(form, request.filter);
            let after = query::counted(form, &page.token).map(|it| it.or(request.after));
            Some((filter?, after?))
        })?;
        let records = self.log.read_all(after.map(Position));
        let found = take(records, page.size, &filter).await.map_err(|err| status::broken(&err))?;
        let next = found.next().map(|it| it.position.to_string());
        Ok(Response::new(pb::ReadAllResponse {
            next_page_token: next.unwrap_or_default(),
            position: found.last.as_ref().map(|it| it.position.0).or(after),
            events: found.events(),
        }))
    }

    type SubscribeStream = BoxStream<'static, Result<pb::SubscribeResponse, Status>>;

    /// The subscriber pulls: a chunk is read from the log when the one before was sent, so that one who is
    /// slow, or never reads, costs one chunk and what the connection buffers.
    async fn subscribe(
        &self,
        request: Request<pb::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let request = request.into_inner();
        let filter = query::read(|form| filter(form, request.filter))?;
        let chunks = self.log.follow(request.after.map(Position)).then(|chunk| async {
            // A filter that lets little through must not keep others from their turn.
            tokio::task::yield_now().await;
            chunk
        });
        let sent = chunks.map_err(|err| status::broken(&err)).map_ok(move |chunk| {
            let wanted: Vec<Record> = chunk.into_iter().filter(|it| filter.lets(it)).collect();
            stream::iter(wanted.into_iter().map(|it| {
                let position = it.position.0;
                Ok(pb::SubscribeResponse { event: Some(cloud_event(&it)), position })
            }))
        });
        Ok(Response::new(sent.try_flatten().boxed()))
    }
}

/// Which events are wanted; what is empty lets all through.
#[derive(Default)]
struct Filter {
    kinds: HashSet<String>,
    types: HashSet<String>,
    streams: HashSet<String>,
}

impl Filter {
    fn lets(&self, record: &Record) -> bool {
        let kind = record.stream.split_once('-').map_or("", |(kind, _)| kind);
        let lets = |wanted: &HashSet<String>, it: &str| wanted.is_empty() || wanted.contains(it);
        lets(&self.kinds, kind) && lets(&self.types, &record.kind) && lets(&self.streams, &record.stream)
    }
}

/// The words must be ours: a misspelt one would let nothing through, silently and for ever.
fn filter(form: &mut Form, it: Option<pb::EventFilter>) -> Option<Filter> {
    let it = it.unwrap_or_default();
    form.within("filter", |form| {
        let kinds = form.each("kinds", it.kinds, |form, kind| {
            let known = KINDS.iter().any(|(it, _)| *it == kind);
            if known { Some(kind) } else { form.refuse("", format!("no stream is of the kind {kind:?}")) }
        });
        let types = form.each("types", it.types, |form, name| {
            let known = KINDS.iter().any(|(_, types)| types.contains(&name.as_str()));
            if known { Some(name) } else { form.refuse("", format!("no event is called {name:?}")) }
        });
        let streams = form
            .each("streams", it.streams, |form, name| form.text::<StreamName>("", name).map(String::from));
        Some(Filter { kinds: kinds?, types: types?, streams: streams? })
    })
}

/// A page of events, and how far the log was looked at for it.
#[derive(Default)]
struct Found {
    wanted: Vec<Record>,
    last: Option<Record>,
    more: bool,
}

impl Found {
    /// The last event looked at, when there may be more after it.
    fn next(&self) -> Option<&Record> {
        self.last.as_ref().filter(|_| self.more)
    }

    fn events(&self) -> Vec<pb::CloudEvent> {
        self.wanted.iter().map(cloud_event).collect()
    }
}

/// At most `size` events that the filter lets through.
async fn take(mut records: Records, size: usize, filter: &Filter) -> Result<Found, Error> {
    let (mut found, mut bytes, mut looked_at) = (Found::default(), 0, 0);
    while let Some(chunk) = records.next().await {
        let chunk = match chunk {
            // What comes before the damage is shown; whoever asks for more then learns of it.
            Err(Error::Corrupt(_)) if found.last.is_some() => {
                found.more = true;
                return Ok(found);
            }
            chunk => chunk?,
        };
        for record in chunk {
            let lets = filter.lets(&record);
            let length = record.data.len() + record.meta.len();
            let full = found.wanted.len() == size || (bytes > 0 && bytes + length > PAGE_BYTES_MAX);
            if looked_at == LOOKED_AT_MAX || (lets && full) {
                found.more = true;
                return Ok(found);
            }
            looked_at += 1;
            if lets {
                bytes += length;
                found.wanted.push(record.clone());
            }
            found.last = Some(record);
        }
    }
    Ok(found)
}
