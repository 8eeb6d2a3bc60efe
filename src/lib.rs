//! pactline: from mandate to project, every step cited.
pub mod api;
pub mod clock;
pub mod codec;
pub mod domain;
pub mod engine;
pub mod log;
pub mod views;
