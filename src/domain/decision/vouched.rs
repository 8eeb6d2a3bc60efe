//! What vouches for a command, and why that is not enough.
use crate::domain::Timestamp;
use crate::domain::id::PartnerId;
use crate::domain::text::Digest;

/// What vouches for a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Vouched {
    /// The word of whoever sends it.
    #[default]
    Word,
    /// The document that a past fact is taken from.
    Source,
    /// A partner's signature over the command.
    Signature {
        /// Whose.
        party: PartnerId,
        /// The text that it decides on, in a consultation.
        text: Option<Digest>,
    },
}

/// Why what vouches for a command is not enough.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Unvouched {
    /// The law asks for a signature.
    #[error(
        "the charter asks for a signature: have it signed with the partner's key (pactline sign), and send that"
    )]
    SignatureMissing,
    /// A document vouches for what was decided before the law asked for signatures.
    #[error(
        "the charter asks for a signature since {since}, and a document vouches only for what was decided before: have it \
         signed with the partner's key (pactline sign), and send that"
    )]
    SignedSince {
        /// When the edition was published.
        since: Timestamp,
    },
    /// A signature vouches for the signer alone.
    #[error("another party signed this: each signs for itself")]
    SignedByAnother,
    /// A signature vouches for a word on one text.
    #[error("what was signed is about another text: the one that is decided on has the digest {text}")]
    SignedForAnotherText {
        /// Of the text that is decided on.
        text: Digest,
    },
}

impl Unvouched {
    /// Whether a document is enough for what was decided at `at`, under a law that asks for signatures since it was
    /// published at `since`.
    pub fn by_document(at: Timestamp, since: Timestamp) -> Result<(), Self> {
        if at < since { Ok(()) } else { Err(Self::SignedSince { since }) }
    }

    /// The reason for programs; stable.
    pub fn reason(&self) -> &'static str {
        self.into()
    }
}
