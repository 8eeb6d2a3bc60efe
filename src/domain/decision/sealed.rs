//! A decision in its envelope: the words, exactly as they were sent, and what they say.
use super::{BadEnvelope, Decision, Envelope, PublicKey};
use crate::domain::text::Digest;

/// What the payload of a decision's envelope is.
pub const PAYLOAD_TYPE: &str = "application/vnd.pactline.decision+json";

/// A decision and the envelope it came in. Whether the signature is the party's is for whoever knows its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    text: String,
    envelope: Envelope,
    decision: Decision,
}

impl Sealed {
    /// Reads an envelope's JSON, and the decision in it.
    pub fn open(text: &str) -> Result<Self, BadEnvelope> {
        let envelope = Envelope::parse(text)?;
        if envelope.payload_type != PAYLOAD_TYPE {
            return Err(BadEnvelope::PayloadType { wanted: PAYLOAD_TYPE, found: envelope.payload_type });
        }
        let read = serde_json::from_slice(&envelope.payload);
        let decision = read.map_err(|err| BadEnvelope::Payload(err.to_string()))?;
        Ok(Self { text: text.to_owned(), envelope, decision })
    }

    /// The envelope's JSON, byte by byte as it came.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the party decided.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// Which key is said to have signed it; `None` when what is said is no key's id.
    pub fn key_id(&self) -> Option<Digest> {
        self.envelope.key_id.parse().ok()
    }

    /// Whether `key` signed it.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.signed(&self.envelope.message(), &self.envelope.signature)
    }
}

impl Decision {
    /// The bytes to be signed.
    pub fn payload(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }
}
