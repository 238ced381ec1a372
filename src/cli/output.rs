//! Writing results and errors, and what exit codes mean.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// Exit code 1: findings, or a check that failed.
pub(super) const FINDINGS: ExitCode = ExitCode::FAILURE;

/// Exit code 2: the command could not do its work.
pub(super) fn could_not_run() -> ExitCode {
    ExitCode::from(2)
}

/// Writes a line of a result to stdout. Whoever reads may stop reading: that is no error.
pub(super) fn print_line(text: impl Display) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Writes a line to stderr.
pub(super) fn say(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says why the command could not run.
pub(super) fn fail(message: impl Display) -> ExitCode {
    say(format_args!("error: {message}"));
    could_not_run()
}

/// Whether results may be coloured: only on a terminal, and not where `NO_COLOR` asks for none.
pub(super) fn colour() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
