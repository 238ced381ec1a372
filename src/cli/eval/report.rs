//! `support-ops eval report`: one page over some runs, or a leaderboard for the terminal.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::cli::output::{FINDINGS, fail, print_line, say, width};
use crate::cli::packs::count;
use crate::cli::record::Tasks;
use crate::cli::table::{Column, four, render_fitting};
use crate::eval::report::{Report, ReportLimits, Standing, find_runs};
use crate::task::Catalog;

use super::summary::ends;

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
    /// Write the page into this file, a new one or a page of a report.
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
    if let Some(file) = &args.html {
        check_place(file).map_err(fail)?;
    }
    let runs = find_runs(&args.runs).map_err(fail)?;
    let (catalog, episodes) = match &args.html {
        Some(_) => (args.tasks.load()?, args.episodes),
        None => (Catalog::new(Vec::new()), 0),
    };
    let report = Report::gather(&runs, &catalog, ReportLimits { episodes }).map_err(fail)?;
    let board = report.leaderboard();
    print_leaderboard(&board);
    if board.iter().any(|run| run.figures.score.careful_interval.is_some()) {
        say("note: intervals over two to nine tasks are by Student's t, as a bootstrap over so few is too narrow");
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
    Ok(if report.is_doubtful() { FINDINGS } else { ExitCode::SUCCESS })
}

/// Whether a page may be written there: over a page of ours, not over a run or anything else that somebody has.
fn check_place(file: &Path) -> Result<(), String> {
    if !file.is_file() {
        return Ok(());
    }
    let mut head = Vec::new();
    let read = fs::File::open(file).and_then(|file| file.take(Report::HEAD_BYTES).read_to_end(&mut head));
    read.map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    if head.is_empty() || Report::is_page(&head) {
        return Ok(());
    }
    Err(format!("{} is there and is no page of a report; name another file", file.display()))
}

/// Characters of a label that are shown.
const MAX_LABEL: usize = 40;

static COLUMNS: [Column<Standing>; 11] = [
    Column { head: "run", says: "", cell: |run| shorten(&run.label) },
    Column { head: "tasks", says: "", cell: |run| run.figures.tasks.to_string() },
    Column { head: "score", says: "", cell: |run| run.figures.score.mean.map_or("-".to_owned(), four) },
    Column {
        head: "95 % interval",
        says: "",
        cell: |run| run.figures.score.told_interval().map_or("-".to_owned(), ends),
    },
    Column { head: "success", says: "", cell: |run| run.figures.success.mean.map_or("-".to_owned(), percent) },
    Column { head: "pass^k", says: "", cell: pass_hat },
    Column {
        head: "steps",
        says: "",
        cell: |run| run.figures.steps.map_or("-".to_owned(), |steps| format!("{steps:.1}")),
    },
    Column {
        head: "cost",
        says: "",
        cell: |run| run.figures.cost.total.map_or("-".to_owned(), |cost| format!("${cost:.2}")),
    },
    Column { head: "errors", says: "", cell: |run| run.figures.errors.values().sum::<u64>().to_string() },
    Column { head: "failed", says: "", cell: |run| run.figures.trials.failed.to_string() },
    Column { head: "trials", says: "", cell: trials },
];

/// The columns that are left out first where a line is short; the number of tasks stays where it differs.
const DISPENSABLE: [&str; 8] = ["tasks", "steps", "errors", "cost", "pass^k", "failed", "95 % interval", "success"];

fn print_leaderboard(runs: &[Standing]) {
    let dispensable = &DISPENSABLE[usize::from(runs.iter().any(|run| run.tasks_differ))..];
    let short =
        |run: &Standing| format!("{}: {}", shorten(&run.label), run.figures.score.mean.map_or("-".to_owned(), four));
    let lines = render_fitting(&COLUMNS, dispensable, runs, (width(), "--html FILE"), short);
    lines.into_iter().for_each(print_line);
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// That of the number of attempts that runs are compared by.
fn pass_hat(run: &Standing) -> String {
    run.passes().map_or("-".to_owned(), |passes| format!("{} (k = {})", percent(passes.pass_hat_k), passes.k))
}

fn trials(run: &Standing) -> String {
    let trials = &run.figures.trials;
    if trials.done == trials.expected {
        trials.done.to_string()
    } else {
        format!("{}/{}", trials.done, trials.expected)
    }
}

/// Cut in its middle: programs differ by their last arguments.
fn shorten(label: &str) -> String {
    let chars: Vec<char> = label.chars().collect();
    if chars.len() <= MAX_LABEL {
        return label.to_owned();
    }
    let (head, tail) = (&chars[..MAX_LABEL / 2], &chars[chars.len() - MAX_LABEL / 2..]);
    head.iter().chain(['…'].iter()).chain(tail).collect()
}
