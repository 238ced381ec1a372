//! `support-ops eval report`: one page over some runs, or a leaderboard for the terminal.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::output::{fail, print_line, say, width};
use crate::cli::packs::count;
use crate::cli::record::Tasks;
use crate::eval::report::{Report, ReportLimits, find_runs};
use crate::task::Catalog;

/// Episodes of each task and run: a failure, another one, and what a better trial did.
const EPISODES: usize = 3;

/// Write a page about runs, or print their leaderboard.
///
/// The page is one file that needs nothing else: leaderboard, tasks, score parts, rewards, deviations, and the episodes
/// step by step with the grader's reasons. What agents saw is not in a run but computed again, for which --tasks names the
/// packs that were played.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  support-ops eval report results                          the leaderboard of all runs in the folder
  support-ops eval report results --html report.html
  support-ops eval report monday friday --html both.html --tasks my-tasks --episodes 10")]
pub(super) struct ReportArgs {
    /// Folders of runs, or folders that hold such folders.
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// Write the page into this file.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Episodes of each task and run that the page shows step by step: those that failed first, the lowest score first.
    #[arg(long, value_name = "N", default_value_t = EPISODES)]
    episodes: usize,
    #[command(flatten)]
    tasks: Tasks,
}

pub(super) fn run(args: &ReportArgs) -> ExitCode {
    report(args).unwrap_or_else(|code| code)
}

fn report(args: &ReportArgs) -> Result<ExitCode, ExitCode> {
    let runs = find_runs(&args.runs).map_err(fail)?;
    let (catalog, episodes) = match &args.html {
        Some(_) => (args.tasks.load()?, args.episodes),
        None => (Catalog::new(Vec::new()), 0),
    };
    let report = Report::gather(&runs, &catalog, ReportLimits { episodes }).map_err(fail)?;
    for line in report.render_leaderboard(width()) {
        print_line(line);
    }
    for note in report.notes() {
        say(format_args!("note: {note}"));
    }
    if let Some(file) = &args.html {
        let page = report.render_page();
        fs::write(file, &page).map_err(|error| fail(format_args!("cannot write {}: {error}", file.display())))?;
        let (runs, kilobytes) = (count(runs.len(), "run"), page.len().div_ceil(1_000));
        say(format_args!("wrote {}: {runs}, {kilobytes} kB", file.display()));
    }
    Ok(ExitCode::SUCCESS)
}
