//! The notary's key and policy: where they come from, and when it is better to have none.
use super::unavailable;
use crate::audit::{KeyKind, Notary, Policy, Settings, SigningKey, VerifierKey, keys};
use crate::config::Proof;
use crate::log::{Error, Log};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long events may wait for a signature that nobody waits for.
const SEAL_EVERY: Duration = Duration::from_secs(1);

/// Starts the notary of the folder `data`, whose record is called `origin`, or as its key is.
pub(super) fn open(
    data: &Path,
    proof: &Proof,
    origin: Option<&str>,
    log: Arc<dyn Log>,
) -> Result<Notary, Error> {
    let dir = data.join("audit");
    let about = |err: io::Error| unavailable(format!("{}: {err}", dir.display()));
    fs::create_dir_all(&dir).map_err(about)?;
    let signer = signer(&dir, proof, origin)?;
    let keys = known(&dir, signer.as_ref().map(SigningKey::verifier))?;
    let (policy, policy_text) = match &proof.policy {
        Some(path) => policy(path, signer.as_ref()).map(|(policy, text)| (Some(policy), text))?,
        None => (None, own_policy(&keys)),
    };
    fs::write(dir.join("policy"), &policy_text).map_err(about)?;
    Notary::open(&dir, log, Settings { signer, keys, policy, policy_text, seal_every: SEAL_EVERY })
        .map_err(about)
}

/// The key: the one that is named; else the folder's own, made at the first start. A folder where something was signed
/// before does not get another key by itself: that would look like another log.
fn signer(dir: &Path, proof: &Proof, origin: Option<&str>) -> Result<Option<SigningKey>, Error> {
    let own = dir.join("notary.key");
    let path = proof.notary_key.as_ref().unwrap_or(&own);
    if proof.notary_key.is_none() && !own.exists() {
        if dir.join("keys").exists() {
            tracing::warn!(
                "the key that signed for this record is not there: nothing is signed; give it with --notary-key FILE, \
                 or a new one, which those who check must then be told"
            );
            return Ok(None);
        }
        let name = origin.map(str::to_owned).map_or_else(keys::unnamed, Ok).map_err(unavailable)?;
        let key = keys::generate(&name, KeyKind::Log).map_err(unavailable)?;
        keys::write(&own, &key).map_err(|err| unavailable(format!("{}: {err}", own.display())))?;
        tracing::info!(key = %key.verifier(), file = %own.display(), "a key was made that signs for this record: keep a copy elsewhere");
    }
    let signer = keys::read(path).map_err(|err| unavailable(format!("{}: {err}", path.display())))?;
    match origin {
        Some(origin) if origin != signer.verifier().name() => Err(unavailable(format!(
            "--origin {origin:?} is not the name of the key in {}, which is {:?}: leave it out, or name another key",
            path.display(),
            signer.verifier().name()
        ))),
        Some(_) | None => Ok(Some(signer)),
    }
}

/// Every key that ever signed here; a new one is added to the list.
fn known(dir: &Path, signer: Option<&VerifierKey>) -> Result<Vec<VerifierKey>, Error> {
    let path = dir.join("keys");
    let about = |why: String| unavailable(format!("{}: {why}", path.display()));
    let text = match fs::read_to_string(&path) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => return Err(about(err.to_string())),
        read => read.unwrap_or_default(),
    };
    let mut known = keys::list(&text).map_err(about)?;
    if let Some(key) = signer.filter(|it| !known.contains(*it)) {
        let file = OpenOptions::new().append(true).create(true).open(&path);
        let added = file.and_then(|mut it| writeln!(it, "{key}").and_then(|()| it.sync_all()));
        added.map_err(|err| about(err.to_string()))?;
        known.push(key.clone());
    }
    Ok(known)
}

/// What the record goes by when nobody says: its own keys.
fn own_policy(keys: &[VerifierKey]) -> String {
    keys.iter().map(|it| format!("log {it}\n")).chain(["quorum none\n".to_owned()]).collect()
}

fn policy(path: &Path, signer: Option<&SigningKey>) -> Result<(Policy, String), Error> {
    let about = |why: String| unavailable(format!("{}: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|err| about(err.to_string()))?;
    let policy = Policy::parse(text.as_bytes()).map_err(|err| about(err.to_string()))?;
    match signer.map(SigningKey::verifier).filter(|key| policy.logs().iter().all(|it| it.key != **key)) {
        Some(key) => {
            Err(about(format!("it does not name the key that signs here: add the line\n  log {key}")))
        }
        None => Ok((policy, text)),
    }
}
