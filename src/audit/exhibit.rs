//! An event as a proof carries it: its leaf record, and what the leaf commits to.
//!
//! It is what our proofs have in the line `extra`. All numbers are big-endian.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `pactshow` in ASCII |
//! | 2 | version of this format: 1 |
//! | 4 + n | leaf record: its length, and its bytes |
//! | 1 | 1 where the data follows, 2 where what is left of it after a redaction does, 0 where it is withheld |
//! | 4 + n | data as stored, where it follows |
//! | 1 | the same of the metadata |
//! | 4 + n | metadata as stored, where it follows |
//!
//! What is whole needs no belief: the leaf hash is what the proof is about, and the leaf has the hashes of the rest.
//! What is left after a redaction ends with the hash of what stood there, and anybody could write that: it is to be
//! believed where an event that is proven too approves what is left.
use super::hash::Hash;
use super::leaf::{Leaf, LeafError};
use crate::log::wiped;
use bytes::Bytes;

const MAGIC: &[u8] = b"pactshow\0\x01";

/// An event and its leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exhibit {
    /// The leaf record, byte by byte.
    pub leaf: Vec<u8>,
    /// The data.
    pub data: Shown,
    /// The metadata.
    pub meta: Shown,
}

/// Data or metadata, as far as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Not at all.
    Withheld,
    /// As it was recorded.
    Whole(Bytes),
    /// What is left of it, with the mark of a redaction.
    Left(Bytes),
}

impl Shown {
    /// What is stored.
    pub fn stored(stored: &Bytes) -> Self {
        match wiped(stored) {
            None => Self::Whole(stored.clone()),
            Some(_) => Self::Left(stored.clone()),
        }
    }

    /// The bytes, whole or not.
    pub fn bytes(&self) -> Option<&Bytes> {
        match self {
            Self::Withheld => None,
            Self::Whole(it) | Self::Left(it) => Some(it),
        }
    }

    /// The hash of what was recorded, as far as these bytes say.
    fn sha256(&self) -> Option<Hash> {
        match self {
            Self::Withheld => None,
            Self::Whole(it) => Some(Hash::of(it)),
            Self::Left(it) => wiped(it).map(Hash),
        }
    }
}

/// Why an exhibit shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExhibitError {
    /// Not of this form.
    #[error("the proof carries no event of pactline's")]
    Form,
    /// The leaf in it is none.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// Other data than the leaf says.
    #[error("the {part} of event {index} is not what the leaf commits to: it was altered")]
    Altered {
        /// Data or metadata.
        part: &'static str,
        /// Which event.
        index: u64,
    },
}

impl Exhibit {
    /// The bytes described above.
    pub fn encode(&self) -> Vec<u8> {
        let mut to = MAGIC.to_vec();
        put(&mut to, &self.leaf);
        for part in [&self.data, &self.meta] {
            to.push(match part {
                Shown::Withheld => 0,
                Shown::Whole(_) => 1,
                Shown::Left(_) => 2,
            });
            part.bytes().iter().for_each(|it| put(&mut to, it));
        }
        to
    }

    /// The exhibit in `bytes`, which must be exactly one. Nothing is compared yet.
    pub fn decode(bytes: &[u8]) -> Result<Self, ExhibitError> {
        let read = || {
            let mut left = bytes.strip_prefix(MAGIC)?;
            let leaf = take(&mut left)?.to_vec();
            let (data, meta) = (take_shown(&mut left)?, take_shown(&mut left)?);
            left.is_empty().then_some(Self { leaf, data, meta })
        };
        read().ok_or(ExhibitError::Form)
    }

    /// The leaf, where data and metadata, as far as they are there, are what it commits to.
    pub fn check(&self) -> Result<Leaf, ExhibitError> {
        let leaf = Leaf::decode(&self.leaf)?;
        let parts = [("data", &self.data, leaf.data_sha256), ("metadata", &self.meta, leaf.meta_sha256)];
        let other = |(_, shown, hash): &(_, &Shown, Hash)| shown.sha256().is_some_and(|it| it != *hash);
        match parts.into_iter().find(other) {
            Some((part, ..)) => Err(ExhibitError::Altered { part, index: leaf.index }),
            None => Ok(leaf),
        }
    }
}

fn put(to: &mut Vec<u8>, bytes: &[u8]) {
    // What is in a log is far below 4 GiB; something larger would not read back, which is what it deserves.
    to.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    to.extend_from_slice(bytes);
}

fn take<'a>(left: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = left.split_first_chunk()?;
    let (taken, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *left = rest;
    Some(taken)
}

/// `None` where it cannot be read. What is left has the mark of a redaction.
fn take_shown(left: &mut &[u8]) -> Option<Shown> {
    let (how, rest) = left.split_first()?;
    *left = rest;
    match how {
        0 => Some(Shown::Withheld),
        1 => take(left).map(|it| Shown::Whole(Bytes::copy_from_slice(it))),
        2 => take(left).filter(|it| wiped(it).is_some()).map(|it| Shown::Left(Bytes::copy_from_slice(it))),
        _ => None,
    }
}
