//! pactline: from mandate to project, every step cited.
//!
//! An event-sourced workflow engine for policy-to-project pipelines. What governments agree becomes
//! recommendations, priorities, projects and money; every step can be followed back to the sentence that mandated
//! it. *Nothing is asserted without a citation*: an event that rests on an earlier one names it, and the trace of a
//! project is the closure of its citations.
//!
//! # The flow, one way
//!
//! ```text
//! proto -> command -> decide -> event -> log -> projector -> view -> query -> proto
//!             ^                           |
//!             +--- reactor, timer <-------+
//! ```
//!
//! Ground state: the log, and the names of people beside it. Derived state: everything else, and deleting it is always
//! safe.
//!
//! # The map, in the order in which a command travels
//!
//! - [`cli`]: the program's verbs, a file each. All but those that need the log's bytes (`export`, `import log`,
//!   `replay`) speak gRPC, to a server or to the same services inside the program.
//! - [`app`]: the composition root. Opens the folder, serves it, and takes everything apart in the opposite order.
//! - [`config`]: every setting, with its environment variable.
//! - [`telemetry`]: what the program says about itself, on standard error.
//! - [`api`]: gRPC, thin: who calls, what is asked, and what is told when something goes wrong.
//! - [`engine`]: read, fold, cite, decide, append; again on conflict; once per command id, for ever.
//! - [`domain`]: the rules. What can be asked, what can happen, when it is refused. Start here.
//! - [`codec`]: events to records and back: the stored type is the variant's name, the data its fields as JSON.
//! - [`log`](mod@log): bytes, order, durability. [`log::Log`] is the contract, [`log::conformance`] its rules,
//!   [`log::EmbeddedLog`] a folder with one file, `log::KurrentLog` (feature `kurrent`) a server that many share.
//! - [`people`]: the names of people, in a file of their own, erased row by row; the log knows ids only.
//! - [`views`]: what the record adds up to, kept in files that can be deleted.
//! - [`reactions`]: whenever this happened, ask for that; and when something falls due, ask for it.
//! - [`exchange`]: other people's files, brought in through the same calls as any client's.
//! - [`scrutiny`]: what the record itself must bear out: that a wiped text was approved to be wiped, that what a
//!   partner is said to have decided is what it signed, and that a trace is one.
//! - [`audit`]: the log as a Merkle tree, and what is signed and proven of it, in open formats.
//! - [`clock`]: the only file that reads time or makes ids.
//!
//! # Invariants
//!
//! - [`domain`] imports nothing of ours and does nothing but think: no I/O, no clock, no randomness, no async.
//! - [`domain::Decider::decide`] cannot change anything and [`domain::Decider::evolve`] cannot refuse: what is in the
//!   log happened.
//! - The log knows nothing of the domain; the only thing that appends besides `import log` is the engine.
//! - The log is the deduplication table: a command id that was answered is answered the same, for ever.
//! - Stored bytes are hashed and shipped as they are; nothing re-serialises an event.
//! - A view's rows are a function of the log alone and its checkpoint is committed with them, which `pactline replay`
//!   proves.
//! - No service layer: `api` and `cli` call the engine or a view's query, because a layer between would only pass
//!   things through.
//! - Imports flow one way; `tests/it/tidy.rs` holds the table and fails where it is broken.
pub mod api;
pub mod app;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod codec;
pub mod config;
pub mod domain;
pub mod engine;
pub mod exchange;
pub mod log;
pub mod people;
pub mod reactions;
pub mod scrutiny;
pub mod telemetry;
pub mod views;
