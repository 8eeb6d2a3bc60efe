//! The keys that partners sign with: Ed25519, strict.
use crate::domain::text::Digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An Ed25519 public key, written as the standard base64 of its 32 bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(VerifyingKey);

/// The text is no key that anyone could sign with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an Ed25519 public key: the base64 of its 32 bytes")]
pub struct BadKey;

impl PublicKey {
    /// The key with these 32 bytes; keys that sign for anybody are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadKey> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| BadKey)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| BadKey)?;
        if key.is_weak() { Err(BadKey) } else { Ok(Self(key)) }
    }

    /// What it is called: SHA-256 of its bytes.
    pub fn id(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// Whether it signed `message` with `signature`.
    pub fn signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl TryFrom<String> for PublicKey {
    type Error = BadKey;
    fn try_from(text: String) -> Result<Self, BadKey> {
        Self::from_bytes(&STANDARD.decode(text).map_err(|_| BadKey)?)
    }
}

impl FromStr for PublicKey {
    type Err = BadKey;
    fn from_str(text: &str) -> Result<Self, BadKey> {
        Self::try_from(text.to_owned())
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> String {
        key.to_string()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&STANDARD.encode(self.0.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}
