//! pactline: from mandate to project, every step cited.
pub mod api;
pub mod domain;
pub mod log;
