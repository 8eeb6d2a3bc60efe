//! Where several servers share a log: which checkpoint counts.
//!
//! Those that a server signs are put in one line beside the log, each after the one that its signer knows to be the
//! newest, or not at all; only then is one published. So nobody need be elected: of two that sign at a time one is
//! refused, compares what the other put there with its own tree, and publishes that. One that slept does the same when
//! it wakes up, and one that reads another history publishes nothing. Who signed last goes on and the rest wait a little
//! longer, so that they find it done.
use super::disk::Disk;
use super::keeper::Keeper;
use super::run::{AGAIN_AFTER, Halt, Task};
use super::{Sealed, Settings, Verdict, prove};
use crate::audit::hash::TreeHead;
use crate::audit::verify::{Signed, read_signed};
use crate::log::{Board, Error, Expected, Log};
use futures::StreamExt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// What to do about two histories.
const REMEDY: &str = "Nothing is written here until both are one: see that --log names the same database at each of them; \
                      pactline audit verify says whether the log still is what was signed here";

/// What this server knows of the line.
pub(super) struct Fence {
    board: Arc<dyn Board>,
    /// The newest that it knows, after which its own is put.
    newest: Expected,
    /// Of how many events that is.
    pub(super) size: Option<u64>,
    /// Whether it is this server's own.
    own: bool,
}

impl Fence {
    /// Of those who share `log` and sign; `None` where that is nobody.
    pub(super) fn of(log: &dyn Log, settings: &Settings) -> Option<Self> {
        let board = settings.signer.as_ref().and_then(|_| log.board())?;
        Some(Self { board, newest: Expected::NoStream, size: None, own: false })
    }

    /// How long to wait with a signature that nobody waits for, where one who is alone waits `every`.
    pub(super) fn patience(&self, every: Duration) -> Duration {
        if self.own { every } else { 2 * every }
    }

    /// The newest in the line, where that is not the one that is known.
    async fn look(&self, settings: &Settings) -> Result<Option<(Expected, Signed)>, Halt> {
        let Some((number, note)) = self.board.newest().await.map_err(fenced)? else { return Ok(None) };
        let at = Expected::Revision(number);
        if at == self.newest {
            return Ok(None);
        }
        let read = std::str::from_utf8(&note).map_err(|err| err.to_string());
        let signed = read.and_then(|it| read_signed(it, Some(&settings.keys), None)).map_err(|why| {
            Halt::Fenced(format!(
                "checkpoint {number} of those that the servers of this log published is not signed by a key that is \
                 known here: {why}. Give each of them the same --notary-key, and one that signed before to the file keys \
                 beside the checkpoints"
            ))
        })?;
        Ok(Some((at, signed)))
    }

    fn knows(&mut self, newest: Expected, head: TreeHead, own: bool) {
        (self.newest, self.size, self.own) = (newest, Some(head.size), own);
    }
}

impl<D: Disk + Clone> Task<D> {
    /// Before anything is written: reads as far as others signed, and compares. The newest state, of those that were
    /// signed here and there.
    pub(super) async fn meet(
        &mut self,
        keeper: &mut Keeper<D>,
        sealed: Option<Arc<Sealed>>,
    ) -> Result<Option<Arc<Sealed>>, Halt> {
        let mut stop = self.stop.clone();
        loop {
            let met = tokio::select! {
                biased;
                _ = stop.wait_for(|it| *it) => return Err(Halt::Stopped),
                met = self.learn(keeper) => met,
            };
            match met {
                Ok(found) => {
                    let newer =
                        found.filter(|it| sealed.as_ref().is_none_or(|own| own.head.size < it.head.size));
                    return newer.map_or(Ok(sealed), |it| self.keep(&it).map(|()| Some(it)));
                }
                Err(Halt::Unread(err)) => {
                    tracing::warn!(%err, "what other servers signed cannot be read; asking again");
                    self.pause(AGAIN_AFTER).await?;
                }
                Err(halt) => return Err(halt),
            }
        }
    }

    /// Publishes the tree as it is, or what another server published, where that is all that is waited for.
    pub(super) async fn publish(&mut self, keeper: &mut Keeper<D>) -> Result<(), Halt> {
        let is_own = self.fence.as_ref().is_some_and(|it| it.own);
        if !is_own && self.follow_others(keeper).await? && !self.is_waited_for() {
            return Ok(());
        }
        while let (Some(sealed), Some(fence)) = (self.sign(keeper)?, &mut self.fence) {
            match fence.board.post(fence.newest, sealed.note.clone().into()).await {
                Ok(()) => {
                    fence.knows(Expected::Revision(fence.newest.next_revision()), sealed.head, true);
                    return self.show(Arc::new(sealed));
                }
                Err(err @ Error::Conflict { .. }) => {
                    if !self.follow_others(keeper).await? {
                        return Err(err.into());
                    }
                    if !self.is_waited_for() {
                        return Ok(());
                    }
                }
                Err(err) => return Err(fenced(err)),
            }
        }
        Ok(())
    }

    /// Publishes here what another server published since this one looked; whether there was anything.
    async fn follow_others(&mut self, keeper: &mut Keeper<D>) -> Result<bool, Halt> {
        match self.learn(keeper).await? {
            Some(found) => self.show(found).map(|()| true),
            None => Ok(false),
        }
    }

    /// What another server published since this one looked, as a state of the tree here.
    async fn learn(&mut self, keeper: &mut Keeper<D>) -> Result<Option<Arc<Sealed>>, Halt> {
        let Some(fence) = &self.fence else { return Ok(None) };
        let Some((at, Signed { head, note, .. })) = fence.look(&self.settings).await? else {
            return Ok(None);
        };
        self.reach(keeper, head).await?;
        let found = self.state_at(keeper, head.size)?;
        if found.head != head {
            let (size, other, own) = (head.size, head.root, found.head.root);
            return Err(Halt::Differs(format!(
                "another server of this log published a checkpoint of {size} events with the root {other}, and here the \
                 first {size} events have the root {own}: they read two histories. {REMEDY}"
            )));
        }
        if let Some(fence) = &mut self.fence {
            fence.knows(at, head, false);
        }
        Ok(Some(Arc::new(Sealed { note, ..found })))
    }

    /// Reads on until the tree has what `head` is of. What is not there when it begins is lost; later it may be to come.
    async fn reach(&mut self, keeper: &mut Keeper<D>, head: TreeHead) -> Result<(), Halt> {
        let mut records = self.log.read_all(keeper.last);
        while keeper.edge.size() < head.size {
            let Some(chunk) = records.next().await else {
                let why = format!(
                    "another server of this log published a checkpoint of {} events with the root {}, and here the log \
                     has {}",
                    head.size,
                    head.root,
                    keeper.edge.size()
                );
                let begins = *self.shared.verdict.borrow() == Verdict::Comparing;
                return Err(match begins {
                    true => Halt::Differs(format!("{why}. {REMEDY}")),
                    false => Halt::Unread(Error::Unavailable(why)),
                });
            };
            self.take(keeper, &chunk?)?;
        }
        Ok(())
    }

    /// The tree as it was with `size` events, without a checkpoint.
    fn state_at(&self, keeper: &Keeper<D>, size: u64) -> Result<Sealed, Halt> {
        let (head, edge) = (keeper.edge.head(), keeper.edge.partial().into());
        let now = Sealed { head, position: keeper.last, note: String::new(), edge };
        if size == head.size {
            return Ok(now);
        }
        prove::earlier(&self.dir, &now, size).map_err(|err| Halt::Disk(io::Error::other(err)))
    }
}

/// What will never be let in stops the signatures, and says nothing about the record.
fn fenced(err: Error) -> Halt {
    match err {
        Error::Unacceptable(why) => Halt::Fenced(why),
        other => other.into(),
    }
}
