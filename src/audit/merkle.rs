//! RFC 6962 Merkle tree.
use sha2::{Digest, Sha256};

/// SHA-256.
pub type Hash = [u8; 32];

/// Leaf.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

/// Node.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Root over hashes.
pub fn root_of(hashes: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    hashes.iter().for_each(|it| frontier.push(*it));
    frontier.root()
}

/// Frontier.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    size: u64,
    stack: Vec<Hash>,
}

impl Frontier {
    /// Size.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds.
    pub fn push(&mut self, hash: Hash) {
        let (mut hash, mut n) = (hash, self.size);
        while n & 1 == 1 {
            if let Some(left) = self.stack.pop() {
                hash = node_hash(&left, &hash);
            }
            n >>= 1;
        }
        self.stack.push(hash);
        self.size += 1;
    }

    /// Root.
    pub fn root(&self) -> Hash {
        let mut it = self.stack.iter().rev();
        match it.next() {
            None => Sha256::digest(b"").into(),
            Some(last) => it.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}

fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// The root of leaves [from, until).
fn range<E>(from: u64, until: u64, node: &impl Fn(u32, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    let n = until - from;
    if n == 0 {
        return Ok(Sha256::digest(b"").into());
    }
    if n.is_power_of_two() && from % n == 0 {
        let level = n.trailing_zeros();
        return node(level, from >> level);
    }
    let k = split(n);
    Ok(node_hash(&range(from, from + k, node)?, &range(from + k, until, node)?))
}

/// Root at size.
pub fn root_at<E>(size: u64, node: impl Fn(u32, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    range(0, size, &node)
}

/// Inclusion.
pub fn inclusion_proof<E>(
    index: u64,
    size: u64,
    node: impl Fn(u32, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let (mut from, mut until, mut path) = (0, size, Vec::new());
    while until - from > 1 {
        let k = split(until - from);
        if index - from < k {
            path.push(range(from + k, until, &node)?);
            until = from + k;
        } else {
            path.push(range(from, from + k, &node)?);
            from += k;
        }
    }
    path.reverse();
    Ok(path)
}

/// Consistency.
pub fn consistency_proof<E>(
    old: u64,
    size: u64,
    node: impl Fn(u32, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    if old == 0 || old == size {
        return Ok(Vec::new());
    }
    let (mut from, mut until, mut path) = (0, size, Vec::new());
    let mut whole = true;
    while old != until {
        let k = split(until - from);
        if old - from <= k {
            path.push(range(from + k, until, &node)?);
            until = from + k;
        } else {
            path.push(range(from, from + k, &node)?);
            from += k;
            whole = false;
        }
    }
    if !whole {
        path.push(range(from, until, &node)?);
    }
    path.reverse();
    Ok(path)
}

/// Checks inclusion.
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), String> {
    if index >= size {
        return Err("beyond the tree".into());
    }
    let (mut fnn, mut sn, mut r) = (index, size - 1, *leaf);
    for p in proof {
        if sn == 0 {
            return Err("too long".into());
        }
        if fnn & 1 == 1 || fnn == sn {
            r = node_hash(p, &r);
            while fnn & 1 == 0 && fnn != 0 {
                fnn >>= 1;
                sn >>= 1;
            }
        } else {
            r = node_hash(&r, p);
        }
        fnn >>= 1;
        sn >>= 1;
    }
    if sn == 0 && r == *root { Ok(()) } else { Err("does not give the root".into()) }
}

/// Checks consistency.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    size: u64,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), String> {
    let bad = || "does not give the roots".to_owned();
    if old > size {
        return Err(bad());
    }
    if old == size {
        return if proof.is_empty() && old_root == root { Ok(()) } else { Err(bad()) };
    }
    if old == 0 {
        return if proof.is_empty() { Ok(()) } else { Err(bad()) };
    }
    let mut path: Vec<Hash> = Vec::new();
    if old.is_power_of_two() {
        path.push(*old_root);
    }
    path.extend(proof);
    let (mut fnn, mut sn) = (old - 1, size - 1);
    while fnn & 1 == 1 {
        fnn >>= 1;
        sn >>= 1;
    }
    let mut it = path.iter();
    let first = it.next().ok_or_else(bad)?;
    let (mut fr, mut sr) = (*first, *first);
    for c in it {
        if sn == 0 {
            return Err(bad());
        }
        if fnn & 1 == 1 || fnn == sn {
            fr = node_hash(c, &fr);
            sr = node_hash(c, &sr);
            while fnn & 1 == 0 && fnn != 0 {
                fnn >>= 1;
                sn >>= 1;
            }
        } else {
            sr = node_hash(&sr, c);
        }
        fnn >>= 1;
        sn >>= 1;
    }
    if sn == 0 && fr == *old_root && sr == *root { Ok(()) } else { Err(bad()) }
}
