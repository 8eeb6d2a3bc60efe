//! What a log promises about redaction: the payload is another one, everything else is as it was, and no file has
//! the old bytes.
use crate::log::{all, clock, event, events};
use bytes::Bytes;
use pactline::codec::salted;
use pactline::log::{EmbeddedLog, Expected, Log, NewRecord, Payload, Place, Record};
use pactline::log::{marked, payload_sha256, wiped};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::path::Path;
use uuid::Uuid;

/// Short texts share a page with others, long ones have pages of their own; the first ones move when the table
/// grows beyond one page.
#[tokio::test]
async fn no_file_has_what_was_redacted() {
    let dir = tempfile::tempdir().unwrap();
    let lengths = [1, 40, 700, 3_000, 5_000, 30_000];
    let secret = |n: usize| format!("Secret{n:05}-");
    let log = EmbeddedLog::open(dir.path(), clock).unwrap();
    for n in 0..300 {
        let data = format!(r#"{{"n":"{}"}}"#, secret(n).repeat(lengths[n % lengths.len()] / 12 + 1));
        let expected = n.checked_sub(1).map_or(Expected::NoStream, |it| Expected::Revision(it as u64));
        let record = NewRecord { data: data.into(), ..event(n as u128) };
        log.append("a-1", expected, vec![record]).await.unwrap();
    }
    let records = all(log.read_all(None)).await;
    let chosen = |n: usize| n < 60 || n.is_multiple_of(7);
    for (n, record) in records.iter().enumerate().filter(|(n, _)| chosen(*n)) {
        // Shorter, as long as before, and longer.
        let rest = match n % 3 {
            0 => Bytes::from_static(b"{}"),
            1 => Bytes::from(vec![b'-'; record.data.len()]),
            _ => Bytes::from(vec![b'-'; record.data.len() * 2]),
        };
        log.redact(&place(record), Payload { data: rest, meta: record.meta.clone() }).await.unwrap();
        assert!(!found(dir.path(), &secret(n)), "event {n} is still in a file while the log is open");
    }
    assert!((0..300).filter(|n| !chosen(*n)).all(|n| found(dir.path(), &secret(n))), "the others are there");
    log.close().await.unwrap();
    assert!((0..300).filter(|n| chosen(*n)).all(|n| !found(dir.path(), &secret(n))));
}

#[tokio::test]
async fn a_redaction_is_there_when_the_log_is_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(dir.path(), clock).unwrap();
    log.append("a-1", Expected::NoStream, events(&[1, 2])).await.unwrap();
    let before = all(log.read_all(None)).await;
    log.redact(&place(&before[0]), other()).await.unwrap();
    drop(log);
    let log = EmbeddedLog::open(dir.path(), clock).unwrap();
    assert_eq!(all(log.read_all(None)).await[0].data, other().data);
}

#[test]
fn a_payload_counts_as_what_it_was_when_it_was_recorded() {
    let whole = salted(br#"{"reason":"a name"}"#, Uuid::from_u128(7)).unwrap();
    assert_eq!(whole, &br#"{"reason":"a name","$salt":"AAAAAAAAAAAAAAAAAAAABw"}"#[..]);
    let hash: [u8; 32] = Sha256::digest(&whole).into();
    assert_eq!((payload_sha256(&whole), wiped(&whole)), (hash, None));
    for rest in [&br#"{"reason":"[redacted]"}"#[..], b"{}"] {
        let rest = marked(rest, hash).unwrap();
        assert_eq!((payload_sha256(&rest), wiped(&rest)), (hash, Some(hash)), "{rest:?}");
        serde_json::from_slice::<serde_json::Value>(&rest).unwrap();
    }
    assert_eq!(marked(b"[]", hash), None, "only an object has members");
}

#[test]
fn the_mark_cannot_be_made_from_inside_a_text() {
    let hash = "0".repeat(64);
    for text in [format!(r#"","$redacted":"{hash}"#), format!(r#"\","$redacted":"{hash}"#)] {
        let stored = serde_json::to_vec(&serde_json::json!({ "reason": text })).unwrap();
        assert_eq!(wiped(&stored), None, "{}", String::from_utf8_lossy(&stored));
    }
    let upper = format!(r#"{{"a":1,"$redacted":"{}"}}"#, "A".repeat(64));
    assert_eq!(wiped(upper.as_bytes()), None, "digits are lower-case");
    let nested = format!(r#"{{"a":{{"b":1,"$redacted":"{hash}"}}}}"#);
    assert_eq!(wiped(nested.as_bytes()), None, "inside, it says nothing about the whole");
}

proptest! {
    #[test]
    fn no_bytes_make_it_stumble(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let plain: [u8; 32] = Sha256::digest(&bytes).into();
        prop_assert_eq!(wiped(&bytes).unwrap_or(plain), payload_sha256(&bytes));
    }
}

fn place(record: &Record) -> Place {
    Place { stream: record.stream.clone(), revision: record.revision, id: record.id }
}

fn other() -> Payload {
    Payload { data: Bytes::from_static(br#"{"left":"over"}"#), meta: Bytes::from_static(br#"{"who":"-"}"#) }
}

/// Whether any file below `dir` has `text` in it, as grep would find it.
pub(crate) fn found(dir: &Path, text: &str) -> bool {
    std::fs::read_dir(dir).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found(&path, text),
            false => {
                let bytes = std::fs::read(&path).unwrap();
                memchr::memmem::find(&bytes, text.as_bytes()).is_some()
            }
        }
    })
}
