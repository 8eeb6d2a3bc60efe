//! Streams of ours that are no part of the record: named as the server names its own, so that whoever reads the record
//! passes over them, and only administrators may write there unless somebody else is let in.
use super::client::{Fault, Found, Outgoing, Scope};
use super::link::{Link, Linked};
use crate::log::{Board, Error, Expected};
use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;
use uuid::Uuid;

/// Where checkpoints are that were published.
pub(super) const CHECKPOINTS: &str = "$pactline-checkpoints";
/// What one is called there.
const PUBLISHED: &str = "CheckpointPublished";

/// One such stream.
#[derive(Clone)]
pub(super) struct Aside {
    link: Link,
    stream: &'static str,
}

impl Aside {
    pub(super) fn new(link: Link, stream: &'static str) -> Self {
        Self { link, stream }
    }

    /// Its last event.
    pub(super) async fn last(&self) -> Result<Option<Found>, Error> {
        let scope = Scope::Last(self.stream.into());
        let read = |linked: Linked| {
            let scope = scope.clone();
            async move { linked.client.read(scope, 1, usize::MAX).await }
        };
        Ok(self.until_answered(read).await?.and_then(|it| it.events.into_iter().next()))
    }

    /// Appends an event: with the same id to the same place until there is an answer, so that the server knows it then.
    /// Wherever the stream ends, where nothing is expected.
    pub(super) async fn append(&self, expected: Option<Expected>, event: Outgoing) -> Result<(), Error> {
        let append = |linked: Linked| {
            let (stream, event) = (self.stream, event.clone());
            async move {
                match linked.writing.append(stream, expected, event).await {
                    Err(Fault::Conflict) => Ok(false),
                    appended => appended.map(|()| true),
                }
            }
        };
        match (self.until_answered(append).await?, expected) {
            (Some(false), Some(expected)) => {
                let found = self.last().await?.map(|it| it.revision);
                Err(Error::Conflict { stream: self.stream.into(), expected, found })
            }
            (Some(_), _) => Ok(()),
            (None, _) => Err(Error::Unavailable(format!(
                "{} takes nothing: the server has no such stream",
                self.stream
            ))),
        }
    }

    /// What the server says; `None` where it knows of no such stream.
    async fn until_answered<T, F: Future<Output = Result<T, Fault>>>(
        &self,
        call: impl Fn(Linked) -> F,
    ) -> Result<Option<T>, Error> {
        let limits = self.link.limits();
        let give_up_at = Instant::now() + limits.patience();
        loop {
            let linked = self.link.client(give_up_at.saturating_duration_since(Instant::now())).await?;
            let number = linked.number;
            let fault = match call(linked).await {
                Ok(answer) => return Ok(Some(answer)),
                Err(Fault::Missing) => return Ok(None),
                Err(fault @ (Fault::Broken(_) | Fault::SessionOver | Fault::Conflict)) => fault,
                Err(fault @ (Fault::Denied | Fault::Deleted | Fault::Refused(_))) => {
                    return Err(self.told(fault));
                }
            };
            self.link.give_up(number);
            if give_up_at <= Instant::now() {
                return Err(self.link.told(fault));
            }
            tokio::time::sleep(limits.poll_ms.0).await;
        }
    }

    fn told(&self, fault: Fault) -> Error {
        let stream = self.stream;
        let refused = |why: &str| Fault::Refused(format!("{stream} {why}"));
        let fault = match fault {
            Fault::Denied => refused(
                "is denied: let the user that pactline is there read and write it (README, KurrentDB)",
            ),
            Fault::Deleted => refused("was deleted for good: export the log, and begin anew"),
            fault => fault,
        };
        self.link.told(fault)
    }
}

#[async_trait]
impl Board for Aside {
    async fn newest(&self) -> Result<Option<(u64, Bytes)>, Error> {
        Ok(self.last().await?.map(|it| (it.revision, it.data)))
    }

    async fn post(&self, after: Expected, note: Bytes) -> Result<(), Error> {
        // Servers that sign for the same events sign the same: what one has put there, another need not.
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &note);
        self.append(Some(after), Outgoing::new(id, PUBLISHED, &note, Bytes::new())).await
    }
}
