//! The checkpoints that were signed: whose they are, and whether they can all be true.
use super::fault::{Fault, Kind};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::merkle::Hash;
use crate::audit::note::{Note, Verifier};
use crate::audit::policy::Policy;

/// A checkpoint that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// How many events it holds.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
    /// The checkpoint with its signatures.
    pub note: String,
    /// Whether enough witnesses signed it too.
    pub witnessed: bool,
}

/// Reads one that one of `keys` must have signed, where they are given.
pub(crate) fn read(note: &str, keys: Option<&[Verifier]>, policy: Option<&Policy>) -> Result<Signed, String> {
    let parsed = Note::parse(note).map_err(|err| err.to_string())?;
    let checkpoint = Checkpoint::parse(parsed.body()).map_err(|err| err.to_string())?;
    if let Some(keys) = keys {
        parsed
            .signed_by(keys)
            .map_err(|err| format!("the checkpoint of {} events: {err}", checkpoint.size))?;
    }
    let witnessed = policy.is_some_and(|it| it.has_quorum() && it.is_met_by(&parsed));
    Ok(Signed { size: checkpoint.size, root: checkpoint.root, note: note.to_owned(), witnessed })
}

/// Reads all, in the order of their sizes, and notes what is wrong with them.
pub(crate) fn read_all<'a>(
    notes: impl IntoIterator<Item = &'a str>,
    keys: &[Verifier],
    policy: Option<&Policy>,
    faults: &mut Vec<Fault>,
) -> Vec<Signed> {
    let mut signed = Vec::new();
    for (n, note) in notes.into_iter().enumerate() {
        match read(note, Some(keys), policy) {
            Ok(it) => signed.push(it),
            Err(why) => {
                faults.push(Fault::general(Kind::Signature, format!("signed checkpoint {}: {why}", n + 1)))
            }
        }
    }
    signed.sort_by_key(|it| it.size);
    for pair in signed.windows(2) {
        if let [one, other] = pair
            && one.size == other.size
            && one.root != other.root
        {
            let why = format!("two checkpoints of {} events were signed that cannot both be true", one.size);
            faults.push(Fault::general(Kind::Checkpoint, why));
        }
    }
    signed
}
