//! Signed notes and checkpoints: who said what, and what is said when they did not.
use super::grown::{Grown, ORIGIN, key, log_key, signed};
use pactline::audit::*;

/// The key and the note that the specification's authors publish as examples.
const KNOWN_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const KNOWN_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

#[test]
fn a_note_of_somebody_else_s_program_is_verified() {
    let note = Note::parse(KNOWN_NOTE.as_bytes()).unwrap();
    assert_eq!(note.verify(&KNOWN_KEY.parse().unwrap()), Ok(()));
    assert_eq!(note.to_string(), KNOWN_NOTE);
}

#[test]
fn keys_read_back_as_they_are_written() {
    let signing = log_key();
    let verifier: VerifierKey = signing.verifier().to_string().parse().unwrap();
    assert_eq!(&verifier, signing.verifier());
    let again: SigningKey = signing.secret_text().parse().unwrap();
    assert_eq!(again.verifier(), signing.verifier());
    assert_eq!(KNOWN_KEY.parse::<VerifierKey>().unwrap().to_string(), KNOWN_KEY);
    let shown = format!("{signing:?}");
    assert!(!shown.contains("PRIVATE") && shown.contains(ORIGIN), "a secret is never shown by accident");
}

#[test]
fn what_is_wrong_with_a_key_is_said() {
    let read = |text: &str| text.parse::<VerifierKey>().unwrap_err();
    assert_eq!(read(&log_key().secret_text()), KeyError::Secret);
    assert_eq!(read("PeterNeumann"), KeyError::Form);
    assert_eq!(read(&KNOWN_KEY.replace("c74f20a3", "C74F20A3")), KeyError::Form);
    assert!(matches!(read(&KNOWN_KEY.replace("c74f20a3", "c74f20a4")), KeyError::Id { .. }));
    assert!(matches!(read(&KNOWN_KEY.replace("PeterNeumann", "Peter Neumann")), KeyError::Name(_)));
    assert!(matches!(read(&KNOWN_KEY.replace("+AR", "+AB")), KeyError::Kind { kind: 0, .. }));
    let name = |it: &str| SigningKey::from_seed(it, KeyKind::Log, [1; 32]).unwrap_err();
    for bad in ["", "a b", "a+b", "a\nb", "a\u{2003}b", "a\u{7}", &"a".repeat(256)] {
        assert!(matches!(name(bad), KeyError::Name(_)), "{bad:?}");
    }
    assert_eq!(VerifierKey::new("weak", KeyKind::Log, [0; 32]), Err(KeyError::Point("weak".into())));
    assert_eq!(KNOWN_KEY.parse::<SigningKey>().unwrap_err(), KeyError::SecretForm);
}

#[test]
fn a_checkpoint_says_which_log_how_many_events_and_what_root() {
    let head = Grown::to(5).head(5);
    let text = signed(head).to_string();
    assert!(text.starts_with(&format!("{ORIGIN}\n5\n{}\n\n— {ORIGIN} ", head.root)), "{text}");
    let read = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    assert_eq!(read.verify(log_key().verifier()), Ok(&Checkpoint::new(ORIGIN, head)));
    assert_eq!(read.to_string(), text);
}

#[test]
fn another_log_another_key_and_a_forgery_are_told_apart() {
    let checkpoint = signed(TreeHead::EMPTY);
    let verify = |key: SigningKey| checkpoint.verify(key.verifier()).unwrap_err().to_string();
    let other_log = verify(key("other.example.org/log", KeyKind::Log, 7));
    assert_eq!(
        other_log,
        "the checkpoint is of the log pact.example.org/log, and other.example.org/log was asked for"
    );
    let other_key = verify(key(ORIGIN, KeyKind::Log, 8));
    assert!(other_key.contains("another key signed in that name"), "{other_key}");
    // Those who have other names are not said to have this one.
    let mut with_witness = checkpoint.clone();
    let witness = key("w.example.org", KeyKind::Witness, 9);
    with_witness.add(cosign(checkpoint.unverified(), &witness, 1).unwrap());
    let said = with_witness.verify(key(ORIGIN, KeyKind::Log, 8).verifier()).unwrap_err().to_string();
    assert!(said.contains("another key signed in that name: ") && !said.contains("w.example.org"), "{said}");
    let other_role = verify(key(ORIGIN, KeyKind::Witness, 7));
    assert!(other_role.contains("is a witness key, and a log key is needed"), "{other_role}");
    let text = checkpoint.to_string().replace("\n0\n", "\n1\n");
    let changed = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    let forged = changed.verify(log_key().verifier()).unwrap_err().to_string();
    assert!(forged.contains("is forged, or the text was changed after it"), "{forged}");
}

#[test]
fn a_log_signs_its_own_checkpoints_only() {
    let sign = |origin: &str, key: SigningKey| Checkpoint::new(origin, TreeHead::EMPTY).sign(&key);
    assert!(matches!(sign("somebody.else", log_key()), Err(CheckpointError::OtherLog { .. })));
    assert!(matches!(
        sign(ORIGIN, key(ORIGIN, KeyKind::Witness, 7)),
        Err(CheckpointError::Note(NoteError::Role { .. }))
    ));
}

#[test]
fn what_is_not_a_checkpoint_is_told_by_its_line() {
    let root = EMPTY_ROOT.to_string();
    let fault = |text: &str| Checkpoint::parse(text).unwrap_err().to_string();
    assert_eq!(fault(&format!("\n0\n{root}\n")), "line 1 of the checkpoint names no log");
    for size in ["", "-1", "+1", "00", "1 ", "18446744073709551616"] {
        assert_eq!(
            fault(&format!("log\n{size}\n{root}\n")),
            "line 2 of the checkpoint is not the number of events"
        );
    }
    for root in ["", "AAAA", &root[1..], &root.replace('=', "")] {
        assert_eq!(
            fault(&format!("log\n0\n{root}\n")),
            "line 3 of the checkpoint is not the base64 of a root"
        );
    }
    assert_eq!(fault(&format!("log\n0\n{root}\n\n")), "line 4 of the checkpoint is empty");
    let with_more = format!("log\n0\n{root}\nmore\n");
    assert_eq!(Checkpoint::parse(&with_more).unwrap().to_string(), with_more);
}
