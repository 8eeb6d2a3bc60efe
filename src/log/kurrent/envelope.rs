//! Where the time of an event is kept: as one more field of its metadata, put there and taken away to the byte.
//!
//! KurrentDB stamps events itself, but says so only to readers, and would stamp an import with today. So the writer's
//! stamp is stored: `{"command_id":…,"$recordedAt":"2026-02-25T06:13:20.000001Z"}`. It is also the mark by which
//! events of ours are told from those of others.
use bytes::Bytes;
use jiff::Timestamp;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

const MARK: &str = "\"$recordedAt\":\"";
const END: &str = "\"}";
/// How metadata begins that was no JSON object, in hexadecimal digits.
const ENCLOSED: &str = "{\"$meta\":\"";

/// `meta` with the time in it.
pub(super) fn seal(meta: &Bytes, at: Timestamp) -> Bytes {
    let mut sealed = Vec::with_capacity(meta.len() + MARK.len() + 32);
    match object(meta) {
        Some(fields) => {
            sealed.extend_from_slice(meta.strip_suffix(b"}").unwrap_or(meta));
            if fields > 0 {
                sealed.push(b',');
            }
        }
        None => {
            sealed.extend_from_slice(ENCLOSED.as_bytes());
            sealed.extend(meta.iter().flat_map(|it| [digit(it >> 4), digit(it & 15)]));
            sealed.extend_from_slice(b"\",");
        }
    }
    sealed.extend_from_slice(MARK.as_bytes());
    sealed.extend_from_slice(format!("{at:.6}").as_bytes());
    sealed.extend_from_slice(END.as_bytes());
    sealed.into()
}

/// The metadata and the time that [`seal`] made it of; `None` when it did not make it.
pub(super) fn open(sealed: &Bytes) -> Option<(Bytes, Timestamp)> {
    let text = std::str::from_utf8(sealed).ok()?;
    let mark = text.rfind(MARK)?;
    let at = text.get(mark + MARK.len()..)?.strip_suffix(END)?.parse().ok()?;
    let before = text.get(..mark)?;
    if let Some(digits) = before.strip_prefix(ENCLOSED) {
        return Some((enclosed(digits.strip_suffix("\",")?)?, at));
    }
    let mut meta = before.strip_suffix(',').unwrap_or(before).to_owned();
    meta.push('}');
    Some((meta.into(), at))
}

/// How many fields `meta` has, when it is a JSON object from the first byte to the last that cannot be taken for
/// something else.
fn object(meta: &Bytes) -> Option<usize> {
    if !meta.starts_with(b"{") || !meta.ends_with(b"}") || meta.starts_with(ENCLOSED.as_bytes()) {
        return None;
    }
    serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(meta).ok().map(|it| it.len())
}

fn enclosed(digits: &str) -> Option<Bytes> {
    let value = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(value(*high)? << 4 | value(*low)?));
    rest.is_empty().then(|| bytes.collect::<Option<Vec<u8>>>())?.map(Bytes::from)
}

fn digit(it: u8) -> u8 {
    b"0123456789abcdef".get(usize::from(it)).copied().unwrap_or(b'0')
}

#[cfg(test)]
mod tests {
    use super::{open, seal};
    use bytes::Bytes;
    use jiff::Timestamp;

    const AT: Timestamp = Timestamp::constant(1_772_000_000, 1_000);

    #[test]
    fn metadata_comes_back_to_the_byte() {
        let every_byte: Vec<u8> = (0..=255).collect();
        let odd = [
            r#"{"command_id":"a","$correlationId":"b"}"#.as_bytes(),
            b"{}",
            b"{ }",
            b"{} ",
            b"",
            b"[1]",
            b"{\"a\":1,}",
            b"{\"$meta\":\"00\"}",
            br#"{"$recordedAt":"2026-02-25T06:13:20.000001Z"}"#,
            br#"{"a":"\"$recordedAt\":\"2026-02-25T06:13:20.000001Z\"}"}"#,
            &every_byte,
        ];
        for meta in odd.map(Bytes::copy_from_slice) {
            let sealed = seal(&meta, AT);
            assert!(serde_json::from_slice::<serde_json::Value>(&sealed).is_ok(), "{sealed:?}");
            assert_eq!(open(&sealed), Some((meta, AT)), "{sealed:?}");
        }
    }

    #[test]
    fn what_others_wrote_is_not_taken_for_ours() {
        for foreign in ["", "{}", r#"{"$correlationId":"a"}"#, r#"{"$recordedAt":"yesterday"}"#, "\u{7f}"] {
            assert_eq!(open(&Bytes::from(foreign)), None, "{foreign:?}");
        }
    }
}
