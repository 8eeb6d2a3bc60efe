//! One witness is asked to sign too: what it is sent, and what its answers mean.
use super::{Sealed, prove};
use crate::audit::checkpoint::SignedCheckpoint;
use crate::audit::cosignature::cosigned_at;
use crate::audit::http::{Reply, post};
use crate::audit::note::NoteSignature;
use crate::audit::policy::Witness;
use bytes::Bytes;
use std::path::Path;
use std::time::Duration;

/// How long one witness may take.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// How often a witness is asked at once with what it says it knows.
const ATTEMPTS_MAX: u32 = 3;

/// Why a witness does not sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unsigned {
    /// It has signed for more events than it was asked for, under the record's name.
    Ahead(u64),
    /// It has signed for so many events, and they are others.
    Other(u64),
    /// It cannot be had, or says nothing that it may say.
    Unheard(String),
}

/// Asks one witness that last signed for `known` events: its name, and its signature.
pub(super) async fn ask(
    witness: &Witness,
    dir: &Path,
    sealed: &Sealed,
    known: Option<u64>,
) -> (String, Result<NoteSignature, Unsigned>) {
    (witness.name.clone(), answer(witness, dir, sealed, known).await)
}

async fn answer(
    witness: &Witness,
    dir: &Path,
    sealed: &Sealed,
    known: Option<u64>,
) -> Result<NoteSignature, Unsigned> {
    let unheard = |why: &str| Unsigned::Unheard(why.into());
    let url = witness.url.as_ref().ok_or_else(|| unheard("the policy says no address for it"))?;
    let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
    let mut old = known.unwrap_or(0);
    for _ in 0..ATTEMPTS_MAX {
        let body = request(dir, sealed, old).map_err(Unsigned::Unheard)?;
        let Reply { status, body } = post(&url, body, ANSWER_MAX).await.map_err(Unsigned::Unheard)?;
        match (status, size(&body)) {
            (200, _) => return signature(witness, sealed, &body).map_err(Unsigned::Unheard),
            (409, Some(its)) if its > sealed.head.size => return Err(Unsigned::Ahead(its)),
            (409, Some(its)) if its != old => old = its,
            (409, Some(its)) if its == sealed.head.size => return Err(Unsigned::Other(its)),
            (422, _) => return Err(Unsigned::Other(old)),
            (status, _) => {
                let said: String = String::from_utf8_lossy(&body).trim().chars().take(200).collect();
                return Err(Unsigned::Unheard(format!("it answers {status}: {said}")));
            }
        }
    }
    Err(unheard("it keeps changing its mind about what it knows"))
}

/// The witness's signature among those that it sent.
fn signature(witness: &Witness, sealed: &Sealed, body: &[u8]) -> Result<NoteSignature, String> {
    let (text, _) = sealed.note.split_once("\n\n").ok_or("the checkpoint cannot be read")?;
    let answered = [text.as_bytes(), b"\n\n", body].concat();
    let answered = SignedCheckpoint::parse(&answered).map_err(|err| format!("its answer: {err}"))?;
    cosigned_at(&answered, &witness.key).map_err(|err| format!("its signature: {err}"))?;
    let its = |it: &&NoteSignature| it.name == witness.key.name() && it.key_id == witness.key.id();
    let found = answered.note().signatures.iter().find(its).cloned();
    found.ok_or_else(|| "its signature is not there".into())
}

fn size(body: &[u8]) -> Option<u64> {
    std::str::from_utf8(body).ok()?.trim_end().parse().ok()
}

/// What a witness is sent that knows the record up to `old`.
fn request(dir: &Path, sealed: &Sealed, old: u64) -> Result<Bytes, String> {
    let hashes = match old {
        0 => Vec::new(),
        old => prove::since(dir, sealed, old).map_err(|err| err.to_string())?.0,
    };
    let mut text = format!("old {old}\n");
    for hash in hashes {
        text.push_str(&format!("{hash}\n"));
    }
    text.push('\n');
    text.push_str(&sealed.note);
    Ok(text.into())
}
