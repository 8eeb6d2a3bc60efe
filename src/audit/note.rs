//! c2sp.org/signed-note.
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// A key that checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    pub(super) alg: u8,
    pub(super) key: [u8; 32],
}

impl Verifier {
    /// Name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn id(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update(b"\n")
            .chain_update([self.alg])
            .chain_update(self.key)
            .finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    pub(super) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = <[u8; 64]>::try_from(signature) else { return false };
        VerifyingKey::from_bytes(&self.key).is_ok_and(|it| {
            it.verify_strict(message, &ed25519_dalek::Signature::from_bytes(&signature)).is_ok()
        })
    }
}

fn hex(id: [u8; 4]) -> String {
    id.iter().map(|it| format!("{it:02x}")).collect()
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.alg][..], &self.key].concat();
        write!(f, "{}+{}+{}", self.name, hex(self.id()), BASE64_STANDARD.encode(bytes))
    }
}

impl FromStr for Verifier {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("no key".into());
        };
        let bytes = BASE64_STANDARD.decode(key).map_err(|e| e.to_string())?;
        let (alg, key) = bytes.split_first().ok_or("no key")?;
        let it = Self { name: name.into(), alg: *alg, key: key.try_into().map_err(|_| "no key")? };
        if hex(it.id()) == id { Ok(it) } else { Err("the key's id is not that of the key".into()) }
    }
}

/// A key that signs.
#[derive(Clone)]
pub struct Signer {
    name: String,
    pub(super) alg: u8,
    seed: [u8; 32],
}

impl Signer {
    /// From a seed.
    pub fn new(name: &str, seed: [u8; 32]) -> Self {
        Self { name: name.into(), alg: 1, seed }
    }

    /// Name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Public.
    pub fn verifier(&self) -> Verifier {
        let key = SigningKey::from_bytes(&self.seed).verifying_key().to_bytes();
        Verifier { name: self.name.clone(), alg: self.alg, key }
    }

    pub(super) fn raw(&self, message: &[u8]) -> [u8; 64] {
        SigningKey::from_bytes(&self.seed).sign(message).to_bytes()
    }

    pub(super) fn line(&self, signature: &[u8]) -> String {
        let bytes = [&self.verifier().id()[..], signature].concat();
        format!("— {} {}\n", self.name, BASE64_STANDARD.encode(bytes))
    }

    /// Signs.
    pub fn sign(&self, body: &str) -> String {
        format!("{body}\n{}", self.line(&self.raw(body.as_bytes())))
    }

    /// As text.
    pub fn to_secret(&self) -> String {
        let bytes = [&[self.alg][..], &self.seed].concat();
        format!("PRIVATE+KEY+{}+{}+{}", self.name, hex(self.verifier().id()), BASE64_STANDARD.encode(bytes))
    }
}

impl FromStr for Signer {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.trim_end().strip_prefix("PRIVATE+KEY+").ok_or("no private key")?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("no private key".into());
        };
        let bytes = BASE64_STANDARD.decode(key).map_err(|e| e.to_string())?;
        let (alg, seed) = bytes.split_first().ok_or("no private key")?;
        let it = Self { name: name.into(), alg: *alg, seed: seed.try_into().map_err(|_| "no private key")? };
        if hex(it.verifier().id()) == id { Ok(it) } else { Err("the key's id is not that of the key".into()) }
    }
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    body: String,
    pub(super) signatures: Vec<(String, [u8; 4], Vec<u8>)>,
}

impl Note {
    /// Reads.
    pub fn parse(text: &str) -> Result<Self, String> {
        let at = text.rfind("\n\n").ok_or("no note")?;
        let (body, signatures) = (&text[..at + 1], &text[at + 2..]);
        if !signatures.ends_with('\n') {
            return Err("no signatures".into());
        }
        let mut found = Vec::new();
        for line in signatures.lines() {
            let (name, sig) =
                line.strip_prefix("— ").and_then(|it| it.split_once(' ')).ok_or("no signature")?;
            let bytes = BASE64_STANDARD.decode(sig).map_err(|e| e.to_string())?;
            let (id, sig) = bytes.split_first_chunk::<4>().ok_or("no signature")?;
            found.push((name.to_owned(), *id, sig.to_vec()));
        }
        Ok(Self { body: body.into(), signatures: found })
    }

    /// Body.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// By one of keys.
    pub fn signed_by(&self, keys: &[Verifier]) -> Result<(), String> {
        let good = |key: &Verifier| {
            self.signatures.iter().any(|(name, id, sig)| {
                name == key.name() && *id == key.id() && key.alg == 1 && key.holds(self.body.as_bytes(), sig)
            })
        };
        if keys.iter().any(good) { Ok(()) } else { Err("no known key has signed it".into()) }
    }
}
