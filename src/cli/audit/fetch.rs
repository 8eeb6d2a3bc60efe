//! A live server's record, taken into a folder: its events, the leaves they gave, and what was signed for them.
use super::found::{EVENTS, KEYS};
use crate::api::proto::audit_service_client::AuditServiceClient;
use crate::api::proto::cloud_event::Data;
use crate::api::proto::cloud_event::cloud_event_attribute_value::Attr;
use crate::api::proto::history_service_client::HistoryServiceClient;
use crate::api::proto::{
    CloudEvent, GetCheckpointRequest, GetCheckpointResponse, ListLeavesRequest, Page, ReadAllRequest, WaitFor,
};
use crate::audit::verify::LeafFiles;
use crate::audit::{Policy, SignedCheckpoint};
use crate::cli::failure::{Exit, Failure};
use crate::cli::line::Line;
use crate::cli::out;
use crate::cli::place::Caller;
use crate::log::{Position, Record};
use indicatif::ProgressBar;
use jiff::Timestamp;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tonic::Request;

/// How long a checkpoint may take: who asks for that of a quorum may wait for ever.
const CHECKPOINT_MAX: Duration = Duration::from_secs(10);
/// How many leaves are asked for at a time.
const LEAVES: u32 = 2048;
/// How many events are asked for at a time.
const EVENTS_PAGE: u32 = 1000;

/// Takes everything that is signed for on the server of `caller` into `folder`; how many events that is.
pub(super) async fn fetch(caller: &Caller, folder: &Path) -> Result<u64, Failure> {
    let mut audit = AuditServiceClient::new(caller.clone()).max_decoding_message_size(usize::MAX);
    let signed = newest(&mut audit).await?;
    let size = said_size(&signed.checkpoint)?;
    keep_signed(folder, &signed)?;
    let bar = out::progress(2 * size, "fetching");
    let events = fetch_events(caller, &folder.join(EVENTS), size, &bar).await?;
    fetch_leaves(&mut audit, folder, size, &bar).await?;
    bar.finish_and_clear();
    Ok(events)
}

/// The newest checkpoint, with the signatures of a quorum where witnesses are asked and one can be had.
pub(super) async fn newest(audit: &mut AuditServiceClient<Caller>) -> Result<GetCheckpointResponse, Failure> {
    let signed = checkpoint(audit, WaitFor::Sealed).await?;
    match policy(&signed)?.asks_witnesses() {
        // Where no quorum can be had, that is for the verifier to say.
        true => Ok(checkpoint(audit, WaitFor::Witnessed).await.unwrap_or(signed)),
        false => Ok(signed),
    }
}

/// The newest checkpoint under that.
async fn checkpoint(
    audit: &mut AuditServiceClient<Caller>,
    under: WaitFor,
) -> Result<GetCheckpointResponse, Failure> {
    let mut asked = Request::new(GetCheckpointRequest { under: under.into(), position: None });
    asked.set_timeout(CHECKPOINT_MAX);
    let answer = audit.get_checkpoint(asked).await;
    Ok(answer.map_err(|it| Failure::from(it).or_tampered())?.into_inner())
}

fn policy(signed: &GetCheckpointResponse) -> Result<Policy, Failure> {
    let odd = |err| Failure::unavailable(format!("the server's policy: {err}"));
    Policy::parse(signed.policy.as_bytes()).map_err(odd)
}

/// The first `size` events, or as many as there are.
async fn fetch_events(caller: &Caller, path: &Path, size: u64, bar: &ProgressBar) -> Result<u64, Failure> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create_new(path)?);
    let mut history = HistoryServiceClient::new(caller.clone()).max_decoding_message_size(usize::MAX);
    let (mut events, mut token) = (0, String::new());
    while events < size {
        let page = Some(Page { size: EVENTS_PAGE, token });
        let request = ReadAllRequest { after: None, filter: None, page };
        let answer = history.read_all(request).await?.into_inner();
        for event in answer.events.iter().take(usize::try_from(size - events).unwrap_or(usize::MAX)) {
            write(&mut file, &record(event).map_err(Failure::unavailable)?)?;
            events += 1;
        }
        bar.set_position(events);
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    file.into_inner().map_err(|err| err.into_error())?.sync_all()?;
    Ok(events)
}

/// The leaves of as many events, as the files of their tree.
async fn fetch_leaves(
    audit: &mut AuditServiceClient<Caller>,
    folder: &Path,
    size: u64,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    let mut files = LeafFiles::new(folder);
    while files.size() < size {
        let request = ListLeavesRequest { from: files.size(), size: LEAVES };
        let leaves = audit.list_leaves(request).await?.into_inner().leaves;
        if leaves.is_empty() {
            break;
        }
        let wanted = usize::try_from(size - files.size()).unwrap_or(usize::MAX);
        leaves.iter().take(wanted).try_for_each(|it| files.push(it))?;
        bar.set_position(size + files.size());
    }
    Ok(files.finish()?)
}

fn said_size(note: &str) -> Result<u64, Failure> {
    let read = SignedCheckpoint::parse(note.as_bytes());
    let read = read.map_err(|err| Failure::unavailable(format!("the server's checkpoint: {err}")))?;
    Ok(read.unverified().head.size)
}

/// Keeps the checkpoint and the keys that the server goes by, as an export has them.
fn keep_signed(folder: &Path, signed: &GetCheckpointResponse) -> Result<(), Failure> {
    let keys: String = policy(signed)?.logs().iter().map(|it| format!("{}\n", it.key)).collect();
    let (note, journal) = (&signed.checkpoint, format!("{}\n", signed.checkpoint));
    for (name, text) in
        [("checkpoint", note), ("checkpoints", &journal), (KEYS, &keys), ("policy", &signed.policy)]
    {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

fn write(file: &mut impl Write, record: &Record) -> Result<(), Failure> {
    let line = Line::of(record).map_err(|why| Failure::new(Exit::Corrupt, why))?;
    serde_json::to_writer(&mut *file, &line).map_err(io::Error::from)?;
    Ok(file.write_all(b"\n")?)
}

/// The event as it is stored; what the server did not say of it.
fn record(event: &CloudEvent) -> Result<Record, String> {
    let of = |name: &str| event.attributes.get(name).and_then(|it| it.attr.as_ref());
    let odd = |what: &str| format!("the server says no {what} of event {}", event.id);
    let text = |name: &str| match of(name) {
        Some(Attr::CeString(it)) => Ok(it.as_str()),
        Some(_) | None => Err(odd(name)),
    };
    let number = |name: &str| text(name)?.parse::<u64>().map_err(|_| odd(name));
    let recorded_at = match of("recordedat") {
        Some(Attr::CeTimestamp(it)) => Timestamp::new(it.seconds, it.nanos).map_err(|_| odd("time"))?,
        Some(_) | None => return Err(odd("time")),
    };
    let meta = match of("metadata") {
        Some(Attr::CeBytes(it)) => it.clone(),
        Some(_) | None => return Err(odd("metadata")),
    };
    let data = match &event.data {
        Some(Data::BinaryData(it)) => it.clone(),
        Some(Data::TextData(_) | Data::ProtoData(_)) | None => return Err(odd("data")),
    };
    Ok(Record {
        position: Position(number("position")?),
        stream: Arc::from(text("stream")?),
        revision: number("revision")?,
        id: event.id.parse().map_err(|_| odd("id"))?,
        kind: event.r#type.strip_prefix("pactline.").ok_or_else(|| odd("type"))?.into(),
        data,
        meta,
        recorded_at,
    })
}
