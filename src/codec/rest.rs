//! What binds what is left of a payload once texts are wiped from it, so that nobody can say later that it said
//! something else.
//!
//! When an event is recorded, each of its two payloads that has free texts is bound by the other one: that holds, as
//! `"$rest"`, the digest of its rest. Whoever wipes a text from the one leaves the other as it was, so that the tree
//! still commits to the digest. Where texts are wiped from both, nothing is left that binds them.
//!
//! The rest of a payload is a JSON object: for every value in the payload that is no object or list, or an empty one,
//! a member that is named by its JSON pointer (RFC 6901), sorted by name, without white space. A free text stands in
//! it as a list of one hash: SHA-256 of its salt and its bytes. A text's salt is SHA-256 of the payload's `$salt`,
//! as 16 bytes, and the text's pointer. Members that bind (`$salt`, `$rest`, `$wiped`, `$salts`, `$redacted`) are not
//! in it. Its digest is SHA-256; digests, hashes and salts are written in lower-case hexadecimal.
//!
//! With a text goes the payload's salt. What takes its place is `"$wiped"`, the hash of each wiped text by its pointer,
//! and `"$salts"`, the salt of each text that still stands.
use super::redacted::REDACTED;
use crate::domain::redaction::{Field, Part};
use crate::domain::text::Digest;
use crate::log::{marked, wiped};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a payload holds of the other one.
pub(super) const REST: &str = "$rest";
const SALT: &str = "$salt";
const WIPED: &str = "$wiped";
const SALTS: &str = "$salts";
const MARK: &str = "$redacted";

/// What binds what is left of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bond {
    /// The other payload, which is as it was recorded, holds the digest of what is left.
    Bound,
    /// Nothing: texts were wiped from both payloads, or the event is from before there was such a digest.
    Unbound,
    /// The other payload holds the digest of something else.
    Broken,
}

/// Values by their pointers.
type Leaves<'a> = BTreeMap<String, &'a Value>;
/// The salt or the hash of each text, by its pointer.
type Digests = BTreeMap<String, Digest>;

/// The digest of the rest of `payload`, to be held by the other one; `None` when it has no free text.
pub(super) fn rest(part: Part, payload: &Value, salt: Uuid) -> Option<Digest> {
    let leaves = leaves(payload);
    let salts = salts(part, &leaves, salt.as_bytes());
    if salts.is_empty() { None } else { Some(digest(&leaves, &hashes(&leaves, &salts)?)) }
}

/// Takes the texts at `pointers` from `payload`, and leaves what shows that the rest is what it was, as far as that can
/// be shown. Whether there was a salt.
pub(super) fn wipe(part: Part, payload: &mut Value, pointers: &[&str]) -> bool {
    let leaves = leaves(payload);
    let salt = payload.get(SALT).and_then(Value::as_str).and_then(|it| URL_SAFE_NO_PAD.decode(it).ok());
    let (mut salts, mut gone) = match &salt {
        Some(salt) => (salts(part, &leaves, salt), Digests::new()),
        None => (held(payload, SALTS), held(payload, WIPED)),
    };
    for pointer in pointers {
        let text = leaves.get(*pointer).and_then(|it| it.as_str());
        if let (Some(salt), Some(text)) = (salts.remove(*pointer), text) {
            gone.insert((*pointer).to_owned(), hash(&salt, text));
        }
    }
    for pointer in pointers {
        if let Some(text) = payload.pointer_mut(pointer) {
            *text = REDACTED.into();
        }
    }
    if let Some(object) = payload.as_object_mut() {
        object.remove(SALT);
        object.remove(MARK);
        for (name, digests) in [(WIPED, gone), (SALTS, salts)] {
            if !digests.is_empty() {
                object.insert(name.into(), json!(digests));
            }
        }
    }
    salt.is_some()
}

/// What binds what is left in `left`, of which texts were wiped, while `other` is the event's other payload.
pub fn bond(left: &[u8], other: &[u8]) -> Bond {
    let held = || serde_json::from_slice::<Value>(other).ok()?.get(REST)?.as_str().map(str::to_owned);
    let Some(held) = Some(other).filter(|it| wiped(it).is_none()).and_then(|_| held()) else {
        return Bond::Unbound;
    };
    match rest_left(left) {
        Some(rest) if rest.as_str() == held => Bond::Bound,
        Some(_) | None => Bond::Broken,
    }
}

/// The pointers of the texts that `left` says were wiped from it.
pub fn wiped_texts(left: &[u8]) -> Vec<String> {
    let value: Value = serde_json::from_slice(left).unwrap_or_default();
    held(&value, WIPED).into_keys().collect()
}

/// Whether what is left of a payload has the mark in the place of the text at `field`.
pub fn is_wiped_at(left: &[u8], field: &Field) -> bool {
    let value: Value = serde_json::from_slice(left).unwrap_or_default();
    value.pointer(field.within().1).and_then(Value::as_str) == Some(REDACTED)
}

/// The digest of the rest of what is left; `None` when it is not written as it would be.
fn rest_left(left: &[u8]) -> Option<Digest> {
    let mut payload: Value = serde_json::from_slice(left).ok()?;
    payload.as_object_mut()?.remove(MARK);
    // One reading only: no name twice, for readers that take the first.
    marked(payload.to_string().as_bytes(), wiped(left)?).filter(|it| it == left)?;
    let leaves = leaves(&payload);
    let gone = held(&payload, WIPED);
    let is_gone = |at: &String| leaves.get(at).is_some_and(|it| it.as_str() == Some(REDACTED));
    let mut hashes = hashes(&leaves, &held(&payload, SALTS))?;
    if !gone.keys().all(|it| is_gone(it) && !hashes.contains_key(it)) {
        return None;
    }
    hashes.extend(gone);
    Some(digest(&leaves, &hashes))
}

fn digest(leaves: &Leaves<'_>, hashes: &Digests) -> Digest {
    let shown = |(at, leaf): (&String, &&Value)| match hashes.get(at) {
        Some(hash) => (at.clone(), json!([hash])),
        None => (at.clone(), (*leaf).clone()),
    };
    let rest: BTreeMap<String, Value> = leaves.iter().map(shown).collect();
    Digest::of(json!(rest).to_string().as_bytes())
}

/// The salts of the texts that can be wiped.
fn salts(part: Part, leaves: &Leaves<'_>, salt: &[u8]) -> Digests {
    let texts = leaves.iter().filter(|(at, leaf)| leaf.is_string() && Field::at(part, at).is_some());
    texts.map(|(at, _)| (at.clone(), Digest::of(&[salt, at.as_bytes()].concat()))).collect()
}

/// The hash of each text that has a salt; `None` when there is none at that place.
fn hashes(leaves: &Leaves<'_>, salts: &Digests) -> Option<Digests> {
    let hashed = |(at, salt): (&String, &Digest)| Some((at.clone(), hash(salt, leaves.get(at)?.as_str()?)));
    salts.iter().map(hashed).collect()
}

fn hash(salt: &Digest, text: &str) -> Digest {
    Digest::of(format!("{salt}{text}").as_bytes())
}

/// What `payload` says of its texts under `name`.
fn held(payload: &Value, name: &str) -> Digests {
    let object = payload.get(name).and_then(Value::as_object);
    let digest = |it: &Value| it.as_str().and_then(|it| it.parse().ok());
    object.into_iter().flatten().filter_map(|(at, it)| Some((at.clone(), digest(it)?))).collect()
}

/// Every value of `payload` that has none in it, without the members that bind.
fn leaves(payload: &Value) -> Leaves<'_> {
    let mut found = Leaves::new();
    let members = payload.as_object().into_iter().flatten();
    for (name, value) in
        members.filter(|(name, _)| ![SALT, REST, WIPED, SALTS, MARK].contains(&name.as_str()))
    {
        collect(format!("/{}", escaped(name)), value, &mut found);
    }
    found
}

fn collect<'a>(at: String, value: &'a Value, found: &mut Leaves<'a>) {
    match value {
        Value::Object(members) if !members.is_empty() => within(&at, members, found),
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(n, it)| collect(format!("{at}/{n}"), it, found));
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => {
            found.insert(at, value);
        }
    }
}

fn within<'a>(at: &str, members: &'a Map<String, Value>, found: &mut Leaves<'a>) {
    members.iter().for_each(|(name, it)| collect(format!("{at}/{}", escaped(name)), it, found));
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
