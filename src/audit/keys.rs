//! Key files: one line, readable by their owner alone.
use super::key::{KeyKind, SigningKey, VerifierKey};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// A fresh key; a name that no key can have is [`io::ErrorKind::InvalidInput`].
pub fn generate(name: &str, kind: KeyKind) -> io::Result<SigningKey> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(io::Error::other)?;
    SigningKey::from_seed(name, kind, seed).map_err(|err| io::Error::new(io::ErrorKind::InvalidInput, err))
}

/// A name for a log that nobody named: its own, because nobody else has its key.
pub fn unnamed() -> io::Result<String> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    Ok(format!("pactline/{}", random.iter().map(|it| format!("{it:02x}")).collect::<String>()))
}

/// Writes a key into a new file that only its owner can read, durably.
pub fn write(path: &Path, key: &SigningKey) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{}", key.secret_text())?;
    file.sync_all()?;
    match path.parent().filter(|it| !it.as_os_str().is_empty()) {
        Some(dir) => File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

/// The key in a file; refuses one that others can read.
pub fn read(path: &Path) -> io::Result<SigningKey> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        let why = format!(
            "others can read this key (mode {:o}): chmod 600, and think about whether they have",
            mode & 0o777
        );
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    let text = fs::read_to_string(path)?;
    text.trim_end().parse().map_err(|err| io::Error::new(io::ErrorKind::InvalidData, err))
}

/// The keys in a list of them, one a line; which line is none.
pub fn list(text: &str) -> Result<Vec<VerifierKey>, String> {
    let lines = (1..).zip(text.lines()).map(|(n, it)| (n, it.trim_matches([' ', '\t', '\r'])));
    let lines = lines.filter(|(_, it)| !it.is_empty());
    lines.map(|(n, it)| it.parse().map_err(|err| format!("line {n}: {err}"))).collect()
}
