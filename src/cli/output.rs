//! Writing results and errors, and what exit codes mean.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::diag::{guard_json, visible};

/// Exit code 1: findings, or a check that failed.
pub(super) const FINDINGS: ExitCode = ExitCode::FAILURE;

/// Exit code 2: the command could not do its work.
pub(super) fn could_not_run() -> ExitCode {
    ExitCode::from(2)
}

/// Whether a line of a result could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Writes a line of a result to stdout. Whoever reads may stop reading: that is no error. A full disk is one, and
/// [`settle`] says so.
///
/// A document holds texts of others: nothing in it steers a terminal.
pub(super) fn print_line(text: impl Display) {
    let written = match DOCUMENTS.load(Ordering::Relaxed) {
        true => writeln!(io::stdout().lock(), "{}", guard_json(text.to_string())),
        false => writeln!(io::stdout().lock(), "{text}"),
    };
    note_loss(written);
}

/// Says once that results could not be written. Whoever closes a pipe has read what it wanted.
pub(super) fn note_loss(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
        && !LOST.swap(true, Ordering::Relaxed)
    {
        say(format_args!("error: cannot write the results: {error}"));
    }
}

/// The exit code of a command that ended with this one: results that were lost are no success.
pub(super) fn settle(code: ExitCode) -> ExitCode {
    if LOST.load(Ordering::Relaxed) { could_not_run() } else { code }
}

/// Writes lines to stderr. Names in them are other people's: nothing in them steers a terminal.
pub(super) fn say(text: impl Display) {
    let shown: String = text.to_string().chars().map(|c| if c == '\n' { c } else { visible(c) }).collect();
    let _ = writeln!(io::stderr().lock(), "{shown}");
}

/// Writes progress to stderr, over what stands on the line.
pub(super) fn say_over(text: impl Display) {
    let _ = write!(io::stderr().lock(), "\r{text}");
}

/// Whether results are read by a machine, which is told in its own form why there are none.
static DOCUMENTS: AtomicBool = AtomicBool::new(false);

/// From now on a failure is a JSON document on stdout, too: `{"version": 1, "error": "…"}`.
pub(super) fn promise_documents() {
    DOCUMENTS.store(true, Ordering::Relaxed);
}

/// Says why the command could not run. Further lines of the message are indented, so that none passes for another
/// message.
pub(super) fn fail(message: impl Display) -> ExitCode {
    let message = message.to_string();
    say(format_args!("error: {}", message.trim_end().replace('\n', "\n  ")));
    if DOCUMENTS.load(Ordering::Relaxed) {
        print_line(json!({ "version": 1, "error": message }));
    }
    could_not_run()
}

/// Whether results may be coloured: only on a terminal, and not where `NO_COLOR` asks for none.
pub(super) fn colour() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// How many columns a line of results has: the terminal's, else what a page takes.
pub(super) fn width() -> usize {
    /// What the project's own documents and most terminals take.
    const PAGE: usize = 100;
    terminal_size::terminal_size_of(io::stdout()).map_or(PAGE, |(width, _)| usize::from(width.0))
}
