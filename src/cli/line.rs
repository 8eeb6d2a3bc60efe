//! One event of an exported log: a line of JSON whose payloads are byte for byte what the log holds.
use crate::log::{NewRecord, Position, Record};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use uuid::Uuid;

/// A line. Its fields and their order are a format that other releases read.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line<'a> {
    id: Uuid,
    #[serde(borrow)]
    pub(super) stream: Cow<'a, str>,
    pub(super) revision: u64,
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    recorded_at: Timestamp,
    /// The stored JSON as a text, so that no reader re-formats it.
    #[serde(borrow)]
    data: Cow<'a, str>,
    /// The same.
    #[serde(borrow)]
    meta: Cow<'a, str>,
}

impl<'a> Line<'a> {
    /// What `record` looks like; why it has no line, when its payload is no text.
    pub(super) fn of(record: &'a Record) -> Result<Self, String> {
        let text = |bytes: &'a Bytes, what: &str| {
            let odd = |_| format!("{}@{}: its {what} is no text", record.stream, record.revision);
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(odd)
        };
        Ok(Self {
            id: record.id,
            stream: Cow::Borrowed(&record.stream),
            revision: record.revision,
            kind: Cow::Borrowed(&record.kind),
            recorded_at: record.recorded_at,
            data: text(&record.data, "data")?,
            meta: text(&record.meta, "metadata")?,
        })
    }

    /// Reads a line; what is wrong with it.
    pub(super) fn read(text: &'a str) -> Result<Self, String> {
        let line: Self = serde_json::from_str(text).map_err(|err| err.to_string())?;
        for (name, payload) in [("data", &line.data), ("meta", &line.meta)] {
            serde_json::from_str::<serde::de::IgnoredAny>(payload)
                .map_err(|err| format!("{name} is no JSON: {err}"))?;
        }
        if line.stream.is_empty() || line.kind.is_empty() {
            return Err("an event has a stream and a type".into());
        }
        if line.recorded_at.subsec_nanosecond() % 1000 != 0 {
            return Err("recorded_at is finer than a microsecond".into());
        }
        Ok(line)
    }

    /// Its id.
    pub(super) fn id(&self) -> Uuid {
        self.id
    }

    /// Whether it is this event, byte for byte.
    pub(super) fn is(&self, record: &Record) -> bool {
        self.id == record.id
            && self.stream == *record.stream
            && self.revision == record.revision
            && self.kind == *record.kind
            && self.recorded_at == record.recorded_at
            && self.data.as_bytes() == record.data
            && self.meta.as_bytes() == record.meta
    }

    /// The event itself, as the one at `position`.
    pub(super) fn found(&self, position: u64) -> Record {
        Record {
            position: Position(position),
            stream: self.stream.as_ref().into(),
            revision: self.revision,
            id: self.id,
            kind: self.kind.as_ref().into(),
            data: Bytes::copy_from_slice(self.data.as_bytes()),
            meta: Bytes::copy_from_slice(self.meta.as_bytes()),
            recorded_at: self.recorded_at,
        }
    }

    /// What is appended for it.
    pub(super) fn record(&self) -> NewRecord {
        NewRecord {
            id: self.id,
            kind: self.kind.as_ref().into(),
            data: Bytes::copy_from_slice(self.data.as_bytes()),
            meta: Bytes::copy_from_slice(self.meta.as_bytes()),
            recorded_at: Some(self.recorded_at),
        }
    }
}
