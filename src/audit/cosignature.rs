//! What a witness says of a checkpoint, and when: c2sp.org/tlog-cosignature, version 1.
use super::checkpoint::{Checkpoint, SignedCheckpoint};
use super::key::{KeyKind, SigningKey, VerifierKey};
use super::note::{NoteError, NoteSignature, role};

/// The latest time that the format can say, in seconds since the Unix epoch.
const TIME_MAX_S: u64 = i64::MAX as u64;

/// The cosignature of a witness: as of `at_s`, in seconds since the Unix epoch, this is the largest tree of this log
/// that it has seen, and all that it saw before are its beginning. Whether that is so is for the caller to make sure.
pub fn cosign(checkpoint: &Checkpoint, key: &SigningKey, at_s: u64) -> Result<NoteSignature, NoteError> {
    let verifier = key.verifier();
    if verifier.kind() != KeyKind::Witness {
        return Err(role(verifier, KeyKind::Witness));
    }
    let at_s = at_s.min(TIME_MAX_S);
    let signature = key.sign(&message(&checkpoint.to_string(), at_s));
    let bytes = at_s.to_be_bytes().into_iter().chain(signature).collect();
    Ok(NoteSignature::of(verifier, bytes))
}

/// When the witness whose key is `key` cosigned `checkpoint`, in seconds since the Unix epoch.
pub fn cosigned_at(checkpoint: &SignedCheckpoint, key: &VerifierKey) -> Result<u64, NoteError> {
    if key.kind() != KeyKind::Witness {
        return Err(role(key, KeyKind::Witness));
    }
    let note = checkpoint.note();
    note.by(key, |it| {
        let (time, signature) = it.bytes.split_first_chunk()?;
        let at_s = u64::from_be_bytes(*time);
        let made = key.made(&message(&note.text, at_s), signature.try_into().ok()?);
        (made && at_s <= TIME_MAX_S).then_some(at_s)
    })
}

fn message(text: &str, at_s: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {at_s}\n{text}").into_bytes()
}
