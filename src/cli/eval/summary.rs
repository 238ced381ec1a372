//! What a run says, on a terminal; `support-ops eval summary`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::eval::statistics::Interval;
use crate::eval::{Cost, Estimate, Figures, GroupFigures, NoteCode, RunFolder, Summary, TaskFigures};

use super::super::log::shorten;
use super::super::output::{self, FINDINGS, fail, print_line, say, width};
use super::super::packs::count;
use super::super::record::Format;
use super::super::table::{Column, four, render_fitting};

/// So many tasks are told one by one: of more, those with the lowest scores.
const MAX_TASKS: usize = 40;

/// Say what a run's trials come to, finished or not.
///
/// The figures are those of `summary.json`, worked out again from what came of the trials.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  support-ops eval summary run
  support-ops eval summary run --format json

Exit 1 where the folder holds what does not fit together: a result that its log contradicts, a log that is damaged.")]
pub(super) struct SummaryArgs {
    /// A run's folder.
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// How to write the results.
    #[arg(long, default_value = "human")]
    format: Format,
}

pub(super) fn run(args: &SummaryArgs) -> ExitCode {
    if args.format == Format::Json {
        output::promise_documents();
    }
    match summary_of(&args.run) {
        Ok(summary) => {
            print(&summary, args.format, &[NoteCode::FailedTrials]);
            if summary.is_doubtful() { FINDINGS } else { ExitCode::SUCCESS }
        }
        Err(code) => code,
    }
}

/// What the results in a run's folder say.
fn summary_of(path: &Path) -> Result<Summary, ExitCode> {
    let folder = RunFolder::open(path).map_err(fail)?;
    let holdings = folder.contents().map_err(fail)?;
    Ok(Summary::of_run(folder.config(), &holdings))
}

/// Prints what a run says: the figures on stdout, what to bear in mind on stderr, but for what is `told` elsewhere.
pub(super) fn print(summary: &Summary, format: Format, told: &[NoteCode]) {
    if format == Format::Json {
        // Numbers and texts alone: this cannot fail.
        print_line(serde_json::to_string(summary).expect("a summary is JSON"));
        return;
    }
    print_line(head(summary));
    overall(&summary.overall).into_iter().for_each(print_line);
    print_groups(summary);
    print_tasks(&summary.by_task);
    for note in summary.notes.iter().filter(|note| !told.contains(&note.code)) {
        say(format_args!("note: {}", note.message));
    }
}

fn head(summary: &Summary) -> String {
    let trials = &summary.overall.trials;
    let mut text = format!(
        "{}: {}, {} of {}",
        shorten(&summary.label),
        count(summary.by_task.len(), "task"),
        trials.done,
        count(usize::try_from(trials.expected).unwrap_or(usize::MAX), "trial")
    );
    if trials.failed > 0 {
        text.push_str(&format!(", {} FAILED (counted with a score of 0)", trials.failed));
    }
    text
}

/// The figures of all trials, a line for each kind.
fn overall(figures: &Figures) -> Vec<String> {
    let mut lines =
        vec![format!("  score    {}", estimate(&figures.score)), format!("  success  {}", estimate(&figures.success))];
    if figures.passes.len() > 1 {
        let each = |value: fn(&crate::eval::Passes) -> f64| -> String {
            let last = figures.passes.last().map_or(0, |pass| pass.k);
            let told = figures.passes.iter().filter(|pass| pass.k.is_power_of_two() || pass.k == last);
            told.map(|pass| format!("  {}: {}", pass.k, four(value(pass)))).collect()
        };
        lines.push(format!("  pass@k {}", each(|pass| pass.pass_at_k)));
        lines.push(format!("  pass^k {}", each(|pass| pass.pass_hat_k)));
    }
    let parts = &figures.parts;
    let parts = [
        ("resolution", parts.resolution),
        ("evidence", parts.evidence),
        ("reply", parts.reply),
        ("efficiency", parts.efficiency),
    ];
    let parts: Vec<String> =
        parts.iter().filter_map(|(name, value)| Some(format!("{name} {}", four((*value)?)))).collect();
    if !parts.is_empty() {
        lines.push(format!("  parts    {}", parts.join(", ")));
    }
    lines.push(format!("  effort   {}", effort(figures)));
    if figures.calls > 0 || figures.cost.total.is_some() {
        lines.push(format!("  model    {}", spent(figures)));
    }
    lines.push(format!("  ended    {}", counted(&figures.ended)));
    if !figures.errors.is_empty() || !figures.fatal_errors.is_empty() {
        let fatal = match figures.fatal_errors.is_empty() {
            true => String::new(),
            false => format!("; that ended trials: {}", counted(&figures.fatal_errors)),
        };
        lines.push(format!("  errors   {}{fatal}", counted(&figures.errors)));
    }
    for deviation in &figures.deviations {
        let reason = deviation.reasons.first().map_or("", |reason| &reason.reason);
        lines.push(format!(
            "  lost by  {} {}, at step {:.1}; most often: {}",
            name(&deviation.kind),
            deviation.count,
            deviation.mean_step,
            shorten(reason)
        ));
    }
    lines
}

/// "0.6250, 95 % [0.4100, 0.8300], by Student's t [0.1000, 1.0000]".
fn estimate(estimate: &Estimate) -> String {
    let Some(mean) = estimate.mean else { return "-".to_owned() };
    let mut text = four(mean);
    if let Some(interval) = &estimate.interval {
        text.push_str(&format!(", 95 % {}", ends(interval)));
    }
    if let Some(interval) = &estimate.careful_interval {
        text.push_str(&format!(", by Student's t {}", ends(interval)));
    }
    text
}

/// An interval's ends in brackets.
pub(super) fn ends(interval: &Interval) -> String {
    format!("[{}, {}]", four(interval.low), four(interval.high))
}

fn effort(figures: &Figures) -> String {
    let mut parts = Vec::new();
    parts.extend(figures.steps.map(|steps| format!("{steps:.1} steps")));
    if let (Some(median), Some(p95)) = (figures.seconds.median, figures.seconds.p95) {
        parts.push(format!("{median:.1} s a trial, 95 % within {p95:.1} s"));
    }
    if parts.is_empty() { "-".to_owned() } else { parts.join("; ") }
}

/// What the calls of a model came to.
fn spent(figures: &Figures) -> String {
    let calls = count(usize::try_from(figures.calls).unwrap_or(usize::MAX), "call");
    let tokens = format!("{} tokens read, {} written", figures.prompt_tokens, figures.completion_tokens);
    let Cost { total, per_trial, lost, .. } = figures.cost;
    match (total, per_trial) {
        (Some(total), _) if figures.calls == 0 => format!("${total:.4}, all of it in trials that have no result"),
        // Less would be shown as nothing.
        (Some(total), Some(each)) if lost >= 5e-5 => {
            format!(
                "{calls}, {tokens}; ${total:.4}, of it ${lost:.4} in trials that have no result; ${each:.4} a trial"
            )
        }
        (Some(total), Some(each)) => format!("{calls}, {tokens}; ${total:.4}, ${each:.4} a trial"),
        (Some(total), None) => format!("{calls}, {tokens} in trials that have ended; ${total:.4} in all"),
        (None, _) => format!("{calls}, {tokens}; cost unknown"),
    }
}

/// "submitted 10, step limit 1".
fn counted<K: Serialize>(counts: &BTreeMap<K, u64>) -> String {
    let each: Vec<String> = counts.iter().map(|(key, times)| format!("{} {times}", name(key))).collect();
    if each.is_empty() { "-".to_owned() } else { each.join(", ") }
}

/// The name that a document has for it, in words.
fn name(key: &impl Serialize) -> String {
    let value = serde_json::to_value(key).unwrap_or_default();
    value.as_str().unwrap_or("?").replace('_', " ")
}

fn print_groups(summary: &Summary) {
    let groups = [&summary.by_difficulty, &summary.by_split].into_iter().filter(|groups| groups.len() > 1);
    for group in groups.flatten() {
        let GroupFigures { name, figures } = group;
        let tasks = count(figures.tasks, "task");
        print_line(format_args!("  {:<8} {} ({tasks})", shorten(name), estimate(&figures.score)));
    }
}

static COLUMNS: [Column<TaskFigures>; 8] = [
    Column { head: "task", says: "", cell: |task| shorten(&task.task_id) },
    Column { head: "difficulty", says: "", cell: |task| shorten(&task.difficulty) },
    Column { head: "trials", says: "", cell: |task| task.figures.trials.done.to_string() },
    Column { head: "score", says: "", cell: |task| task.figures.score.mean.map_or("-".to_owned(), four) },
    Column { head: "95 %", says: "", cell: |task| task.figures.score.told_interval().map_or("-".to_owned(), ends) },
    Column { head: "success", says: "", cell: |task| task.figures.success.mean.map_or("-".to_owned(), four) },
    Column {
        head: "pass^k",
        says: "",
        cell: |task| {
            let last = task.figures.passes.last();
            last.map_or("-".to_owned(), |pass| format!("{} (k = {})", four(pass.pass_hat_k), pass.k))
        },
    },
    Column {
        head: "steps",
        says: "",
        cell: |task| task.figures.steps.map_or("-".to_owned(), |steps| format!("{steps:.1}")),
    },
];

fn print_tasks(tasks: &[TaskFigures]) {
    let mut rows = tasks.to_vec();
    if rows.len() > MAX_TASKS {
        let score = |task: &TaskFigures| task.figures.score.mean.unwrap_or(f64::INFINITY);
        rows.sort_by(|a, b| score(a).total_cmp(&score(b)));
        rows.truncate(MAX_TASKS);
    }
    print_line("");
    let short = |task: &TaskFigures| format!("{}: {}", shorten(&task.task_id), estimate(&task.figures.score));
    let dispensable = ["steps", "difficulty", "95 %", "pass^k"];
    let lines = render_fitting(&COLUMNS, &dispensable, &rows, (width(), "--format json"), short);
    lines.into_iter().for_each(print_line);
    if tasks.len() > rows.len() {
        print_line(format_args!("… the {MAX_TASKS} lowest of {} tasks; --format json has all", tasks.len()));
    }
}
