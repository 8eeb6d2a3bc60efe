//! Asks witnesses to sign too, until a quorum has.
use super::{Sealed, Settings, Shared, prove};
use crate::audit::checkpoint::SignedCheckpoint;
use crate::audit::cosignature::cosigned_at;
use crate::audit::http::{Reply, post};
use crate::audit::nodes::KeptTiles;
use crate::audit::note::NoteSignature;
use crate::audit::policy::{Policy, Witness};
use bytes::Bytes;
use futures::stream::{FuturesUnordered, StreamExt};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How long one witness may take.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// How long to wait before asking again when there was no quorum, and how long that grows to.
const AGAIN_AFTER: Duration = Duration::from_millis(500);
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(60);
/// How often a witness is asked at once with what it says it knows.
const ATTEMPTS_MAX: u32 = 3;

struct Cosigner {
    policy: Policy,
    dir: PathBuf,
    shared: Arc<Shared>,
    /// How many events each witness last signed for, by its name.
    known: HashMap<String, u64>,
    kept: mpsc::Sender<Arc<Sealed>>,
}

/// Starts asking, where the policy names witnesses; ends when it is aborted.
pub(super) fn start(
    settings: &Settings,
    dir: &Path,
    shared: &Arc<Shared>,
    kept: mpsc::Sender<Arc<Sealed>>,
) -> JoinHandle<()> {
    let policy = settings.policy.clone().filter(Policy::asks_witnesses);
    let (dir, shared) = (dir.to_owned(), shared.clone());
    tokio::spawn(async move {
        if let Some(policy) = policy {
            Cosigner { policy, dir, shared, known: HashMap::new(), kept }.run().await;
        }
    })
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
            match self.cosign(&newest).await {
                Ok(cosigned) => {
                    (done, wait) = (Some(cosigned.head.size), AGAIN_AFTER);
                    self.shared.unwitnessed.send_replace(None);
                    if self.kept.send(cosigned).await.is_err() {
                        return;
                    }
                }
                Err(why) => {
                    tracing::warn!(size = newest.head.size, why, "no quorum of witnesses; asking again");
                    self.shared.unwitnessed.send_replace(Some(why.into()));
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(AGAIN_AFTER_MAX);
                }
            }
        }
    }

    /// Asks all witnesses at the same time and goes on once enough have signed.
    async fn cosign(&mut self, sealed: &Arc<Sealed>) -> Result<Arc<Sealed>, String> {
        let asked = self.policy.witnesses().iter().map(|it| {
            let known = self.known.get(&it.name).copied();
            ask(it, &self.dir, sealed, known)
        });
        let mut answers: FuturesUnordered<_> = asked.collect();
        let mut signed = SignedCheckpoint::parse(sealed.note.as_bytes()).map_err(|err| err.to_string())?;
        let mut faults = Vec::new();
        while let Some((name, answer)) = answers.next().await {
            match answer {
                Ok(signature) => {
                    self.known.insert(name, sealed.head.size);
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
}

/// Asks one witness: its name, and its signature.
async fn ask(
    witness: &Witness,
    dir: &Path,
    sealed: &Sealed,
    known: Option<u64>,
) -> (String, Result<NoteSignature, String>) {
    let name = witness.name.clone();
    let Some(url) = &witness.url else { return (name, Err("the policy says no address for it".into())) };
    let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
    let mut old = known.unwrap_or(0);
    for _ in 0..ATTEMPTS_MAX {
        let reply = match request(dir, sealed, old) {
            Ok(body) => post(&url, body, ANSWER_MAX).await,
            Err(why) => Err(why),
        };
        match reply {
            Ok(Reply { status: 200, body }) => {
                return (name, signature(witness, sealed, &body));
            }
            Ok(Reply { status: 409, body }) => match size(&body) {
                Some(its) if its <= sealed.head.size && its != old => old = its,
                Some(its) if its > sealed.head.size => {
                    let why = format!(
                        "it has signed for {its} events and this record has {}: the folder is an old copy, or \
                         another one goes under its name",
                        sealed.head.size
                    );
                    return (name, Err(why));
                }
                Some(_) | None => {
                    return (name, Err("it has signed for as many events of another record".into()));
                }
            },
            Ok(Reply { status: 422, .. }) => {
                return (
                    name,
                    Err("this record does not go on where the one ended that it signed for".into()),
                );
            }
            Ok(Reply { status, body }) => {
                let said: String = String::from_utf8_lossy(&body).trim().chars().take(200).collect();
                return (name, Err(format!("it answers {status}: {said}")));
            }
            Err(why) => return (name, Err(why)),
        }
    }
    (name, Err("it keeps changing its mind about what it knows".into()))
}

/// The witness's signature among those that it sent.
fn signature(witness: &Witness, sealed: &Sealed, body: &[u8]) -> Result<NoteSignature, String> {
    let (text, _) = sealed.note.split_once("\n\n").ok_or("the checkpoint cannot be read")?;
    let answered = [text.as_bytes(), b"\n\n", body].concat();
    let answered = SignedCheckpoint::parse(&answered).map_err(|err| format!("its answer: {err}"))?;
    cosigned_at(&answered, &witness.key).map_err(|err| format!("its signature: {err}"))?;
    let its = |it: &&NoteSignature| it.name == witness.key.name() && it.key_id == witness.key.id();
    let found = answered.note().signatures.iter().find(its).cloned();
    found.ok_or_else(|| "its signature is not there".into())
}

fn size(body: &[u8]) -> Option<u64> {
    std::str::from_utf8(body).ok()?.trim_end().parse().ok()
}

/// What a witness is sent that knows the record up to `old`.
fn request(dir: &Path, sealed: &Sealed, old: u64) -> Result<Bytes, String> {
    let hashes = match old {
        0 => Vec::new(),
        old => {
            prove::consistency(dir, &KeptTiles::default(), sealed, old, sealed.head.size)
                .map_err(|err| err.to_string())?
                .0
        }
    };
    let mut text = format!("old {old}\n");
    for hash in hashes {
        text.push_str(&format!("{hash}\n"));
    }
    text.push('\n');
    text.push_str(&sealed.note);
    Ok(text.into())
}
