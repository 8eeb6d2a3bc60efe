//! pactline: from mandate to project, every step cited.
pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod codec;
pub mod config;
pub mod domain;
pub mod engine;
pub mod exchange;
pub mod log;
pub mod telemetry;
pub mod views;
