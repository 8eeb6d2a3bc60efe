//! Plain HTTP, for what other people's tools ask in it: bytes in, bytes out, nothing kept between two requests.
use bytes::Bytes;

mod client;
mod server;

pub use client::{Reply, post};
pub use server::{CONNECTIONS_MAX, Patience, serve, serve_within};

/// What answers requests.
pub trait Site: Send + Sync + 'static {
    /// The answer to `request`. Called where it may block.
    fn answer(&self, request: Request) -> Answer;
}

/// A request, read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` ...
    pub method: String,
    /// The path, as it was sent, without a query.
    pub path: String,
    /// What was sent along.
    pub body: Bytes,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// What kind of bytes they are.
    pub content_type: &'static str,
    /// How long others may keep it.
    pub keep: Keep,
    /// The bytes.
    pub body: Bytes,
}

/// How long others may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Not at all.
    No,
    /// For a few seconds: it is about the newest.
    Moments,
    /// For ever: it never changes.
    Forever,
}

/// Text that people read.
pub const TEXT: &str = "text/plain; charset=utf-8";

impl Answer {
    /// A sentence, which nobody keeps.
    pub fn text(status: u16, text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.push('\n');
        Self { status, content_type: TEXT, keep: Keep::No, body: text.into() }
    }
}
