//! `support-ops lint`: check packs.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::diag::{Severity, render_json};
use crate::lint::{Selection, lint};

use super::output::{self, FINDINGS, fail};
use super::packs::{count, print_findings};

/// Check packs: encoding, syntax, form, references.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 clean or warnings only, 1 errors, 2 could not run.

Examples:
  support-ops lint
  support-ops lint tasks ../more-tasks
  support-ops lint tasks/my-task.toml --format json")]
pub(super) struct LintArgs {
    /// A pack, a folder of packs, or one file of a pack [default: ./tasks].
    paths: Vec<PathBuf>,
    /// How to write findings.
    #[arg(long, default_value = "human")]
    format: LintFormat,
    /// Exit 1 on warnings, too.
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LintFormat {
    /// For people: message, place, help.
    Human,
    /// One JSON document.
    Json,
}

pub(super) fn run(args: &LintArgs) -> ExitCode {
    let paths = if args.paths.is_empty() { &[PathBuf::from("tasks")][..] } else { &args.paths };
    let loaded = match lint(paths, &Selection::default()) {
        Ok(loaded) => loaded,
        Err(error) if args.paths.is_empty() => {
            return fail(format_args!("{error}; name the folder of a pack: `support-ops lint PATH`"));
        }
        Err(error) => return fail(error),
    };
    let of = |severity| loaded.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    match args.format {
        LintFormat::Json => output::print_line(render_json(&loaded.diagnostics, &loaded.sources, loaded.files)),
        LintFormat::Human => {
            print_findings(&loaded.diagnostics, &loaded.sources);
            let (errors, warnings) = (count(errors, "error"), count(warnings, "warning"));
            output::print_line(format_args!("{} checked: {errors}, {warnings}", count(loaded.files, "file")));
        }
    }
    if errors > 0 || (args.deny_warnings && warnings > 0) { FINDINGS } else { ExitCode::SUCCESS }
}
