//! A partner's key in a file is one that other programs read, and theirs are read here.
use crate::program::pactline;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A fresh key in `dir`, and what is shown of it.
fn made(dir: &Path) -> (PathBuf, serde_json::Value) {
    let file = dir.join("key.pem");
    let run = pactline(dir, &["--json", "keys", "generate", file.to_str().unwrap(), "--partner"]);
    assert_eq!(run.code, 0, "{}", run.err);
    (file, serde_json::from_str(&run.out).unwrap())
}

/// The id of the key that signs with what is in `file`.
fn signs_as(dir: &Path, file: &Path) -> String {
    let stream = "consultation-6f1d5c5e-4b0b-5a7e-9a51-70616374706c";
    let text = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let about = ["--stream", stream, "--party", "AUT", "--text", text, "--until", "2199-01-01T00:00:00Z"];
    let vote = [r#"{"CastVote":{"vote":"yes"}}"#, "--key", file.to_str().unwrap()];
    let run =
        pactline(dir, &[&["--origin", "example.org", "sign", "decision"], &vote[..], &about[..]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let envelope: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    envelope["signatures"][0]["keyid"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_is_written_in_the_version_that_everybody_reads() {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = made(dir.path());
    let pem = fs::read_to_string(&file).unwrap();
    let body: String = pem.lines().filter(|it| !it.starts_with("-----")).collect();
    let der = STANDARD.decode(body).unwrap();
    // RFC 8410: PrivateKeyInfo of version 0 with the algorithm Ed25519 and 32 octets, and nothing after them.
    let head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    assert_eq!((&der[..16], der.len()), (&head[..], 48), "{der:02x?}");
}

#[test]
fn openssl_reads_a_key_of_ours() {
    let dir = tempfile::tempdir().unwrap();
    let (file, shown) = made(dir.path());
    let asked =
        Command::new("openssl").args(["pkey", "-pubout", "-outform", "DER", "-in"]).arg(&file).output();
    let Ok(read) = asked else {
        eprintln!("openssl is not here: whether it reads our keys is not seen");
        return;
    };
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let key = SigningKey::from_pkcs8_pem(&fs::read_to_string(&file).unwrap()).unwrap();
    assert!(read.stdout.ends_with(key.verifying_key().as_bytes()), "the same public key");
    assert_eq!(signs_as(dir.path(), &file), shown["key_id"].as_str().unwrap());
}

#[test]
fn a_key_with_its_public_key_beside_it_is_read_too() {
    let dir = tempfile::tempdir().unwrap();
    let (file, shown) = made(dir.path());
    let key = SigningKey::from_pkcs8_pem(&fs::read_to_string(&file).unwrap()).unwrap();
    let second = dir.path().join("second.pem");
    let pem = key.to_pkcs8_pem(LineEnding::LF).unwrap();
    assert!(pem.len() > fs::read_to_string(&file).unwrap().len(), "the second version has more in it");
    fs::write(&second, pem.as_bytes()).unwrap();
    assert_eq!(signs_as(dir.path(), &second), shown["key_id"].as_str().unwrap());
}
