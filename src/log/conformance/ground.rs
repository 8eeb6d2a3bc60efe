//! Where one rule works: streams and ids that nothing else has, and what is on record of them.
use super::KIND;
use crate::log::{Error, Expected, Log, NewRecord, Position, Record, Records};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use std::sync::Arc;
use uuid::Uuid;

/// What shows that a rule is broken.
pub(super) type Broken = String;

/// Fails the rule, saying how, unless what must hold does.
macro_rules! must {
    ($holds:expr, $($how:tt)+) => {
        if !$holds {
            return Err(format!($($how)+));
        }
    };
}
pub(super) use must;

impl From<Error> for Broken {
    fn from(err: Error) -> Self {
        err.to_string()
    }
}

/// A log, and a corner of it.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) log: Arc<dyn Log>,
    /// Where the log ended before.
    pub(super) start: Option<Position>,
    run: u64,
    rule: u64,
}

impl Ground {
    pub(super) async fn new(log: Arc<dyn Log>, run: u64, rule: u64) -> Result<Self, Broken> {
        let start = log.head().await?;
        Ok(Self { log, start, run, rule })
    }

    /// The full name of a stream.
    pub(super) fn stream(&self, name: &str) -> String {
        format!("{KIND}{:016x}.{}.{name}", self.run, self.rule)
    }

    /// The id of the `n`th event.
    pub(super) fn id(&self, n: u64) -> Uuid {
        Uuid::from_u64_pair(self.run, self.rule << 48 | n)
    }

    pub(super) fn event(&self, n: u64) -> NewRecord {
        NewRecord {
            id: self.id(n),
            kind: "PositionTaken".into(),
            data: Bytes::from(format!(r#"{{"n":{n}}}"#)),
            meta: Bytes::from_static(b"{}"),
            recorded_at: None,
        }
    }

    pub(super) fn events(&self, numbers: &[u64]) -> Vec<NewRecord> {
        numbers.iter().map(|it| self.event(*it)).collect()
    }

    pub(super) async fn append(&self, name: &str, expected: Expected, numbers: &[u64]) -> Result<(), Broken> {
        self.log.append(&self.stream(name), expected, self.events(numbers)).await?;
        Ok(())
    }

    pub(super) async fn is_unacceptable(
        &self,
        name: &str,
        expected: Expected,
        records: Vec<NewRecord>,
    ) -> Result<(), Broken> {
        match self.log.append(&self.stream(name), expected, records).await {
            Err(Error::Unacceptable(_)) => Ok(()),
            other => Err(format!("{name} {expected:?}: {other:?} instead of unacceptable")),
        }
    }

    /// The events of a stream from revision `from` on.
    pub(super) async fn read(&self, name: &str, from: u64) -> Result<Vec<Record>, Broken> {
        Ok(self.log.read_stream(&self.stream(name), from).try_concat().await?)
    }

    /// Everything of this ground that is on record after `after`.
    pub(super) async fn read_after(&self, after: Option<Position>) -> Result<Vec<Record>, Broken> {
        let all: Vec<Record> = self.log.read_all(after).try_concat().await?;
        Ok(self.own(all))
    }

    /// Everything of this ground that is on record.
    pub(super) async fn read_all(&self) -> Result<Vec<Record>, Broken> {
        self.read_after(self.start).await
    }

    /// The next events of this ground, of those that follow.
    pub(super) async fn next(&self, records: &mut Records) -> Result<Vec<Record>, Broken> {
        while let Some(chunk) = records.next().await.transpose()? {
            must!(!chunk.is_empty(), "an empty chunk");
            let own = self.own(chunk);
            if !own.is_empty() {
                return Ok(own);
            }
        }
        Err("following ended by itself".into())
    }

    /// Of `records`, those of this ground.
    pub(super) fn own(&self, records: Vec<Record>) -> Vec<Record> {
        let prefix = self.stream("");
        records.into_iter().filter(|it| it.stream.starts_with(&prefix)).collect()
    }
}

/// Which events of a ground these are.
pub(super) fn numbers(records: &[Record]) -> Vec<u64> {
    records.iter().map(|it| it.id.as_u64_pair().1 & ((1 << 48) - 1)).collect()
}

/// What one who appends event `n` of a stream believes.
pub(super) fn expected_at(n: u64) -> Expected {
    n.checked_sub(1).map_or(Expected::NoStream, Expected::Revision)
}
