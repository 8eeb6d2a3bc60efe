//! Appends: one, or many in a session.
use super::cluster::{Serving, denied, not_leader};
use super::database::{Proposed, Refused, Want, Written};
use super::pb::event_store::client::streams::append_req::options::ExpectedStreamRevision;
use super::pb::event_store::client::streams::append_resp::{self, success, wrong_expected_version};
use super::pb::event_store::client::streams::batch_append_req::options::ExpectedStreamPosition;
use super::pb::event_store::client::streams::batch_append_resp::{self, success as batch_success};
use super::pb::event_store::client::streams::{
    AppendResp, BatchAppendReq, BatchAppendResp, append_req, batch_append_req,
};
use super::pb::event_store::client::{AllStreamPosition, Empty, StreamIdentifier, Uuid};
use super::pb::google::rpc;
use super::streams::{at, id, name};
use super::{Call, Fault};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};

/// An event, as it came over the wire.
pub(super) fn proposed(
    event: Option<Uuid>,
    metadata: HashMap<String, String>,
    meta: Bytes,
    data: Bytes,
) -> Result<Proposed, Status> {
    let needed = |key: &str| {
        let missing = || Status::invalid_argument(format!("Required Metadata Property '{key}' is missing"));
        metadata.get(key).cloned().ok_or_else(missing)
    };
    Ok(Proposed { id: id(event)?, kind: needed("type")?, content_type: needed("content-type")?, data, meta })
}

/// An append to a stream that is in hand.
struct Asked {
    stream: String,
    want: Want,
    events: Vec<Proposed>,
}

impl Asked {
    fn measures(&self) -> usize {
        self.events.iter().map(|it| it.kind.len() + it.data.len() + it.meta.len()).sum()
    }

    fn write(self, serving: &Serving) -> Result<Written, Refused> {
        serving.shared.database.append(&self.stream, self.want, self.events)
    }
}

/// How an append that was put to the database ends, when nothing or the answer goes wrong.
enum End {
    Answered(Result<Written, Refused>),
    TooLarge,
    Timeout,
    Broken(Status),
    Closed,
}

/// Puts an append to the database, as well as the plan lets it.
async fn put(serving: &Serving, asked: Asked) -> End {
    if asked.measures() > serving.shared.settings.append_bytes_max {
        return End::TooLarge;
    }
    let unavailable = || End::Broken(Status::unavailable("Server Is Not Ready"));
    match serving.shared.fault(Call::Append) {
        Fault::None | Fault::Twice => End::Answered(asked.write(serving)),
        Fault::Unavailable => unavailable(),
        Fault::LostAnswer => {
            asked.write(serving).ok();
            unavailable()
        }
        Fault::LateCommit => {
            let serving = serving.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                asked.write(&serving).ok();
            });
            unavailable()
        }
        Fault::DeadlineAfterCommit => {
            asked.write(serving).ok();
            End::Timeout
        }
        Fault::Hang => std::future::pending().await,
        Fault::EndsEarly => End::Closed,
        Fault::NotLeader { port } => End::Broken(not_leader(port)),
        Fault::Denied => End::Broken(denied()),
        Fault::Unimplemented => End::Broken(Status::unimplemented("Service is unimplemented.")),
    }
}

/// An append in a call of its own.
pub(super) async fn one(
    serving: &Serving,
    options: append_req::Options,
    events: Vec<Proposed>,
) -> Result<AppendResp, Status> {
    let want = match options.expected_stream_revision {
        Some(ExpectedStreamRevision::Revision(it)) => at(it)?,
        Some(ExpectedStreamRevision::NoStream(_)) => Want::At(-1),
        Some(ExpectedStreamRevision::StreamExists(_)) => Want::Exists,
        Some(ExpectedStreamRevision::Any(_)) | None => Want::Any,
    };
    let asked = Asked { stream: name(options.stream_identifier)?, want, events };
    let largest = serving.shared.settings.append_bytes_max;
    let result = match put(serving, asked).await {
        End::Answered(Ok(it)) => success_alone(it),
        End::Answered(Err(Refused::WrongVersion(current))) => wrong_alone(current, want),
        End::TooLarge => {
            return Err(Status::invalid_argument(format!("Maximum Append Size of {largest} Exceeded.")));
        }
        End::Timeout => return Err(Status::aborted("Operation timed out")),
        End::Broken(status) => return Err(status),
        End::Closed => return Err(Status::unknown("closed")),
    };
    Ok(AppendResp { result: Some(result) })
}

fn success_alone(it: Written) -> append_resp::Result {
    let place = append_resp::Position { commit_position: it.position, prepare_position: it.position };
    append_resp::Result::Success(append_resp::Success {
        current_revision_option: Some(success::CurrentRevisionOption::CurrentRevision(it.revision)),
        position_option: Some(success::PositionOption::Position(place)),
    })
}

fn wrong_alone(current: i64, want: Want) -> append_resp::Result {
    use wrong_expected_version::{CurrentRevisionOption as Current, ExpectedRevisionOption as Expected};
    let current = match u64::try_from(current) {
        Ok(it) => Current::CurrentRevision(it),
        Err(_) => Current::CurrentNoStream(Empty {}),
    };
    let expected = match want {
        Want::Any => Expected::ExpectedAny(Empty {}),
        Want::Exists => Expected::ExpectedStreamExists(Empty {}),
        Want::At(it) => {
            u64::try_from(it).map_or(Expected::ExpectedNoStream(Empty {}), Expected::ExpectedRevision)
        }
    };
    append_resp::Result::WrongExpectedVersion(append_resp::WrongExpectedVersion {
        current_revision_option: Some(current),
        expected_revision_option: Some(expected),
    })
}

/// A session: appends are put to the database in the order in which they come.
pub(super) fn many(
    serving: Serving,
    mut requests: Streaming<BatchAppendReq>,
) -> BoxStream<'static, Result<BatchAppendResp, Status>> {
    let (answers, answered) = mpsc::channel(4096);
    tokio::spawn(async move {
        while let Ok(Some(request)) = requests.message().await {
            let answer = match batched(&serving, request).await {
                Ok(Some(answer)) => Ok(answer),
                Ok(None) => return,
                Err(status) => Err(status),
            };
            let broken = answer.is_err();
            if answers.send(answer).await.is_err() || broken {
                return;
            }
        }
    });
    // What is ready goes out together, as it does where the server's channel fills while it writes.
    ReceiverStream::new(answered).ready_chunks(256).flat_map(stream::iter).boxed()
}

/// The answer to one append of a session; none when the session is to end.
async fn batched(serving: &Serving, request: BatchAppendReq) -> Result<Option<BatchAppendResp>, Status> {
    let options = request.options.ok_or_else(|| Status::invalid_argument("no options"))?;
    let stream_identifier = options.stream_identifier.clone();
    let asked = match understood(options, request.proposed_messages) {
        Ok(asked) => asked,
        Err(status) => {
            let error = failed(Code::InvalidArgument, "BadRequest");
            tracing::debug!(%status, "a bad request");
            return Ok(Some(told(request.correlation_id, stream_identifier, error)));
        }
    };
    let result = match put(serving, asked).await {
        End::Answered(Ok(it)) => success_of_many(it),
        End::Answered(Err(Refused::WrongVersion(_))) => failed(Code::AlreadyExists, "WrongExpectedVersion"),
        End::TooLarge => failed(Code::InvalidArgument, "MaximumAppendSizeExceeded"),
        End::Timeout => failed(Code::DeadlineExceeded, "Timeout"),
        End::Broken(status) => return Err(status),
        End::Closed => return Ok(None),
    };
    Ok(Some(told(request.correlation_id, stream_identifier, result)))
}

fn understood(
    options: batch_append_req::Options,
    events: Vec<batch_append_req::ProposedMessage>,
) -> Result<Asked, Status> {
    let want = match options.expected_stream_position {
        Some(ExpectedStreamPosition::StreamPosition(it)) => at(it)?,
        Some(ExpectedStreamPosition::NoStream(())) => Want::At(-1),
        Some(ExpectedStreamPosition::StreamExists(())) => Want::Exists,
        Some(ExpectedStreamPosition::Any(())) | None => Want::Any,
    };
    let events = events.into_iter().map(|it| proposed(it.id, it.metadata, it.custom_metadata, it.data));
    Ok(Asked { stream: name(options.stream_identifier)?, want, events: events.collect::<Result<_, _>>()? })
}

fn success_of_many(it: Written) -> batch_append_resp::Result {
    let place = AllStreamPosition { commit_position: it.position, prepare_position: it.position };
    batch_append_resp::Result::Success(batch_append_resp::Success {
        current_revision_option: Some(batch_success::CurrentRevisionOption::CurrentRevision(it.revision)),
        position_option: Some(batch_success::PositionOption::Position(place)),
    })
}

/// The server also packs the revisions into the details, which the client does not read.
fn failed(code: Code, message: &str) -> batch_append_resp::Result {
    batch_append_resp::Result::Error(rpc::Status {
        code: code.into(),
        message: message.into(),
        details: None,
    })
}

fn told(
    correlation_id: Option<Uuid>,
    stream_identifier: Option<StreamIdentifier>,
    result: batch_append_resp::Result,
) -> BatchAppendResp {
    BatchAppendResp { correlation_id, result: Some(result), stream_identifier }
}
