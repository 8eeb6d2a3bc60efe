//! The pactline program: parse, run, exit code.
use std::process::ExitCode;

fn main() -> ExitCode {
    pactline::cli::main()
}
