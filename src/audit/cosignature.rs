//! c2sp.org/tlog-cosignature.
use super::note::{Note, Signer, Verifier};

/// Signs for others.
#[derive(Clone)]
pub struct Cosigner(Signer);

impl Cosigner {
    /// From a seed.
    pub fn new(name: &str, seed: [u8; 32]) -> Self {
        let mut signer = Signer::new(name, seed);
        signer.alg = 4;
        Self(signer)
    }

    /// Public.
    pub fn verifier(&self) -> Verifier {
        self.0.verifier()
    }

    /// As text.
    pub fn to_secret(&self) -> String {
        self.0.to_secret()
    }

    /// Signs.
    pub fn sign(&self, body: &str, time: u64) -> String {
        let signature = self.0.raw(message(body, time).as_bytes());
        self.0.line(&[&time.to_be_bytes()[..], &signature].concat())
    }
}

impl std::str::FromStr for Cosigner {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let signer: Signer = text.parse()?;
        if signer.alg == 4 { Ok(Self(signer)) } else { Err("this key is not a witness's".into()) }
    }
}

fn message(body: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{body}")
}

/// Whether the note has a cosignature.
pub fn has(note: &Note, key: &Verifier) -> bool {
    note.signatures.iter().any(|(name, id, sig)| {
        let Some((time, sig)) = sig.split_first_chunk::<8>() else { return false };
        name == key.name()
            && *id == key.id()
            && key.alg == 4
            && key.holds(message(note.body(), u64::from_be_bytes(*time)).as_bytes(), sig)
    })
}

/// The lines that are good.
pub fn pick(note: &str, lines: &str, key: &Verifier) -> Result<String, String> {
    let body = Note::parse(note)?.body().to_owned();
    let good = |line: &&str| Note::parse(&format!("{body}\n{line}\n")).is_ok_and(|it| has(&it, key));
    lines.lines().find(good).map(|it| format!("{it}\n")).ok_or_else(|| "it is not good".into())
}
