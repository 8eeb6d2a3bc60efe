//! Reads: a stream or $all, once or for as long as the caller stays.
use super::cluster::{Serving, denied, not_leader};
use super::database::{Found, Stored};
use super::pb::event_store::client::StreamIdentifier;
use super::pb::event_store::client::streams::read_req::options::all_options::AllOption;
use super::pb::event_store::client::streams::read_req::options::stream_options::RevisionOption;
use super::pb::event_store::client::streams::read_req::options::{
    AllOptions, CountOption, ReadDirection, StreamOption, StreamOptions,
};
use super::pb::event_store::client::streams::read_resp::read_event::{Position, RecordedEvent};
use super::pb::event_store::client::streams::read_resp::{
    CaughtUp, Content, ReadEvent, StreamNotFound, SubscriptionConfirmation,
};
use super::pb::event_store::client::streams::{ReadReq, ReadResp};
use super::streams::{name, text};
use super::{Call, Fault};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use std::sync::Arc;
use tonic::Status;

/// How many events a subscription takes from the database at a time.
const CHUNK: u64 = 512;

type Answer = BoxStream<'static, Result<ReadResp, Status>>;

/// The answer to a read, as well as the plan lets it be given.
pub(super) async fn answer(serving: &Serving, request: ReadReq) -> Result<Answer, Status> {
    let options = request.options.ok_or_else(|| Status::invalid_argument("no options"))?;
    let backwards = options.read_direction == ReadDirection::Backwards as i32;
    let says_last = options.control_option.is_some_and(|it| it.compatibility >= 1);
    let (call, count) = match options.count_option {
        Some(CountOption::Count(count)) => (Call::Read, count),
        Some(CountOption::Subscription(_)) => (Call::Subscribe, u64::MAX),
        None => return Err(Status::invalid_argument("how many events?")),
    };
    let fault = serving.shared.fault(call);
    let whole = match (options.stream_option, call) {
        (Some(StreamOption::All(all)), Call::Subscribe) => subscription(serving.clone(), &all),
        (Some(StreamOption::All(all)), _) => stream::iter(of_all(serving, &all, backwards, count)?).boxed(),
        (Some(StreamOption::Stream(one)), Call::Read) => {
            stream::iter(of_stream(serving, one, backwards, count, says_last)?).boxed()
        }
        _ => return Err(Status::invalid_argument("the combination is invalid")),
    };
    spoilt(whole, fault).await
}

async fn spoilt(whole: Answer, fault: Fault) -> Result<Answer, Status> {
    let unavailable = || Status::unavailable("Server Is Not Ready");
    Ok(match fault {
        Fault::None | Fault::LateCommit => whole,
        Fault::Unavailable => return Err(unavailable()),
        Fault::LostAnswer => whole.take(1).chain(stream::once(async move { Err(unavailable()) })).boxed(),
        Fault::DeadlineAfterCommit => return Err(Status::deadline_exceeded("Timeout")),
        Fault::Hang => whole.take(1).chain(stream::pending()).boxed(),
        Fault::EndsEarly => whole.take(1).boxed(),
        Fault::Twice => whole.flat_map(|it| stream::iter([it.clone(), it])).boxed(),
        Fault::NotLeader { port } => return Err(not_leader(port)),
        Fault::Denied => return Err(denied()),
        Fault::Unimplemented => return Err(Status::unimplemented("Service is unimplemented.")),
    })
}

fn of_all(
    serving: &Serving,
    all: &AllOptions,
    backwards: bool,
    count: u64,
) -> Result<Vec<Result<ReadResp, Status>>, Status> {
    let database = &serving.shared.database;
    let place = match &all.all_option {
        Some(AllOption::Position(it)) => Some(it.commit_position),
        Some(AllOption::End(_)) => Some(u64::MAX),
        Some(AllOption::Start(_)) | None => None,
    };
    if !place.is_none_or(|it| database.is_a_position(it)) {
        return Err(Status::invalid_argument("Unexpected ReadAllResult: InvalidPosition"));
    }
    let found = match backwards {
        false => database.all_forwards(place.unwrap_or(0), count),
        true => database.all_backwards(place.unwrap_or(0), count),
    };
    Ok(found.iter().map(|it| Ok(resp(Content::Event(event(it))))).collect())
}

fn of_stream(
    serving: &Serving,
    one: StreamOptions,
    backwards: bool,
    count: u64,
    says_last: bool,
) -> Result<Vec<Result<ReadResp, Status>>, Status> {
    let stream = name(one.stream_identifier.clone())?;
    let from = match one.revision_option {
        Some(RevisionOption::Revision(it)) if i64::try_from(it).is_err() => {
            return Err(Status::unknown("Exception was thrown by handler."));
        }
        Some(RevisionOption::Revision(it)) => it,
        Some(RevisionOption::End(_)) => u64::MAX,
        Some(RevisionOption::Start(_)) | None => 0,
    };
    let found = match backwards {
        false => serving.shared.database.stream_forwards(&stream, from, count),
        true => serving.shared.database.stream_backwards(&stream, from, count),
    };
    Ok(match found {
        Found::NoStream => {
            let stream_identifier = one.stream_identifier;
            vec![Ok(resp(Content::StreamNotFound(StreamNotFound { stream_identifier })))]
        }
        Found::Events(events, last) => {
            let events = events.iter().map(|it| Ok(resp(Content::Event(event(it)))));
            let end = says_last.then(|| Ok(resp(Content::LastStreamPosition(last))));
            events.chain(end).collect()
        }
    })
}

/// A subscription begins after the place that it names.
fn subscription(serving: Serving, all: &AllOptions) -> Answer {
    let next = match &all.all_option {
        Some(AllOption::Position(it)) => it.commit_position + 1,
        Some(AllOption::End(_)) => *serving.shared.database.head().borrow() + 1,
        Some(AllOption::Start(_)) | None => 0,
    };
    let confirmed = Content::Confirmation(SubscriptionConfirmation { subscription_id: "1".into() });
    let head = serving.shared.database.head();
    let events = stream::unfold((serving, head, next), |(serving, mut head, next)| async move {
        let found = loop {
            let found = serving.shared.database.all_forwards(next, CHUNK);
            if !found.is_empty() {
                break found;
            }
            head.changed().await.ok()?;
        };
        let next = found.last()?.position + 1;
        let mut content: Vec<_> = found.iter().map(|it| Ok(resp(Content::Event(event(it))))).collect();
        if next > *head.borrow() {
            content.push(Ok(resp(Content::CaughtUp(CaughtUp {}))));
        }
        Some((stream::iter(content), (serving, head, next)))
    });
    stream::once(async { Ok(resp(confirmed)) }).chain(events.flatten()).boxed()
}

fn resp(content: Content) -> ReadResp {
    ReadResp { content: Some(content) }
}

fn event(it: &Arc<Stored>) -> ReadEvent {
    let metadata = [
        ("type", it.event.kind.clone()),
        ("content-type", it.event.content_type.clone()),
        ("created", it.created.to_string()),
    ];
    let recorded = RecordedEvent {
        id: Some(text(it.event.id)),
        stream_identifier: Some(StreamIdentifier { stream_name: it.stream.clone().into_bytes().into() }),
        stream_revision: it.revision,
        prepare_position: it.position,
        commit_position: it.position,
        metadata: metadata.map(|(key, value)| (key.to_owned(), value)).into(),
        custom_metadata: it.event.meta.clone(),
        data: it.event.data.clone(),
    };
    ReadEvent { event: Some(recorded), link: None, position: Some(Position::CommitPosition(it.position)) }
}
