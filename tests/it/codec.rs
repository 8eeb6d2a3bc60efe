//! What is stored today must be readable for ever: one golden sample per event variant, kept in tests/golden.
use bytes::Bytes;
use pactline::clock::Clock;
use pactline::codec::{self, CodecError, KINDS};
use pactline::domain::{
    charter, consultation, evidence, mandate, meeting, partner, priority, project, recommendation, redaction,
    task,
};
use pactline::log::{Position, Record};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::path::Path;
use uuid::Uuid;

fn golden(kind: &str) -> Map<String, Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{kind}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|err| panic!("{}: {err}", path.display()));
    serde_json::from_str(&text).unwrap()
}

fn record(stream: &str, kind: &str, data: &[u8]) -> Record {
    Record {
        position: Position(1),
        stream: format!("{stream}-{}", Uuid::nil()).into(),
        revision: 0,
        id: Uuid::nil(),
        kind: kind.into(),
        data: Bytes::copy_from_slice(data),
        meta: Bytes::from_static(b"{}"),
        recorded_at: Clock::system().now(),
    }
}

#[test]
fn every_event_has_a_golden_sample_and_no_sample_is_left_over() {
    for (kind, variants) in KINDS {
        let samples = golden(kind);
        let missing: Vec<_> = variants.iter().filter(|it| !samples.contains_key(**it)).collect();
        let retired: Vec<_> = samples.keys().filter(|it| !variants.contains(&it.as_str())).collect();
        assert!(missing.is_empty() && retired.is_empty(), "{kind}: missing {missing:?}, unknown {retired:?}");
    }
}

/// Reads every sample of `kind`, writes it again, and compares type and content.
fn survives<E: Serialize + DeserializeOwned>(kind: &str) {
    for (name, data) in golden(kind) {
        let stored = record(kind, &name, data.to_string().as_bytes());
        let event: E = codec::decode(&stored).unwrap_or_else(|err| panic!("{err}"));
        let (written, bytes) = codec::encode(&event).unwrap();
        assert_eq!((&*written, serde_json::from_slice::<Value>(&bytes).unwrap()), (name.as_str(), data));
        codec::decode_any(&record(kind, &name, &bytes)).unwrap();
    }
}

#[test]
fn golden_samples_are_read_and_written_unchanged() {
    survives::<partner::Event>("partner");
    survives::<mandate::Event>("mandate");
    survives::<evidence::Event>("evidence");
    survives::<charter::Event>("charter");
    survives::<meeting::Event>("meeting");
    survives::<recommendation::Event>("recommendation");
    survives::<consultation::Event>("consultation");
    survives::<priority::Event>("priority");
    survives::<project::Event>("project");
    survives::<task::Event>("task");
    survives::<redaction::Event>("redaction");
}

#[test]
fn salt_and_the_mark_of_a_redaction_are_passed_over() {
    for (kind, variants) in KINDS {
        let samples = golden(kind);
        for name in *variants {
            let plain = record(kind, name, samples[*name].to_string().as_bytes());
            let salted = codec::salted(&plain.data, Uuid::from_u128(7)).unwrap();
            let marked = pactline::log::marked(&plain.data, [7; 32]).unwrap();
            let read = |data: Bytes| codec::decode_any(&Record { data, ..plain.clone() }).unwrap();
            assert_eq!(read(salted), read(plain.data.clone()), "{kind}/{name}");
            assert_eq!(read(marked), read(plain.data.clone()), "{kind}/{name}");
        }
    }
}

#[test]
fn an_unknown_type_is_named_and_never_skipped() {
    let unknown = codec::decode_any(&record("partner", "PartnerKnighted", b"{}")).unwrap_err();
    assert!(matches!(unknown, CodecError::UnknownType { .. }), "{unknown}");
    assert!(unknown.to_string().contains("PartnerKnighted"), "{unknown}");
    let stranger = codec::decode_any(&record("caravan", "PartnerAdmitted", b"{}")).unwrap_err();
    assert!(matches!(stranger, CodecError::UnknownType { .. }), "{stranger}");
}

#[test]
fn a_malformed_event_is_an_error_that_names_its_place() {
    for data in [&b"{}"[..], b"", b"null", b"{\"party\":", b"\xff\xfe", b"{}}{"] {
        let err = codec::decode_any(&record("partner", "PartnerAdmitted", data)).unwrap_err();
        assert!(err.to_string().contains("@0"), "{err}");
    }
}
