//! `support-ops lsp`: the language server on stdin and stdout.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Args;

use crate::lsp::{Ended, Host, serve};

use super::output::{fail, say};

/// How often the editor is looked for.
const EVERY: Duration = Duration::from_secs(5);

/// Serve editors over stdin and stdout: findings while one types, documentation, completion, fixes.
#[derive(Debug, Args)]
#[command(after_help = "Editors start this themselves; docs/editors.md shows how to tell them to.
Exit codes: 0 after `shutdown` and `exit`, 1 when the editor left without, 2 where nobody speaks the
protocol.")]
pub(super) struct LspArgs {
    /// Accepted, since many editors pass it; there is no other way to talk.
    #[arg(long)]
    stdio: bool,
}

pub(super) fn run(_: &LspArgs) -> ExitCode {
    match serve(io::stdin(), io::stdout(), Process) {
        Ended::InOrder => ExitCode::SUCCESS,
        Ended::Abruptly => ExitCode::FAILURE,
        Ended::Unintelligible => fail(
            "stdin holds no message of the language server protocol; editors start this command themselves, as \
             docs/editors.md shows, and `support-ops lint -` checks a text from stdin",
        ),
    }
}

struct Process;

impl Host for Process {
    fn log(&mut self, line: &str) {
        say(format_args!("support-ops lsp: {line}"));
    }

    /// Where the system shows its processes as files; elsewhere the end of stdin has to do.
    fn follow(&mut self, editor: u32) {
        let editor = PathBuf::from(format!("/proc/{editor}"));
        if !Path::new("/proc/self").exists() || !editor.exists() {
            return;
        }
        thread::spawn(move || {
            while editor.exists() {
                thread::sleep(EVERY);
            }
            std::process::exit(1);
        });
    }
}
