//! The checkpoints that were signed, in the order in which they were: the log is compared with them at every start.
//!
//! One file of text: each checkpoint as it is published, then an empty line. A checkpoint is in it, durably, before
//! anybody sees it. One that witnesses cosigned later is there a second time, with their signatures.
//!
//! Where every event is waited for there is a checkpoint for each. Of those that the log alone signed, only the last of
//! every [`SHARED`] events is kept for ever; once many others have gathered ([`THIN_AFTER`]) they are dropped, all at
//! once, and only by a notary that found the record to be what they say. Never dropped are the newest, the one that is
//! published, and any that somebody else signed too. Nothing is found out less for it:
//!
//! - The tree of a later checkpoint holds every event of an earlier one's, and this notary grew the one out of the other.
//!   A record that is not what a dropped checkpoint says is not what the next one says that is kept, and the leaves name
//!   the same events.
//! - What an old copy of the log is compared with is the newest: it is shorter than that.
//! - Whoever holds a dropped one loses nothing: the record is compared with it (`audit verify --checkpoint`), and it is
//!   shown to be consistent with any other, out of the tree, in which this list has no part.
//!
//! What cannot be told any more is that this log signed for just so many events, and for those the word of whoever
//! holds the checkpoint is its signature.
use super::disk::Disk;
use super::keeper::CHECKPOINT;
use super::run::{Halt, REMEDY};
use std::io;

/// The file.
pub(crate) const CHECKPOINTS: &str = "checkpoints";
/// What a line with a signature begins with.
const SIGNATURE: &str = "\u{2014} ";
/// How many letters a root has in base64.
const ROOT_CHARS: usize = 44;
/// How many events share one checkpoint that is kept for ever: those of one tile.
const SHARED: u64 = 256;
/// How many checkpoints gather before those are dropped that need not be kept: to check twice as many takes less than
/// 0.2 s, and the file is written anew no more than once for so many.
pub const THIN_AFTER: usize = 2048;

/// What the file holds: whole checkpoints, and how many bytes they take; what is beyond was not written to its end.
pub(crate) fn records(bytes: &[u8]) -> (Vec<&str>, usize) {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(err) => {
            bytes.get(..err.valid_up_to()).and_then(|it| std::str::from_utf8(it).ok()).unwrap_or_default()
        }
    };
    let (mut notes, mut at) = (Vec::new(), 0);
    while let Some(rest) = text.get(at..) {
        let signatures = rest.find("\n\n").map(|it| it + 2);
        let end = signatures.and_then(|from| rest.get(from..)?.find("\n\n").map(|it| from + it + 1));
        let Some(end) = end else { break };
        notes.extend(rest.get(..end));
        at += end + 1;
    }
    (notes, at)
}

/// Every checkpoint in the file, and where it is to be cut, because a crash kept the last one from being written to its
/// end: nobody has seen that. Anything else that is no checkpoint was written by somebody else, or is damage, and stays
/// as it is: this record is judged by it.
pub(super) fn read(disk: &dyn Disk) -> Result<(Vec<String>, Option<u64>), Halt> {
    let bytes = disk.read(CHECKPOINTS)?.unwrap_or_default();
    let (notes, whole) = records(&bytes);
    let rest = bytes.get(whole..).unwrap_or_default();
    if !is_begun(rest) {
        return Err(changed(format!(
            "from byte {whole} on, {CHECKPOINTS} holds something else than checkpoints"
        )));
    }
    Ok((notes.into_iter().map(str::to_owned).collect(), (!rest.is_empty()).then_some(whole as u64)))
}

/// Cuts off what was not written to its end.
pub(super) fn cut(disk: &mut dyn Disk, at: u64) -> io::Result<()> {
    tracing::warn!(at, "the last checkpoint was not written to its end, and nobody saw it: it is dropped");
    disk.cut(CHECKPOINTS, at)
}

/// That what was signed is not what it was.
pub(super) fn changed(why: String) -> Halt {
    Halt::Differs(format!("what was signed was changed: {why}. {REMEDY}"))
}

/// Whether `bytes` are how a checkpoint begins, without its end; a file system may have filled up with zeros.
pub(crate) fn is_begun(bytes: &[u8]) -> bool {
    let zeros = bytes.iter().rev().take_while(|it| **it == 0).count();
    let written = bytes.get(..bytes.len() - zeros).unwrap_or_default();
    let text = match std::str::from_utf8(written) {
        Ok(text) => text,
        // A letter may have been cut in two.
        Err(err) if err.error_len().is_none() => {
            match std::str::from_utf8(written.get(..err.valid_up_to()).unwrap_or_default()) {
                Ok(text) => text,
                Err(_) => return false,
            }
        }
        Err(_) => return false,
    };
    let mut lines = text.split('\n');
    // What is after the last end of a line is a part of one, or nothing.
    let last = lines.next_back().unwrap_or_default();
    let lines: Vec<&str> = lines.collect();
    lines.iter().enumerate().all(|(n, line)| is_line(n, line)) && begins_line(lines.len(), last)
}

/// Whether this can be line `n` of a checkpoint: the origin, the size, the root, nothing, and then signatures.
fn is_line(n: usize, line: &str) -> bool {
    match n {
        0 => !line.is_empty(),
        1 => !line.is_empty() && begins_line(n, line),
        2 => line.len() == ROOT_CHARS && begins_line(n, line),
        3 => line.is_empty(),
        // The name may be damaged, and where the line ends may not: base64 comes in fours.
        _ => line.starts_with(SIGNATURE) && line.rsplit(' ').next().is_some_and(|it| it.len() % 4 == 0),
    }
}

/// Whether line `n` of a checkpoint can begin like this.
fn begins_line(n: usize, part: &str) -> bool {
    match n {
        0 => true,
        1 => part.bytes().all(|it| it.is_ascii_digit()),
        2 => {
            part.len() <= ROOT_CHARS
                && part.bytes().all(|it| it.is_ascii_alphanumeric() || b"+/=".contains(&it))
        }
        3 => part.is_empty(),
        _ => part.starts_with(SIGNATURE) || SIGNATURE.starts_with(part),
    }
}

/// Adds a checkpoint, durably.
pub(super) fn add(disk: &mut dyn Disk, note: &str) -> io::Result<()> {
    disk.append_durably(CHECKPOINTS, format!("{note}\n").as_bytes())
}

/// Drops the checkpoints that need not be kept, where there are more than `most` of them.
pub(super) fn thin(disk: &mut dyn Disk, most: usize) -> io::Result<()> {
    let (bytes, published) = (disk.read(CHECKPOINTS)?.unwrap_or_default(), disk.read(CHECKPOINT)?);
    let (notes, whole) = records(&bytes);
    let lasting = lasting(&notes, published.as_deref());
    if whole < bytes.len() || notes.len() - lasting.len() <= most {
        return Ok(());
    }
    let text: String = lasting.into_iter().flat_map(|it| [it, "\n"]).collect();
    disk.replace(CHECKPOINTS, text.as_bytes())
}

/// Those of `notes` that are kept for ever, and those that are not yet dropped because nothing stands for them.
fn lasting<'a>(notes: &[&'a str], published: Option<&[u8]>) -> Vec<&'a str> {
    let (mut kept, mut later) = (Vec::new(), None);
    for note in notes.iter().rev() {
        // Witnesses' signatures are after the log's own; that of a size which cannot be read stays for the comparison.
        let alone = note.matches(SIGNATURE).count() <= 1;
        let block = note.lines().nth(1).and_then(|it| it.parse().ok()).map(|it: u64| it.div_ceil(SHARED));
        let stood_for = alone && block.is_some() && block == later;
        if !stood_for || published == Some(note.as_bytes()) {
            kept.push(*note);
        }
        later = if alone { block } else { later };
    }
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_every_256_events_the_last_checkpoint_is_kept_and_any_that_another_vouches_for() {
        let note = |size: u64| format!("here\n{size}\nroot\n\n\u{2014} here sig\n");
        let cosigned = |size: u64| format!("{}\u{2014} there sig\n", note(size));
        let sizes: [&[u64]; 4] = [&[0, 1, 2, 255], &[256, 257, 300], &[400, 512, 513], &[514, 600]];
        let mut notes: Vec<String> = sizes.concat().into_iter().map(note).collect();
        // Signed by a witness when more was signed for already.
        notes.insert(7, cosigned(257));
        let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
        let published = note(400);
        let kept = lasting(&notes, Some(published.as_bytes()));
        let wanted = [note(0), note(256), cosigned(257), published.clone(), note(512), note(600)];
        assert_eq!(kept, wanted);
        assert_eq!(lasting(&kept, Some(published.as_bytes())), wanted, "again it changes nothing");
        assert_eq!(lasting(&[], None), Vec::<&str>::new());
    }

    #[test]
    fn what_was_not_written_to_its_end_is_no_checkpoint() {
        let one = "here\n1\nroot\n\n— here sig\n\n";
        let two = format!("{one}here\n2\nroot\n\n— here sig\n— there sig\n\n");
        assert_eq!(
            records(two.as_bytes()).0,
            ["here\n1\nroot\n\n— here sig\n", "here\n2\nroot\n\n— here sig\n— there sig\n"]
        );
        for end in one.len()..two.len() {
            let (notes, whole) = records(&two.as_bytes()[..end]);
            assert_eq!((notes.len(), whole), (1, one.len()), "{end}");
        }
        assert_eq!(records(b""), (Vec::new(), 0));
        assert_eq!(records(&[0; 40]), (Vec::new(), 0));
    }

    #[test]
    fn only_what_a_crash_can_leave_is_cut_off() {
        let root = "sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=";
        let note = format!("here\n41\n{root}\n\n\u{2014} here AAAA\n\u{2014} there BBBB\n\n");
        for end in 0..note.len() {
            let part = &note.as_bytes()[..end];
            assert!(is_begun(part), "{end}");
            assert!(is_begun(&[part, &[0; 9]].concat()), "{end}, and zeros");
        }
        // A whole one that is damaged is never taken for one that was not written to its end.
        for at in 0..note.len() {
            for bit in 0..8 {
                let mut bytes = note.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let (notes, whole) = records(&bytes);
                assert!(notes.len() == 1 || !is_begun(&bytes[whole..]), "{at}, {bit}");
            }
        }
    }
}
