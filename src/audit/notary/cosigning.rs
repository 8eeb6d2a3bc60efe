//! Asks witnesses to sign too, until a quorum has; and notices when so many say that they signed another record that no
//! quorum ever will.
use super::asking::{Unsigned, ask};
use super::disk::Disk;
use super::run::{Halt, Task};
use super::{Sealed, Shared};
use crate::audit::checkpoint::SignedCheckpoint;
use crate::audit::note::NoteSignature;
use crate::audit::policy::Policy;
use crate::log::Log;
use futures::stream::{FuturesUnordered, StreamExt};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// How long witnesses may take at the start, while nothing is written: those that take longer are heard later.
const GREETING_MAX: Duration = Duration::from_secs(3);
/// How long to wait before asking again when there was no quorum, and how long that grows to.
const AGAIN_AFTER: Duration = Duration::from_millis(500);
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(60);
/// What to do about it.
const REMEDY: &str = "Nothing is written until this record is the one that they signed: bring back the newest whole copy \
                      of the folder; each of them keeps both checkpoints as evidence";

/// A state that a quorum has signed; or why none ever will.
pub(super) type Asked = Result<Arc<Sealed>, String>;

/// What a witness, by its name, answered.
type Answer = (String, Result<NoteSignature, Unsigned>);

/// Asks all witnesses of a policy.
pub(super) struct Cosigner {
    policy: Policy,
    dir: PathBuf,
    log: Arc<dyn Log>,
    shared: Arc<Shared>,
    /// How many events each witness last signed for, by its name.
    known: HashMap<String, u64>,
    /// What each says that has signed something else, by its name.
    against: BTreeMap<String, String>,
    kept: mpsc::Sender<Asked>,
}

/// Asks each witness of the policy about the newest state, before anything is written: a folder that is an old copy is
/// found out before it goes on otherwise. `None` where no witness must sign.
pub(super) async fn greet<D: Disk + Clone>(
    task: &mut Task<D>,
    newest: Option<&Arc<Sealed>>,
) -> Result<Option<Cosigner>, Halt> {
    let Some(policy) = task.settings.policy.clone().filter(Policy::asks_witnesses) else { return Ok(None) };
    let (dir, log, shared) = (task.dir.clone(), task.log.clone(), task.shared.clone());
    let (known, against, kept) = (HashMap::new(), BTreeMap::new(), task.cosigner.clone());
    let mut cosigner = Cosigner { policy, dir, log, shared, known, against, kept };
    let Some(newest) = newest else { return Ok(Some(cosigner)) };
    tokio::select! {
        biased;
        _ = task.stop.wait_for(|it| *it) => return Err(Halt::Stopped),
        _ = tokio::time::timeout(GREETING_MAX, cosigner.hear_all(newest)) => {}
    }
    match cosigner.contradicted() {
        Some(why) => Err(Halt::Differs(why)),
        None => Ok(Some(cosigner)),
    }
}

/// Starts asking, where there is whom to ask; ends when it is aborted.
pub(super) fn start(cosigner: Option<Cosigner>) -> JoinHandle<()> {
    tokio::spawn(async move {
        if let Some(cosigner) = cosigner {
            cosigner.run().await;
        }
    })
}

/// Waits before witnesses are asked again, for not as long where there is something newer to ask them for: a witness
/// that has signed what another server published since does not sign what is older. How long to wait the next time.
async fn pause(
    sealed: &mut watch::Receiver<Option<Arc<Sealed>>>,
    asked: &Sealed,
    wait: Duration,
) -> Duration {
    let newer = async {
        tokio::time::sleep(AGAIN_AFTER).await;
        let is_newer = |it: &Option<Arc<Sealed>>| it.as_ref().is_some_and(|it| it.head != asked.head);
        sealed.wait_for(is_newer).await.is_ok()
    };
    tokio::select! {
        true = newer => AGAIN_AFTER,
        () = tokio::time::sleep(wait) => (wait * 2).min(AGAIN_AFTER_MAX),
    }
}

impl Cosigner {
    async fn run(mut self) {
        let mut sealed = self.shared.sealed.subscribe();
        let mut done = self.shared.witnessed.borrow().as_ref().map(|it| it.head.size);
        let mut wait = AGAIN_AFTER;
        loop {
            let newest = match sealed
                .wait_for(|it| it.as_ref().map(|it| it.head.size) != done && it.is_some())
                .await
            {
                Ok(it) => it.clone(),
                Err(_) => return,
            };
            let Some(newest) = newest else { continue };
            let said = match self.cosign(&newest).await {
                Ok(cosigned) => {
                    (done, wait) = (Some(cosigned.head.size), AGAIN_AFTER);
                    self.shared.unwitnessed.send_replace(None);
                    Ok(cosigned)
                }
                Err(why) => match self.contradicted() {
                    Some(why) => Err(why),
                    None => {
                        tracing::warn!(size = newest.head.size, why, "no quorum of witnesses; asking again");
                        self.shared.unwitnessed.send_replace(Some(why.into()));
                        wait = pause(&mut sealed, &newest, wait).await;
                        continue;
                    }
                },
            };
            if self.kept.send(said).await.is_err() {
                return;
            }
        }
    }

    /// Asks all witnesses at the same time and goes on once enough have signed.
    async fn cosign(&mut self, sealed: &Arc<Sealed>) -> Asked {
        let mut signed = SignedCheckpoint::parse(sealed.note.as_bytes()).map_err(|err| err.to_string())?;
        let mut faults = Vec::new();
        let mut answers = self.ask_all(sealed);
        while let Some((name, answer)) = answers.next().await {
            match self.hear(&name, answer, sealed).await {
                Ok(signature) => {
                    signed.add(signature);
                    if self.policy.check(&signed).is_ok() {
                        return Ok(Arc::new(Sealed { note: signed.to_string(), ..Sealed::clone(sealed) }));
                    }
                }
                Err(why) => faults.push(format!("{name}: {why}")),
            }
        }
        Err(faults.join("; "))
    }

    /// Asks all witnesses at the same time and hears each of them.
    async fn hear_all(&mut self, sealed: &Arc<Sealed>) {
        let mut answers = self.ask_all(sealed);
        while let Some((name, answer)) = answers.next().await {
            // Their signatures are asked for again with whatever is signed next.
            drop(self.hear(&name, answer, sealed).await);
        }
    }

    fn ask_all(&self, sealed: &Arc<Sealed>) -> FuturesUnordered<impl Future<Output = Answer> + use<>> {
        let asked = self.policy.witnesses().iter().map(|it| {
            let (witness, dir, sealed) = (it.clone(), self.dir.clone(), sealed.clone());
            let known = self.known.get(&it.name).copied();
            async move { ask(&witness, &dir, &sealed, known).await }
        });
        asked.collect()
    }

    /// Takes a witness's answer about `sealed`: its signature, or why there is none.
    async fn hear(
        &mut self,
        name: &str,
        answer: Result<NoteSignature, Unsigned>,
        sealed: &Sealed,
    ) -> Result<NoteSignature, String> {
        let why = match answer {
            Ok(signature) => {
                self.known.insert(name.to_owned(), sealed.head.size);
                self.against.remove(name);
                return Ok(signature);
            }
            Err(Unsigned::Unheard(why)) => return Err(why),
            Err(Unsigned::Ahead(its)) => match self.events(sealed, its).await {
                Some(events) if events < its => format!(
                    "it has signed for {its} events and this record has {events}: the folder is an old copy, or another \
                     one goes under its name"
                ),
                Some(_) | None => {
                    return Err(format!("it has signed for {its} events, and they are to come"));
                }
            },
            Err(Unsigned::Other(its)) => {
                format!("it has signed for {its} events, and this record does not go on where that one ended")
            }
        };
        if self.against.insert(name.to_owned(), why.clone()).as_ref() != Some(&why) {
            tracing::error!(witness = name, why, "a witness contradicts this record");
        }
        Err(why)
    }

    /// How many events the log has, counted up to `most`; `None` when it cannot be read. Where several servers share
    /// it, a witness may have signed for those that this one has yet to sign for.
    async fn events(&self, sealed: &Sealed, most: u64) -> Option<u64> {
        let (mut events, mut records) = (sealed.head.size, self.log.read_all(sealed.position));
        while events < most {
            match records.next().await {
                Some(chunk) => events += chunk.ok()?.len() as u64,
                None => break,
            }
        }
        Some(events)
    }

    /// Why no quorum can sign for this record, where so many witnesses contradict it.
    fn contradicted(&self) -> Option<String> {
        if self.policy.can_be_met_without(|name| self.against.contains_key(name)) {
            return None;
        }
        let said: Vec<String> = self.against.iter().map(|(name, why)| format!("{name}: {why}")).collect();
        let said = said.join("; ");
        Some(format!(
            "so many witnesses contradict this record that no quorum of them can sign for it: {said}. {REMEDY}"
        ))
    }
}
