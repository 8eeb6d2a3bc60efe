//! Other people's programs come to the same roots, proofs and signatures.
use super::grown::{Grown, ORIGIN, content, log_key, signed};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use pactline::audit::*;
use proptest::prelude::*;
use signed_note::{Signer, StandardSigner, StandardVerifier, VerifierList};

/// Our tiles as tlog_tiles reads them.
impl tlog_tiles::TileReader for Grown {
    fn height(&self) -> u8 {
        8
    }
    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |it: &tlog_tiles::Tile| {
            let width = if it.width() == 256 { String::new() } else { format!(".p/{}", it.width()) };
            let path = format!("tile/{}/{:03}{width}", it.level(), it.level_index());
            self.written[&path.parse::<TilePath>().unwrap()].clone()
        };
        Ok(tiles.iter().map(read).collect())
    }
    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

fn theirs(hashes: &[Hash]) -> Vec<tlog_tiles::Hash> {
    hashes.iter().map(|it| tlog_tiles::Hash(it.0)).collect()
}

#[test]
fn every_proof_up_to_64_is_theirs_to_the_byte() {
    let grown = Grown::to(64);
    let mut tree = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    for size in 1..=64_u64 {
        tree.push(content(size - 1));
        assert_eq!(tree.root().as_bytes()[..], grown.head(size).root.0);
        let nodes = TiledNodes::new(&grown, size);
        for index in 0..size {
            let proof = prove_inclusion(&nodes, index, size).unwrap();
            assert_eq!(tree.prove_inclusion(index as usize).as_bytes(), joined(&proof), "{index} in {size}");
        }
        for old in 1..size {
            let proof = prove_consistency(&nodes, old, size).unwrap();
            let their = tree.prove_consistency((size - old) as usize);
            assert_eq!(their.as_bytes(), joined(&proof), "{old} to {size}");
        }
    }
}

fn joined(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|it| it.0).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// They read our tiles, authenticate them, and prove and check as we do.
    #[test]
    fn their_proofs_from_our_tiles_are_ours(size in 1..1500_u64, one: prop::sample::Index, other: prop::sample::Index) {
        let grown = Grown::to(size);
        let head = grown.head(size);
        let (index, old) = (one.index(size as usize) as u64, 1 + other.index(size as usize) as u64);
        let root = tlog_tiles::Hash(head.root.0);
        let reader = tlog_tiles::TileHashReader::new(size, root, &grown);
        let nodes = TiledNodes::new(&grown, size);

        let proof = prove_inclusion(&nodes, index, size).unwrap();
        prop_assert_eq!(tlog_tiles::prove_record(size, index, &reader).unwrap(), theirs(&proof));
        let leaf = tlog_tiles::record_hash(&content(index));
        prop_assert!(tlog_tiles::check_record(&theirs(&proof), size, root, index, leaf).is_ok());
        prop_assert_eq!(verify_inclusion(Hash(leaf.0), index, &head, &proof), Ok(()));

        let proof = prove_consistency(&nodes, old, size).unwrap();
        prop_assert_eq!(tlog_tiles::prove_tree(size, old, &reader).unwrap(), theirs(&proof));
        let was = grown.head(old);
        let was_root = tlog_tiles::Hash(was.root.0);
        prop_assert!(tlog_tiles::check_tree(&theirs(&proof), size, root, old, was_root).is_ok());
        prop_assert_eq!(verify_consistency(&was, &head, &proof), Ok(()));
    }

    /// The tiles that they say are new when a tree grows are those that we say.
    #[test]
    fn their_new_tiles_are_ours(old in 0..200_000_u64, more in 0..70_000_u64) {
        let named = |it: &tlog_tiles::Tile| (it.level(), it.level_index(), it.width());
        let mut their: Vec<_> = tlog_tiles::Tile::new_tiles(8, old, old + more).iter().map(named).collect();
        let mut ours: Vec<_> = TilePath::new_since(old, old + more)
            .filter_map(|it| match it.kind {
                TileKind::Hashes(level) => Some((level, it.index, u32::from(it.width))),
                TileKind::Entries => None,
            })
            .collect();
        their.sort();
        ours.sort();
        prop_assert_eq!(ours, their);
    }

    /// Keys, signatures and notes are the same bytes, and each verifies the other's.
    #[test]
    fn their_notes_are_ours(seed: [u8; 32], text in "[a-z \n]{0,40}", name in "[a-z./—é]{1,20}") {
        let key = SigningKey::from_seed(&name, KeyKind::Log, seed).unwrap();
        let text = format!("{text}.\n");
        let signer = StandardSigner::new(&key.secret_text()).unwrap();
        prop_assert_eq!((signer.name(), signer.key_id()), (key.verifier().name(), key.verifier().id()));
        let mut their = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
        their.add_sigs(&[&signer]).unwrap();
        let ours = Note { signatures: vec![note::sign(&text, &key).unwrap()], text };
        prop_assert_eq!(String::from_utf8(their.to_bytes()).unwrap(), ours.to_string());
        let read = Note::parse(&their.to_bytes()).unwrap();
        prop_assert_eq!(read.verify(key.verifier()), Ok(()));
        let verifier = StandardVerifier::new(&key.verifier().to_string()).unwrap();
        let known = VerifierList::new(vec![Box::new(verifier)]);
        prop_assert!(their.verify(&known).is_ok());
    }

    /// What is a note or a checkpoint for them is one for us, and the other way round.
    #[test]
    fn their_reading_of_damaged_checkpoints_is_ours(at: prop::sample::Index, put in any::<u8>()) {
        let mut bytes = signed(Grown::to(3).head(3)).to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = put;
        let (ours, their) = (Note::parse(&bytes), signed_note::Note::from_bytes(&bytes));
        prop_assert_eq!(ours.is_ok(), their.is_ok(), "{:?} {:?}", ours, their);
        if let (Ok(ours), Ok(their)) = (ours, their) {
            let read = tlog_tiles::Checkpoint::from_bytes(their.text());
            prop_assert_eq!(Checkpoint::parse(&ours.text).is_ok(), read.is_ok());
            let verifier = StandardVerifier::new(&log_key().verifier().to_string()).unwrap();
            let known = VerifierList::new(vec![Box::new(verifier)]);
            prop_assert_eq!(ours.verify(log_key().verifier()).is_ok(), their.verify(&known).is_ok());
        }
    }
}

#[test]
fn they_read_our_checkpoints() {
    let grown = Grown::to(300);
    let text = signed(grown.head(300)).to_string();
    let note = signed_note::Note::from_bytes(text.as_bytes()).unwrap();
    let verifier = StandardVerifier::new(&log_key().verifier().to_string()).unwrap();
    assert!(note.verify(&VerifierList::new(vec![Box::new(verifier)])).is_ok());
    let read = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((read.origin(), read.size(), read.hash().0), (ORIGIN, 300, grown.head(300).root.0));
}
