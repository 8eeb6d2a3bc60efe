//! pactline: from mandate to project, every step cited.
pub mod clock;
pub mod codec;
pub mod api;
pub mod domain;
pub mod engine;
pub mod log;
