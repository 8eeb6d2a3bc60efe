//! A partner's decision as the partner signs it: what it decides, on which stream of which log, until when it may be
//! sent. The signed bytes are JSON that a delegate can read, in an envelope of DSSE.
//!
//! These shapes are stored for ever, inside the envelopes that events carry: nobody can say later that a partner
//! meant something else, because what it signed says what it meant.
mod act;
mod envelope;
mod key;
mod sealed;
mod vouched;

pub use act::{Act, Concern};
pub use envelope::{BadEnvelope, ENVELOPE_MAX, Envelope, pae};
pub use key::{BadKey, PublicKey};
pub use sealed::{PAYLOAD_TYPE, Sealed};
pub use vouched::{Unvouched, Vouched};

use crate::domain::Timestamp;
use crate::domain::citation::StreamName;
use crate::domain::id::PartnerId;
use crate::domain::text::{Digest, Text};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The name of a log, such as `record.example.org/pact`.
pub type Origin = Text<255>;

/// What a partner decides. Everything that it could mean something else without is in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// For which log.
    pub origin: Origin,
    /// On which stream of it.
    pub stream: StreamName,
    /// The revision that the stream's last event must have; absent where it may have gone on meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_revision: Option<u64>,
    /// In a consultation, of the text that is decided on. It is not counted for another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Digest>,
    /// The command's id: sent twice, it is recorded once.
    pub request_id: Uuid,
    /// After this moment it is not taken any more.
    pub expires_at: Timestamp,
    /// Whose decision it is.
    pub party: PartnerId,
    /// What it is.
    pub act: Act,
}
