//! pactline: from mandate to project, every step cited.
pub mod domain;
pub mod log;
