//! Ed25519 keys of logs and witnesses in the text forms of c2sp.org/signed-note: `NAME+ID+BASE64`.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

const SECRET: &str = "PRIVATE+KEY+";
/// The most that a key's text may measure, in bytes.
const KEY_BYTES_MAX: usize = 1024;

/// What a key signs, which is part of its id: the same bytes in another role are another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum KeyKind {
    /// A log's checkpoints: Ed25519 over the text. Type 0x01.
    Log,
    /// Cosignatures of a witness: Ed25519 over time and text, cosignature/v1. Type 0x04.
    Witness,
}

impl KeyKind {
    fn byte(self) -> u8 {
        match self {
            KeyKind::Log => 1,
            KeyKind::Witness => 4,
        }
    }
}

/// Why a text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not of the form of its kind of key.
    #[error("not a verifier key: it must look like example.org/log+1a2b3c4d+AbC...=")]
    Form,
    /// Not of the form of a signing key.
    #[error("not a signing key: it must look like PRIVATE+KEY+example.org/log+1a2b3c4d+AbC...=")]
    SecretForm,
    /// Given where a verifier key is meant.
    #[error("this is a signing key, which is secret: give the verifier key, and keep this one to yourself")]
    Secret,
    /// A name that no signature line could carry.
    #[error("{0:?} cannot name a key: it must have 1 to 255 bytes, and no white space, control or plus")]
    Name(String),
    /// The id is not that of this name and these bytes.
    #[error(
        "the key of {name} says that its id is {found:08x}, and its bytes say {expected:08x}: it is damaged"
    )]
    Id {
        /// Whose key.
        name: String,
        /// What follows from name, type and bytes.
        expected: u32,
        /// What is written.
        found: u32,
    },
    /// A type that this program does not know.
    #[error(
        "the key of {name} has type 0x{kind:02x}; only 0x01 (log) and 0x04 (witness), both Ed25519, are known"
    )]
    Kind {
        /// Whose key.
        name: String,
        /// The type's byte.
        kind: u8,
    },
    /// Bytes that are no point of the curve, or a weak one.
    #[error("the key of {0} is not a usable Ed25519 key")]
    Point(String),
}

/// Whom to believe: a name, a role and a public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    key: ed25519_dalek::VerifyingKey,
}

impl VerifierKey {
    /// The key `public` of `name` in the role `kind`.
    pub fn new(name: &str, kind: KeyKind, public: [u8; 32]) -> Result<Self, KeyError> {
        let name = key_name(name)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&public).ok().filter(|it| !it.is_weak());
        let key = key.ok_or_else(|| KeyError::Point(name.clone()))?;
        Ok(Self { name, kind, key })
    }

    /// Whose it is. Of a log: its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The first four bytes of the SHA-256 of name, newline, type and public key.
    pub fn id(&self) -> u32 {
        key_id(&self.name, self.kind.byte(), &self.public())
    }

    /// The 32 bytes of RFC 8032.
    pub fn public(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Whether `signature` is this key's over `message`, in the strict sense: one signature has one encoding.
    pub(super) fn made(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

/// The secret half of a key.
#[derive(Clone)]
pub struct SigningKey {
    verifier: VerifierKey,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// The key made from 32 random bytes, which RFC 8032 calls the private key.
    pub fn from_seed(name: &str, kind: KeyKind, seed: [u8; 32]) -> Result<Self, KeyError> {
        let key = ed25519_dalek::SigningKey::from_bytes(&seed);
        let verifier = VerifierKey::new(name, kind, key.verifying_key().to_bytes())?;
        Ok(Self { verifier, key })
    }

    /// The half that everybody may know.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The secret itself, as it is kept in a file that nobody else can read.
    pub fn secret_text(&self) -> String {
        let VerifierKey { name, kind, .. } = &self.verifier;
        let bytes: Vec<u8> = std::iter::once(kind.byte()).chain(self.key.to_bytes()).collect();
        format!("{SECRET}{name}+{:08x}+{}", self.verifier.id(), STANDARD.encode(bytes))
    }

    /// Signs `message`. The same message always gets the same signature.
    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: Vec<u8> = std::iter::once(self.kind.byte()).chain(self.public()).collect();
        write!(f, "{}+{:08x}+{}", self.name, self.id(), STANDARD.encode(bytes))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        if text.starts_with(SECRET) {
            return Err(KeyError::Secret);
        }
        let (name, id, kind, bytes) = parts(text, KeyError::Form)?;
        let key = Self::new(name, kind, bytes)?;
        right_id(&key, id)?;
        Ok(key)
    }
}

impl FromStr for SigningKey {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.strip_prefix(SECRET).ok_or(KeyError::SecretForm)?;
        let (name, id, kind, bytes) = parts(text, KeyError::SecretForm)?;
        let key = Self::from_seed(name, kind, bytes)?;
        right_id(&key.verifier, id)?;
        Ok(key)
    }
}

fn right_id(key: &VerifierKey, found: u32) -> Result<(), KeyError> {
    match key.id() {
        expected if expected == found => Ok(()),
        expected => Err(KeyError::Id { name: key.name.clone(), expected, found }),
    }
}

/// Name, id, role and key bytes of `NAME+ID+BASE64`.
fn parts(text: &str, form: KeyError) -> Result<(&str, u32, KeyKind, [u8; 32]), KeyError> {
    if text.len() > KEY_BYTES_MAX {
        return Err(form);
    }
    let (name, rest) = text.split_once('+').ok_or(form.clone())?;
    let (id, bytes) = rest.split_once('+').ok_or(form.clone())?;
    let hex = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    if id.len() != 8 || !id.bytes().all(hex) {
        return Err(form);
    }
    let id = u32::from_str_radix(id, 16).map_err(|_| form.clone())?;
    let bytes = STANDARD.decode(bytes).map_err(|_| form.clone())?;
    let (kind, bytes) = bytes.split_first().ok_or(form.clone())?;
    let kind = match kind {
        1 => KeyKind::Log,
        4 => KeyKind::Witness,
        other => return Err(KeyError::Kind { name: name.to_owned(), kind: *other }),
    };
    Ok((name, id, kind, bytes.try_into().map_err(|_| form)?))
}

fn key_id(name: &str, kind: u8, public: &[u8]) -> u32 {
    let hash = Sha256::new().chain_update(name).chain_update([b'\n', kind]).chain_update(public).finalize();
    hash.iter().take(4).fold(0, |id, it| id << 8 | u32::from(*it))
}

/// The name, where a signature line can carry it.
pub(super) fn key_name(name: &str) -> Result<String, KeyError> {
    let bad = |it: char| it.is_whitespace() || it.is_control() || it == '+';
    match name.is_empty() || name.len() > 255 || name.contains(bad) {
        true => Err(KeyError::Name(name.chars().take(80).collect())),
        false => Ok(name.to_owned()),
    }
}
