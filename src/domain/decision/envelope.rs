//! DSSE, the Dead Simple Signing Envelope (github.com/secure-systems-lab/dsse): bytes, what they are, and who signed
//! both.
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};
use serde::{Deserialize, Serialize};

/// The longest envelope, in bytes: the longest reservation in base64, and more.
pub const ENVELOPE_MAX: usize = 256 * 1024;

/// The specification allows both alphabets; padding may be there, and must be right then.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Bytes, what they are, and one signature over both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What the payload is, as a media type.
    pub payload_type: String,
    /// The bytes that were signed.
    pub payload: Vec<u8>,
    /// Which key is said to have signed them.
    pub key_id: String,
    /// The signature.
    pub signature: [u8; 64],
}

/// Why a text is no envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEnvelope {
    /// More than anybody needs.
    #[error("is {found} bytes long, over {ENVELOPE_MAX}")]
    TooLong {
        /// How long.
        found: usize,
    },
    /// Not the JSON of an envelope.
    #[error("is no DSSE envelope: {0}")]
    Json(String),
    /// Not the base64 of anything.
    #[error("{field} is no base64")]
    Base64 {
        /// Which part.
        field: &'static str,
    },
    /// A decision is one partner's, signed with one key.
    #[error("has {found} signatures: one is needed")]
    Signatures {
        /// How many.
        found: usize,
    },
    /// Not 64 bytes.
    #[error("has a signature of {found} bytes: Ed25519 has 64")]
    SignatureLength {
        /// How many.
        found: usize,
    },
    /// Something else was signed.
    #[error("holds {found:?}, not {wanted:?}")]
    PayloadType {
        /// What it should be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// The signed bytes are no decision.
    #[error("what was signed is no decision: {0}")]
    Payload(String),
}

#[derive(Serialize, Deserialize)]
struct Wire {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<WireSignature>,
}

#[derive(Serialize, Deserialize)]
struct WireSignature {
    #[serde(default)]
    keyid: String,
    sig: String,
}

/// What is signed: the pre-authentication encoding of DSSE v1, which nobody can read in two ways.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

impl Envelope {
    /// Reads the JSON of one.
    pub fn parse(text: &str) -> Result<Self, BadEnvelope> {
        if text.len() > ENVELOPE_MAX {
            return Err(BadEnvelope::TooLong { found: text.len() });
        }
        let wire: Wire = serde_json::from_str(text).map_err(|err| BadEnvelope::Json(err.to_string()))?;
        let [signature] = &wire.signatures[..] else {
            return Err(BadEnvelope::Signatures { found: wire.signatures.len() });
        };
        let bytes = decoded("sig", &signature.sig)?;
        let found = bytes.len();
        Ok(Self {
            payload: decoded("payload", &wire.payload)?,
            payload_type: wire.payload_type,
            key_id: signature.keyid.clone(),
            signature: bytes.try_into().map_err(|_| BadEnvelope::SignatureLength { found })?,
        })
    }

    /// What its signature is over.
    pub fn message(&self) -> Vec<u8> {
        pae(&self.payload_type, &self.payload)
    }

    /// The JSON of it.
    pub fn written(&self) -> String {
        let encode = |bytes: &[u8]| general_purpose::STANDARD.encode(bytes);
        serde_json::json!({
            "payload": encode(&self.payload),
            "payloadType": self.payload_type,
            "signatures": [{"keyid": self.key_id, "sig": encode(&self.signature)}],
        })
        .to_string()
    }
}

fn decoded(field: &'static str, text: &str) -> Result<Vec<u8>, BadEnvelope> {
    let url = text.bytes().any(|it| it == b'-' || it == b'_');
    let alphabet = if url { &URL_SAFE } else { &STANDARD };
    alphabet.decode(text).map_err(|_| BadEnvelope::Base64 { field })
}
