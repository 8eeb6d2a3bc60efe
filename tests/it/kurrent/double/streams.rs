//! The Streams service: who asks, and which rule answers.
use super::cluster::Serving;
use super::database::Want;
use super::pb::event_store::client::streams::{
    AppendReq, AppendResp, BatchAppendReq, BatchAppendResp, DeleteReq, DeleteResp, ReadReq, ReadResp,
    append_req, streams_server::Streams,
};
use super::pb::event_store::client::{StreamIdentifier, Uuid, uuid};
use super::{read, write};
use futures::stream::BoxStream;
use tonic::{Request, Response, Status, Streaming, async_trait};

#[async_trait]
impl Streams for Serving {
    type ReadStream = BoxStream<'static, Result<ReadResp, Status>>;
    type BatchAppendStream = BoxStream<'static, Result<BatchAppendResp, Status>>;

    async fn read(&self, request: Request<ReadReq>) -> Result<Response<Self::ReadStream>, Status> {
        self.admit(request.metadata())?;
        read::answer(self, request.into_inner()).await.map(Response::new)
    }

    async fn append(&self, request: Request<Streaming<AppendReq>>) -> Result<Response<AppendResp>, Status> {
        self.admit(request.metadata())?;
        let mut parts = request.into_inner();
        let mut options = None;
        let mut events = Vec::new();
        while let Some(part) = parts.message().await? {
            match part.content {
                Some(append_req::Content::Options(it)) => options = Some(it),
                Some(append_req::Content::ProposedMessage(it)) => {
                    events.push(write::proposed(it.id, it.metadata, it.custom_metadata, it.data)?);
                }
                None => return Err(Status::unknown("an append is its options and its events")),
            }
        }
        let options = options.ok_or_else(|| Status::unknown("an append begins with its options"))?;
        write::one(self, options, events).await.map(Response::new)
    }

    async fn delete(&self, request: Request<DeleteReq>) -> Result<Response<DeleteResp>, Status> {
        self.admit(request.metadata())?;
        let options = request.into_inner().options.ok_or_else(|| Status::unknown("no options"))?;
        self.shared.database.delete(&name(options.stream_identifier)?);
        Ok(Response::new(DeleteResp { position_option: None }))
    }

    async fn batch_append(
        &self,
        request: Request<Streaming<BatchAppendReq>>,
    ) -> Result<Response<Self::BatchAppendStream>, Status> {
        self.admit(request.metadata())?;
        Ok(Response::new(write::many(self.clone(), request.into_inner())))
    }
}

/// The name of a stream.
pub(super) fn name(it: Option<StreamIdentifier>) -> Result<String, Status> {
    let bytes = it.map(|it| it.stream_name).unwrap_or_default();
    match std::str::from_utf8(&bytes) {
        Ok("") | Err(_) => Err(Status::invalid_argument("a stream has a name")),
        Ok(name) => Ok(name.to_owned()),
    }
}

/// An id, however it was written.
pub(super) fn id(it: Option<Uuid>) -> Result<::uuid::Uuid, Status> {
    match it.and_then(|it| it.value) {
        Some(uuid::Value::String(text)) => text.parse().map_err(|_| Status::invalid_argument("no id")),
        Some(uuid::Value::Structured(halves)) => Ok(::uuid::Uuid::from_u64_pair(
            halves.most_significant_bits as u64,
            halves.least_significant_bits as u64,
        )),
        None => Err(Status::invalid_argument("no id")),
    }
}

/// An id, as text.
pub(super) fn text(id: ::uuid::Uuid) -> Uuid {
    Uuid { value: Some(uuid::Value::String(id.to_string())) }
}

/// The revision that a writer believes in.
pub(super) fn at(revision: u64) -> Result<Want, Status> {
    let odd = |_| Status::invalid_argument("a revision is at most 2^63 - 1");
    i64::try_from(revision).map(Want::At).map_err(odd)
}
