//! Every checkpoint that was ever signed, in the order in which they were: kept for ever, and compared.
//!
//! One file of text: each checkpoint as it is published, then an empty line. A checkpoint is in it, durably, before
//! anybody sees it. One that witnesses cosigned later is there a second time, with their signatures.
use super::disk::Disk;
use std::io;

/// The file.
pub(crate) const CHECKPOINTS: &str = "checkpoints";

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

/// The file, opened to add to it. Cuts off what was not written to its end: nobody has seen it.
pub(super) fn open(disk: &mut dyn Disk) -> io::Result<Vec<String>> {
    let bytes = disk.read(CHECKPOINTS)?.unwrap_or_default();
    let (notes, whole) = records(&bytes);
    if whole < bytes.len() {
        let cut = bytes.len() - whole;
        tracing::warn!(
            bytes = cut,
            "the last checkpoint was not written to its end, and nobody saw it: it is dropped"
        );
        disk.cut(CHECKPOINTS, whole as u64)?;
    }
    Ok(notes.into_iter().map(str::to_owned).collect())
}

/// Adds a checkpoint, durably.
pub(super) fn add(disk: &mut dyn Disk, note: &str) -> io::Result<()> {
    disk.append_durably(CHECKPOINTS, format!("{note}\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
