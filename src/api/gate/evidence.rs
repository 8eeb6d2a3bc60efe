//! The events that findings rest on, looked up in the log: their ids, and what they say.
use crate::api::proto as pb;
use crate::api::status;
use crate::api::trace::moment;
use crate::codec;
use crate::domain::citation::{Reference, StreamName};
use crate::domain::project::Finding;
use crate::log::{Error, Log, Record};
use crate::views::timeline::sentence;
use futures::TryStreamExt;
use std::collections::HashMap;
use tonic::Status;

/// Events by where they are.
pub(super) struct Evidence(HashMap<(String, u64), Record>);

impl Evidence {
    /// Every event that `findings` rest on, and all of `own`, the stream that most of them are in.
    pub(super) async fn of(
        log: &dyn Log,
        own: Option<StreamName>,
        findings: &[Finding],
    ) -> Result<Self, Status> {
        let mut found = HashMap::new();
        if let Some(own) = &own {
            let mut chunks = log.read_stream(own.as_str(), 0);
            while let Some(chunk) = chunks.try_next().await.map_err(|err| status::broken(&err))? {
                found.extend(chunk.into_iter().map(|it| (key(&it), it)));
            }
        }
        let others =
            findings.iter().flat_map(|it| &it.rests_on).filter(|it| Some(&it.stream) != own.as_ref());
        for it in others {
            let mut chunks = log.read_stream(it.stream.as_str(), it.revision);
            let first: Result<Option<Vec<Record>>, Error> = chunks.try_next().await;
            let first = first.map_err(|err| status::broken(&err))?;
            found.extend(first.into_iter().flatten().take(1).map(|it| (key(&it), it)));
        }
        Ok(Self(found))
    }

    /// The event as a caller sees it.
    pub(super) fn shown(&self, it: &Reference) -> Option<pb::GateEvidence> {
        let record = self.0.get(&(it.stream.to_string(), it.revision))?;
        let meta = codec::decode_meta(record).ok()?;
        Some(pb::GateEvidence {
            event: Some(reference(record)),
            r#type: record.kind.to_string(),
            sentence: codec::decode_any(record).map(|it| sentence(&it)).unwrap_or_default(),
            effective_at: Some(moment(meta.effective_at)),
            actor: meta.actor.into(),
        })
    }

    /// The event at `revision` of `stream`, by name only.
    pub(super) fn entry(&self, stream: Option<StreamName>, revision: u64) -> Option<pb::EventReference> {
        self.0.get(&(stream?.to_string(), revision)).map(reference)
    }
}

fn key(record: &Record) -> (String, u64) {
    (record.stream.to_string(), record.revision)
}

fn reference(record: &Record) -> pb::EventReference {
    pb::EventReference {
        stream: record.stream.to_string(),
        revision: record.revision,
        event_id: record.id.to_string(),
    }
}
