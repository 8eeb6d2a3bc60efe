//! The keys of partners: PKCS#8 in PEM, so that other tools can make them, and sign with them, too.
use crate::cli::failure::Failure;
use crate::cli::out;
use crate::cli::place::Place;
use crate::domain::decision::PublicKey;
use crate::domain::id::PartnerId;
use crate::domain::partner::Party;
use crate::domain::scope::Country;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

/// Makes a key; shows what others may know of it.
pub(super) fn make(file: &Path, place: &Place) -> Result<(), Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|err| Failure::unavailable(format!("no randomness: {err}")))?;
    let key = SigningKey::from_bytes(&seed);
    let pem = first_version(&key).to_pkcs8_pem(LineEnding::LF);
    let pem = pem.map_err(|err| Failure::unavailable(err.to_string()))?;
    let about = |err: std::io::Error| Failure::from(err).about(file.display());
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(file).map_err(about)?;
    written.write_all(pem.as_bytes()).and_then(|()| written.sync_all()).map_err(about)?;
    let public = public(&key)?;
    if place.json {
        return Ok(out::json(&json!({"key": public.to_string(), "key_id": public.id().to_string()}))?);
    }
    out::line(format_args!("public key  {public}"))?;
    out::line(format_args!("key id      {}", public.id()))?;
    Ok(out::line(format_args!("the secret key is in {}: keep it where the record is not", file.display()))?)
}

/// PKCS#8 with the secret key alone, which everybody reads; OpenSSL refuses the second version, with the public key.
fn first_version(key: &SigningKey) -> KeypairBytes {
    KeypairBytes { secret_key: key.to_bytes(), public_key: None }
}

/// The secret key in a file.
pub(in crate::cli) fn read(file: &Path) -> Result<SigningKey, Failure> {
    let pem = std::fs::read_to_string(file).map_err(|err| Failure::from(err).about(file.display()))?;
    SigningKey::from_pkcs8_pem(&pem).map_err(|err| {
        Failure::usage(format!("is no Ed25519 key in PEM: {err}"))
            .about(file.display())
            .hint("make one: pactline keys generate FILE --partner, or openssl genpkey -algorithm ed25519")
    })
}

/// What others may know of it.
pub(in crate::cli) fn public(key: &SigningKey) -> Result<PublicKey, Failure> {
    PublicKey::from_bytes(key.verifying_key().as_bytes()).map_err(|err| Failure::usage(err.to_string()))
}

/// The partner called so.
pub(in crate::cli) fn party(name: &str) -> Result<PartnerId, Failure> {
    if let Ok(id) = name.parse::<PartnerId>() {
        return Ok(id);
    }
    let country = name.to_uppercase().parse::<Country>().ok().map(Party::Country);
    let organization = || name.parse().ok().map(Party::Organization);
    let party = country.or_else(organization);
    party
        .map(|it| it.id())
        .ok_or_else(|| Failure::usage(format!("{name:?} is no partner's code, acronym or id")))
}
