//! c2sp.org/tlog-checkpoint.
use super::merkle::Hash;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::fmt;

/// A checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Origin.
    pub origin: String,
    /// Size.
    pub size: u64,
    /// Root.
    pub root: Hash,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }
}

impl Checkpoint {
    /// Reads.
    pub fn parse(body: &str) -> Result<Self, String> {
        let mut lines = body.lines();
        let origin = lines.next().ok_or("no origin")?.to_owned();
        let size = lines.next().and_then(|it| it.parse().ok()).ok_or("no size")?;
        let root =
            lines.next().and_then(|it| BASE64_STANDARD.decode(it).ok()?.try_into().ok()).ok_or("no root")?;
        Ok(Self { origin, size, root })
    }
}
