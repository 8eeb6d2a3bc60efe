//! Whom an auditor believes, and how many witnesses that takes.
use super::grown::{Grown, ORIGIN, key, log_key, signed};
use pactline::audit::*;

fn witness(n: u8) -> SigningKey {
    key(&format!("witness{n}.example.org"), KeyKind::Witness, n)
}

/// The policy with the log, three witnesses of X, two of Y, and `rest`.
fn policy(rest: &str) -> Policy {
    let mut text = format!("# an example\n\n\tlog {} https://pact.example.org/log/\n", log_key().verifier());
    for (name, n) in [("X1", 1), ("X2", 2), ("X3", 3), ("Y1", 4), ("Y2", 5)] {
        text += &format!("witness {name} {} \n", witness(n).verifier());
    }
    Policy::parse(format!("{text}{rest}").as_bytes()).unwrap()
}

fn cosigned_by(witnesses: &[u8]) -> SignedCheckpoint {
    let mut checkpoint = signed(Grown::to(5).head(5));
    for n in witnesses {
        let signature = cosign(checkpoint.unverified(), &witness(*n), 1_679_315_147).unwrap();
        checkpoint.add(signature);
    }
    SignedCheckpoint::parse(checkpoint.to_string().as_bytes()).unwrap()
}

/// The specification's example, with keys.
const TWO_LEVELS: &str = "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2\n\
    group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n";

#[test]
fn a_quorum_is_met_by_enough_of_each_group() {
    let policy = policy(TWO_LEVELS);
    for witnesses in [&[1, 2, 4][..], &[3, 1, 5], &[1, 2, 3, 4, 5]] {
        let approval = policy.check(&cosigned_by(witnesses)).unwrap();
        assert_eq!(approval.cosigned.len(), witnesses.len());
        assert!(approval.cosigned.iter().all(|it| it.at_s == 1_679_315_147));
        assert_eq!(&approval.log, log_key().verifier());
    }
    for witnesses in [&[][..], &[1, 2, 3], &[1, 4, 5], &[4, 5]] {
        assert!(
            matches!(policy.check(&cosigned_by(witnesses)), Err(Refusal::NoQuorum { .. })),
            "{witnesses:?}"
        );
    }
    let refusal = policy.check(&cosigned_by(&[1, 4])).unwrap_err().to_string();
    assert_eq!(refusal, "the quorum X-and-Y is not met: cosigned by X1, Y1; not by X2, X3, Y2");
}

#[test]
fn a_quorum_is_out_of_reach_once_too_many_of_a_group_will_never_sign() {
    let policy = policy(TWO_LEVELS);
    for lost in [&[][..], &["X1"], &["X3", "Y1"], &["somebody else"]] {
        assert!(policy.can_be_met_without(|it| lost.contains(&it)), "{lost:?}");
    }
    for lost in [&["X1", "X3"][..], &["Y1", "Y2"]] {
        assert!(!policy.can_be_met_without(|it| lost.contains(&it)), "{lost:?}");
    }
}

#[test]
fn a_policy_may_ask_for_one_witness_or_none() {
    assert!(policy("quorum none\n").can_be_met_without(|_| true));
    assert!(policy("quorum none\n").check(&cosigned_by(&[])).is_ok());
    assert!(policy("quorum X2").check(&cosigned_by(&[2])).is_ok());
    assert!(policy("quorum X2").check(&cosigned_by(&[1])).is_err());
}

#[test]
fn a_stranger_s_signature_counts_for_nothing_and_harms_nothing() {
    let mut checkpoint = cosigned_by(&[]);
    checkpoint.add(cosign(checkpoint.unverified(), &witness(9), 1).unwrap());
    assert!(policy("quorum none").check(&checkpoint).is_ok());
    assert!(policy("quorum X1").check(&checkpoint).is_err());
}

#[test]
fn a_forged_cosignature_is_named() {
    let honest = cosigned_by(&[1]);
    let good = honest.note().signatures[1].clone();
    for at in [0, 7, 8, 71] {
        let mut forged = good.clone();
        forged.bytes[at] ^= 1;
        let mut checkpoint = honest.clone();
        checkpoint.add(forged);
        let refusal = policy("quorum none").check(&checkpoint).unwrap_err();
        assert!(
            matches!(refusal, Refusal::Witness { ref witness, fault: NoteError::Forged { .. } } if witness == "X1")
        );
    }
    let mut moved = cosigned_by(&[]);
    let other = signed(Grown::to(6).head(6));
    moved.add(cosign(other.unverified(), &witness(1), 5).unwrap());
    assert!(
        policy("quorum none").check(&moved).unwrap_err().to_string().contains("forged"),
        "of another tree"
    );
}

#[test]
fn a_wrong_log_and_a_wrong_key_are_named() {
    let policy = policy("quorum none");
    let sign = |origin: &str, seed| {
        let key = key(origin, KeyKind::Log, seed);
        policy.check(&Checkpoint::new(origin, TreeHead::EMPTY).sign(&key).unwrap()).unwrap_err().to_string()
    };
    let other = sign("other.example.org", 7);
    assert_eq!(
        other,
        "the checkpoint is of the log other.example.org, and the policy knows pact.example.org/log"
    );
    assert!(sign(ORIGIN, 8).contains("another key signed in that name"));
}

/// The line of the specification: what a witness signs, to the byte.
#[test]
fn a_cosignature_is_over_time_and_text() {
    let checkpoint = signed(TreeHead::EMPTY);
    let signature = cosign(checkpoint.unverified(), &witness(1), 1_679_315_147).unwrap();
    let (time, bytes) = signature.bytes.split_at(8);
    assert_eq!(time, 1_679_315_147_u64.to_be_bytes());
    let message = format!("cosignature/v1\ntime 1679315147\n{ORIGIN}\n0\n{EMPTY_ROOT}\n");
    let public = witness(1).verifier().public();
    let verifier = ed25519_dalek::VerifyingKey::from_bytes(&public).unwrap();
    let bytes = ed25519_dalek::Signature::from_slice(bytes).unwrap();
    verifier.verify_strict(message.as_bytes(), &bytes).unwrap();
    assert!(matches!(cosign(checkpoint.unverified(), &log_key(), 1), Err(NoteError::Role { .. })));
    assert!(matches!(cosigned_at(&checkpoint, log_key().verifier()), Err(NoteError::Role { .. })));
}

#[test]
fn what_is_wrong_with_a_policy_is_told_by_its_line() {
    let (log, one, two) = (log_key(), witness(1), witness(2));
    let same = key("other.name", KeyKind::Witness, 1);
    let (log, one, two, same) = (log.verifier(), one.verifier(), two.verifier(), same.verifier());
    let fault = |text: String| Policy::parse(text.as_bytes()).unwrap_err().to_string();
    let starts = |text: String, expected: &str| {
        let fault = fault(text);
        assert!(fault.starts_with(expected), "{fault}\nis not\n{expected}");
    };
    starts(String::new(), "line 1 of the policy: there is no quorum line");
    starts(format!("log {log}\n"), "line 2 of the policy: there is no quorum line");
    starts("trust me".into(), "line 1 of the policy: must be one of: log VKEY [URL]");
    starts("quorum".into(), "line 1 of the policy: must be one of");
    starts("quorum none\r\n".into(), "line 1 of the policy: it has a control character");
    starts("quorum none\nquorum none\n".into(), "line 2 of the policy: a second quorum line");
    starts("quorum X".into(), "line 1 of the policy: no line before this one defines X");
    starts("log nonsense".into(), "line 1 of the policy: not a verifier key");
    starts(format!("log {one}"), "line 1 of the policy: the key is a witness key, and a log key is needed");
    starts(
        format!("witness X {log}"),
        "line 1 of the policy: the key is a log key, and a witness key is needed",
    );
    starts(format!("witness none {one}"), "line 1 of the policy: the name none is taken");
    starts(format!("witness X {one}\nwitness X {two}"), "line 2 of the policy: the name X is taken");
    starts(
        format!("witness X {one}\nwitness Y {same}"),
        "line 2 of the policy: another line has the same public key",
    );
    starts(format!("witness X {one}\ngroup G any"), "line 2 of the policy: must be one of");
    starts(format!("witness X {one}\ngroup G some X"), "line 2 of the policy: must be one of");
    for number in ["0", "2", "99999999999999999999"] {
        starts(
            format!("witness X {one}\ngroup G {number} X"),
            "line 2 of the policy: the number must be from 1 to the 1",
        );
    }
    starts(
        format!("witness X {one}\ngroup G any X X"),
        "line 2 of the policy: X is a member of a group already",
    );
    starts(format!("witness X {one}\ngroup G any X\ngroup H any X"), "line 3 of the policy: X is a member");
    starts("group G any G".into(), "line 1 of the policy: no line before this one defines G");
    starts("group G any none".into(), "line 1 of the policy: no line before this one defines none");
}

#[test]
fn names_are_bytes_and_groups_may_be_deep() {
    let key = |n: u8| witness(n).verifier().to_string();
    let text =
        [b"witness \xff ", key(1).as_bytes(), b"\nwitness \xfe ", key(2).as_bytes(), b"\nquorum \xfe\n"]
            .concat();
    let policy_of_bytes =
        Policy::parse(&[format!("log {}\n", log_key().verifier()).as_bytes(), &text].concat()).unwrap();
    assert!(policy_of_bytes.check(&cosigned_by(&[2])).is_ok());
    assert!(policy_of_bytes.check(&cosigned_by(&[1])).is_err());
    let mut deep = String::from("group g0 any X1\n");
    (1..10_000).for_each(|it| deep += &format!("group g{it} any g{}\n", it - 1));
    let deep = policy(&format!("{deep}quorum g9999"));
    assert!(deep.check(&cosigned_by(&[1])).is_ok());
    assert!(deep.check(&cosigned_by(&[2])).is_err());
}
