//! Envelopes: what was signed cannot be read in two ways, and no byte of it can be changed.
use super::world::{decision, envelope, public};
use pactline::domain::decision::{BadEnvelope, Decision, ENVELOPE_MAX, Envelope, PAYLOAD_TYPE, Sealed, pae};
use proptest::prelude::*;

#[test]
fn what_is_signed_is_what_the_specification_says() {
    // The example of github.com/secure-systems-lab/dsse, protocol.md.
    let signed = pae("http://example.com/HelloWorld", b"hello world");
    assert_eq!(signed, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

#[test]
fn an_envelope_is_read_as_it_was_written() {
    let written = envelope(&decision(7), 1).written();
    let sealed = Sealed::open(&written).unwrap();
    assert_eq!((sealed.text(), sealed.decision()), (written.as_str(), &decision(7)));
    assert!(sealed.is_signed_by(&public(1)) && !sealed.is_signed_by(&public(2)));
    assert_eq!(sealed.key_id(), Some(public(1).id()));
}

/// These bytes are inside envelopes for ever.
#[test]
fn a_decision_reads_as_it_always_did() {
    let text = r#"{"origin":"record.example.org/pact","stream":"consultation-6f1d5c5e-4b0b-5a7e-9a51-000000000002",
        "expected_revision":3,"text":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "request_id":"6f1d5c5e-4b0b-5a7e-9a51-000000000003","expires_at":"2026-12-01T00:00:00Z",
        "party":"6f1d5c5e-4b0b-5a7e-9a51-000000000004","act":ACT}"#;
    let cited = r#"{"event_id":"6f1d5c5e-4b0b-5a7e-9a51-000000000005","stream":"partner-6f1d5c5e-4b0b-5a7e-9a51-000000000004","revision":0}"#;
    for act in [
        r#"{"TakePosition":{"position":"agree"}}"#,
        r#"{"TakePosition":{"position":{"reserve":{"paragraphs":["3"],"statement":"not paragraph 3"}}}}"#,
        r#"{"Object":{"reason":"too wide","conditional_on":["2"]}}"#,
        &format!(r#"{{"LiftObjection":{{"agreed":[{cited}]}}}}"#),
        r#"{"RequestVote":{}}"#,
        r#"{"CastVote":{"vote":"abstain"}}"#,
        r#"{"CorrectVote":{"vote":"no"}}"#,
        &format!(
            r#"{{"CommitFunds":{{"donor":"Austria","admission":{cited},"pledge":"6f1d5c5e-4b0b-5a7e-9a51-000000000006","transaction":"6f1d5c5e-4b0b-5a7e-9a51-000000000007","amount":{{"currency":"EUR","minor":100}},"value_date":"2026-12-01"}}}}"#
        ),
    ] {
        let text = text.replace("ACT", act);
        let decision: Decision = serde_json::from_str(&text).unwrap_or_else(|err| panic!("{act}: {err}"));
        let written: serde_json::Value = serde_json::from_slice(&decision.payload().unwrap()).unwrap();
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(&text).unwrap());
    }
    let more = text.replace("ACT", r#"{"CastVote":{"vote":"yes","really":false}}"#);
    assert!(serde_json::from_str::<Decision>(&more).is_err(), "nothing that was signed is passed over");
}

#[test]
fn what_is_no_envelope_is_named() {
    let good = envelope(&decision(7), 1);
    let with = |signatures: &str| {
        format!(r#"{{"payload":"e30=","payloadType":"{PAYLOAD_TYPE}","signatures":{signatures}}}"#)
    };
    let wrong = [
        (String::new(), "no DSSE envelope"),
        ("[]".into(), "no DSSE envelope"),
        (with("[]"), "0 signatures"),
        (with(r#"[{"sig":"AA=="},{"sig":"AA=="}]"#), "2 signatures"),
        (with(r#"[{"sig":"AA=="}]"#), "1 bytes"),
        (with(r#"[{"sig":"!"}]"#), "sig is no base64"),
        (Envelope { payload_type: "text/plain".into(), ..good.clone() }.written(), "text/plain"),
        (Envelope { payload: b"{}".to_vec(), ..good.clone() }.written(), "no decision"),
        (Envelope { payload: vec![0xff], ..good.clone() }.written(), "no decision"),
    ];
    for (text, said) in wrong {
        let err = Sealed::open(&text).unwrap_err().to_string();
        assert!(err.contains(said), "{text}: {err}");
    }
    let long = " ".repeat(ENVELOPE_MAX + 1);
    assert_eq!(Envelope::parse(&long).unwrap_err(), BadEnvelope::TooLong { found: long.len() });
}

#[test]
fn both_alphabets_of_base64_are_read() {
    let good = envelope(&decision(7), 1);
    let url = good.written().replace('+', "-").replace('/', "_");
    let url = url.replace("application_vnd.pactline.decision-json", PAYLOAD_TYPE);
    assert_eq!(Envelope::parse(&url).unwrap(), good);
}

/// The envelope with one of its bits turned, and that it says something else.
fn turned(mut envelope: Envelope, place: usize, bit: u8) -> Envelope {
    let (payload, signature) = (envelope.payload.len(), envelope.signature.len());
    let place = place % (payload + signature);
    match place.checked_sub(payload) {
        None => envelope.payload[place] ^= 1 << bit,
        Some(place) => envelope.signature[place] ^= 1 << bit,
    }
    envelope
}

proptest! {
    #[test]
    fn a_turned_bit_is_refused(place in any::<usize>(), bit in 0_u8..8) {
        let turned = turned(envelope(&decision(7), 1), place, bit).written();
        let signed = Sealed::open(&turned).is_ok_and(|it| it.is_signed_by(&public(1)));
        prop_assert!(!signed, "{turned}");
    }

    /// A byte of the text that nobody signed may be another one only where it means nothing.
    #[test]
    fn a_changed_byte_is_refused_or_means_nothing(place in any::<prop::sample::Index>(), byte in 0x20_u8..0x7f) {
        let written = envelope(&decision(7), 1).written();
        let mut bytes = written.clone().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        if let Ok(sealed) = Sealed::open(&changed) && sealed.is_signed_by(&public(1)) {
            prop_assert_eq!(sealed.decision(), &decision(7));
        }
    }

    #[test]
    fn nothing_makes_it_stumble(text in "\\PC*", bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        Sealed::open(&text).ok();
        let odd = Envelope { payload: bytes, ..envelope(&decision(7), 1) };
        prop_assert!(!Sealed::open(&odd.written()).is_ok_and(|it| it.is_signed_by(&public(1))));
    }
}
