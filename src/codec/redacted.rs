//! What is left of an event when texts are wiped from it: an event still, which is read as before.
use super::rest;
use crate::codec::{decode_any, decode_meta};
use crate::domain::redaction::{Field, Found, Part, Rejection, Wiped};
use crate::domain::text::Digest;
use crate::log::{Payload, Record, marked, payload_sha256};
use bytes::Bytes;
use serde_json::Value;

/// What stands in the place of a wiped text.
pub const REDACTED: &str = "[redacted]";

/// What is left of an event, and what that does to its hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// What is left.
    pub payload: Payload,
    /// The hashes before and after.
    pub found: Found,
}

/// What is left of `record` without the texts at `fields`. A signed decision says again what the data says, so that
/// it goes with any text of the data; without one it stays, or nobody could tell what its partner decided.
pub fn redacted(record: &Record, fields: &[Field]) -> Result<Redacted, Rejection> {
    let of = |part: Part| -> Vec<&Field> { fields.iter().filter(|it| it.within().0 == part).collect() };
    let (data_fields, mut meta_fields) = (of(Part::Data), of(Part::Meta));
    let envelope = Field::envelope();
    let signed = has_text(&record.meta, &envelope);
    if !data_fields.is_empty() && signed && !meta_fields.contains(&&envelope) {
        meta_fields.push(&envelope);
    }
    let (left_data, data) = without(Part::Data, &record.data, &data_fields)?;
    let (left_meta, meta) = without(Part::Meta, &record.meta, &meta_fields)?;
    let left = Record { data: left_data, meta: left_meta, ..record.clone() };
    let indispensable = |err: crate::codec::CodecError| Rejection::Indispensable { because: err.to_string() };
    let event = decode_any(&left).map_err(indispensable)?;
    let loses_signature = signed && meta_fields.contains(&&envelope);
    if loses_signature && (data_fields.is_empty() || !event.is_in_own_words()) {
        return Err(Rejection::SignatureStays);
    }
    decode_meta(&left).map_err(indispensable)?;
    let payload = Payload { data: left.data, meta: left.meta };
    Ok(Redacted { payload, found: Found { data, meta } })
}

/// What is left of one payload; the same bytes when no field is in it.
fn without(part: Part, stored: &Bytes, fields: &[&Field]) -> Result<(Bytes, Option<Wiped>), Rejection> {
    let Some(first) = fields.first().copied() else { return Ok((stored.clone(), None)) };
    let bad = |field: &Field, because: &str| Rejection::Unredactable {
        field: field.clone(),
        because: because.to_owned(),
    };
    let mut value: Value = serde_json::from_slice(stored).map_err(|err| bad(first, &err.to_string()))?;
    for field in fields {
        match value.pointer(field.within().1) {
            Some(Value::String(_)) => {}
            Some(_) => return Err(bad(field, "what is there is no text")),
            None => return Err(bad(field, "nothing is there")),
        }
    }
    let pointers: Vec<&str> = fields.iter().map(|it| it.within().1).collect();
    let salted = rest::wipe(part, &mut value, &pointers);
    let sha256 = payload_sha256(stored);
    let left =
        marked(value.to_string().as_bytes(), sha256).ok_or_else(|| bad(first, "the event is no object"))?;
    let wiped = Wiped { original: Digest::from(sha256), remaining: Digest::of(&left), salted };
    Ok((left, Some(wiped)))
}

fn has_text(stored: &[u8], field: &Field) -> bool {
    let value: Option<Value> = serde_json::from_slice(stored).ok();
    value.is_some_and(|it| it.pointer(field.within().1).is_some_and(Value::is_string))
}
