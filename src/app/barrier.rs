//! A log that takes nothing until what is in it was compared with what was signed, and nothing more when it differs.
use crate::audit::Verdict;
use crate::log::{
    Appended, Error, Expected, Log, NewRecord, Payload, Place, Position, Promises, Record, Records, Salvage,
};
use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt};
use std::sync::Arc;
use tokio::sync::watch;

/// The log, as those see it who write. Reading is never held back.
#[derive(Clone)]
pub(super) struct Barrier {
    log: Arc<dyn Log>,
    verdict: watch::Receiver<Verdict>,
}

impl Barrier {
    pub(super) fn new(log: Arc<dyn Log>, verdict: watch::Receiver<Verdict>) -> Self {
        Self { log, verdict }
    }

    /// Waits for the comparison to end, unless it has; why nothing may be written.
    async fn pass(&self) -> Result<(), Error> {
        let mut verdict = self.verdict.clone();
        let gone = |_| Error::Unavailable("the notary stopped before it had compared the record".into());
        let decided = verdict.wait_for(|it| *it != Verdict::Comparing).await.map_err(gone)?;
        match &*decided {
            Verdict::Differs(why) => Err(Error::Corrupt(why.to_string())),
            Verdict::Unknown(why) => Err(Error::Unavailable(format!(
                "the record could not be compared with what was signed: {why}"
            ))),
            Verdict::Comparing | Verdict::Sound => Ok(()),
        }
    }

    /// Whoever is to write reads first: where damage keeps them from that, nothing may be written either, and why is
    /// better said.
    async fn explained<T>(self, err: Error) -> Result<T, Error> {
        match err {
            Error::Corrupt(_) => Err(self.pass().await.err().unwrap_or(err)),
            other => Err(other),
        }
    }
}

#[async_trait]
impl Log for Barrier {
    async fn append(
        &self,
        stream: &str,
        expected: Expected,
        records: Vec<NewRecord>,
    ) -> Result<Appended, Error> {
        self.pass().await?;
        self.log.append(stream, expected, records).await
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        let barrier = self.clone();
        self.log.read_stream(stream, from).or_else(move |err| barrier.clone().explained(err)).boxed()
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        self.log.read_all(after)
    }

    fn follow(&self, after: Option<Position>) -> Records {
        self.log.follow(after)
    }

    async fn redact(&self, place: &Place, payload: Payload) -> Result<(), Error> {
        self.pass().await?;
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
