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
//! | [`tiles`], [`nodes`] | the tree as files, and out of them | c2sp.org/tlog-tiles |
//! | [`key`], [`note`] | keys and signed texts | c2sp.org/signed-note |
//! | [`checkpoint`] | a signed tree head | c2sp.org/tlog-checkpoint |
//! | [`cosignature`] | what a witness says of one | c2sp.org/tlog-cosignature, version 1 |
//! | [`policy`] | whom to believe | c2sp.org/tlog-policy |
//! | [`exhibit`] | an event as a proof carries it | ours, byte by byte |
//! | [`proof`] | one event, its path and a checkpoint | c2sp.org/tlog-proof |
//! | [`bundle`] | the same of many events | ours, made of tlog-proofs |
//! | [`skew`] | how far the times of a record go back | |
//! | [`consistency`] | two checkpoints and that the later goes on where the earlier ended | ours, made of both |
//! | [`Notary`] | follows the log, grows the tree, signs for it | |
//! | [`verify`] | whether a record is what was signed, event by event | |
//! | [`witness`] | signs that others' logs only grow | c2sp.org/tlog-witness |
//! | [`http`], [`keys`] | plain HTTP; key files | |
//!
//! But for the last four rows, nothing in these files reads a disk, a clock or a network. What comes in may be hostile:
//! each reader has a limit, refuses what is not written in the one canonical way, and never panics.
pub mod bundle;
pub mod checkpoint;
pub mod consistency;
pub mod cosignature;
pub mod exhibit;
pub mod hash;
pub mod http;
pub mod key;
pub mod keys;
pub mod leaf;
pub mod merkle;
pub mod nodes;
mod notary;
pub mod note;
pub mod policy;
pub mod proof;
pub mod skew;
pub mod tiles;
pub mod verify;
pub mod witness;

pub use bundle::Bundle;
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use consistency::{Consistency, Inconsistent};
pub use cosignature::{cosign, cosigned_at};
pub use exhibit::{Exhibit, ExhibitError, Shown};
pub use hash::{EMPTY_ROOT, Hash, TreeHead, hash_leaf, hash_node};
pub use key::{KeyError, KeyKind, SigningKey, VerifierKey};
pub use leaf::{Leaf, LeafError};
pub use merkle::{
    Frontier, Nodes, ProofError, TreeError, prove_consistency, prove_inclusion, root_at, verify_consistency,
    verify_inclusion,
};
pub use nodes::{KeptTiles, TiledNodes};
#[doc(hidden)]
pub use notary::{Disk, Folder};
pub use notary::{Notary, Published, Sealed, Settings, State, THIN_AFTER, Under, Unproven, Verdict};
pub use note::{Note, NoteError, NoteSignature};
pub use policy::{Approval, Cosigned, KnownLog, Policy, PolicyError, PolicyFault, Refusal, Witness};
pub use proof::{InvalidProof, Proof, ProofPart, Proven};
pub use skew::{SKEW_MAX_US, Skew, StepBack};
pub use tiles::{TileKind, TilePath, TiledTree, Tiles, decode_entries, encode_entries};
