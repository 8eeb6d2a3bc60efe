//! Sending what was signed: it counts once, for this log and this stream, in time, under a key that counts.
use super::world::*;
use crate::given::person;
use pactline::domain::consultation::{Command as Asked, Consultation, Vote};
use pactline::domain::decision::{Act, Decision};
use pactline::domain::partner::Command;
use pactline::engine::{CommandMeta, ExecuteError};
use pactline::log::Record;
use pactline::scrutiny::SignedDecisions;
use uuid::Uuid;

/// What a scrutiny finds wrong, by index.
pub fn scrutinised(records: &[Record]) -> (Vec<(u64, String)>, u64) {
    let mut decisions = SignedDecisions::new(vec![ORIGIN.try_into().unwrap()]);
    let mut found = Vec::new();
    for (index, record) in (0..).zip(records) {
        found.extend(decisions.take(index, record).map(|it| (it.index, it.why)));
    }
    (found, decisions.finish().signed)
}

/// The faults beside the vote's opening, which nobody signed.
pub fn faults(records: &[Record]) -> Vec<String> {
    scrutinised(records).0.into_iter().filter(|(index, _)| *index != 2).map(|(_, why)| why).collect()
}

#[tokio::test]
async fn a_signed_vote_is_recorded_with_its_envelope_and_stands_every_scrutiny() {
    let world = World::begun().await;
    let sealed = sealed(&decision(7), 1);
    let outcome = world.send(sealed.clone()).await.unwrap();
    assert_eq!(&*outcome.events[0].kind, "VoteCast");
    let records = world.events().await;
    let meta = pactline::codec::decode_meta(records.last().unwrap()).unwrap();
    assert_eq!((meta.envelope.as_deref(), meta.on_behalf_of), (Some(sealed.text()), Some(austria())));
    assert_eq!((faults(&records), scrutinised(&records).1), (vec![], 1));
}

#[tokio::test]
async fn the_same_envelope_again_records_nothing_new() {
    let world = World::begun().await;
    let first = world.send(sealed(&decision(7), 1)).await.unwrap();
    let before = world.events().await;
    let again = world.send(sealed(&decision(7), 1)).await.unwrap();
    assert!(again.replayed && again.events == first.events);
    world.key(Command::RevokeKey { key_id: public(1).id(), reason: "lost".try_into().unwrap() }, "ana").await;
    assert!(
        world.send(sealed(&decision(7), 1)).await.unwrap().replayed,
        "it is on record, whatever came later"
    );
    assert_eq!(world.events().await.len(), before.len() + 1);
}

#[tokio::test]
async fn another_decision_under_the_same_request_id_is_not_answered_with_the_first() {
    let world = World::begun().await;
    world.send(sealed(&decision(7), 1)).await.unwrap();
    let no = Decision { act: Act::CorrectVote { vote: Vote::No }, ..decision(7) };
    assert_eq!(world.send(sealed(&no, 1)).await.unwrap_err(), "REQUEST_ID_TAKEN");
}

#[tokio::test]
async fn what_was_signed_for_something_else_is_refused_with_the_reason() {
    let world = World::begun().await;
    let before = world.events().await;
    let good = || decision(7);
    let other = pactline::domain::citation::StreamName::new("consultation", Uuid::from_u128(4));
    let wrong: [(Decision, u8, &str); 7] = [
        (Decision { origin: "elsewhere.example".try_into().unwrap(), ..good() }, 1, "ANOTHER_ORIGIN"),
        (Decision { expires_at: at("2001-01-01T00:00:00Z"), ..good() }, 1, "EXPIRED"),
        (Decision { text: None, ..good() }, 1, "SIGNED_FOR_ANOTHER_TEXT"),
        (Decision { stream: other, ..good() }, 1, "NOT_OPENED"),
        (good(), 2, "UNKNOWN_KEY"),
        (Decision { party: pactline::domain::id::PartnerId::of("x"), ..good() }, 1, "UNKNOWN_KEY"),
        (Decision { act: Act::CorrectVote { vote: Vote::No }, ..good() }, 1, "NOT_VOTED"),
    ];
    for (decision, key, reason) in wrong {
        assert_eq!(world.send(sealed(&decision, key)).await.unwrap_err(), reason, "{decision:?}");
    }
    let stale = Decision { expected_revision: Some(0), ..good() };
    let refused = world.send(sealed(&stale, 1)).await.unwrap_err();
    assert!(refused.contains("not at revision 0"), "{refused}");
    let mut forged = envelope(&good(), 2);
    forged.key_id = public(1).id().into();
    let forged = std::sync::Arc::new(pactline::domain::decision::Sealed::open(&forged.written()).unwrap());
    assert_eq!(world.send(forged).await.unwrap_err(), "WRONG_SIGNATURE");
    assert_eq!(world.events().await, before, "nothing was recorded");
}

#[tokio::test]
async fn a_key_counts_once_it_is_confirmed_within_its_time_and_until_it_is_revoked() {
    let world = World::without_key().await;
    let send = |key| world.send(sealed(&decision(7), key));
    world.propose(1, "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z").await;
    assert_eq!(send(1).await.unwrap_err(), "UNCONFIRMED_KEY");
    world.propose(2, "2990-01-01T00:00:00Z", "2999-01-01T00:00:00Z").await;
    world.key(Command::ConfirmKey { key_id: public(2).id() }, "bo").await;
    assert_eq!(send(2).await.unwrap_err(), "KEY_OUT_OF_TIME");
    world.key(Command::ConfirmKey { key_id: public(1).id() }, "bo").await;
    world.key(Command::RevokeKey { key_id: public(1).id(), reason: "lost".try_into().unwrap() }, "ana").await;
    assert_eq!(send(1).await.unwrap_err(), "REVOKED_KEY");
}

#[tokio::test]
async fn nobody_can_act_for_a_member_that_signs() {
    let world = World::begun().await;
    let vote = Asked::CastVote { party: austria(), vote: Vote::No };
    let meta = CommandMeta::now(Uuid::from_u128(8), person("administrator"));
    let refused =
        world.engine.execute::<Consultation>(consultation().0, vote.clone(), meta).await.unwrap_err();
    assert!(
        matches!(&refused, ExecuteError::Rejected(why) if pactline::domain::Rejection::reason(why) == "SIGNATURE_MISSING")
    );
    // An envelope cannot be borrowed for another command either.
    let borrowed = CommandMeta {
        command_id: Uuid::from_u128(9),
        ..CommandMeta::sealed(sealed(&decision(7), 1), person("a"))
    };
    let refused = world.engine.execute::<Consultation>(consultation().0, vote, borrowed).await.unwrap_err();
    assert!(refused.to_string().contains("not what was signed"), "{refused}");
}

#[tokio::test]
async fn a_server_without_a_name_takes_nothing_signed() {
    let world = World::begun().await;
    let engine = world.engine.clone().called(None);
    let world = World { engine, ..world };
    assert_eq!(world.send(sealed(&decision(7), 1)).await.unwrap_err(), "NO_ORIGIN");
}

#[tokio::test]
async fn a_scrutiny_names_what_was_altered_afterwards() {
    let world = World::begun().await;
    world.send(sealed(&decision(7), 1)).await.unwrap();
    let records = world.events().await;
    let last = records.len() - 1;
    let altered = |change: &dyn Fn(&mut Record)| {
        let mut records = records.clone();
        change(&mut records[last]);
        faults(&records)
    };
    let replaced = |bytes: &[u8], from: &str, to: &str| {
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(text.contains(from), "{text}");
        bytes::Bytes::from(text.replace(from, to))
    };
    let mut forged = envelope(&decision(7), 2);
    forged.key_id = public(1).id().into();
    let json = |text: &str| serde_json::to_string(text).unwrap();
    let (sealed_text, forged_text) = (json(sealed(&decision(7), 1).text()), json(&forged.written()));
    let cases: [(&str, Vec<String>); 5] = [
        ("is not what was signed", altered(&|it| it.data = replaced(&it.data, "\"yes\"", "\"no\""))),
        ("did not sign this", altered(&|it| it.meta = replaced(&it.meta, &sealed_text, &forged_text))),
        ("asks for a signature", altered(&|it| it.meta = replaced(&it.meta, "\"envelope\"", "\"removed\""))),
        ("another command", altered(&|it| it.meta = replaced(&it.meta, "000000000007\"", "000000000008\""))),
        ("for the stream", altered(&|it| it.stream = format!("consultation-{}", Uuid::from_u128(6)).into())),
    ];
    for (said, found) in cases {
        assert!(found.iter().any(|it| it.contains(said)), "{said}: {found:?}");
    }
    let mut without_key = records.clone();
    without_key.retain(|it| &*it.kind != "KeyConfirmed");
    assert!(scrutinised(&without_key).0.iter().any(|(_, why)| why.contains("not confirmed")));
}

#[tokio::test]
async fn a_scrutiny_lets_an_envelope_count_once() {
    let world = World::begun().await;
    world.send(sealed(&decision(7), 1)).await.unwrap();
    let records = world.events().await;
    let last = records.last().unwrap();
    for id in [Uuid::from_u128(77), Uuid::new_v5(&Uuid::from_u128(7), &1_u64.to_be_bytes()), last.id] {
        let again = Record { id, revision: last.revision + 1, ..last.clone() };
        let found = faults(&[&records[..], &[again]].concat());
        assert_eq!(found.len(), 1, "under the id {id}: {found:?}");
    }
}
