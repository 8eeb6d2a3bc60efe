//! A leaf is what an event commits to: the same for ever, whatever keeps the log.
use bytes::Bytes;
use pactline::audit::*;
use pactline::log::{Position, Record};
use uuid::uuid;

pub fn record() -> Record {
    Record {
        position: Position(4711),
        stream: "project-6f1d5c5e-4b0b-5a7e-9a51-70616374706c".into(),
        revision: 3,
        id: uuid!("0198c0de-0000-7000-8000-000000000001"),
        kind: "ProjectFunded".into(),
        data: Bytes::from_static(br#"{"amount":100}"#),
        meta: Bytes::from_static(b"{}"),
        recorded_at: "2026-03-04T05:06:07.000008Z".parse().unwrap(),
    }
}

#[test]
fn a_leaf_is_written_as_its_documentation_says() {
    let written = Leaf::of(258, &record()).encode().unwrap();
    let mut expected = Vec::new();
    expected.extend(b"pactleaf");
    expected.extend([0, 1]);
    expected.extend([0, 0, 0, 0, 0, 0, 1, 2]);
    expected.extend(uuid!("0198c0de-0000-7000-8000-000000000001").as_bytes());
    expected.extend([0, 44]);
    expected.extend(b"project-6f1d5c5e-4b0b-5a7e-9a51-70616374706c");
    expected.extend([0, 0, 0, 0, 0, 0, 0, 3]);
    expected.extend([0, 13]);
    expected.extend(b"ProjectFunded");
    expected.extend([0, 1]);
    expected.extend(1_772_600_767_000_008_i64.to_be_bytes());
    expected.extend(Hash::of(br#"{"amount":100}"#).0);
    expected.extend(Hash::of(b"{}").0);
    assert_eq!(written, expected);
}

/// This hash may never change: every proof ever given out rests on it.
#[test]
fn the_hash_of_a_known_event_is_what_it_always_was() {
    let hash = Leaf::of(258, &record()).hash().unwrap();
    assert_eq!(hash.hex(), "862ee449d295e11b9285e9064bb1189281eac449d40661a4bb115b0ddc859871");
}

#[test]
fn a_log_that_moves_to_another_backend_keeps_its_leaves() {
    let there = Record { position: Position(9_000_000_000), ..record() };
    assert_eq!(Leaf::of(0, &there), Leaf::of(0, &record()));
}

#[test]
fn a_redacted_event_keeps_its_leaf_by_the_hash_of_what_was_wiped() {
    let before = Leaf::of(0, &record());
    let wiped = Record { data: Bytes::from_static(br#"{"redacted":true}"#), ..record() };
    assert_ne!(Leaf::of(0, &wiped), before);
    assert_eq!(Leaf { data_sha256: before.data_sha256, ..Leaf::of(0, &wiped) }.encode(), before.encode());
}

#[test]
fn a_leaf_reads_back_and_only_from_its_own_bytes() {
    let leaf = Leaf::of(258, &record());
    let bytes = leaf.encode().unwrap();
    assert_eq!(Leaf::decode(&bytes), Ok(leaf.clone()));
    for end in 0..bytes.len() {
        assert!(Leaf::decode(&bytes[..end]).is_err(), "cut at {end}");
    }
    assert_eq!(Leaf::decode(&[&bytes[..], b"\n"].concat()), Err(LeafError::Trailing(1)));
    let mut later = bytes.clone();
    later[9] = 2;
    assert_eq!(Leaf::decode(&later), Err(LeafError::Version(2)));
    let long = Leaf { stream: "s".repeat(16 * 1024 + 1).into(), ..leaf };
    assert_eq!(long.encode(), Err(LeafError::TooLong { field: "stream", found: 16 * 1024 + 1 }));
}

/// Whatever one bit of a leaf says, another bit says something else.
#[test]
fn every_flipped_bit_is_another_leaf_or_none() {
    let bytes = Leaf::of(258, &record()).encode().unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(hash_leaf(&flipped), hash_leaf(&bytes));
        if let Ok(leaf) = Leaf::decode(&flipped) {
            assert_eq!(leaf.encode(), Ok(flipped), "one leaf has one encoding");
        }
    }
}
