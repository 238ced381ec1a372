//! `support-ops eval compare`: whether one run is better than another, and where.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::diag::visible;
use crate::eval::statistics::SignFlip;
use crate::eval::{Comparison, Difference, Holdings, Run, RunConfig, RunFolder, TaskDifference};

use super::super::log::shorten;
use super::super::output::{self, FINDINGS, fail, print_line, say, width};
use super::super::packs::count;
use super::super::record::Format;
use super::super::table::{Column, four, render_fitting};
use super::summary::ends;

/// So many tasks, and so many trials, are told one by one.
const MAX_TOLD: usize = 20;

/// Compare two runs: which is better, by how much, on which tasks, and whether that is more than chance.
///
/// Trials are paired by task, seed and repeat; differences are B less A. Intervals are clustered by task. There are two
/// p-values, both of the two-sided sign-flip test: with tasks as units it says whether the difference would hold on
/// other tasks like these; with trials as units, whether it would hold if these tasks were played again. Failed trials
/// count with a score of 0. Tasks whose packs differ are left out.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  support-ops eval compare monday friday
  support-ops eval compare monday friday --format json
  support-ops eval compare baseline candidate --fail-on-regression
  support-ops eval compare baseline candidate --fail-on-regression 0.01

Exit 0, whatever moved, and 1 where a run's log does not bear out its results; with --fail-on-regression 1 also where B's score is lower than A's and
the p-value on these tasks is at most ALPHA.")]
pub(super) struct CompareArgs {
    /// The run before.
    #[arg(value_name = "A")]
    a: PathBuf,
    /// The run after.
    #[arg(value_name = "B")]
    b: PathBuf,
    /// Exit 1 where B is worse than A by more than chance: the p-value on these tasks is at most ALPHA.
    #[arg(long, value_name = "ALPHA", num_args = 0..=1, default_missing_value = "0.05", value_parser = parse_alpha)]
    fail_on_regression: Option<f64>,
    /// Also compare tasks whose packs differ in any file, by their ids.
    #[arg(long)]
    across_packs: bool,
    /// How to write the results.
    #[arg(long, default_value = "human")]
    format: Format,
}

fn parse_alpha(text: &str) -> Result<f64, String> {
    let alpha: f64 = text.parse().map_err(|_| "it is a number such as 0.05".to_owned())?;
    if alpha > 0.0 && alpha < 1.0 { Ok(alpha) } else { Err("it lies between 0 and 1".to_owned()) }
}

pub(super) fn run(args: &CompareArgs) -> ExitCode {
    if args.format == Format::Json {
        output::promise_documents();
    }
    compare(args).unwrap_or_else(|code| code)
}

fn compare(args: &CompareArgs) -> Result<ExitCode, ExitCode> {
    let (a, b) = (read(&args.a)?, read(&args.b)?);
    let (of_a, of_b) = (Run { config: &a.0, results: &a.1.results }, Run { config: &b.0, results: &b.1.results });
    let mut comparison = Comparison::of(of_a, of_b, args.across_packs).map_err(fail)?;
    comparison.add_doubts("A", &a.1.doubts);
    comparison.add_doubts("B", &b.1.doubts);
    match args.format {
        Format::Human => print(&comparison, args),
        // Numbers and texts alone: this cannot fail.
        Format::Json => print_line(serde_json::to_string(&comparison).expect("a comparison is JSON")),
    }
    for warning in &comparison.warnings {
        let shown: String = warning.message.chars().map(visible).collect();
        say(format_args!("warning: {shown}"));
    }
    if comparison.is_doubtful() {
        return Ok(FINDINGS);
    }
    Ok(args.fail_on_regression.map_or(ExitCode::SUCCESS, |alpha| judge(&comparison, alpha)))
}

fn read(path: &Path) -> Result<(RunConfig, Holdings), ExitCode> {
    let folder = RunFolder::open(path).map_err(fail)?;
    let holdings = folder.contents().map_err(fail)?;
    Ok((folder.config().clone(), holdings))
}

fn judge(comparison: &Comparison, alpha: f64) -> ExitCode {
    let test = comparison.score.these_tasks;
    let by = comparison.score.by;
    if comparison.is_regression(alpha) {
        say(format_args!("B is worse than A by {:.4}, p {} on these tasks, at most {alpha}", -by, told(test)));
        return FINDINGS;
    }
    if by < 0.0 && test.least > alpha {
        say(format_args!(
            "note: so few trials differ that no p-value on these tasks can be below {}; play more seeds or repeats",
            test.least
        ));
    }
    ExitCode::SUCCESS
}

fn print(comparison: &Comparison, args: &CompareArgs) {
    let side = |label: &str, path: &Path| format!("{} ({})", shorten(label), shorten(&path.display().to_string()));
    print_line(format_args!("A: {}", side(&comparison.a, &args.a)));
    print_line(format_args!("B: {}", side(&comparison.b, &args.b)));
    let pairs = comparison.pairs;
    let pairs = if pairs == 1 { "1 pair".to_owned() } else { format!("{pairs} pairs") };
    print_line(format_args!("{pairs} of trials on {}\n", count(comparison.tasks.len(), "task")));
    print_difference("score", &comparison.score);
    print_difference("success", &comparison.success);
    print_tasks(comparison);
    print_flips(comparison);
}

fn print_difference(what: &str, difference: &Difference) {
    let Difference { a, b, by, interval, careful_interval, other_tasks, these_tasks } = difference;
    print_line(format_args!("{what:<8} {a:.4} -> {b:.4} ({by:+.4})"));
    if let Some(interval) = interval {
        let careful = careful_interval.as_ref().map_or(String::new(), |t| format!(", by Student's t {}", ends(t)));
        print_line(format_args!("         95 % {}{careful}", ends(interval)));
    }
    print_line(format_args!("         p on other tasks {}, on these {}", told(*other_tasks), told(*these_tasks)));
}

/// A p-value; of draws it is no more exact than that.
fn told(test: SignFlip) -> String {
    format!("{} {}", if test.exact { "=" } else { "≈" }, p_value(test.p))
}

fn p_value(p: f64) -> String {
    if p < 0.000_1 { format!("{p:.0e}") } else { four(p) }
}

static COLUMNS: [Column<TaskDifference>; 8] = [
    Column { head: "task", says: "", cell: |task| shorten(&task.task_id) },
    Column { head: "pairs", says: "", cell: |task| task.pairs.to_string() },
    Column { head: "A", says: "", cell: |task| four(task.a) },
    Column { head: "B", says: "", cell: |task| four(task.b) },
    Column { head: "moved", says: "", cell: |task| format!("{:+.4}", task.by) },
    Column { head: "95 %", says: "", cell: |task| task.interval.as_ref().map_or("-".to_owned(), ends) },
    Column { head: "p", says: "", cell: |task| p_value(task.p) },
    Column { head: "p of all", says: "", cell: |task| p_value(task.p_corrected) },
];

/// The tasks that moved, those that moved most first.
fn print_tasks(comparison: &Comparison) {
    let mut moved: Vec<TaskDifference> = comparison.tasks.iter().filter(|task| task.by != 0.0).cloned().collect();
    moved.sort_by(|a, b| b.by.abs().total_cmp(&a.by.abs()));
    print_line(format_args!("\n{} of {} moved", moved.len(), count(comparison.tasks.len(), "task")));
    let more = moved.len().saturating_sub(MAX_TOLD);
    moved.truncate(MAX_TOLD);
    if moved.is_empty() {
        return;
    }
    let short = |task: &TaskDifference| format!("{}: {:+.4}", shorten(&task.task_id), task.by);
    let lines = render_fitting(&COLUMNS, &["95 %", "pairs", "p"], &moved, (width(), "--format json"), short);
    lines.into_iter().for_each(print_line);
    if more > 0 {
        print_line(format_args!("… and {} more; --format json has all", count(more, "task")));
    }
}

fn print_flips(comparison: &Comparison) {
    let flips = &comparison.flips;
    let p = flips.mcnemar_p.map_or(String::new(), |p| format!(" (McNemar p = {})", p_value(p)));
    print_line(format_args!("\n{} now passed, {} passed no more{p}", count(flips.gained, "trial"), flips.lost));
    for flip in flips.trials.iter().take(MAX_TOLD) {
        let sign = if flip.gained { '+' } else { '-' };
        print_line(format_args!("  {sign} {}: {:.4} -> {:.4}", shorten(&flip.trial.shown()), flip.a, flip.b));
    }
    if flips.trials.len() > MAX_TOLD {
        print_line(format_args!("… and {} more", count(flips.trials.len() - MAX_TOLD, "trial")));
    }
}
