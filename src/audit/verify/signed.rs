//! The checkpoints that were signed: whose they are, and whether they can all be true.
use super::fault::{Fault, Kind};
use crate::audit::checkpoint::SignedCheckpoint;
use crate::audit::hash::TreeHead;
use crate::audit::key::VerifierKey;
use crate::audit::policy::Policy;

/// A checkpoint that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// How many events it holds, and the root of their tree.
    pub head: TreeHead,
    /// The checkpoint with its signatures.
    pub note: String,
    /// Whether enough witnesses signed it too.
    pub witnessed: bool,
}

/// Reads one that one of `keys` must have signed, where they are given.
pub(crate) fn read(
    note: &str,
    keys: Option<&[VerifierKey]>,
    policy: Option<&Policy>,
) -> Result<Signed, String> {
    let signed = SignedCheckpoint::parse(note.as_bytes()).map_err(|err| err.to_string())?;
    let head = signed.unverified().head;
    if let Some(keys) = keys {
        by_one_of(&signed, keys).map_err(|why| format!("of {} events: {why}", head.size))?;
    }
    let witnessed = policy.is_some_and(|it| it.asks_witnesses() && it.check(&signed).is_ok());
    Ok(Signed { head, note: note.to_owned(), witnessed })
}

fn by_one_of(signed: &SignedCheckpoint, keys: &[VerifierKey]) -> Result<(), String> {
    let origin = &signed.unverified().origin;
    let mut why =
        format!("it is signed as {origin}, and none of the keys that are trusted here is that one's");
    for key in keys.iter().filter(|it| it.name() == origin) {
        match signed.verify(key) {
            Ok(_) => return Ok(()),
            Err(err) => why = err.to_string(),
        }
    }
    Err(why)
}

/// Reads all, in the order of their sizes, and notes what is wrong with them.
pub(crate) fn read_all<'a>(
    notes: impl IntoIterator<Item = &'a str>,
    keys: &[VerifierKey],
    policy: Option<&Policy>,
    faults: &mut Vec<Fault>,
) -> Vec<Signed> {
    let mut signed = Vec::new();
    for (n, note) in (1..).zip(notes) {
        match read(note, Some(keys), policy) {
            Ok(it) => signed.push(it),
            Err(why) => faults.push(Fault::general(Kind::Signature, format!("checkpoint {n}: {why}"))),
        }
    }
    signed.sort_by_key(|it| it.head.size);
    for pair in signed.windows(2) {
        if let [one, other] = pair
            && one.head.size == other.head.size
            && one.head != other.head
        {
            let size = one.head.size;
            let why = format!("two checkpoints of {size} events were signed that cannot both be true");
            faults.push(Fault::general(Kind::Checkpoint, why));
        }
    }
    signed
}
