//! What comes from outside may be anything: it never stops the program and never passes for the truth.
use super::grown::{Grown, content, log_key, signed};
use super::leaf::record;
use super::proof::{Logged, policy};
use pactline::audit::*;
use proptest::prelude::*;
use std::sync::OnceLock;

/// Reads `bytes` as everything that can come from outside. Whoever panics fails the test.
fn read_as_everything(bytes: &[u8]) {
    let _ = Leaf::decode(bytes);
    let _ = Note::parse(bytes);
    let _ = decode_entries(bytes, 256);
    if let Ok(checkpoint) = SignedCheckpoint::parse(bytes) {
        assert!(checkpoint.verify(log_key().verifier()).is_err(), "only the key itself can sign");
    }
    assert!(Proof::parse(bytes).is_err() && Bundle::parse(bytes).is_err());
    let _ = Exhibit::decode(bytes).map(|it| it.check());
    let _ = Policy::parse(bytes);
    let text = String::from_utf8_lossy(bytes);
    let _ = Checkpoint::parse(&text);
    let _ = text.parse::<VerifierKey>();
    let _ = text.parse::<SigningKey>();
    let _ = text.parse::<TilePath>();
    let _ = text.parse::<Hash>();
}

/// One change of something good.
#[derive(Debug, Clone)]
enum Damage {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Drop(prop::sample::Index),
    Double(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        at().prop_map(Damage::Cut),
        at().prop_map(Damage::Drop),
        at().prop_map(Damage::Double),
        (at(), prop::collection::vec(any::<u8>(), 1..40)).prop_map(|(at, it)| Damage::Insert(at, it)),
    ]
}

fn damaged(good: &[u8], damage: &Damage) -> Vec<u8> {
    let mut bytes = good.to_vec();
    match damage {
        Damage::Flip(at, bit) => bytes[at.index(good.len())] ^= 1 << bit,
        Damage::Cut(at) => bytes.truncate(at.index(good.len())),
        Damage::Drop(at) => drop(bytes.remove(at.index(good.len()))),
        Damage::Double(at) => bytes.extend_from_slice(&good[at.index(good.len())..]),
        Damage::Insert(at, more) => {
            let at = at.index(good.len());
            bytes.splice(at..at, more.iter().copied());
        }
    }
    bytes
}

static LOGGED: OnceLock<Logged> = OnceLock::new();

proptest! {
    #[test]
    fn anything_can_be_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn text_that_looks_right_can_be_read_without_harm(text in "([a-z0-9+/=—. \n]|— |\n\n|tile/|pactleaf|PRIVATE\\+KEY\\+){0,60}") {
        read_as_everything(text.as_bytes());
    }

    #[test]
    fn a_damaged_checkpoint_never_verifies_as_another(damage in damage()) {
        let good = signed(Grown::to(9).head(9));
        let bytes = damaged(good.to_string().as_bytes(), &damage);
        if let Ok(read) = SignedCheckpoint::parse(&bytes) && read.verify(log_key().verifier()).is_ok() {
            prop_assert_eq!(read.unverified(), good.unverified(), "the signature is over this text only");
        }
    }

    #[test]
    fn a_damaged_leaf_is_another_leaf_or_none(damage in damage()) {
        let good = Leaf::of(258, &record()).encode().unwrap();
        let bytes = damaged(&good, &damage);
        if bytes != good && let Ok(leaf) = Leaf::decode(&bytes) {
            prop_assert_ne!(leaf.hash().unwrap(), hash_leaf(&good));
        }
    }

    /// Whatever is done to a proof, it proves the same event as before or nothing.
    #[test]
    fn a_damaged_proof_never_proves_anything_else(damage in damage(), index in 0..41_u64) {
        let logged = LOGGED.get_or_init(Logged::new);
        let good = logged.proof(index);
        let read = Proof::parse(&damaged(good.to_string().as_bytes(), &damage));
        if let Ok((proven, _)) = read.and_then(|it| it.check_event(&policy())) {
            prop_assert_eq!(proven.leaf, Leaf::of(index, &logged.records[index as usize]));
            prop_assert_eq!(proven.exhibit, logged.exhibit(index));
        }
    }

    #[test]
    fn a_damaged_bundle_never_proves_anything_else(damage in damage()) {
        let logged = LOGGED.get_or_init(Logged::new);
        let good = logged.bundle();
        let read = Bundle::parse(&damaged(good.to_string().as_bytes(), &damage));
        if let Ok((proven, _)) = read.and_then(|it| it.check(&policy())) {
            for it in proven {
                prop_assert_eq!(it.exhibit, logged.exhibit(it.leaf.index));
            }
        }
    }

    #[test]
    fn a_damaged_exhibit_never_shows_other_data(damage in damage()) {
        let logged = LOGGED.get_or_init(Logged::new);
        let bytes = damaged(&logged.exhibit(7).encode(), &damage);
        if let Ok(exhibit) = Exhibit::decode(&bytes) && let Ok(leaf) = exhibit.check() {
            let it = &logged.records[7];
            let same = leaf == Leaf::of(7, it) && exhibit.data.bytes().is_none_or(|data| *data == it.data);
            prop_assert!(same || leaf.hash().unwrap() != Leaf::of(7, it).hash().unwrap());
        }
    }

    /// Sizes, indexes and hashes that nobody could have meant.
    #[test]
    fn hostile_proofs_prove_nothing(
        index: u64, old: u64, size: u64, hashes in prop::collection::vec(any::<[u8; 32]>(), 0..130),
    ) {
        let proof: Vec<Hash> = hashes.into_iter().map(Hash).collect();
        let head = |size| TreeHead { size, root: Hash::of(b"root") };
        prop_assert!(verify_inclusion(hash_leaf(b"leaf"), index, &head(size), &proof).is_err());
        let other = TreeHead { size: old, root: Hash::of(b"other") };
        prop_assert!(verify_consistency(&other, &head(size), &proof).is_err());
    }

    #[test]
    fn a_damaged_tile_never_gives_a_proof_that_verifies_wrongly(damage in damage(), index in 0..300_u64) {
        let mut grown = Grown::to(300);
        for bytes in grown.written.values_mut() {
            *bytes = damaged(bytes, &damage);
        }
        if let Ok(proof) = prove_inclusion(&TiledNodes::new(&grown, 300), index, 300) {
            let (head, leaf) = (grown.head(300), hash_leaf(&content(index)));
            let other = hash_leaf(b"this never happened");
            prop_assert!(verify_inclusion(other, index, &head, &proof).is_err());
            let good = prove_inclusion(&TiledNodes::new(&Grown::to(300), 300), index, 300).unwrap();
            prop_assert_eq!(verify_inclusion(leaf, index, &head, &proof).is_ok(), proof == good);
        }
    }
}

#[test]
fn the_largest_numbers_are_handled_as_any() {
    let root = Hash::of(b"root");
    let head = |size| TreeHead { size, root };
    let proof = vec![root; 64];
    for size in [0, 1, 2, u64::MAX / 2, u64::MAX / 2 + 1, u64::MAX / 2 + 2, u64::MAX - 1, u64::MAX] {
        for index in [0, 1, size / 2, size.saturating_sub(1), size, u64::MAX] {
            for length in 0..=64 {
                assert!(verify_inclusion(root, index, &head(size), &proof[..length]).is_err() || size == 1);
                let old = TreeHead { size: index, root: Hash::of(b"other") };
                assert!(verify_consistency(&old, &head(size), &proof[..length]).is_err());
            }
        }
        assert!(TilePath::new_since(size, size).next().is_none());
        let grown = Grown::to(0);
        assert!(size == 0 || prove_inclusion(&TiledNodes::new(&grown, size), 0, size).is_err() || size == 1);
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let large = vec![b'a'; 300_000];
    assert_eq!(Note::parse(&large), Err(NoteError::TooLarge(300_000)));
    let line = format!("{}\n", signed(TreeHead::EMPTY).note().signatures[0]);
    let many = format!("text\n\n{}", line.repeat(65));
    assert_eq!(Note::parse(many.as_bytes()), Err(NoteError::TooMany(65)));
    assert!(Note::parse(format!("text\n\n{}", line.repeat(16)).as_bytes()).is_ok());
}
