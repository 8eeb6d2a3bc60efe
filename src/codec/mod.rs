//! Events to records and back: the stored type is the variant's name, the data its fields as JSON.
//!
//! Architecture invariant: bytes are hashed and shipped as stored; nothing re-serialises an event.
use crate::domain::Edge;
use crate::domain::Rests;
use crate::domain::Timestamp;
use crate::domain::citation::Citation;
use crate::domain::id::PartnerId;
use crate::domain::redaction::Part;
use crate::domain::text::{Digest, PersonId, Source};
use crate::domain::{
    charter, consultation, evidence, mandate, meeting, partner, priority, project, recommendation, redaction,
    task,
};
use crate::log::{Payload, Record, with_member};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

mod redacted;
mod rest;

pub use redacted::{REDACTED, Redacted, redacted};
pub use rest::{Bond, bond, is_wiped_at, wiped_texts};

/// What every event carries besides its own fields. This shape is part of the storage format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The command that caused it; retries share it.
    pub command_id: Uuid,
    /// When it took effect: the instant that the rules judged by.
    pub effective_at: Timestamp,
    /// Whether the recorder, not the clock, said when that was.
    #[serde(default, skip_serializing_if = "is_false")]
    pub historical: bool,
    /// Who asked.
    pub actor: PersonId,
    /// For which partner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PartnerId>,
    /// The document it was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What the caller files it under; named as KurrentDB names it.
    #[serde(default, rename = "$correlationId", skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<Uuid>,
    /// The event that caused the command; named as KurrentDB names it.
    #[serde(default, rename = "$causationId", skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<Uuid>,
    /// The envelope that a partner signed it in, byte by byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<String>,
}

fn is_false(it: &bool) -> bool {
    !it
}

/// A record that cannot be read, or an event that cannot be written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CodecError {
    /// Nothing here is called this.
    #[error(
        "{stream}@{revision}: no event of this kind of stream is called {kind:?}; a newer version may know it"
    )]
    UnknownType {
        /// The stream.
        stream: Arc<str>,
        /// The revision.
        revision: u64,
        /// The stored type.
        kind: Arc<str>,
    },
    /// The bytes are not what the type asks for.
    #[error("{stream}@{revision} ({kind}): {fault}")]
    Malformed {
        /// The stream.
        stream: Arc<str>,
        /// The revision.
        revision: u64,
        /// The stored type.
        kind: Arc<str>,
        /// What the parser says.
        fault: String,
    },
    /// An event that has no JSON form.
    #[error("an event cannot be written as JSON: {0}")]
    Unwritable(String),
}

/// The stored type and data of `event`: serde's external tag, `{"Type":data}`, split in two.
pub fn encode<E: Serialize>(event: &E) -> Result<(Arc<str>, Bytes), CodecError> {
    let tagged = serde_json::to_vec(event).map_err(|err| CodecError::Unwritable(err.to_string()))?;
    let odd = || CodecError::Unwritable("not a struct variant".into());
    let after = tagged.strip_prefix(b"{\"").ok_or_else(odd)?;
    let end = after.iter().position(|it| *it == b'"').ok_or_else(odd)?;
    let kind = std::str::from_utf8(after.get(..end).ok_or_else(odd)?).map_err(|_| odd())?;
    let start = 2 + end + 2;
    let stop = tagged.len().saturating_sub(1);
    if start > stop {
        return Err(odd());
    }
    let kind = kind.into();
    Ok((kind, Bytes::from(tagged).slice(start..stop)))
}

/// `payload`, an object, with `salt` as its last member: whoever knows the hash cannot guess a short text from it
/// once the salt was wiped with the text. Readers pass it over.
pub fn salted(payload: &[u8], salt: Uuid) -> Result<Bytes, CodecError> {
    let odd = || CodecError::Unwritable("not an object".into());
    with_member(payload, "$salt", &URL_SAFE_NO_PAD.encode(salt.as_bytes())).ok_or_else(odd)
}

/// `data` and `meta`, objects, as they are stored: salted where there is a free text, with what binds the other one where
/// that has free texts.
pub fn bound(data: &[u8], meta: &[u8], salt: impl Fn() -> Uuid) -> Result<Payload, CodecError> {
    let (data_salt, meta_salt) = (salt(), salt());
    let rest = |part, payload: &[u8], salt| {
        let value = serde_json::from_slice(payload).map_err(|err| CodecError::Unwritable(err.to_string()))?;
        Ok(rest::rest(part, &value, salt))
    };
    let (data_rest, meta_rest) = (rest(Part::Data, data, data_salt)?, rest(Part::Meta, meta, meta_salt)?);
    let says_something = meta_rest.is_some();
    let data = salted(&holding(data, meta_rest)?, data_salt)?;
    let meta = holding(meta, data_rest)?;
    let meta = if says_something { salted(&meta, meta_salt)? } else { meta };
    Ok(Payload { data, meta })
}

/// `payload`, an object, with the digest of the other one's rest.
fn holding(payload: &[u8], rest: Option<Digest>) -> Result<Bytes, CodecError> {
    let odd = || CodecError::Unwritable("not an object".into());
    match rest {
        Some(rest) => with_member(payload, rest::REST, rest.as_str()).ok_or_else(odd),
        None => Ok(Bytes::copy_from_slice(payload)),
    }
}

/// The event in `record`, as one of the stream's kind.
pub fn decode<E: DeserializeOwned>(record: &Record) -> Result<E, CodecError> {
    let mut tagged = Vec::with_capacity(record.kind.len() + record.data.len() + 5);
    tagged.extend_from_slice(b"{\"");
    tagged.extend_from_slice(record.kind.as_bytes());
    tagged.extend_from_slice(b"\":");
    tagged.extend_from_slice(&record.data);
    tagged.push(b'}');
    serde_json::from_slice(&tagged).map_err(|err| misread(record, &err))
}

/// The metadata in `record`.
pub fn decode_meta(record: &Record) -> Result<Meta, CodecError> {
    serde_json::from_slice(&record.meta).map_err(|err| misread(record, &err))
}

fn misread(record: &Record, err: &serde_json::Error) -> CodecError {
    let (stream, kind) = (record.stream.clone(), record.kind.clone());
    let fault = err.to_string();
    if fault.starts_with("unknown variant") {
        return CodecError::UnknownType { stream, revision: record.revision, kind };
    }
    CodecError::Malformed { stream, revision: record.revision, kind, fault }
}

macro_rules! aggregates {
    ($($variant:ident = $module:ident::$decider:ident;)*) => {
        /// An event of any kind of stream.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum AnyEvent {
            $(#[doc = concat!("Of a ", stringify!($module), ".")] $variant($module::Event),)*
        }

        /// Every kind of stream with the names of its events, in the order of the pipeline.
        pub const KINDS: &[(&str, &[&str])] =
            &[$((<$module::$decider as crate::domain::Decider>::KIND, <$module::Event as strum::VariantNames>::VARIANTS),)*];

        /// The event in `record`, whatever its kind.
        pub fn decode_any(record: &Record) -> Result<AnyEvent, CodecError> {
            let kind = record.stream.split_once('-').map_or("", |(kind, _)| kind);
            match kind {
                $(<$module::$decider as crate::domain::Decider>::KIND => decode(record).map(AnyEvent::$variant),)*
                _ => Err(CodecError::UnknownType {
                    stream: record.stream.clone(),
                    revision: record.revision,
                    kind: record.kind.clone(),
                }),
            }
        }

        impl AnyEvent {
            /// Whether a partner says something in words of its own in it, which its signature repeats.
            pub fn is_in_own_words(&self) -> bool {
                matches!(self, AnyEvent::Consultation(it) if it.is_in_own_words())
            }

            /// What it rests on.
            pub fn rests_on(&self) -> Vec<(Edge, &Citation)> {
                match self { $(AnyEvent::$variant(it) => it.rests_on(),)* }
            }
        }
    };
}

aggregates! {
    Partner = partner::Partner;
    Mandate = mandate::Mandate;
    Evidence = evidence::Evidence;
    Charter = charter::Charter;
    Meeting = meeting::Meeting;
    Recommendation = recommendation::Recommendation;
    Consultation = consultation::Consultation;
    Priority = priority::PriorityList;
    Project = project::Project;
    Task = task::Task;
    Redaction = redaction::Redaction;
}
