//! The wire's messages, clients and servers, generated from proto/pactline/v1.
#![allow(missing_docs, unreachable_pub, clippy::all, clippy::unwrap_used)]

tonic::include_proto!("pactline.v1");

/// The descriptors of every message and service, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pactline.binpb"));
