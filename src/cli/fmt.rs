//! `support-ops fmt`: the canonical layout of packs.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::diag::{Diagnostic, Sources, render_human, visible};
use crate::format::{Unformatted, format_file};
use crate::pack::{AuthoredText, FileKind, MAX_FILE_BYTES, find_files, rewrite};

use super::difference::render_difference;
use super::output::{self, FINDINGS, could_not_run, fail, say};
use super::packs::{DEFAULT_FOLDER, count};

/// Lay out packs in the one canonical way: keys in the order of the documentation, comments kept, nothing else changed.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 done or nothing to do; 1 a file is no sound TOML and was left as it is, or, with \
--check or --diff, something would change; 2 could not run.

Examples:
  support-ops fmt
  support-ops fmt tasks/my-task.toml
  support-ops fmt --check
  support-ops fmt --diff
  support-ops fmt - --stdin-filename tasks/my-task.toml < draft.toml"
)]
pub(super) struct FmtArgs {
    /// A pack, a folder of packs, or one file [default: ./tasks].
    /// `-` is stdin; its text goes to stdout.
    paths: Vec<PathBuf>,
    /// The same by name; repeatable.
    #[arg(long, value_name = "PATH")]
    tasks: Vec<PathBuf>,
    /// Change nothing; name the files that would change, and exit 1 if there are any.
    #[arg(long)]
    check: bool,
    /// Change nothing; print what would change, and exit 1 if anything would.
    #[arg(long)]
    diff: bool,
    /// With `-` for a path, the file that the text on stdin is: a `pack.toml`, or a task.
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<PathBuf>,
}

/// What has become of the files.
#[derive(Debug, Default)]
struct Tally {
    changed: usize,
    same: usize,
    /// Left as they are since they are no sound TOML.
    unsound: usize,
    /// Could not be read or written.
    failed: usize,
}

pub(super) fn run(args: &FmtArgs) -> ExitCode {
    let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
    let paths: Vec<PathBuf> = args.paths.iter().chain(&args.tasks).cloned().collect();
    if paths.iter().any(is_stdin) {
        if paths.len() > 1 {
            return fail("`-` is the only path where it is one");
        }
        return run_stdin(args);
    }
    if args.stdin_filename.is_some() {
        return fail("`--stdin-filename` goes with the path `-`");
    }
    let default = [PathBuf::from(DEFAULT_FOLDER)];
    let mut files: Vec<AuthoredText> = Vec::new();
    for path in if paths.is_empty() { &default[..] } else { &paths } {
        match find_files(path) {
            Ok(found) => files.extend(found),
            Err(error) if paths.is_empty() => {
                return fail(format_args!("{error}; name the folder of a pack: `support-ops fmt PATH`"));
            }
            Err(error) => return fail(error),
        }
    }
    let mut seen = std::collections::HashSet::new();
    files.retain(|file| seen.insert(file.path.clone()));
    if files.is_empty() {
        return fail("nothing to format: there is no .toml file");
    }
    let mut tally = Tally::default();
    for file in &files {
        format_one(args, file, &mut tally);
    }
    say(summary(args, &tally));
    if tally.failed > 0 {
        could_not_run()
    } else if tally.unsound > 0 || (tally.changed > 0 && (args.check || args.diff)) {
        FINDINGS
    } else {
        ExitCode::SUCCESS
    }
}

fn format_one(args: &FmtArgs, file: &AuthoredText, tally: &mut Tally) {
    let path = printable(&file.path);
    let bytes = match &file.bytes {
        Ok(bytes) => bytes,
        Err(why) => {
            say(format_args!("error: cannot read {path}: {why}"));
            tally.failed += 1;
            return;
        }
    };
    let after = match format_file(&file.path, bytes, file.kind) {
        Ok(after) => after,
        Err(Unformatted::Unsound(found, sources)) => {
            output::print_line(render_findings(&found, &sources));
            tally.unsound += 1;
            return;
        }
        Err(Unformatted::Refused(why)) => {
            output::print_line(format_args!("error: {path} is left as it is: {why}"));
            tally.unsound += 1;
            return;
        }
    };
    if after.as_bytes() == bytes {
        tally.same += 1;
        return;
    }
    if args.check || args.diff {
        show(args, &path, &String::from_utf8_lossy(bytes), &after);
    } else if let Err(error) = rewrite(Path::new(&file.path), bytes, &after) {
        say(format_args!("error: cannot write {path}: {error}"));
        tally.failed += 1;
        return;
    } else {
        output::print_line(format_args!("formatted {path}"));
    }
    tally.changed += 1;
}

/// A text from stdin, to stdout.
fn run_stdin(args: &FmtArgs) -> ExitCode {
    let name = args.stdin_filename.clone().unwrap_or_else(|| PathBuf::from("stdin"));
    let mut bytes = Vec::new();
    if let Err(error) = io::stdin().lock().take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes) {
        return fail(format_args!("cannot read stdin: {error}"));
    }
    let path = name.to_string_lossy();
    let after = match format_file(&path, &bytes, FileKind::of(&name)) {
        Ok(after) => after,
        // Stdout is the text's, and there is none.
        Err(Unformatted::Unsound(found, sources)) => {
            say(render_findings(&found, &sources));
            return FINDINGS;
        }
        Err(Unformatted::Refused(why)) => {
            say(format_args!("error: {}: {why}", printable(&path)));
            return FINDINGS;
        }
    };
    if args.check || args.diff {
        if after.as_bytes() == bytes {
            return ExitCode::SUCCESS;
        }
        show(args, &printable(&path), &String::from_utf8_lossy(&bytes), &after);
        return FINDINGS;
    }
    match io::stdout().lock().write_all(after.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            fail(format_args!("cannot write the results: {error}"))
        }
        _ => ExitCode::SUCCESS,
    }
}

fn show(args: &FmtArgs, path: &str, before: &str, after: &str) {
    if args.diff {
        output::print_line(render_difference(path, before, after).trim_end_matches('\n'));
    } else {
        output::print_line(format_args!("would format {path}"));
    }
}

fn summary(args: &FmtArgs, tally: &Tally) -> String {
    let would = if args.check || args.diff { "would be formatted" } else { "formatted" };
    let mut text = format!("{} {would}, {} left as they are", count(tally.changed, "file"), tally.same + tally.unsound);
    if tally.unsound > 0 {
        text.push_str(&format!(", {} of them no sound TOML", tally.unsound));
    }
    text
}

fn render_findings(found: &[Diagnostic], sources: &Sources) -> String {
    let shown: Vec<String> = found.iter().map(|found| render_human(found, sources, output::colour())).collect();
    shown.join("\n").trim_end().to_owned()
}

fn printable(path: &str) -> String {
    path.chars().map(visible).collect()
}
