//! A log whose reading is seen: a bar moves with it.
use crate::log::{
    Appended, Error, Expected, Log, NewRecord, Payload, Place, Position, Promises, Record, Records,
};
use async_trait::async_trait;
use futures::StreamExt;
use indicatif::ProgressBar;
use std::sync::Arc;

/// The log, with a bar that shows how much of it was read.
pub(super) struct Counted {
    pub(super) log: Arc<dyn Log>,
    pub(super) bar: ProgressBar,
}

impl Counted {
    fn counting(&self, records: Records) -> Records {
        let bar = self.bar.clone();
        let count = move |chunk: &Result<Vec<Record>, Error>| {
            if let Some(last) = chunk.as_ref().ok().and_then(|it| it.last()) {
                bar.set_position(last.position.0);
            }
        };
        records.inspect(count).boxed()
    }
}

#[async_trait]
impl Log for Counted {
    async fn append(
        &self,
        stream: &str,
        expected: Expected,
        records: Vec<NewRecord>,
    ) -> Result<Appended, Error> {
        self.log.append(stream, expected, records).await
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.log.read_stream(stream, from)
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        self.counting(self.log.read_all(after))
    }

    fn follow(&self, after: Option<Position>) -> Records {
        self.counting(self.log.follow(after))
    }

    async fn redact(&self, place: &Place, payload: Payload) -> Result<(), Error> {
        self.log.redact(place, payload).await
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        self.log.head().await
    }

    async fn head_known(&self) -> Result<Option<Position>, Error> {
        self.log.head_known().await
    }

    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        self.log.event_at(position).await
    }

    fn promises(&self) -> Promises {
        self.log.promises()
    }
}
