//! The checkpoints that were signed: whose they are, and whether they can all be true.
use super::fault::{Fault, Kind};
use crate::audit::checkpoint::SignedCheckpoint;
use crate::audit::hash::{Hash, TreeHead};
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
    /// Whether somebody kept it elsewhere.
    pub kept: bool,
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
    Ok(Signed { head, note: note.to_owned(), witnessed, kept: false })
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

/// Reads the record's own and those that were kept elsewhere, in the order of their sizes, and notes what is wrong with
/// them.
pub(crate) fn read_all(
    own: &[&str],
    kept: &[String],
    keys: &[VerifierKey],
    policy: Option<&Policy>,
    faults: &mut Vec<Fault>,
) -> Vec<Signed> {
    let mut signed = Vec::new();
    let own = (1..).zip(own).map(|(n, it)| (*it, false, format!("checkpoint {n}")));
    let kept = (1..).zip(kept).map(|(n, it)| (it.as_str(), true, format!("checkpoint {n} of those given")));
    for (note, kept, name) in own.chain(kept) {
        match read(note, Some(keys), policy) {
            Ok(it) => signed.push(Signed { kept, ..it }),
            Err(why) => faults.push(Fault::general(Kind::Signature, format!("{name}: {why}"))),
        }
    }
    signed.sort_by_key(|it| it.head.size);
    for pair in signed.windows(2) {
        if let [one, other] = pair
            && one.head.size == other.head.size
            && one.head != other.head
        {
            faults.push(two_histories(one.head, &format!("the checkpoint has {}", other.head.root)));
        }
    }
    signed
}

/// That a log signed for one history and for another, and what shows the other.
pub(super) fn two_histories(one: TreeHead, other: &str) -> Fault {
    let TreeHead { size, root } = one;
    let why = format!(
        "this log signed two histories: of {size} events a checkpoint has the root {root}, and {other}; keep both \
         checkpoints, they are the evidence"
    );
    Fault::general(Kind::Checkpoint, why)
}

/// The second histories, where the events are what the record's own checkpoints say and only those that were kept
/// elsewhere say otherwise. `unlike` are the places in `signed` at which the events give another root, and that root.
pub(super) fn forks(signed: &[Signed], unlike: &[(usize, Hash)]) -> Option<Vec<Fault>> {
    let at = |n: &usize| signed.get(*n);
    let own_from =
        |size: u64| signed.iter().find(|it| !it.kept && it.head.size >= size).map(|it| it.head.size);
    if unlike.is_empty() || unlike.iter().any(|(n, _)| at(n).is_none_or(|it| !it.kept)) {
        return None;
    }
    let mut faults = Vec::new();
    for (n, found) in unlike {
        let head = at(n)?.head;
        let own = own_from(head.size)?;
        // Where both are of one size, the two checkpoints alone have said it.
        if own != head.size {
            let other = format!("the events under its checkpoint of {own} have {found}");
            faults.push(two_histories(head, &other));
        }
    }
    Some(faults)
}
