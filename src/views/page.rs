//! Pages of lists: tokens that say where the last page ended and of which list it was.
use crate::log::Position;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Debug;

/// How many are on a page when nobody says.
pub const PAGE_DEFAULT: usize = 50;
/// How many are on a page at the most.
pub const PAGE_MAX: usize = 1000;

/// The text is not the token of a page of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the next_page_token of an answer to the same question")]
pub struct BadPage;

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Tells questions apart: a token is good for the one it was given to.
    question: String,
    /// The last event that the first page took into account; later pages take no more.
    pub position: Option<u64>,
    /// By what the last entry is ordered.
    pub key: String,
    /// The last entry.
    pub id: String,
}

impl Token {
    /// The end of a page of the answer to `question`, which is all that the caller asked but the page.
    pub fn new(question: &impl Debug, position: Option<Position>, key: String, id: String) -> Self {
        Self { question: digest(question), position: position.map(|it| it.0), key, id }
    }

    /// The token that `text` says, when it was given to the same question.
    pub fn read(text: &str, question: &impl Debug) -> Result<Self, BadPage> {
        let pairs = text.as_bytes().chunks(2);
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = pairs.map(byte).collect();
        let token: Token = serde_json::from_slice(&bytes.ok_or(BadPage)?).map_err(|_| BadPage)?;
        if token.question == digest(question) { Ok(token) } else { Err(BadPage) }
    }

    /// The token as text: opaque to callers.
    pub fn written(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        json.iter().map(|it| format!("{it:02x}")).collect()
    }
}

fn digest(question: &impl Debug) -> String {
    let hash = Sha256::digest(format!("{question:?}"));
    hash.iter().take(8).map(|it| format!("{it:02x}")).collect()
}
