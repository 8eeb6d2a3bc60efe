//! SHA-256 as the tree uses it: leaves and nodes are hashed apart, so that neither can pass for the other.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::block_api::compress256;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// The bytes of a SHA-256 digest. Written as standard base64, as every C2SP format does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The plain SHA-256 of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// As lower-case hexadecimal digits, which `sha256sum` prints.
    pub fn hex(&self) -> String {
        self.0.iter().map(|it| format!("{it:02x}")).collect()
    }
}

/// The root of a tree without leaves: the SHA-256 of nothing (RFC 9162, 2.1.1).
pub const EMPTY_ROOT: Hash = Hash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
    0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// How many leaves a tree has and what its root is: all that a checkpoint says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// The number of leaves.
    pub size: u64,
    /// The root over all of them.
    pub root: Hash,
}

impl TreeHead {
    /// The head of a tree without leaves.
    pub const EMPTY: Self = Self { size: 0, root: EMPTY_ROOT };
}

/// The hash of a leaf whose content is `record`: SHA-256(0x00 || record).
pub fn hash_leaf(record: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(record).finalize().into())
}

/// The hash of the node above two others: SHA-256(0x01 || left || right).
///
/// Most of what a tree costs is here. The 65 bytes and their padding (FIPS 180-4, section 5.1.1) are two blocks whatever
/// the hashes, so they are compressed as they are, without the buffer of a digest of any length.
pub fn hash_node(left: &Hash, right: &Hash) -> Hash {
    const INITIAL: [u32; 8] = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    const BITS: [u8; 8] = (65_u64 * 8).to_be_bytes();
    let mut message = [0; 128];
    message[0] = 1;
    message[1..33].copy_from_slice(&left.0);
    message[33..65].copy_from_slice(&right.0);
    message[65] = 0x80;
    message[120..].copy_from_slice(&BITS);
    let (blocks, _) = message.as_chunks();
    let mut state = INITIAL;
    compress256(&mut state, blocks);
    let mut hash = [0; 32];
    for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    Hash(hash)
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

/// The text is not the base64 of 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a hash: it must be 44 characters of standard base64, which are 32 bytes")]
pub struct BadHash;

impl FromStr for Hash {
    type Err = BadHash;
    fn from_str(text: &str) -> Result<Self, BadHash> {
        let bytes = STANDARD.decode(text).map_err(|_| BadHash)?;
        bytes.try_into().map(Self).map_err(|_| BadHash)
    }
}
