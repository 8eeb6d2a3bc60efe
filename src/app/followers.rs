//! A log whose followers can be told to end, so that open subscriptions do not keep a server from stopping.
use crate::log::{
    Appended, Error, Expected, Log, NewRecord, Payload, Place, Position, Promises, Record, Records, Salvage,
};
use async_trait::async_trait;
use futures::StreamExt;
use std::sync::Arc;
use tokio::sync::watch;

/// Whether followers go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// They do.
    NotYet,
    /// They end, and new ones end at once.
    Now,
}

/// The log, as those see it who may be told to end.
pub(super) struct Endable {
    log: Arc<dyn Log>,
    ending: watch::Receiver<Ending>,
}

impl Endable {
    pub(super) fn new(log: Arc<dyn Log>, ending: watch::Receiver<Ending>) -> Self {
        Self { log, ending }
    }
}

#[async_trait]
impl Log for Endable {
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
        self.log.read_all(after)
    }

    fn follow(&self, after: Option<Position>) -> Records {
        let mut ending = self.ending.clone();
        let ended = async move {
            // An error means that whoever could tell is gone, which is the end too.
            drop(ending.wait_for(|it| *it == Ending::Now).await);
        };
        self.log.follow(after).take_until(ended).boxed()
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

    fn damage(&self) -> Option<Arc<str>> {
        self.log.damage()
    }

    fn salvage(&self, until: u64) -> Result<Option<Salvage>, Error> {
        self.log.salvage(until)
    }

    async fn close(&self) -> Result<(), Error> {
        self.log.close().await
    }
}

/// Resolves once `stopped` holds, or nobody can say so any more.
pub(super) async fn told(mut stopped: watch::Receiver<bool>) {
    drop(stopped.wait_for(|it| *it).await);
}
