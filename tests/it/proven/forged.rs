//! Redactions that somebody with the log's files makes up: nothing can be said anew under one and be verified.
use super::{faults, meddle, story, verify};
use crate::program;
use pactline::domain::citation::StreamName;
use pactline::domain::redaction::redaction_id;
use pactline::log::{marked, payload_sha256};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use uuid::Uuid;

/// An event as it is in the file.
struct Stored {
    position: i64,
    event: Value,
    data: Vec<u8>,
    meta: Vec<u8>,
}

/// The first event of this type.
fn first(data: &Path, kind: &str) -> Stored {
    let sql = "SELECT position, streams.name, revision, event_id, data, meta FROM events JOIN streams ON streams.id = stream \
               JOIN kinds ON kinds.id = kind WHERE kinds.name = ?1 ORDER BY position";
    let log = Connection::open(data.join("log.db")).unwrap();
    log.query_row(sql, [kind], |it| {
        let id = Uuid::from_slice(&it.get::<_, Vec<u8>>(3)?).unwrap();
        let event =
            json!({"event_id": id, "stream": it.get::<_, String>(1)?, "revision": it.get::<_, i64>(2)?});
        Ok(Stored { position: it.get(0)?, event, data: it.get(4)?, meta: it.get(5)? })
    })
    .unwrap()
}

/// `stored` with other members, and the mark of a redaction.
fn altered(stored: &[u8], change: &dyn Fn(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(stored).unwrap();
    value.as_object_mut().unwrap().remove("$salt");
    change(&mut value);
    marked(value.to_string().as_bytes(), payload_sha256(stored)).unwrap().to_vec()
}

/// Puts `data` and `meta` in the place of the event's, and two persons' agreement to that at the end of the log.
fn forge(folder: &Path, was: &Stored, data: &[u8], meta: &[u8], fields: &[&str]) {
    let hex =
        |bytes: &[u8]| -> String { Sha256::digest(bytes).iter().map(|it| format!("{it:02x}")).collect() };
    let wiped = |was: &[u8], left: &[u8]| {
        (was != left).then(|| json!({"original": hex(was), "remaining": hex(left), "salted": true}))
    };
    let mut approved = json!({
        "event": was.event, "fields": fields, "legal_basis": "GDPR Art. 17", "requester": "ana", "approver": "bo",
    });
    for (name, wiped) in [("data", wiped(&was.data, data)), ("meta", wiped(&was.meta, meta))] {
        wiped.into_iter().for_each(|it| approved[name] = it);
    }
    let requested = json!({
        "event": was.event, "fields": fields, "legal_basis": "GDPR Art. 17", "requester": "ana", "reason": "privacy",
    });
    let carried_out = json!({"event": was.event});
    let log = Connection::open(folder.join("log.db")).unwrap();
    log.execute(
        "UPDATE events SET data = ?1, meta = ?2 WHERE position = ?3",
        params![data, meta, was.position],
    )
    .unwrap();
    let place: StreamName = was.event["stream"].as_str().unwrap().parse().unwrap();
    let place = pactline::domain::citation::Reference::new(place, was.event["revision"].as_u64().unwrap());
    let stream = format!("redaction-{}", redaction_id(&place));
    log.execute("INSERT INTO streams(name) VALUES (?1)", [&stream]).unwrap();
    let stream = log.last_insert_rowid();
    let said = [
        ("RedactionRequested", requested),
        ("RedactionApproved", approved),
        ("RedactionCarriedOut", carried_out),
    ];
    for (revision, (kind, body)) in (0_i64..).zip(said) {
        log.execute("INSERT OR IGNORE INTO kinds(name) VALUES (?1)", [kind]).unwrap();
        let meta = json!({
            "command_id": Uuid::from_u128(1), "effective_at": "2026-01-01T00:00:00Z", "actor": "bo",
        });
        log.execute(
            "INSERT INTO events SELECT max(position) + 1, ?1, ?2, (SELECT id FROM kinds WHERE name = ?3), \
             max(recorded_at) + 1, ?4, ?5, ?6 FROM events",
            params![
                stream,
                revision,
                kind,
                Uuid::from_u128(0xf0f0 + revision as u128).as_bytes().to_vec(),
                body.to_string().into_bytes(),
                meta.to_string().into_bytes()
            ],
        )
        .unwrap();
    }
    drop(log);
    meddle(folder, &[]);
}

/// Expects that the record is found altered there alone, and why.
fn altered_at(data: &Path, index: u64, words: &str) {
    let (code, said) = verify(data, &[]);
    assert_eq!((code, faults(&said)), (6, vec![("altered".to_owned(), Some(index))]), "{said}");
    let why = said["faults"][0]["why"].as_str().unwrap();
    assert!(why.contains(words), "{why}");
}

/// Turns a vote round.
fn another_vote(it: &mut Value) {
    it["vote"] = if it["vote"] == "no" { "yes".into() } else { "no".into() };
}

#[test]
fn a_vote_is_not_turned_round_under_a_redaction_that_somebody_made_up() {
    let (_dir, data) = story();
    let vote = first(&data, "VoteCast");
    let index = u64::try_from(vote.position).unwrap() - 1;
    let left = altered(&vote.data, &another_vote);
    let meta = altered(&vote.meta, &|it| it["source"]["symbol"] = "[redacted]".into());
    forge(&data, &vote, &left, &meta, &["/meta/source/symbol"]);
    altered_at(&data, index, "nothing on record approves what is left of it");
}

#[test]
fn what_an_objection_is_conditional_on_is_not_changed_under_a_redaction_of_its_reason() {
    let (_dir, data) = story();
    let objection = first(&data, "ObjectionRaised");
    let index = u64::try_from(objection.position).unwrap() - 1;
    let left = altered(&objection.data, &|it| {
        it["reason"] = "[redacted]".into();
        it["conditional_on"] = json!(["3"]);
    });
    forge(&data, &objection, &left, &objection.meta, &["/data/reason"]);
    altered_at(&data, index, "what is left of it is not what was recorded");
}

#[test]
fn where_both_payloads_are_said_to_be_redacted_the_record_is_not_verified() {
    let (_dir, data) = story();
    let objection = first(&data, "ObjectionRaised");
    let left = altered(&objection.data, &|it| {
        it["reason"] = "[redacted]".into();
        it["conditional_on"] = json!(["3"]);
    });
    let meta = altered(&objection.meta, &|it| it["source"]["symbol"] = "[redacted]".into());
    forge(&data, &objection, &left, &meta, &["/data/reason", "/meta/source/symbol"]);
    // It takes the whole for granted, and signs it.
    assert_eq!(program::serve(&data, &[]).end("TERM").code(), Some(0));
    let (code, said) = verify(&data, &[]);
    assert_eq!((code, faults(&said)), (7, vec![]), "{said}");
    assert_eq!(said["events"], said["signed"]);
    let gap = said["gaps"][0].as_str().unwrap();
    let named = format!(
        "index {}: {}@{}",
        objection.position - 1,
        objection.event["stream"].as_str().unwrap(),
        objection.event["revision"]
    );
    let under = format!("was redacted under event {}", said["events"].as_u64().unwrap() - 2);
    assert!(gap.contains(&named) && gap.contains(&under), "{gap}");
    assert!(gap.contains("is the word of those who approved"), "{gap}");
    assert_eq!(said["redacted"][0]["bound"], false);
}
