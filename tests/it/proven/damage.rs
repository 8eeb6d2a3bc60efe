//! What is done to the files, and what the verifier says of it.
use super::{copy, event_at, faults, meddle, story, verify};
use crate::program::{self, pactline};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn a_changed_event_is_named() {
    let changes = [
        ("UPDATE events SET data = data || ' ' WHERE position = 40", "its data"),
        ("UPDATE events SET meta = meta || ' ' WHERE position = 40", "its metadata"),
        ("UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 40", "when it was recorded"),
        ("UPDATE events SET kind = kind + 1 WHERE position = 40", "its type"),
    ];
    for (sql, part) in changes {
        let (_dir, data) = story();
        let (place, id) = event_at(&data, 40);
        // Concatenation makes a text of it, which the log's file refuses.
        meddle(
            &data,
            &[&sql
                .replace("data || ' '", "CAST(data || ' ' AS BLOB)")
                .replace("meta || ' '", "CAST(meta || ' ' AS BLOB)")],
        );
        let (code, said) = verify(&data, &[]);
        assert_eq!(code, 6, "{sql}");
        assert_eq!(faults(&said), [("altered".to_owned(), Some(39))], "{said}");
        let text = said["faults"][0]["text"].as_str().unwrap();
        assert!(text.contains(&place) && text.contains(&id) && text.contains(part), "{text}");
    }
}

#[test]
fn a_removed_event_is_missing_and_its_successors_are_not_blamed() {
    let (_dir, data) = story();
    let (place, _) = event_at(&data, 100);
    meddle(&data, &["DELETE FROM events WHERE position = 100"]);
    let (code, said) = verify(&data, &[]);
    assert_eq!((code, faults(&said)), (6, vec![("missing".to_owned(), Some(99))]), "{said}");
    assert!(said["faults"][0]["text"].as_str().unwrap().contains(&place), "{said}");
}

#[test]
fn a_truncated_log_lacks_its_last_events() {
    let (_dir, data) = story();
    let last = verify(&data, &[]).1["events"].as_u64().unwrap();
    meddle(&data, &[&format!("DELETE FROM events WHERE position > {}", last - 3)]);
    let (code, said) = verify(&data, &[]);
    let missing: Vec<_> = (last - 3..last).map(|it| ("missing".to_owned(), Some(it))).collect();
    assert_eq!((code, faults(&said)), (6, missing), "{said}");
}

#[test]
fn events_that_changed_places_are_both_named() {
    let (_dir, data) = story();
    let (first, second) = (event_at(&data, 30).0, event_at(&data, 45).0);
    meddle(
        &data,
        &[
            "UPDATE events SET position = -1 WHERE position = 30",
            "UPDATE events SET position = 30 WHERE position = 45",
            "UPDATE events SET position = 45 WHERE position = -1",
        ],
    );
    let (code, said) = verify(&data, &[]);
    assert_eq!((code, faults(&said)), (6, vec![("swapped".to_owned(), Some(29))]), "{said}");
    let text = said["faults"][0]["text"].as_str().unwrap();
    assert!(text.contains(&first) && text.contains(&second), "{text}");
}

#[test]
fn an_inserted_event_is_named() {
    let (_dir, data) = story();
    meddle(
        &data,
        &[
            "UPDATE events SET position = -position - 1 WHERE position > 50",
            "UPDATE events SET position = -position WHERE position < 0",
            "INSERT INTO events SELECT 51, stream, 900, kind, recorded_at + 1, randomblob(16), data, meta \
             FROM events WHERE position = 50",
        ],
    );
    let (code, said) = verify(&data, &[]);
    assert_eq!((code, faults(&said)), (6, vec![("inserted".to_owned(), Some(50))]), "{said}");
}

#[test]
fn an_old_copy_of_the_log_is_shorter_than_what_was_signed() {
    let (_dir, data) = story();
    let old = data.with_extension("old");
    fs::copy(data.join("log.db"), &old).unwrap();
    let signed = verify(&data, &[]).1["signed"].as_u64().unwrap();
    meddle(
        &data,
        &[
            "INSERT INTO events SELECT position + 1, stream, revision + 1, kind, recorded_at + 1, randomblob(16), \
           data, meta FROM events ORDER BY position DESC LIMIT 1",
        ],
    );
    // The next start signs for what is there, as it would for an event of its own.
    assert_eq!(program::serve(&data, &[]).end("TERM").code(), Some(0));
    assert_eq!(verify(&data, &[]).1["signed"].as_u64(), Some(signed + 1));
    fs::copy(&old, data.join("log.db")).unwrap();
    let (code, said) = verify(&data, &[]);
    assert_eq!((code, faults(&said)), (6, vec![("missing".to_owned(), Some(signed))]), "{said}");
}

#[test]
fn an_old_copy_of_the_whole_folder_is_found_by_a_checkpoint_that_somebody_kept() {
    let (_dir, data) = story();
    let old = data.with_extension("old");
    copy(&data, &old);
    meddle(
        &data,
        &[
            "INSERT INTO events SELECT position + 1, stream, revision + 1, kind, recorded_at + 1, randomblob(16), \
           data, meta FROM events ORDER BY position DESC LIMIT 1",
        ],
    );
    assert_eq!(program::serve(&data, &[]).end("TERM").code(), Some(0));
    let kept = data.join("audit/checkpoint");
    assert_eq!(verify(&old, &[]).0, 0, "by itself it is sound");
    let (code, said) = verify(&old, &["--checkpoint", kept.to_str().unwrap()]);
    assert_eq!(code, 6, "{said}");
    assert_eq!(faults(&said)[0].0, "missing");
}

#[test]
fn a_forged_signature_and_a_wrong_key_are_named_as_such() {
    let (dir, data) = story();
    let other = dir.path().join("other.key");
    let made = pactline(&data, &["keys", "generate", other.to_str().unwrap(), "--name", "pactline/other"]);
    let policy = dir.path().join("policy");
    fs::write(&policy, format!("log {}\nquorum none\n", made.out.trim())).unwrap();
    let (code, said) = verify(&data, &["--policy", policy.to_str().unwrap()]);
    assert_eq!((code, faults(&said)[0].0.as_str()), (6, "signature"), "{said}");
    let path = data.join("audit/checkpoints");
    let text = fs::read_to_string(&path).unwrap();
    let size = verify(&data, &[]).1["signed"].as_u64().unwrap();
    fs::write(&path, text.replace(&format!("\n{size}\n"), &format!("\n{}\n", size - 1))).unwrap();
    let (code, said) = verify(&data, &[]);
    assert_eq!(code, 6, "{said}");
    assert!(faults(&said).iter().any(|it| it.0 == "signature"), "{said}");
}

#[test]
fn a_list_of_keys_that_is_no_text_any_more_is_damage_too() {
    let (_dir, data) = story();
    let path = data.join("audit/keys");
    let mut bytes = fs::read(&path).unwrap();
    bytes[0] ^= 0x80;
    fs::write(&path, bytes).unwrap();
    let verified = pactline(&data, &["audit", "verify"]);
    assert_eq!(verified.code, 6, "{}", verified.err);
    assert!(verified.err.contains("audit/keys"), "{}", verified.err);
}

/// Every file whose every byte counts.
fn files(data: &Path) -> Vec<PathBuf> {
    let mut found =
        vec![data.join("audit/checkpoints"), data.join("audit/checkpoint"), data.join("audit/places")];
    let mut left = vec![data.join("audit/tile")];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { left.push(path) } else { found.push(path) }
        }
    }
    found.push(data.join("audit/keys"));
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_bit_of_what_was_signed_or_of_its_tree_flips_unnoticed(
        which in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let (_dir, data) = story();
        let files = files(&data);
        let path = which.get(&files);
        let mut bytes = fs::read(path).unwrap();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << bit;
        fs::write(path, bytes).unwrap();
        let flipped = pactline(&data, &["audit", "verify"]);
        prop_assert!([6, 7].contains(&flipped.code), "{} byte {at} bit {bit}: {}", path.display(), flipped.out);
    }

    #[test]
    fn no_bit_of_an_event_flips_without_its_being_named(
        position in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        bit in 0_u8..8,
        meta in any::<bool>(),
    ) {
        let (_dir, data) = story();
        let log = rusqlite::Connection::open(data.join("log.db")).unwrap();
        let events: i64 = log.query_row("SELECT count(*) FROM events", [], |it| it.get(0)).unwrap();
        let position = position.index(events as usize) as i64 + 1;
        let column = if meta { "meta" } else { "data" };
        let read = format!("SELECT {column} FROM events WHERE position = ?1");
        let mut bytes: Vec<u8> = log.query_row(&read, [position], |it| it.get(0)).unwrap();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let write = format!("UPDATE events SET {column} = ?2 WHERE position = ?1");
        log.execute(&write, rusqlite::params![position, bytes]).unwrap();
        drop(log);
        let (code, said) = verify(&data, &[]);
        prop_assert_eq!(code, 6);
        prop_assert_eq!(faults(&said), vec![("altered".to_owned(), Some(position as u64 - 1))]);
    }
}
