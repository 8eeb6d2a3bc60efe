//! The notary's key and policy: where they come from, and when it is better to have none.
use super::unavailable;
use crate::audit::{KeyKind, Notary, Policy, Settings, SigningKey, THIN_AFTER, VerifierKey, keys};
use crate::config::Proof;
use crate::log::{Error, Log, Writers};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long events may wait for a signature that nobody waits for.
const SEAL_EVERY: Duration = Duration::from_secs(1);
/// The keys that ever signed, one a line.
const KEYS: &str = "keys";
/// What they signed.
const CHECKPOINTS: &str = "checkpoints";
/// The most that the name of a record may take.
const NAME_BYTES_MAX: u64 = 1024;

/// Starts the notary of the folder `data`, whose record is called `origin`, or as its key is. Nothing is written for a
/// key that cannot sign on where others signed before.
pub(super) fn open(
    data: &Path,
    proof: &Proof,
    origin: Option<&str>,
    log: Arc<dyn Log>,
) -> Result<Notary, Error> {
    let dir = data.join("audit");
    let about = |err: io::Error| unavailable(format!("{}: {err}", dir.display()));
    fs::create_dir_all(&dir).map_err(about)?;
    let before = Before::read(&dir)?;
    let shared = log.promises().writers == Writers::Many;
    let signer = signer(&dir, proof, (origin, shared), &before)?;
    let new = signer.as_ref().map(SigningKey::verifier).filter(|it| !before.keys.contains(it));
    let keys: Vec<VerifierKey> = before.keys.iter().chain(new).cloned().collect();
    let (policy, policy_text) = match &proof.policy {
        Some(path) => policy(path, signer.as_ref()).map(|(policy, text)| (Some(policy), text))?,
        None => (None, own_policy(&keys)),
    };
    new.map_or(Ok(()), |it| add(&dir.join(KEYS), it)).map_err(about)?;
    fs::write(dir.join("policy"), &policy_text).map_err(about)?;
    let (seal_every, thin_after) = (SEAL_EVERY, THIN_AFTER);
    Notary::open(&dir, log, Settings { signer, keys, policy, policy_text, seal_every, thin_after })
        .map_err(about)
}

/// The key: the one that is named; else the folder's own, made at the first start. A folder where something was signed
/// before does not get another key by itself, nor does a log that others write to as well: each would look like another
/// log.
fn signer(
    dir: &Path,
    proof: &Proof,
    (origin, shared): (Option<&str>, bool),
    before: &Before,
) -> Result<Option<SigningKey>, Error> {
    let own = dir.join("notary.key");
    let path = proof.notary_key.as_ref().unwrap_or(&own);
    if proof.notary_key.is_none() && !own.exists() {
        if let Some(name) = &before.origin {
            tracing::warn!(
                "the key that signed for this record is not there: nothing is signed; give it with --notary-key FILE, \
                 or a new one (pactline keys generate FILE --name {name}) with --new-notary-key"
            );
            return Ok(None);
        }
        if shared {
            tracing::info!(
                "several servers may share this log, and they sign with one key: nothing is signed here; make a key \
                 (pactline keys generate) and give it to each with --notary-key FILE"
            );
            return Ok(None);
        }
        let name = origin.map(str::to_owned).map_or_else(keys::unnamed, Ok).map_err(unavailable)?;
        let key = keys::generate(&name, KeyKind::Log).map_err(unavailable)?;
        keys::write(&own, &key).map_err(|err| unavailable(format!("{}: {err}", own.display())))?;
        tracing::info!(key = %key.verifier(), file = %own.display(), "a key was made that signs for this record: keep a copy elsewhere");
    }
    let signer = keys::read(path).map_err(|err| unavailable(format!("{}: {err}", path.display())))?;
    let name = signer.verifier().name();
    if let Some(origin) = origin.filter(|it| *it != name) {
        return Err(unavailable(format!(
            "--origin {origin:?} is not the name of the key in {}, which is {name:?}: leave it out, or name another key",
            path.display(),
        )));
    }
    let refused = |why: String| unavailable(format!("{}: {why}", path.display()));
    before.admit(signer.verifier(), proof.new_notary_key).map_err(refused)?;
    Ok(Some(signer))
}

/// What signed here before.
struct Before {
    keys: Vec<VerifierKey>,
    /// What the record is called in what was signed.
    origin: Option<String>,
}

impl Before {
    fn read(dir: &Path) -> Result<Self, Error> {
        let about = |name: &str, why: String| unavailable(format!("{}: {why}", dir.join(name).display()));
        let text = match fs::read_to_string(dir.join(KEYS)) {
            Err(err) if err.kind() != io::ErrorKind::NotFound => return Err(about(KEYS, err.to_string())),
            read => read.unwrap_or_default(),
        };
        let keys = keys::list(&text).map_err(|why| about(KEYS, why))?;
        // Where what was signed is damaged, that is for the comparison to say, which lets it be read.
        let origin = match keys.first() {
            Some(first) => Some(first.name().to_owned()),
            None => signed_as(&dir.join(CHECKPOINTS)).map_err(|err| about(CHECKPOINTS, err.to_string()))?,
        };
        Ok(Self { keys, origin })
    }

    /// Whether `key` may sign on; if not, why, and what to do.
    fn admit(&self, key: &VerifierKey, is_new: bool) -> Result<(), String> {
        if key.kind() != KeyKind::Log {
            return Err(format!(
                "this is a {} key, and what signs for a record is a log's: pactline keys generate makes one",
                key.kind()
            ));
        }
        let Some(origin) = self.origin.as_ref() else { return Ok(()) };
        if key.name() != origin {
            return Err(format!(
                "this key signs for {:?}, and what was signed here before is {origin:?}: name the key that signed it; \
                 a record never changes its name",
                key.name()
            ));
        }
        match is_new || self.keys.is_empty() || self.keys.contains(key) {
            true => Ok(()),
            false => Err(format!(
                "another key of {origin} signed here before: name that one. If it is lost, tell those who check that\n  \
                 {key}\nsigns from now on, and say --new-notary-key"
            )),
        }
    }
}

/// Adds a key to the list of those that ever signed, durably.
fn add(path: &Path, key: &VerifierKey) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    writeln!(file, "{key}")?;
    file.sync_all()
}

/// The name of the record in the first thing that was ever signed for it.
fn signed_as(path: &Path) -> io::Result<Option<String>> {
    let file = match File::open(path) {
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut line = Vec::new();
    BufReader::new(file.take(NAME_BYTES_MAX)).read_until(b'\n', &mut line)?;
    let name = line.strip_suffix(b"\n").filter(|it| !it.is_empty());
    Ok(name.and_then(|it| String::from_utf8(it.to_vec()).ok()))
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
