//! What a redaction can do to a signed decision, and what somebody who writes to the log's files can pretend that it did.
use super::sending::{faults, scrutinised};
use super::world::*;
use crate::given::{given, person};
use pactline::codec::{self, redacted};
use pactline::domain::citation::{Citation, Reference};
use pactline::domain::consultation::Position;
use pactline::domain::decision::{Act, Decision};
use pactline::domain::redaction::{Command, Event, Field, Redaction, Rejection, Wiped, redaction_id};
use pactline::domain::text::Digest;
use pactline::engine::{CommandMeta, ExecuteError};
use pactline::log::{Position as At, Record, marked, payload_sha256};
use pactline::scrutiny::{Bond, Redacted, Redactions};
use serde_json::{Value, json};
use uuid::Uuid;

const WORDS: &str = "/data/position/reserve/statement";

fn field(path: &str) -> Field {
    path.parse().unwrap()
}

/// Austria agrees, and says something that is too private.
fn reserve(request: u128) -> Decision {
    let statement = "a private matter".try_into().unwrap();
    let position = Position::Reserve { paragraphs: vec!["one".try_into().unwrap()], statement };
    Decision { act: Act::TakePosition { position }, ..decision(request) }
}

/// Asks for a redaction of the last event and has it approved.
async fn redact(world: &World, paths: &[&str]) -> Result<(), Rejection> {
    let event = Reference::new(stream(), world.events().await.last().unwrap().revision);
    let ask = Command::RequestRedaction {
        event: event.clone(),
        fields: paths.iter().map(|it| field(it)).collect(),
        reason: "a private matter".try_into().unwrap(),
        legal_basis: "GDPR Art. 17".try_into().unwrap(),
    };
    let rejected = |err| match err {
        ExecuteError::Rejected(why) => why,
        other => panic!("{other}"),
    };
    let by = |n, who| CommandMeta::now(Uuid::from_u128(n), person(who));
    world.engine.request_redaction(ask, by(20, "ana")).await.map_err(rejected)?;
    world.engine.approve_redaction(redaction_id(&event), by(21, "bo")).await.map(drop).map_err(rejected)
}

#[test]
fn a_signature_is_asked_to_be_wiped_with_words_that_it_repeats_and_never_alone() {
    let target = Citation { event_id: Uuid::from_u128(8), stream: stream(), revision: 1 };
    let ask = |paths: &[&str]| Command::RequestRedaction {
        event: target.reference(),
        fields: paths.iter().map(|it| field(it)).collect(),
        reason: "an address".try_into().unwrap(),
        legal_basis: "GDPR Art. 17".try_into().unwrap(),
    };
    let story = || given::<Redaction>([]).by("ana").citing_nothing(target.clone());
    for alone in [&["/meta/envelope"][..], &["/meta/envelope", "/meta/source/symbol"]] {
        story().when(ask(alone)).then_rejected(Rejection::SignatureStays);
    }
    let events = story().when(ask(&["/data/reason", "/meta/envelope"])).events();
    assert!(matches!(events[..], [Event::RedactionRequested { .. }]), "{events:?}");
}

fn redactions(records: &[Record]) -> Vec<Redacted> {
    let mut redactions = Redactions::default();
    (0..).zip(records).for_each(|(index, it)| redactions.take(index, it));
    redactions.finish()
}

#[tokio::test]
async fn a_vote_keeps_its_signature_whatever_two_people_agree_on() {
    let world = World::begun().await;
    world.send(sealed(&decision(7), 1)).await.unwrap();
    let before = world.events().await;
    assert_eq!(redact(&world, &["/meta/envelope"]).await, Err(Rejection::SignatureStays));
    assert_eq!(world.events().await, before, "nothing was recorded");
    let agree = Decision { act: Act::TakePosition { position: Position::Agree }, ..decision(8) };
    world.send(sealed(&agree, 1)).await.unwrap();
    assert_eq!(redact(&world, &["/meta/envelope"]).await, Err(Rejection::SignatureStays));
}

#[tokio::test]
async fn a_redacted_reservation_takes_its_signature_with_it_and_what_is_left_is_not_proven() {
    let world = World::begun().await;
    world.send(sealed(&reserve(7), 1)).await.unwrap();
    let before = world.events().await;
    assert_eq!(redact(&world, &["/meta/envelope"]).await, Err(Rejection::SignatureStays), "not alone");
    redact(&world, &[WORDS]).await.unwrap();
    let records = world.events().await;
    let at = before.len() - 1;
    let sha256 = |it: &Record| [payload_sha256(&it.data), payload_sha256(&it.meta)];
    assert_eq!(sha256(&records[at]), sha256(&before[at]));
    assert_eq!((faults(&records), scrutinised(&records).1), (vec![], 0));
    let found = redactions(&records);
    assert_eq!((found.len(), found[0].index, found[0].bond), (1, at as u64, Bond::Unbound));
    assert_eq!(found[0].covered_by.as_ref().unwrap().index, at as u64 + 2);

    let unapproved: Vec<Record> =
        records.iter().filter(|it| &*it.kind != "RedactionApproved").cloned().collect();
    assert_eq!(redactions(&unapproved)[0].covered_by, None, "the mark alone proves nothing");
    let mut edited = records.clone();
    edited[at].meta = String::from_utf8(edited[at].meta.to_vec()).unwrap().replace("clerk", "someone").into();
    assert_eq!(redactions(&edited)[0].covered_by, None, "what is left cannot be edited either");
}

/// `stored` with other members, and the mark of a redaction that says it was `stored`.
fn altered(stored: &[u8], change: impl Fn(&mut Value)) -> bytes::Bytes {
    let mut value: Value = serde_json::from_slice(stored).unwrap();
    value.as_object_mut().unwrap().remove("$salt");
    change(&mut value);
    marked(value.to_string().as_bytes(), payload_sha256(stored)).unwrap()
}

/// The records, after which somebody has written down that two people agreed to wipe `fields` from event `at`, which is
/// now what `left` is.
fn approved(mut records: Vec<Record>, at: usize, left: Record, fields: &[&str]) -> Vec<Record> {
    let was = records[at].clone();
    let event = Citation { event_id: was.id, stream: stream(), revision: was.revision };
    let wiped = |was: &[u8], left: &[u8]| {
        (was != left).then(|| Wiped {
            original: payload_sha256(was).into(),
            remaining: Digest::of(left),
            salted: true,
        })
    };
    let fields: Vec<Field> = fields.iter().map(|it| field(it)).collect();
    let (requester, approver) = (person("ana"), person("bo"));
    let legal_basis = || "GDPR Art. 17".try_into().unwrap();
    let written = [
        Event::RedactionRequested {
            event: event.clone(),
            fields: fields.clone(),
            reason: "privacy".try_into().unwrap(),
            legal_basis: legal_basis(),
            requester: requester.clone(),
        },
        Event::RedactionApproved {
            event: event.clone(),
            fields,
            data: wiped(&was.data, &left.data),
            meta: wiped(&was.meta, &left.meta),
            legal_basis: legal_basis(),
            requester,
            approver,
        },
        Event::RedactionCarriedOut { event: event.clone() },
    ];
    records[at] = left;
    for (revision, it) in (0..).zip(&written) {
        let (kind, data) = codec::encode(it).unwrap();
        let last = records.last().unwrap();
        records.push(Record {
            position: At(last.position.0 + 1),
            stream: format!("redaction-{}", redaction_id(&event.reference())).into(),
            revision,
            id: Uuid::from_u128(7_000 + u128::from(revision)),
            kind,
            data,
            meta: records[0].meta.clone(),
            recorded_at: last.recorded_at,
        });
    }
    records
}

/// What the one redaction in `records` is taken for, and what is wrong with the decisions.
fn judged(records: &[Record]) -> (bool, Bond, Vec<String>) {
    let found = redactions(records);
    assert_eq!(found.len(), 1);
    (found[0].covered_by.is_some(), found[0].bond, faults(records))
}

#[tokio::test]
async fn an_approval_that_somebody_makes_up_changes_no_vote() {
    let world = World::begun().await;
    world.send(sealed(&decision(7), 1)).await.unwrap();
    let records = world.events().await;
    let at = records.len() - 1;
    let forged = |data: bytes::Bytes, fields: &[&str]| {
        let meta = altered(&records[at].meta, |it| it["envelope"] = "[redacted]".into());
        let left = Record { data, meta, ..records[at].clone() };
        judged(&approved(records.clone(), at, left, fields))
    };
    let unsigned = "its signature was wiped, and no words of its own that could be why".to_owned();
    // The vote is another one, and only the envelope is said to be gone.
    let no = altered(&records[at].data, |it| it["vote"] = "no".into());
    assert_eq!(forged(no, &["/meta/envelope"]), (false, Bond::Unbound, vec![unsigned.clone()]));
    // A text is said to be gone that was never there.
    let with_text = altered(&records[at].data, |it| {
        it["vote"] = "no".into();
        it["reason"] = "[redacted]".into();
    });
    assert_eq!(forged(with_text, &["/data/reason"]), (true, Bond::Unbound, vec![unsigned.clone()]));
    // The vote is what it was, and its signature is gone.
    let (covered, bond, faults) = forged(records[at].data.clone(), &["/meta/envelope"]);
    assert_eq!((covered, bond, faults), (false, Bond::Broken, vec![unsigned]));
    // The signature is not even wiped: there never was one.
    let meta = altered(&records[at].meta, |it| {
        it.as_object_mut().unwrap().remove("envelope");
        it["source"] = json!({"symbol": "[redacted]"});
    });
    let left = Record { meta, ..records[at].clone() };
    let (covered, _, faults) = judged(&approved(records.clone(), at, left, &["/meta/source/symbol"]));
    assert_eq!((covered, faults.len()), (false, 1), "{faults:?}");
}

#[tokio::test]
async fn a_reservation_that_is_made_of_another_position_is_not_proven() {
    let world = World::begun().await;
    let agree = Decision { act: Act::TakePosition { position: Position::Agree }, ..decision(7) };
    world.send(sealed(&agree, 1)).await.unwrap();
    let records = world.events().await;
    let at = records.len() - 1;
    let data = altered(&records[at].data, |it| {
        it["position"] = json!({"reserve": {"paragraphs": [], "statement": "[redacted]"}});
    });
    let meta = altered(&records[at].meta, |it| it["envelope"] = "[redacted]".into());
    let left = Record { data, meta, ..records[at].clone() };
    assert_eq!(judged(&approved(records, at, left, &[WORDS])), (true, Bond::Unbound, vec![]));
}

#[tokio::test]
async fn whatever_else_than_the_named_texts_is_changed_under_a_redaction_shows() {
    let world = World::begun().await;
    let admitted = world.events().await[0].clone();
    assert_eq!(&*admitted.kind, "PartnerAdmitted");
    let left = redacted(&admitted, &[field("/data/name")]).unwrap().payload;
    assert_eq!(
        (codec::bond(&left.data, &left.meta), left.meta.clone()),
        (Bond::Bound, admitted.meta.clone())
    );
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_slice(&left.data).unwrap();
        value.as_object_mut().unwrap().remove("$redacted");
        change(&mut value);
        let forged = marked(value.to_string().as_bytes(), payload_sha256(&admitted.data)).unwrap();
        codec::bond(&forged, &left.meta)
    };
    assert_eq!(changed(&|_| {}), Bond::Bound);
    assert_eq!(changed(&|it| it["party"] = json!({"country": "DEU"})), Bond::Broken);
    assert_eq!(changed(&|it| it["name"] = "Germany".into()), Bond::Broken);
    assert_eq!(changed(&|it| it["more"] = 1.into()), Bond::Broken);
    assert_eq!(changed(&|it| it["$wiped"] = json!({})), Bond::Broken);
    assert_eq!(changed(&|it| it["$wiped"]["/party/country"] = Digest::of(b"").as_str().into()), Bond::Broken);
    let spaced = String::from_utf8(left.data.to_vec()).unwrap().replacen(':', ": ", 1);
    assert_eq!(codec::bond(spaced.as_bytes(), &left.meta), Bond::Broken, "there is one way to write it");
    let doubled = String::from_utf8(left.data.to_vec()).unwrap().replacen('{', r#"{"name":"Germany","#, 1);
    assert_eq!(codec::bond(doubled.as_bytes(), &left.meta), Bond::Broken, "a name stands there once");
}
