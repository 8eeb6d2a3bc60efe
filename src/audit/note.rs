//! A text and who signed it: c2sp.org/signed-note.
use super::key::{KeyKind, SigningKey, VerifierKey, key_name};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// The most that a note may measure, in bytes.
pub const NOTE_BYTES_MAX: usize = 256 * 1024;
/// The most signatures that a note may have. The format asks for at least 16.
pub const SIGNATURES_MAX: usize = 64;

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Whose.
    pub name: String,
    /// The id of the key.
    pub key_id: u32,
    /// What the key made; its form is a matter of the key's type.
    pub bytes: Vec<u8>,
}

/// A text and its signatures. Nothing in it is to be believed before a signature is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What is signed, with its last newline.
    pub text: String,
    /// Who signed, in the order of the lines.
    pub signatures: Vec<NoteSignature>,
}

/// Why a note says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Over the limit.
    #[error("a note of {0} bytes is too large: at most {NOTE_BYTES_MAX}")]
    TooLarge(usize),
    /// Over the limit.
    #[error("a note with {0} signatures has too many: at most {SIGNATURES_MAX}")]
    TooMany(usize),
    /// Bytes that are not text.
    #[error("the note is not UTF-8, or has control characters other than newlines")]
    NotText,
    /// No blank line with signatures after it.
    #[error("not a signed note: its text must end in a newline, then a blank line, then the signatures")]
    NoSignatures,
    /// A line that should be a signature.
    #[error("signature {0} of the note is not of the form \"— NAME BASE64\"")]
    Line(usize),
    /// The key in question did not sign.
    #[error("not signed by {name} (key {id:08x}); {others}")]
    NotSigned {
        /// Whose signature was looked for.
        name: String,
        /// The id of the key.
        id: u32,
        /// Who did sign.
        others: Others,
    },
    /// The signature in the key's name is not the key's.
    #[error("the signature in the name of {name} (key {id:08x}) is forged, or the text was changed after it")]
    Forged {
        /// In whose name.
        name: String,
        /// The id of the key.
        id: u32,
    },
    /// The key signs something else.
    #[error("the key of {name} is a {found} key, and a {needed} key is needed here")]
    Role {
        /// Whose key.
        name: String,
        /// What it signs.
        found: KeyKind,
        /// What is signed here.
        needed: KeyKind,
    },
}

/// Who signed a note, for an error that has to say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Others {
    /// Another key signed in the name that was looked for.
    pub same_name: bool,
    /// Name and key of each signature; in that name only, where there are such.
    pub signed: Vec<(String, u32)>,
}

impl fmt::Display for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.same_name {
            true => "another key signed in that name: ",
            false => "signed by: ",
        })?;
        for (n, (name, id)) in self.signed.iter().take(8).enumerate() {
            write!(f, "{}{name} ({id:08x})", if n > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

impl Note {
    /// The note in `bytes`, with nothing verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLarge(bytes.len()));
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        if whole.bytes().any(|it| it < b' ' && it != b'\n') {
            return Err(NoteError::NotText);
        }
        let end = whole.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, lines) = whole.split_at(end + 1);
        let lines = lines.strip_prefix('\n').and_then(|it| it.strip_suffix('\n'));
        let lines: Vec<&str> = lines.ok_or(NoteError::NoSignatures)?.split('\n').collect();
        if lines.len() > SIGNATURES_MAX {
            return Err(NoteError::TooMany(lines.len()));
        }
        let read = |(line, n): (&&str, usize)| signature(line).ok_or(NoteError::Line(n));
        let signatures = lines.iter().zip(1..).map(read).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// Whether the log whose key is `key` signed the text.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteError> {
        if key.kind() != KeyKind::Log {
            return Err(role(key, KeyKind::Log));
        }
        let made = |it: &NoteSignature| {
            let bytes = it.bytes.as_slice().try_into().ok();
            bytes.filter(|it| key.made(self.text.as_bytes(), it)).map(|_| ())
        };
        self.by(key, made)
    }

    /// What `read` makes of the signature of `key`: [`NoteError::Forged`] where that is nothing. Every signature line
    /// of the key must be good, or none is.
    pub(super) fn by<T>(
        &self,
        key: &VerifierKey,
        read: impl Fn(&NoteSignature) -> Option<T>,
    ) -> Result<T, NoteError> {
        let (name, id) = (key.name(), key.id());
        let mut last = None;
        for it in self.signatures.iter().filter(|it| it.name == name && it.key_id == id) {
            last = Some(read(it).ok_or_else(|| NoteError::Forged { name: name.into(), id })?);
        }
        last.ok_or_else(|| {
            let mut signed: Vec<_> = self.signatures.iter().map(|it| (it.name.clone(), it.key_id)).collect();
            let same_name = signed.iter().any(|(it, _)| it == name);
            // Witnesses, which have other names, say nothing about who has this one.
            signed.retain(|(it, _)| !same_name || it == name);
            let others = Others { same_name, signed };
            NoteError::NotSigned { name: name.into(), id, others }
        })
    }
}

/// The signature of a log's key over `text`.
pub fn sign(text: &str, key: &SigningKey) -> Result<NoteSignature, NoteError> {
    let verifier = key.verifier();
    match verifier.kind() {
        KeyKind::Log => Ok(NoteSignature::of(verifier, key.sign(text.as_bytes()).to_vec())),
        KeyKind::Witness => Err(role(verifier, KeyKind::Log)),
    }
}

pub(super) fn role(key: &VerifierKey, needed: KeyKind) -> NoteError {
    NoteError::Role { name: key.name().into(), found: key.kind(), needed }
}

impl NoteSignature {
    pub(super) fn of(key: &VerifierKey, bytes: Vec<u8>) -> Self {
        Self { name: key.name().into(), key_id: key.id(), bytes }
    }
}

fn signature(line: &str) -> Option<NoteSignature> {
    let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (id, bytes) = bytes.split_first_chunk()?;
    let bytes = (!bytes.is_empty()).then(|| bytes.to_vec())?;
    Some(NoteSignature { name: key_name(name).ok()?, key_id: u32::from_be_bytes(*id), bytes })
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: Vec<u8> =
            self.key_id.to_be_bytes().into_iter().chain(self.bytes.iter().copied()).collect();
        write!(f, "— {} {}", self.name, STANDARD.encode(bytes))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|it| writeln!(f, "{it}"))
    }
}
