//! The Merkle tree of RFC 9162, section 2.1: heads, and proofs of inclusion and of consistency. No I/O.
//!
//! A node (level, index) stands over the leaves from `index << level` to `(index + 1) << level`, all of which are
//! there: only such *perfect* subtrees are ever stored. Whatever else a tree has above its right edge is computed.
use super::hash::EMPTY_ROOT;
use super::hash::{Hash, TreeHead, hash_node};

/// Why a tree cannot say what it is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// There is no such leaf.
    #[error("event {index} is not in a tree of {size} events")]
    Beyond {
        /// Which leaf.
        index: u64,
        /// How many there are.
        size: u64,
    },
    /// From a larger tree to a smaller one.
    #[error("a tree of {new} events cannot continue one of {old}: it only grows")]
    Shrinks {
        /// The size of the earlier tree.
        old: u64,
        /// The size of the later tree.
        new: u64,
    },
    /// A part of the tree is not there or not right.
    #[error("{what}")]
    Missing {
        /// Which part, and what is wrong.
        what: String,
    },
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// About a leaf that the tree does not have.
    #[error("the proof is about event {index} and the checkpoint covers {size} events")]
    Beyond {
        /// Which leaf.
        index: u64,
        /// How many the tree has.
        size: u64,
    },
    /// From a larger tree to a smaller one.
    #[error("the later checkpoint covers {new} events and the earlier one {old}: events were removed")]
    Shrinks {
        /// The size of the earlier tree.
        old: u64,
        /// The size of the later tree.
        new: u64,
    },
    /// Too few or too many hashes for these sizes.
    #[error("the proof has {found} hashes where {needed} belong")]
    Length {
        /// How many there have to be.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// It leads to another root.
    #[error("the proof leads to the root {found}, and the checkpoint of {size} events has {expected}")]
    OtherRoot {
        /// The size of the tree it is about.
        size: u64,
        /// The root of the checkpoint.
        expected: Hash,
        /// The root it leads to.
        found: Hash,
    },
}

/// The roots of the perfect subtrees that a tree is made of, largest first: enough to go on, in 64 hashes at most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Of a tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of the tree of `size` leaves that `nodes` has.
    pub fn read(nodes: &impl Nodes, size: u64) -> Result<Self, TreeError> {
        let peaks =
            peaks(0, size).map(|(level, index)| nodes.node(level, index)).collect::<Result<_, _>>()?;
        Ok(Self { size, peaks })
    }

    /// One leaf more.
    pub fn append(&mut self, leaf: Hash) {
        self.append_noting(leaf, |_, _, _| ());
    }

    /// One leaf more; tells of each perfect subtree that this completes, from the leaf up: level, index, hash.
    pub fn append_noting(&mut self, leaf: Hash, mut noted: impl FnMut(u8, u64, Hash)) {
        let mut node = leaf;
        noted(0, self.size, node);
        for level in 0..self.size.trailing_ones() as u8 {
            let Some(left) = self.peaks.pop() else { break };
            node = hash_node(&left, &node);
            noted(level + 1, self.size >> (level + 1), node);
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// How many leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all of them.
    pub fn root(&self) -> Hash {
        joined(&self.peaks)
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }
}

/// Where the hashes of perfect subtrees are found.
pub trait Nodes {
    /// The hash over the leaves from `index << level` to `(index + 1) << level`, all of which are there.
    fn node(&self, level: u8, index: u64) -> Result<Hash, TreeError>;
}

/// The root over the first `size` leaves.
pub fn root_at(nodes: &impl Nodes, size: u64) -> Result<Hash, TreeError> {
    subtree(nodes, 0, size)
}

/// The hashes beside the path from leaf `index` to the root over the first `size` leaves, the lowest first.
pub fn prove_inclusion(nodes: &impl Nodes, index: u64, size: u64) -> Result<Vec<Hash>, TreeError> {
    if index >= size {
        return Err(TreeError::Beyond { index, size });
    }
    let (mut start, mut end, mut proof) = (0, size, Vec::new());
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(subtree(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(subtree(nodes, start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// What shows that the tree of `new` leaves begins with the tree of `old` leaves. Empty where `old` is 0 or `new`.
pub fn prove_consistency(nodes: &impl Nodes, old: u64, new: u64) -> Result<Vec<Hash>, TreeError> {
    if old > new {
        return Err(TreeError::Shrinks { old, new });
    }
    let (mut start, mut end, mut proof) = (0, new, Vec::new());
    if old == 0 || old == new {
        return Ok(proof);
    }
    // SUBPROOF of RFC 9162, 2.1.4.1, from the root down: until what is left is a subtree of the old tree.
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(subtree(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(subtree(nodes, start, middle)?);
            start = middle;
        }
    }
    if start > 0 {
        proof.push(subtree(nodes, start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Whether `leaf` is the leaf `index` of the tree `head` (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(leaf: Hash, index: u64, head: &TreeHead, proof: &[Hash]) -> Result<(), ProofError> {
    if index >= head.size {
        return Err(ProofError::Beyond { index, size: head.size });
    }
    let (inner, border) = inclusion_lengths(index, head.size);
    if proof.len() != inner + border {
        return Err(ProofError::Length { needed: inner + border, found: proof.len() });
    }
    let (below, above) = proof.split_at(inner);
    let joined = climb(leaf, index, below);
    same_root(head, border_root(joined, above))
}

/// Whether the tree `new` begins with the tree `old` (RFC 9162, 2.1.4.2).
pub fn verify_consistency(old: &TreeHead, new: &TreeHead, proof: &[Hash]) -> Result<(), ProofError> {
    if old.size > new.size {
        return Err(ProofError::Shrinks { old: old.size, new: new.size });
    }
    if old.size == 0 || old.size == new.size {
        let needed = 0;
        return match proof {
            [] if old.size == 0 => same_root(old, EMPTY_ROOT),
            [] => same_root(new, old.root),
            _ => Err(ProofError::Length { needed, found: proof.len() }),
        };
    }
    // The proof starts at the largest subtree that ends where the old tree ends.
    let level = old.size.trailing_zeros();
    let (last, whole) = ((old.size - 1) >> level, old.size.is_power_of_two());
    let (inner, border) = inclusion_lengths(old.size - 1, new.size);
    let inner = inner.saturating_sub(level as usize);
    let needed = inner + border + usize::from(!whole);
    let (seed, rest) = match proof {
        _ if proof.len() != needed => return Err(ProofError::Length { needed, found: proof.len() }),
        rest if whole => (old.root, rest),
        [seed, rest @ ..] => (*seed, rest),
        [] => return Err(ProofError::Length { needed, found: 0 }),
    };
    let (below, above) = rest.split_at(inner.min(rest.len()));
    same_root(old, border_root(climb_right(seed, last, below), above))?;
    same_root(new, border_root(climb(seed, last, below), above))
}

fn same_root(head: &TreeHead, found: Hash) -> Result<(), ProofError> {
    match found == head.root {
        true => Ok(()),
        false => Err(ProofError::OtherRoot { size: head.size, expected: head.root, found }),
    }
}

/// How many hashes of a proof are below the point where the paths of leaf `index` and of the last leaf meet, and how
/// many are above it, all of those on the left.
fn inclusion_lengths(index: u64, size: u64) -> (usize, usize) {
    let inner = u64::BITS - (index ^ (size - 1)).leading_zeros();
    let border = index.checked_shr(inner).map_or(0, u64::count_ones);
    (inner as usize, border as usize)
}

/// From a node up, each hash on the side that `index` says.
fn climb(node: Hash, index: u64, beside: &[Hash]) -> Hash {
    beside.iter().enumerate().fold(node, |node, (level, it)| match index >> level & 1 {
        0 => hash_node(&node, it),
        _ => hash_node(it, &node),
    })
}

/// From a node up, only with what is on its left: the older tree has nothing on the right.
fn climb_right(node: Hash, index: u64, beside: &[Hash]) -> Hash {
    beside.iter().enumerate().fold(node, |node, (level, it)| match index >> level & 1 {
        0 => node,
        _ => hash_node(it, &node),
    })
}

fn border_root(node: Hash, left: &[Hash]) -> Hash {
    left.iter().fold(node, |node, it| hash_node(it, &node))
}

/// Where the left subtree of a tree of `width` leaves ends: the largest power of two below `width`, which is over 1.
fn split(width: u64) -> u64 {
    1 << (width - 1).ilog2()
}

/// The root over the leaves from `start` to `end`, where `start` is a multiple of what is to its right.
fn subtree(nodes: &impl Nodes, start: u64, end: u64) -> Result<Hash, TreeError> {
    let peaks = peaks(start, end).map(|(level, index)| nodes.node(level, index));
    Ok(joined(&peaks.collect::<Result<Vec<_>, _>>()?))
}

/// The perfect subtrees that the leaves from `start` to `end` are made of, largest first, as level and index.
fn peaks(start: u64, end: u64) -> impl Iterator<Item = (u8, u64)> {
    let mut at = start;
    std::iter::from_fn(move || {
        let level = (end - at).checked_ilog2()?;
        let index = at >> level;
        at += 1 << level;
        Some((level as u8, index))
    })
}

/// The root over perfect subtrees, largest first.
fn joined(peaks: &[Hash]) -> Hash {
    let mut smallest_first = peaks.iter().rev().copied();
    let Some(last) = smallest_first.next() else { return EMPTY_ROOT };
    smallest_first.fold(last, |right, left| hash_node(&left, &right))
}
