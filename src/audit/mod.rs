//! Proofs that what is on record is what was signed, for anyone to check without this program.
pub mod checkpoint;
pub mod cosignature;
pub mod http;
pub mod keys;
pub mod leaf;
pub mod merkle;
mod notary;
pub mod note;
pub mod policy;
pub mod proof;
pub mod tiles;
pub mod verify;
pub mod witness;

#[doc(hidden)]
pub use notary::{Disk, Folder};
pub use notary::{Edge, Notary, Proven, Sealed, Settings, Tiles, Under, Unproven, Verdict};
