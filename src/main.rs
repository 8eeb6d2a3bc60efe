//! The pactline program.
fn main() {}
