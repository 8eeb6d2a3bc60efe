//! The command line: one file per verb, all of which speak gRPC, to a server or to the folder itself.
use crate::config::Telemetry;
use clap::{CommandFactory, Parser, Subcommand};
use failure::{Exit, Failure};
use place::Place;
use std::process::ExitCode;

mod audit;
mod call;
mod called;
mod charter;
mod completions;
mod demo;
mod explain;
mod export;
mod failure;
mod history;
mod import;
mod json;
mod keys;
mod kind;
mod line;
mod list;
mod log;
mod moment;
mod out;
mod people;
mod place;
mod recorded;
mod redact;
mod replay;
mod serve;
mod show;
mod sign;
mod status;
mod table;
mod trace;
mod tree;
mod witness;
mod worklist;

const AFTER: &str = "\
Exit codes:
  0  done
  1  the answer is no: not found, different, or rows were refused
  2  the command line, the file or the request is malformed
  3  rejected by the rules
  4  unavailable: no server there, or another process has the folder open
  5  the record is corrupt
  6  tampered with: the record is not what was signed, or a proof does not hold
  7  incomplete: nothing contradicts it, and something is missing that would prove it

pactline --data DIR works on a folder; pactline --server URL asks a server that has it open.
pactline --log URL works on a log that several servers share (esdb://host:2113); the folder holds its views.
There is no authentication yet: who acts (--actor) is taken on trust.";

/// From mandate to project, every step cited.
#[derive(Debug, Parser)]
#[command(name = "pactline", version, about, after_help = AFTER, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    telemetry: Telemetry,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serve a folder over gRPC until told to stop
    Serve(serve::Serve),
    /// Fill an empty folder with the Paris Pact's story
    Demo(demo::Demo),
    /// Show what something rests on, down to the text that mandated it
    Trace(trace::Trace),
    /// Say where a project stands, what it waits for, who is late and who could move it
    Explain(explain::Explain),
    /// Show one thing as it is, or as it was
    Show(show::Show),
    /// List what there is of a kind
    List(list::List),
    /// Show who has to do what by when; take a task, say how it went, hand it on
    Worklist(worklist::Worklist),
    /// Show what happened, event by event
    History(history::History),
    /// Check, draw and publish the laws of pipelines, and migrate between their editions
    Charter(charter::Charter),
    /// Take in other people's files, or an exported log
    Import(import::Import),
    /// Write the whole log, byte by byte, as lines of JSON
    Export(export::Export),
    /// What an operator asks of the log itself
    Log(log::LogVerb),
    /// Make every view anew from the first event, and compare
    Replay(replay::Replay),
    /// Prove what is on record, and find what is not as it was signed
    Audit(audit::Audit),
    /// Make the keys that sign, and register a partner's
    Keys(keys::Keys),
    /// Sign that other people's logs only grow
    Witness(witness::Witness),
    /// Say where the log and its views are
    Status(status::Status),
    /// Keep the names of people, outside the log, and erase them
    People(people::People),
    /// Wipe texts from events: one person asks, another approves
    Redact(redact::Redact),
    /// Sign a partner's decisions, and send them
    Sign(sign::Sign),
    /// Write the shell's completions
    Completions(completions::Completions),
}

/// Parses, runs, and says how it went.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(err) => return misread(&err),
    };
    let json = cli.place.json;
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(json),
    }
}

/// Help and the version are answers, anything else is a usage error: both have clap's words.
fn misread(err: &clap::Error) -> ExitCode {
    let told = err.print();
    match err.use_stderr() {
        true => Exit::Usage.into(),
        false if told.is_ok() => ExitCode::SUCCESS,
        false => Exit::Unavailable.into(),
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let usual = if matches!(cli.verb, Verb::Serve(_) | Verb::Witness(_)) { "info" } else { "warn" };
    let usual = [usual, crate::log::QUIET].join(",");
    crate::telemetry::start(&cli.telemetry, &usual).map_err(Failure::usage)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(act(cli.verb, &cli.place))
}

async fn act(verb: Verb, place: &Place) -> Result<(), Failure> {
    match verb {
        Verb::Serve(it) => it.run(place).await,
        Verb::Demo(it) => it.run(place).await,
        Verb::Trace(it) => it.run(place).await,
        Verb::Explain(it) => it.run(place).await,
        Verb::Show(it) => it.run(place).await,
        Verb::List(it) => it.run(place).await,
        Verb::Worklist(it) => it.run(place).await,
        Verb::History(it) => it.run(place).await,
        Verb::Charter(it) => it.run(place).await,
        Verb::Import(it) => it.run(place).await,
        Verb::Export(it) => it.run(place).await,
        Verb::Log(it) => it.run(place).await,
        Verb::Replay(it) => it.run(place).await,
        Verb::Audit(it) => it.run(place).await,
        Verb::Keys(it) => it.run(place).await,
        Verb::Witness(it) => it.run(place).await,
        Verb::Status(it) => it.run(place).await,
        Verb::People(it) => it.run(place).await,
        Verb::Redact(it) => it.run(place).await,
        Verb::Sign(it) => it.run(place).await,
        Verb::Completions(it) => it.run(Cli::command()),
    }
}
