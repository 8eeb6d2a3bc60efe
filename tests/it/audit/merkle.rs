//! The tree is that of RFC 6962 and 9162, for every size and every leaf of it.
use super::grown::{Grown, content};
use pactline::audit::*;

/// The tree by its definition: MTH of RFC 9162, 2.1.1, word for word.
fn defined(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of(b""),
        [one] => *one,
        many => {
            let k = (1..).map(|it| 1 << it).find(|it: &usize| *it >= many.len()).unwrap() / 2;
            hash_node(&defined(&many[..k]), &defined(&many[k..]))
        }
    }
}

/// The leaves and roots that the Certificate Transparency implementations test themselves with.
const KNOWN: [(&str, &str); 8] = [
    ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|it| u8::from_str_radix(&hex[it..it + 2], 16).unwrap()).collect()
}

#[test]
fn the_known_trees_have_the_known_roots() {
    let mut tree = Frontier::new();
    assert_eq!(tree.root(), EMPTY_ROOT);
    assert_eq!(tree.root(), Hash::of(b""));
    for (leaf, root) in KNOWN {
        tree.append(hash_leaf(&bytes(leaf)));
        assert_eq!(tree.root().hex(), root, "{} leaves", tree.size());
    }
}

#[test]
fn every_leaf_is_proven_in_every_tree_up_to_64() {
    let grown = Grown::to(64);
    for size in 0..=64 {
        let nodes = TiledNodes::new(&grown, size);
        let head = grown.head(size);
        assert_eq!(head.root, defined(&grown.leaves[..size as usize]));
        assert_eq!(root_at(&nodes, size), Ok(head.root));
        for index in 0..size {
            let proof = prove_inclusion(&nodes, index, size).unwrap();
            let leaf = hash_leaf(&content(index));
            assert_eq!(verify_inclusion(leaf, index, &head, &proof), Ok(()), "{index} in {size}");
            only_this_proof(leaf, index, &head, &proof);
        }
        assert_eq!(prove_inclusion(&nodes, size, size), Err(TreeError::Beyond { index: size, size }));
    }
}

/// No other leaf, place, tree or proof near it passes.
fn only_this_proof(leaf: Hash, index: u64, head: &TreeHead, proof: &[Hash]) {
    let refused = |leaf, index, head: &TreeHead, proof: &[Hash]| {
        assert!(verify_inclusion(leaf, index, head, proof).is_err(), "{index} in {}", head.size);
    };
    refused(hash_leaf(b"another"), index, head, proof);
    refused(leaf, index, &TreeHead { root: hash_leaf(b"another"), ..*head }, proof);
    refused(leaf, index, head, &[proof, &[leaf]].concat());
    (0..=head.size).filter(|it| *it != index).for_each(|it| refused(leaf, it, head, proof));
    for at in 0..proof.len() {
        refused(leaf, index, head, &[&proof[..at], &proof[at + 1..]].concat());
        let mut flipped = proof.to_vec();
        flipped[at].0[at % 32] ^= 1;
        refused(leaf, index, head, &flipped);
    }
}

#[test]
fn every_tree_up_to_64_is_shown_to_continue_every_smaller_one() {
    let grown = Grown::to(64);
    for new in 0..=64 {
        let nodes = TiledNodes::new(&grown, new);
        for old in 0..=new {
            let proof = prove_consistency(&nodes, old, new).unwrap();
            let (was, is) = (grown.head(old), grown.head(new));
            assert_eq!(verify_consistency(&was, &is, &proof), Ok(()), "{old} to {new}");
            only_this_continuation(&was, &is, &proof);
        }
        let shrinks = TreeError::Shrinks { old: new + 1, new };
        assert_eq!(prove_consistency(&nodes, new + 1, new), Err(shrinks));
    }
}

/// No other earlier or later tree and no other proof near it passes.
fn only_this_continuation(was: &TreeHead, is: &TreeHead, proof: &[Hash]) {
    let other = Hash::of(b"another");
    let refused = |was: &TreeHead, is: &TreeHead, proof: &[Hash]| {
        assert!(verify_consistency(was, is, proof).is_err(), "{} to {}", was.size, is.size);
    };
    refused(&TreeHead { root: other, ..*was }, is, proof);
    refused(was, is, &[proof, &[other]].concat());
    if was.size > 0 {
        refused(was, &TreeHead { root: other, ..*is }, proof);
    }
    if was.size < is.size {
        assert_eq!(
            verify_consistency(is, was, proof),
            Err(ProofError::Shrinks { old: is.size, new: was.size })
        );
    }
    for at in 0..proof.len() {
        refused(was, is, &[&proof[..at], &proof[at + 1..]].concat());
        let mut flipped = proof.to_vec();
        flipped[at].0[at % 32] ^= 1;
        refused(was, is, &flipped);
    }
}

#[test]
fn a_history_that_was_rewritten_cannot_be_continued() {
    let (honest, mut rewritten) = (Grown::to(20), Grown::to(9));
    rewritten.append(hash_leaf(b"this never happened"));
    (10..20).for_each(|it| rewritten.append(hash_leaf(&content(it))));
    let nodes = TiledNodes::new(&rewritten, 20);
    for old in 10..20 {
        let proof = prove_consistency(&nodes, old, 20).unwrap();
        assert!(verify_consistency(&honest.head(old), &rewritten.head(20), &proof).is_err());
        assert_eq!(verify_consistency(&rewritten.head(old), &rewritten.head(20), &proof), Ok(()));
    }
    let proof = prove_consistency(&nodes, 9, 20).unwrap();
    assert_eq!(
        verify_consistency(&honest.head(9), &rewritten.head(20), &proof),
        Ok(()),
        "up to there, it is one"
    );
}
