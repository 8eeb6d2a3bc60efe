//! Standard output: colours only where a terminal wants them.
use anstyle::{AnsiColor, Style};
use std::fmt::Display;
use std::io::{self, Write};

/// Lines longer than this are hard to read, however wide the terminal.
const COLUMNS_MAX: usize = 110;
/// Lines shorter than this are hard to read as well.
const COLUMNS_MIN: usize = 24;

/// Writes one line.
pub(super) fn line(text: impl Display) -> io::Result<()> {
    writeln!(anstream::stdout().lock(), "{text}")
}

/// How many columns there are to write in: the terminal's, or where there is none those that `COLUMNS` says, but no
/// more than are read with ease.
pub(super) fn columns() -> usize {
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let said = || std::env::var("COLUMNS").ok()?.parse().ok();
    terminal.or_else(said).unwrap_or(COLUMNS_MAX).clamp(COLUMNS_MIN, COLUMNS_MAX)
}

/// `text` in lines of at most `room` columns, broken between words; a longer word has a line of its own.
pub(super) fn wrapped(text: &str, room: usize) -> Vec<String> {
    let shape = textwrap::Options::new(room.max(COLUMNS_MIN)).break_words(false);
    textwrap::wrap(text, shape.word_splitter(textwrap::WordSplitter::NoHyphenation))
        .into_iter()
        .map(|it| it.into_owned())
        .collect()
}

/// `text` behind `lead`, in lines of at most `columns` that all begin where the first does, each painted. A word that
/// is longer than a line is broken.
pub(super) fn hung(lead: &str, text: &str, columns: usize, paint: impl Fn(&str) -> String) -> Vec<String> {
    let indent = width(lead);
    let room = columns.saturating_sub(indent).max(COLUMNS_MIN);
    let shape = textwrap::Options::new(room).word_splitter(textwrap::WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(text, shape).into_iter().enumerate();
    let first = |n: usize| if n == 0 { lead.to_owned() } else { " ".repeat(indent) };
    lines.map(|(n, it)| format!("{}{}", first(n), paint(&it))).collect()
}

/// A text as it is.
pub(super) fn plain(text: &str) -> String {
    text.to_owned()
}

/// How many columns `text` takes; colours take none.
pub(super) fn width(text: &str) -> usize {
    textwrap::core::display_width(text)
}

/// An item of a list, in as many lines as it takes.
pub(super) fn item(text: &str) -> Vec<String> {
    let lines = wrapped(text, columns().saturating_sub(2));
    lines.iter().enumerate().map(|(n, it)| format!("{} {it}", if n == 0 { "-" } else { " " })).collect()
}

/// Writes advice to standard error.
pub(super) fn hint(text: impl Display) {
    anstream::eprintln!("{} {text}", painted(AnsiColor::Cyan.on_default().bold(), "hint:"));
}

/// Writes a text as it is.
pub(super) fn text(text: &str) -> io::Result<()> {
    io::stdout().lock().write_all(text.as_bytes())
}

/// Writes one JSON document on a line.
pub(super) fn json(document: &serde_json::Value) -> io::Result<()> {
    line(document)
}

/// Bold text.
pub(super) fn strong(text: impl Display) -> String {
    painted(Style::new().bold(), text)
}

/// Text that is there for those who look for it.
pub(super) fn faint(text: impl Display) -> String {
    painted(Style::new().dimmed(), text)
}

/// Good news.
pub(super) fn good(text: impl Display) -> String {
    painted(AnsiColor::Green.on_default().bold(), text)
}

/// Bad news.
pub(super) fn bad(text: impl Display) -> String {
    painted(AnsiColor::Red.on_default().bold(), text)
}

/// News to look into.
pub(super) fn odd(text: impl Display) -> String {
    painted(AnsiColor::Yellow.on_default().bold(), text)
}

fn painted(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A bar on standard error that counts to `total`; only drawn on a terminal.
pub(super) fn progress(total: u64, what: &'static str) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(total);
    let shape = "{msg} [{bar:30}] {human_pos}/{human_len} {per_sec} {eta}";
    match indicatif::ProgressStyle::with_template(shape) {
        Ok(style) => bar.with_style(style.progress_chars("=> ")).with_message(what),
        Err(_) => bar,
    }
}
