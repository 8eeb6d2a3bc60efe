//! What the tree commits to of one event: a record of fixed order, with one encoding and nothing of a backend.
//!
//! All numbers are big-endian. A text is its length in bytes as u16 and then its UTF-8.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `pactleaf` in ASCII |
//! | 2 | version of this format: 1 |
//! | 8 | index: which event it is in the order of the whole log, from 0, without gaps |
//! | 16 | id of the event, a UUID in the order of RFC 9562 |
//! | 2 + n | stream |
//! | 8 | revision: which event it is in its stream, from 0 |
//! | 2 + n | type, such as `ProjectProposed` |
//! | 2 | version of the type's schema |
//! | 8 | when it was recorded, in microseconds since 1970-01-01T00:00:00Z, signed |
//! | 32 | SHA-256 of the data, byte by byte as it was recorded |
//! | 32 | SHA-256 of the metadata, byte by byte as it was recorded |
//!
//! Data or metadata of which a text was wiped since says what its hash was ([`payload_sha256`]), so that a redaction
//! leaves the leaf as it is.
//!
//! Nothing follows. The leaf's hash in the tree is SHA-256(0x00 || these bytes), as RFC 9162 has it.
//!
//! Positions of a backend are left out, so a log that moves to another backend keeps its root. Data and metadata are
//! in it as hashes only, so an event whose data was wiped for cause can keep its leaf: whoever wipes keeps the hash.
use super::hash::{Hash, hash_leaf};
use crate::log::{Record, payload_sha256};
use std::sync::Arc;
use uuid::Uuid;

const MAGIC: [u8; 8] = *b"pactleaf";
const VERSION: u16 = 1;
/// The most that a stream's or a type's name may measure, in bytes; so that every leaf fits an entry bundle.
pub const NAME_BYTES_MAX: usize = 16 * 1024;
/// The version of every type's schema that a record of today has: a shape that could not be read as before would
/// get a new type. A later record may say otherwise; this one is for those that say nothing.
pub const SCHEMA_VERSION: u16 = 1;

/// The commitment to one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Which event it is in the order of the whole log, from 0, without gaps.
    pub index: u64,
    /// The event's id.
    pub id: Uuid,
    /// The stream it is in.
    pub stream: Arc<str>,
    /// Which event of that stream, from 0.
    pub revision: u64,
    /// The stored type.
    pub kind: Arc<str>,
    /// The version of the type's schema.
    pub schema_version: u16,
    /// When it was recorded, in microseconds since the Unix epoch.
    pub recorded_at_us: i64,
    /// SHA-256 of the data as stored. Of a redacted event: of the data as it was.
    pub data_sha256: Hash,
    /// SHA-256 of the metadata as stored.
    pub meta_sha256: Hash,
}

/// Why bytes are not a leaf, or a leaf has no bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// They begin otherwise.
    #[error("not a leaf record: it does not begin with \"pactleaf\"")]
    NoMagic,
    /// Written by a later program.
    #[error("a leaf record of version {0}, and this program knows version 1: use a newer pactline")]
    Version(u16),
    /// They end too early.
    #[error("the leaf record is cut off at byte {at}, within the {field}")]
    Truncated {
        /// How many bytes there are.
        at: usize,
        /// What was being read.
        field: &'static str,
    },
    /// They go on after the end.
    #[error("{0} bytes follow the end of the leaf record")]
    Trailing(usize),
    /// A name that is not text.
    #[error("the {0} in the leaf record is not UTF-8")]
    NotText(&'static str),
    /// A name over the limit.
    #[error("the {field} has {found} bytes and a leaf has room for {NAME_BYTES_MAX}")]
    TooLong {
        /// Which name.
        field: &'static str,
        /// Its length in bytes.
        found: usize,
    },
}

impl Leaf {
    /// The leaf of `record`, the event with the ordinal `index`.
    pub fn of(index: u64, record: &Record) -> Self {
        Self {
            index,
            id: record.id,
            stream: record.stream.clone(),
            revision: record.revision,
            kind: record.kind.clone(),
            schema_version: SCHEMA_VERSION,
            recorded_at_us: record.recorded_at.as_microsecond(),
            data_sha256: Hash(payload_sha256(&record.data)),
            meta_sha256: Hash(payload_sha256(&record.meta)),
        }
    }

    /// The bytes described above. Fails only where a name is over [`NAME_BYTES_MAX`].
    pub fn encode(&self) -> Result<Vec<u8>, LeafError> {
        let mut to = Vec::with_capacity(118 + self.stream.len() + self.kind.len());
        to.extend_from_slice(&MAGIC);
        to.extend_from_slice(&VERSION.to_be_bytes());
        to.extend_from_slice(&self.index.to_be_bytes());
        to.extend_from_slice(self.id.as_bytes());
        put_text(&mut to, "stream", &self.stream)?;
        to.extend_from_slice(&self.revision.to_be_bytes());
        put_text(&mut to, "type", &self.kind)?;
        to.extend_from_slice(&self.schema_version.to_be_bytes());
        to.extend_from_slice(&self.recorded_at_us.to_be_bytes());
        to.extend_from_slice(&self.data_sha256.0);
        to.extend_from_slice(&self.meta_sha256.0);
        Ok(to)
    }

    /// The leaf in `bytes`, which must be exactly one.
    pub fn decode(bytes: &[u8]) -> Result<Self, LeafError> {
        let mut from = Bytes { all: bytes, at: 0 };
        if from.array::<8>("magic").map_err(|_| LeafError::NoMagic)? != MAGIC {
            return Err(LeafError::NoMagic);
        }
        match u16::from_be_bytes(from.array("version")?) {
            VERSION => (),
            other => return Err(LeafError::Version(other)),
        }
        let leaf = Self {
            index: u64::from_be_bytes(from.array("index")?),
            id: Uuid::from_bytes(from.array("event id")?),
            stream: from.text("stream")?,
            revision: u64::from_be_bytes(from.array("revision")?),
            kind: from.text("type")?,
            schema_version: u16::from_be_bytes(from.array("schema version")?),
            recorded_at_us: i64::from_be_bytes(from.array("recorded time")?),
            data_sha256: Hash(from.array("data hash")?),
            meta_sha256: Hash(from.array("metadata hash")?),
        };
        match bytes.len() - from.at {
            0 => Ok(leaf),
            more => Err(LeafError::Trailing(more)),
        }
    }

    /// What stands for it in the tree.
    pub fn hash(&self) -> Result<Hash, LeafError> {
        Ok(hash_leaf(&self.encode()?))
    }
}

fn put_text(to: &mut Vec<u8>, field: &'static str, text: &str) -> Result<(), LeafError> {
    let too_long = LeafError::TooLong { field, found: text.len() };
    let length = u16::try_from(text.len()).ok().filter(|it| usize::from(*it) <= NAME_BYTES_MAX);
    to.extend_from_slice(&length.ok_or(too_long)?.to_be_bytes());
    to.extend_from_slice(text.as_bytes());
    Ok(())
}

/// Bytes and how many of them were read.
struct Bytes<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], LeafError> {
        let truncated = LeafError::Truncated { at: self.all.len(), field };
        let taken = self.all.get(self.at..).and_then(|it| it.get(..count)).ok_or(truncated)?;
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], LeafError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, field)?);
        Ok(array)
    }

    fn text(&mut self, field: &'static str) -> Result<Arc<str>, LeafError> {
        let found = usize::from(u16::from_be_bytes(self.array(field)?));
        if found > NAME_BYTES_MAX {
            return Err(LeafError::TooLong { field, found });
        }
        let text = std::str::from_utf8(self.take(found, field)?).map_err(|_| LeafError::NotText(field))?;
        Ok(text.into())
    }
}
