//! Key files: one line, readable by their owner alone.
use super::cosignature::Cosigner;
use super::merkle::Hash;
use super::note::{Signer, Verifier};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// What a new key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// To sign for a log of one's own.
    Log,
    /// To sign for what others' logs say.
    Witness,
}

/// A fresh key, as the line of its file, and the key that others check with.
pub fn generate(name: &str, use_: Use) -> io::Result<(String, Verifier)> {
    let mut seed: Hash = [0; 32];
    getrandom::fill(&mut seed).map_err(io::Error::other)?;
    Ok(match use_ {
        Use::Log => {
            let signer = Signer::new(name, seed);
            (signer.to_secret(), signer.verifier())
        }
        Use::Witness => {
            let cosigner = Cosigner::new(name, seed);
            (cosigner.to_secret(), cosigner.verifier())
        }
    })
}

/// A name for a log that nobody named: its own, because nobody else has its key.
pub fn unnamed() -> io::Result<String> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    Ok(format!("pactline/{}", random.iter().map(|it| format!("{it:02x}")).collect::<String>()))
}

/// Writes a key into a new file that only its owner can read, durably.
pub fn write(path: &Path, secret: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{secret}")?;
    file.sync_all()?;
    match path.parent().filter(|it| !it.as_os_str().is_empty()) {
        Some(dir) => File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

/// The line in a key's file; refuses one that others can read.
pub fn read(path: &Path) -> io::Result<String> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        let why = format!(
            "others can read this key (mode {:o}): chmod 600, and think about whether they have",
            mode & 0o777
        );
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    Ok(fs::read_to_string(path)?.trim_end().to_owned())
}

/// The keys in a list of them, one a line; which line is none.
pub fn list(text: &str) -> Result<Vec<Verifier>, String> {
    let lines = (1..).zip(text.lines()).filter(|(_, it)| !it.trim().is_empty());
    lines.map(|(n, it)| it.parse().map_err(|err| format!("line {n} is no key: {err}"))).collect()
}
