//! The program itself, run as its users run it.
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

/// What a run of the program said, and how it ended.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `pactline` with `arguments` on `data`, to its end.
pub(crate) fn pactline(data: &Path, arguments: &[&str]) -> Run {
    finished(command(data).args(arguments))
}

/// The same, on a page of `columns`.
pub(crate) fn on_a_page(columns: usize, data: &Path, arguments: &[&str]) -> Run {
    finished(command(data).env("COLUMNS", columns.to_string()).args(arguments))
}

fn finished(command: &mut Command) -> Run {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
}

impl Run {
    /// What was written, every line of it within `columns`.
    #[track_caller]
    pub(crate) fn within(&self, columns: usize) -> &str {
        let wide: Vec<&str> = self.out.lines().filter(|it| it.chars().count() > columns).collect();
        assert!(wide.is_empty() && !self.out.is_empty(), "beyond {columns}: {wide:#?}\n{}", self.err);
        &self.out
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pactline"));
    command.arg("--data").arg(data).env_clear();
    command
}

/// A server in a process of its own; killed when dropped.
pub(crate) struct Served {
    process: Child,
    pub(crate) url: String,
}

/// Serves `data` on a free port.
pub(crate) fn serve(data: &Path, arguments: &[&str]) -> Served {
    let mut command = command(data);
    command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let url = said.trim().strip_prefix("listening on ").unwrap().to_owned();
    Served { process, url }
}

/// Begins what takes a while with `arguments` on `data`.
#[cfg(feature = "kurrent")]
pub(crate) fn begin(data: &Path, arguments: &[&str]) -> Served {
    let process = command(data).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    Served { process, url: String::new() }
}

impl Served {
    /// Whether it has not ended.
    #[cfg(feature = "kurrent")]
    pub(crate) fn is_running(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// Sends the signal called `name`, such as `TERM`, and waits for the end.
    pub(crate) fn end(mut self, name: &str) -> ExitStatus {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.process.id().to_string()]).status();
        assert!(sent.unwrap().success());
        self.process.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A server of `data` that also publishes its tree, and where.
pub(crate) fn serve_tiles(data: &Path) -> (Served, String) {
    let mut command = command(data);
    command.args(["serve", "--listen", "127.0.0.1:0", "--audit-http", "127.0.0.1:0"]);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
    let url = said.next().unwrap().strip_prefix("listening on ").unwrap().to_owned();
    let tiles = said.next().unwrap().strip_prefix("checkpoint and tiles on ").unwrap().to_owned();
    (Served { process, url }, tiles)
}

/// A witness on a free port, in a process of its own.
pub(crate) fn witness(arguments: &[&str]) -> Served {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pactline"));
    command.env_clear().args(["witness", "serve", "--listen", "127.0.0.1:0"]).args(arguments);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let url = said.trim().strip_prefix("listening on ").unwrap().to_owned();
    Served { process, url }
}
