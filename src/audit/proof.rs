//! c2sp.org/tlog-proof.
use super::merkle::Hash;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::fmt;

/// A proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Index.
    pub index: u64,
    /// Hashes.
    pub hashes: Vec<Hash>,
    /// Extra.
    pub extra: Option<Vec<u8>>,
    /// Checkpoint.
    pub checkpoint: String,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "c2sp.org/tlog-proof@v1")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", BASE64_STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{}", BASE64_STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}
