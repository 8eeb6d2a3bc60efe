//! Proofs that anyone can check offline: the log as a Merkle tree, in the open formats of RFC 9162 and C2SP.
//!
//! The flow, one way:
//!
//! ```text
//! record -> leaf -> tree -> tiles
//!                    |
//!                    +-> head -> checkpoint -> signed -> cosigned -> proof -> checked by a policy
//! ```
//!
//! | file | what it is | whose format |
//! |---|---|---|
//! | [`leaf`] | what the tree commits to of an event | ours, byte by byte |
//! | [`merkle`] | tree heads, proofs of inclusion and consistency | RFC 9162, section 2.1 |
//! | [`tiles`] | the tree as files | c2sp.org/tlog-tiles |
//! | [`key`], [`note`] | keys and signed texts | c2sp.org/signed-note |
//! | [`checkpoint`] | a signed tree head | c2sp.org/tlog-checkpoint |
//!
//! Nothing in these files reads a disk, a clock or a network. What comes in may be hostile: each reader has a limit,
//! refuses what is not written in the one canonical way, and never panics.
pub mod checkpoint;
pub mod hash;
pub mod key;
pub mod leaf;
pub mod merkle;
pub mod note;
pub mod tiles;

pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use hash::{EMPTY_ROOT, Hash, TreeHead, hash_leaf, hash_node};
pub use key::{KeyError, KeyKind, SigningKey, VerifierKey};
pub use leaf::{Leaf, LeafError};
pub use merkle::{
    Frontier, Nodes, ProofError, TreeError, prove_consistency, prove_inclusion, root_at, verify_consistency,
    verify_inclusion,
};
pub use note::{Note, NoteError, NoteSignature};
pub use tiles::{TileKind, TilePath, TiledNodes, TiledTree, Tiles, decode_entries, encode_entries};
