//! What is committed to of an event.
use crate::log::Record;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Index.
    pub index: u64,
    /// Id.
    pub id: Uuid,
    /// Stream.
    pub stream: String,
    /// Revision.
    pub revision: u64,
    /// Type.
    pub kind: String,
    /// When.
    pub recorded_us: i64,
    /// Digest of data.
    pub data: [u8; 32],
    /// Digest of meta.
    pub meta: [u8; 32],
}

impl Leaf {
    /// Of a record.
    pub fn of(index: u64, record: &Record) -> Self {
        Self {
            index,
            id: record.id,
            stream: record.stream.to_string(),
            revision: record.revision,
            kind: record.kind.to_string(),
            recorded_us: record.recorded_at.as_microsecond(),
            data: Sha256::digest(&record.data).into(),
            meta: Sha256::digest(&record.meta).into(),
        }
    }

    /// Bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        out.extend(self.index.to_be_bytes());
        out.extend(self.id.as_bytes());
        out.extend((self.stream.len() as u16).to_be_bytes());
        out.extend(self.stream.as_bytes());
        out.extend(self.revision.to_be_bytes());
        out.extend((self.kind.len() as u16).to_be_bytes());
        out.extend(self.kind.as_bytes());
        out.extend(1u16.to_be_bytes());
        out.extend(self.recorded_us.to_be_bytes());
        out.extend(self.data);
        out.extend(self.meta);
        out
    }

    /// Reads.
    pub fn decode(bytes: &[u8]) -> Result<Self, String> {
        fn take<'a>(rest: &mut &'a [u8], n: usize) -> Result<&'a [u8], String> {
            let (one, other) = rest.split_at_checked(n).ok_or("cut short")?;
            *rest = other;
            Ok(one)
        }
        fn array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], String> {
            take(rest, N)?.try_into().map_err(|_| "cut short".to_owned())
        }
        fn text(rest: &mut &[u8]) -> Result<String, String> {
            let n = u16::from_be_bytes(array(rest)?);
            String::from_utf8(take(rest, n.into())?.to_vec()).map_err(|e| e.to_string())
        }
        let rest = &mut &*bytes;
        let index = u64::from_be_bytes(array(rest)?);
        let id = Uuid::from_bytes(array(rest)?);
        let stream = text(rest)?;
        let revision = u64::from_be_bytes(array(rest)?);
        let kind = text(rest)?;
        let _version: [u8; 2] = array(rest)?;
        let recorded_us = i64::from_be_bytes(array(rest)?);
        let (data, meta) = (array(rest)?, array(rest)?);
        if !rest.is_empty() {
            return Err("too long".into());
        }
        Ok(Self { index, id, stream, revision, kind, recorded_us, data, meta })
    }
}
