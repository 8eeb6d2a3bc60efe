//! What a partner signed: whose key it was, whether it counts now, and that it is about this command and no other.
use super::outcome::{CommandMeta, Effective, Refusal};
use super::{Engine, Remembered};
use crate::codec;
use crate::domain::Decider;
use crate::domain::Timestamp;
use crate::domain::Vouched;
use crate::domain::citation::{Reference, StreamName};
use crate::domain::decision::{Decision, Origin, Sealed};
use crate::domain::partner::{self, KeyFault, Partner};
use crate::domain::text::{Digest, PersonId};
use crate::log::Error;
use std::sync::Arc;

/// Why what a partner signed does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Unsealed {
    /// A decision must say for which log it is, and this one has no name.
    #[error("this server has no origin, so nothing can be signed for it: start it with --origin NAME")]
    NoOrigin,
    /// It was signed for another log.
    #[error("it was signed for the log {signed}, and this is {here}")]
    AnotherOrigin {
        /// For which.
        signed: Origin,
        /// What this one is called.
        here: Origin,
    },
    /// It was signed for another stream.
    #[error("it was signed for the stream {signed}, and this is {here}")]
    AnotherStream {
        /// For which.
        signed: StreamName,
        /// What this one is called.
        here: StreamName,
    },
    /// The command is not the one that was signed.
    #[error("its request id, revision or party is not what was signed")]
    AnotherCommand,
    /// A decision that has the same id is on record.
    #[error("its request id was used for something else: have it signed again under another one")]
    RequestIdTaken,
    /// It comes too late.
    #[error("it was to be sent until {expires_at}, and it is {at}: have it signed again")]
    Expired {
        /// Until when.
        expires_at: Timestamp,
        /// When it came.
        at: Timestamp,
    },
    /// No key of the partner's vouches for it.
    #[error(transparent)]
    Key(#[from] KeyFault),
}

impl Unsealed {
    /// The reason for programs; stable.
    pub fn reason(&self) -> &'static str {
        match self {
            Unsealed::Key(fault) => fault.into(),
            other => other.into(),
        }
    }
}

impl CommandMeta {
    /// A command that a partner signed, sent by `by`.
    pub fn sealed(sealed: Arc<Sealed>, by: PersonId) -> Self {
        let Decision { request_id, expected_revision, party, .. } = sealed.decision();
        let (expected_revision, on_behalf_of) = (*expected_revision, Some(*party));
        Self { expected_revision, on_behalf_of, sealed: Some(sealed.clone()), ..Self::now(*request_id, by) }
    }

    /// What vouches for it.
    pub(super) fn vouched(&self) -> Vouched {
        match (&self.sealed, self.effective) {
            (Some(sealed), _) => {
                let Decision { party, text, .. } = sealed.decision();
                Vouched::Signature { party: *party, text: text.clone() }
            }
            (None, Effective::At(_)) => Vouched::Source,
            (None, Effective::Now) => Vouched::Word,
        }
    }
}

/// A partner that signed, and with which of its keys.
pub(super) struct Signer {
    pub(super) partner: Arc<Remembered<Partner>>,
    sealed: Arc<Sealed>,
}

impl Signer {
    /// Who signed the command, if anybody did. Its keys may be behind.
    pub(super) fn of(engine: &Engine, meta: &CommandMeta) -> Option<Self> {
        let sealed = meta.sealed.clone()?;
        let stream = StreamName::new(Partner::KIND, sealed.decision().party.0);
        Some(Self { partner: engine.memory.of::<Partner>(&stream), sealed })
    }

    /// Refuses what its party did not sign, or signed for something else.
    pub(super) async fn check(
        &self,
        engine: &Engine,
        meta: &CommandMeta,
        here: &StreamName,
    ) -> Result<Result<(), Refusal>, Error> {
        let stream = StreamName::new(Partner::KIND, self.sealed.decision().party.0);
        engine.catch_up(&stream, &self.partner).await?;
        Ok(self.is_about(engine, meta, here).and_then(|()| self.key().map(drop)).map_err(Refusal::from))
    }

    fn is_about(&self, engine: &Engine, meta: &CommandMeta, here: &StreamName) -> Result<(), Unsealed> {
        let Decision { origin, stream, request_id, expected_revision, party, .. } = self.sealed.decision();
        let log = engine.origin.as_ref().ok_or(Unsealed::NoOrigin)?;
        if origin != log {
            return Err(Unsealed::AnotherOrigin { signed: origin.clone(), here: log.clone() });
        }
        if stream != here {
            return Err(Unsealed::AnotherStream { signed: stream.clone(), here: here.clone() });
        }
        let sent = (meta.command_id, meta.expected_revision, meta.on_behalf_of, meta.effective);
        match sent == (*request_id, *expected_revision, Some(*party), Effective::Now) {
            true => Ok(()),
            false => Err(Unsealed::AnotherCommand),
        }
    }

    /// Refuses what does not count at `at`.
    pub(super) fn counts(&self, at: Timestamp) -> Result<(), Refusal> {
        let expires_at = self.sealed.decision().expires_at;
        if at > expires_at {
            return Err(Unsealed::Expired { expires_at, at }.into());
        }
        let key_id = self.key()?;
        let past = self.partner.past();
        Ok(partner::counts(past.state.keys(), &key_id, at).map_err(Unsealed::from)?)
    }

    /// Refuses what has the id of a command that decided something else and is on record from `first` on.
    pub(super) async fn is_the_one(
        &self,
        engine: &Engine,
        stream: &StreamName,
        first: u64,
    ) -> Result<Result<(), Refusal>, Error> {
        let record = engine.event_at(&Reference::new(stream.clone(), first)).await?;
        let meta = record.as_ref().map(codec::decode_meta).transpose();
        let there = meta.map_err(|err| Error::Corrupt(err.to_string()))?.and_then(|it| it.envelope);
        let same = there.is_some_and(|there| match Sealed::open(&there) {
            Ok(there) => there.decision() == self.sealed.decision(),
            Err(_) => there == codec::REDACTED,
        });
        Ok(if same { Ok(()) } else { Err(Unsealed::RequestIdTaken.into()) })
    }

    fn key(&self) -> Result<Digest, Unsealed> {
        Ok(partner::signed(self.partner.past().state.keys(), &self.sealed)?)
    }
}
