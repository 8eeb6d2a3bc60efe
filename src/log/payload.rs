//! What an event holds, and how it shows that a part of it was wiped while its hash stays on record.
//!
//! A payload of which something was wiped is a JSON object whose last member is `"$redacted":"…"`: SHA-256, as 64
//! lower-case hexadecimal digits, of the bytes that stood there first. Whoever commits to a payload commits to that
//! hash, so that a redaction changes no proof. The mark alone proves nothing: an event that approves the redaction
//! must be on record too.
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;

/// What the mark begins with, where it is not the only member.
const MARK: &[u8] = br#","$redacted":""#;
/// What it ends with.
const END: &[u8] = br#""}"#;
/// How many digits a hash has.
const DIGITS: usize = 64;

/// One event, named exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Of which stream.
    pub stream: Arc<str>,
    /// Where in it, from zero.
    pub revision: u64,
    /// Under which id.
    pub id: Uuid,
}

/// What an event holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// What happened, in detail.
    pub data: Bytes,
    /// Who asked, when, because of what.
    pub meta: Bytes,
}

/// SHA-256 of the bytes that `stored` was when it was recorded: what proofs commit to. For data and metadata alike.
pub fn payload_sha256(stored: &[u8]) -> [u8; 32] {
    wiped(stored).unwrap_or_else(|| Sha256::digest(stored).into())
}

/// The hash that `stored` carries in the place of what was wiped from it; `None` when nothing was. Looks at the last
/// bytes only: inside a JSON text, a quotation mark has a backslash before it.
pub fn wiped(stored: &[u8]) -> Option<[u8; 32]> {
    let digits = stored.strip_suffix(END)?;
    let (before, digits) = digits.split_at_checked(digits.len().checked_sub(DIGITS)?)?;
    // The mark may be all that is left.
    if !before.ends_with(MARK) && before != br#"{"$redacted":""# {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = pair.iter().try_fold(0, |sum, it| Some(sum * 16 + nibble(*it)?))?;
    }
    Some(hash)
}

/// The JSON object `rest`, marked as what is left of bytes with this hash; `None` when it is no object.
pub fn marked(rest: &[u8], sha256: [u8; 32]) -> Option<Bytes> {
    let digits: String = sha256.iter().map(|it| format!("{it:02x}")).collect();
    with_member(rest, "$redacted", &digits)
}

/// The JSON object `object` with one more member at its end, whose value needs no escaping; `None` when it is none.
pub fn with_member(object: &[u8], name: &str, value: &str) -> Option<Bytes> {
    let open = object.strip_suffix(b"}").filter(|it| it.starts_with(b"{"))?;
    let comma = if open.len() > 1 { "," } else { "" };
    Some([open, format!(r#"{comma}"{name}":"{value}"}}"#).as_bytes()].concat().into())
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
