//! `support-ops lint`: check packs.

mod choice;
mod mend;
mod report;

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::diag::{Code, Severity};
use crate::lint::lint_unsaved;
use crate::pack::{Loaded, MAX_FILE_BYTES, Unsaved};

use super::output::{FINDINGS, could_not_run, fail, promise_documents, say};
use super::watch::Watched;
pub(super) use choice::parse_code;
use choice::{Level, parse_severity, selection};
use report::{Format, Output, parse_output, print_report, why_not_written, write_report};

/// Check packs: encoding, syntax, form, references, and what makes a good task.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 clean or warnings only, 1 errors, 2 could not run.

A comment takes a finding away, on its line or the line above (of a text over several
lines, above the text or behind its end), and says why:
  # lint: allow(<code>) <reason>

Examples:
  support-ops lint
  support-ops lint tasks ../more-tasks
  support-ops lint tasks/my-task.toml --format json
  support-ops lint --format github --output sarif=lint.sarif
  support-ops lint - --stdin-filename tasks/my-task.toml < draft.toml
  support-ops lint --fix --diff
  support-ops lint --ignore not-nfc --severity unused-policy=error")]
pub(super) struct LintArgs {
    /// A pack, a folder of packs, or one file of a pack [default: ./tasks].
    /// `-` is stdin.
    paths: Vec<PathBuf>,
    /// The same by name; repeatable.
    #[arg(long, value_name = "PATH")]
    tasks: Vec<PathBuf>,
    /// How to write findings to stdout.
    #[arg(long, default_value = "human")]
    format: Format,
    /// Write findings to a file, too; may be repeated.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_output)]
    output: Vec<Output>,
    /// Report only these codes, and what keeps a file from being read. What is named here is reported even where a pack's
    /// `[lint]` silences it.
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = parse_code)]
    select: Vec<Code>,
    /// Do not report these codes.
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = parse_code)]
    ignore: Vec<Code>,
    /// Change how much a code matters: error, warning, info or off; may be repeated.
    #[arg(long, value_name = "CODE=LEVEL", value_delimiter = ',', value_parser = parse_severity)]
    severity: Vec<(Code, Level)>,
    /// With `-` for a path, the file whose place in its pack the text on stdin takes.
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<PathBuf>,
    /// Exit 1 on warnings, too.
    #[arg(long)]
    deny_warnings: bool,
    /// Print how often each code was found instead of the findings.
    #[arg(long)]
    statistics: bool,
    /// Mend what can be mended safely, then report what is left.
    #[arg(long, conflicts_with = "watch")]
    fix: bool,
    /// With --fix: change nothing, print what would change, and exit 1 if anything would or an error would be left.
    #[arg(long, requires = "fix", conflicts_with_all = ["output", "statistics"])]
    diff: bool,
    /// Check again whenever a file changes.
    #[arg(long)]
    watch: bool,
}

pub(super) fn run(args: &LintArgs) -> ExitCode {
    if args.format == Format::Json {
        promise_documents();
    }
    if let Some(twice) =
        args.output.iter().enumerate().find(|(at, one)| args.output[..*at].iter().any(|other| other.file == one.file))
    {
        return fail(format_args!("two outputs go to {}", twice.1.file.display()));
    }
    if args.statistics && !matches!(args.format, Format::Human | Format::Json) {
        return fail("`--statistics` is for the formats `human` and `json`");
    }
    if let Some(why) = args.output.iter().find_map(|output| why_not_written(&output.file)) {
        return fail(why);
    }
    let (paths, unsaved) = match inputs(args) {
        Ok(inputs) => inputs,
        Err(why) => return fail(why),
    };
    if args.fix {
        if args.stdin_filename.is_some() {
            return fail("a text from stdin cannot be mended in its place");
        }
        let chosen = selection(&args.select, &args.ignore, &args.severity);
        if args.diff {
            return mend::show_mends(&paths, &chosen, args.deny_warnings);
        }
        return match mend::mend_files(&paths, &chosen) {
            Ok(0) => run_once(args, &paths, &unsaved),
            Ok(_) => {
                run_once(args, &paths, &unsaved);
                could_not_run()
            }
            Err(why) => fail(why),
        };
    }
    if !args.watch {
        return run_once(args, &paths, &unsaved);
    }
    loop {
        // Looked at before the run: what changes while it runs is checked again.
        let watched = Watched::look(&paths);
        run_once(args, &paths, &unsaved);
        say("watching for changes");
        watched.wait_for_change();
    }
}

/// What is to be looked at, and the text from stdin.
fn inputs(args: &LintArgs) -> Result<(Vec<PathBuf>, Unsaved), String> {
    let mut unsaved = Unsaved::default();
    let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
    if !args.paths.iter().any(is_stdin) {
        if args.stdin_filename.is_some() {
            return Err("`--stdin-filename` goes with the path `-`".to_owned());
        }
        let mut paths: Vec<PathBuf> = args.paths.iter().chain(&args.tasks).cloned().collect();
        if paths.is_empty() {
            paths.push(PathBuf::from("tasks"));
        }
        return Ok((paths, unsaved));
    }
    if args.watch {
        return Err("stdin cannot be watched".to_owned());
    }
    let file = args
        .stdin_filename
        .as_ref()
        .ok_or("say which file the text on stdin stands for, so that its pack is found: `--stdin-filename FILE`")?;
    if file.extension().is_none_or(|extension| extension != "toml") {
        return Err(format!("{} is no .toml file", file.display()));
    }
    let mut text = Vec::new();
    let read = std::io::stdin().lock().take(MAX_FILE_BYTES + 1).read_to_end(&mut text);
    read.map_err(|error| format!("cannot read stdin: {error}"))?;
    unsaved.put(file, text);
    let given = args.paths.iter().chain(&args.tasks);
    let paths = given.map(|path| if is_stdin(path) { file.clone() } else { path.clone() }).collect();
    Ok((paths, unsaved))
}

fn run_once(args: &LintArgs, paths: &[PathBuf], unsaved: &Unsaved) -> ExitCode {
    let chosen = selection(&args.select, &args.ignore, &args.severity);
    let loaded = match lint_unsaved(paths, unsaved, &chosen) {
        Ok(loaded) => loaded,
        Err(error) if args.paths.is_empty() && args.tasks.is_empty() => {
            return fail(format_args!("{error}; name the folder of a pack: `support-ops lint PATH`"));
        }
        Err(error) => return fail(error),
    };
    if loaded.files == 0 {
        let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return fail(format_args!("nothing to lint: there is no .toml file in {}", shown.join(", ")));
    }
    print_report(&loaded, args.format, args.statistics);
    for output in &args.output {
        if let Err(error) = write_report(&loaded, output) {
            say(format_args!("error: cannot write {}: {error}", output.file.display()));
            return could_not_run();
        }
    }
    let verdict = verdict(&loaded, args.deny_warnings);
    if !args.watch {
        // The process ends here: handing thousands of tasks back piece by piece would be work for nothing.
        std::mem::forget(loaded);
    }
    verdict
}

fn verdict(loaded: &Loaded, deny_warnings: bool) -> ExitCode {
    let worst = if deny_warnings { Severity::Warning } else { Severity::Error };
    let found = loaded.diagnostics.iter().any(|diagnostic| diagnostic.severity >= worst);
    if found { FINDINGS } else { ExitCode::SUCCESS }
}
